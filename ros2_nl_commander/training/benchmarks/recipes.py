# Copyright 2026 The ros2_nl_commander authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

"""The notebook's recipe against this package: same three sentences, same machine, one run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
import tempfile
import time
from typing import Any

from accelerate import Accelerator
from ros2_nl_commander.language.codec import format_command
from ros2_nl_commander.language.generation import GeneratorSettings
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.model.backbone import choose_device, load_backbone
from ros2_nl_commander.model.checkpoint import load_prompt
from ros2_nl_commander.model.fetch import model_identity
from ros2_nl_commander.model.generator import CommandGenerator
from ros2_nl_commander.model.prompts import PTuningV2Prompt
from ros2_nl_commander.model.shape import shape_from_config
from ros2_nl_commander.training.benchmarks.notebook import (
    answer_like_notebook, load_like_notebook, Pair, train_like_notebook)
from ros2_nl_commander.training.benchmarks.table import Table
from ros2_nl_commander.training.examples import load_examples
from ros2_nl_commander.training.session import run_session, Session
from ros2_nl_commander.training.settings import NOTEBOOK, TrainingSettings
import torch
from transformers import AutoTokenizer

#: What this package would do: keys and values in every layer, all three sentences in a batch.
OURS = TrainingSettings(
    kind='deep', epochs=24, batch_size=3, learning_rate=0.05, held_out=0.0, patience=0)


def measure_recipes(folder: Path, device: str, dtype: str) -> Table:
    """
    Train and answer three ways.

    :param folder: the model
    :param device: for all of them
    :param dtype: for this package; the notebook has its own
    """
    pairs = [(example.instruction, example.answer or '')
             for example in load_examples(share_file('config', 'notebook.jsonl'))]
    rows = [
        ('the notebook', *_notebook(folder, device, pairs)),
        ('this package, preset notebook', *_ours(folder, device, dtype, NOTEBOOK, pairs)),
        ('this package, deep, 24 steps of 3, lr 0.05',
         *_ours(folder, device, dtype, OURS, pairs)),
    ]
    first = rows[0]
    return Table(
        'Three sentences',
        ('way', 'training, s', 'ratio', 'an answer, s', 'ratio', 'right of 3', 'wrong answers'),
        [(name, f'{training:.0f}', f'{training / first[1]:.2f}', f'{answering:.1f}',
          f'{answering / first[2]:.2f}', str(3 - len(wrong)), '; '.join(wrong))
         for name, training, answering, wrong in rows])


def _notebook(
    folder: Path, device: str, pairs: Sequence[Pair]
) -> tuple[float, float, list[str]]:
    model = load_like_notebook(folder, choose_device(device))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    torch.manual_seed(NOTEBOOK.seed)
    prompt = PTuningV2Prompt(shape_from_config(model.config), NOTEBOOK.n_tokens)
    training, _ = _timed(lambda: train_like_notebook(model, tokenizer, prompt, pairs))
    return training, *_ask(
        pairs, lambda sentence: answer_like_notebook(model, tokenizer, prompt, sentence))


def _ours(
    folder: Path, device: str, dtype: str, settings: TrainingSettings, pairs: Sequence[Pair]
) -> tuple[float, float, list[str]]:
    with tempfile.TemporaryDirectory() as output:
        training = _train(folder, device, dtype, settings, Path(output))
        backbone = load_backbone(folder, device=device, dtype=dtype)
        generator = CommandGenerator(backbone, load_prompt(Path(output)),
                                     GeneratorSettings(str(folder), output))
    return training, *_ask(pairs, lambda sentence: _answer(generator, sentence))


def _train(
    folder: Path, device: str, dtype: str, settings: TrainingSettings, output: Path
) -> float:
    session = Session(settings, [share_file('config', 'notebook.jsonl')], output,
                      model_identity(folder))
    backbone = load_backbone(folder, device=device, dtype=dtype, for_training=True)
    accelerator = Accelerator(cpu=backbone.device.type == 'cpu')
    seconds, _ = _timed(lambda: run_session(session, backbone, accelerator))
    return seconds


def _answer(generator: CommandGenerator, sentence: str) -> str:
    generation = generator.generate(sentence)
    if generation.command is None:
        return f'null ({generation.reason})'
    return format_command(generation.command)


def _ask(
    pairs: Sequence[Pair], answer: Callable[[str], str]
) -> tuple[float, list[str]]:
    """Ask every sentence; return the mean seconds, and the answers that are not as wanted."""
    seconds, answers = _timed(lambda: [answer(sentence) for sentence, _ in pairs])
    return seconds / len(pairs), [
        got for got, (_, wanted) in zip(answers, pairs) if got != wanted]


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result
