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

"""
What each part of decoding is worth: the same sentences to the same robot, in one run.

From the notebook's loop over transformers' ``generate`` to ours, one part after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
import gc
from pathlib import Path
from typing import Any

from ros2_nl_commander.language.context import context_from_robot
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.language.generation import GeneratorSettings
from ros2_nl_commander.language.grammar import grammar_from_robot
from ros2_nl_commander.language.lark import lark_from_grammar
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.said.likely_values import likely_values
from ros2_nl_commander.model.backbone import (
    choose_device, choose_dtype, load_backbone)
from ros2_nl_commander.model.captured import CapturedRunner
from ros2_nl_commander.model.constraint import GrammarEngine
from ros2_nl_commander.model.contexts import ContextReader
from ros2_nl_commander.model.decode import decode_likeliest, SEARCH_FORWARDS
from ros2_nl_commander.model.drafts import Drafter
from ros2_nl_commander.model.forward import read_prefix
from ros2_nl_commander.model.interface_judge import InterfaceJudge, Judged
from ros2_nl_commander.model.matching import FreeMatching, Matching
from ros2_nl_commander.model.prepared import RobotPreparation
from ros2_nl_commander.model.prompts import PTuningV2Prompt
from ros2_nl_commander.model.quantization import check_quantization
from ros2_nl_commander.model.relevance import relevance_for
from ros2_nl_commander.model.runner import PlainRunner, runner_for
from ros2_nl_commander.model.sequence import LAYOUTS, SequenceEncoder
from ros2_nl_commander.model.shape import shape_from_config
from ros2_nl_commander.model.shipped import load_shipped
from ros2_nl_commander.training.benchmarks.decoding_rows import draw_rows, Row, table_of, time_row
from ros2_nl_commander.training.benchmarks.handicaps import NoDrafts, Stepwise
from ros2_nl_commander.training.benchmarks.llama_cpp_row import check_llama_cpp, time_llama_cpp
from ros2_nl_commander.training.benchmarks.notebook import (
    answer_like_notebook, load_like_notebook)
from ros2_nl_commander.training.benchmarks.table import Table
from ros2_nl_commander.training.examples import load_examples
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

ROBOT = 'pagina'
SENTENCES = 20
#: The notebook's loop is asked only so many: it takes half a minute for each.
NOTEBOOK_SENTENCES = 4
MAX_NEW_TOKENS = 64


@dataclass(frozen=True, slots=True)
class Way:
    """What our own decoding may use."""

    name: str
    grammar: bool = True
    forced: bool = True
    cached: bool = True
    drafts: bool = True
    search: bool = True
    judged: bool = False
    captured: bool = False


WAYS = (
    Way('(c) ours without grammar', grammar=False, forced=False, cached=False, drafts=False,
        search=False),
    Way('(d) grammar only', forced=False, cached=False, drafts=False, search=False),
    Way('(e) + forced tokens', cached=False, drafts=False, search=False),
    Way('(f) + cached context', drafts=False, search=False),
    Way('(g) + guessed tokens', search=False),
    Way('(h) + search for the likeliest answer'),
    Way('(i) + second judge: as shipped for a CPU', judged=True),
    Way('(j) + captured forwards: as shipped for a GPU', judged=True, captured=True),
)
EIGHT_BITS = Way('(k) as (i), weights of 8 bits', judged=True)


def measure_decoding(
    folder: Path, device: str, dtype: str, picture: Path | None = None, gguf: Path | None = None
) -> Table:
    """
    Answer the same sentences in every way.

    :param folder: the model
    :param device: for all of them but llama.cpp, which has the CPU
    :param picture: PNG file to draw to, if any
    :param gguf: the same model for llama.cpp; None leaves it out
    :raises ModelError: if llama.cpp is asked for and cannot be had, or crashes
    """
    if gguf is not None:
        check_llama_cpp(gguf)
    examples = [example for example in load_examples(share_file('data', 'general_heldout.jsonl'))
                if example.robot.robot == ROBOT][:SENTENCES]
    sentences = [example.instruction for example in examples]
    robot = examples[0].robot
    # First, so that nothing is lost where it fails.
    peers = [] if gguf is None else [
        time_llama_cpp(gguf, robot, sentences, torch.get_num_threads(), MAX_NEW_TOKENS)]
    rows = [_notebook(folder, device, sentences[:NOTEBOOK_SENTENCES]),
            _generate(folder, device, sentences, robot), *peers]
    rows += _ours(folder, device, dtype, 'none', WAYS, sentences, robot)
    if _can_round(device, dtype):
        rows += _ours(folder, device, dtype, 'int8', (EIGHT_BITS,), sentences, robot)
    if picture is not None:
        draw_rows(rows, picture)
    interfaces = len(robot.topics) + len(robot.services) + len(robot.actions)
    return table_of(rows, interfaces)


def _can_round(device: str, dtype: str) -> bool:
    target = choose_device(device)
    try:
        check_quantization('int8', target, choose_dtype(dtype, target))
    except ModelError:
        return False
    return True


def _notebook(folder: Path, device: str, sentences: Sequence[str]) -> Row:
    model = load_like_notebook(folder, choose_device(device))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    prompt = PTuningV2Prompt(shape_from_config(model.config))

    def answer(sentence: str) -> tuple[int, int | None]:
        text = answer_like_notebook(model, tokenizer, prompt, sentence)
        written = len(tokenizer(text).input_ids)
        return written, written

    return time_row("(a) the notebook's loop", sentences, answer)


def _generate(
    folder: Path, device: str, sentences: Sequence[str], robot: RobotDescription
) -> Row:
    """Do what most would: the interfaces in the system turn, and ``generate``."""
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    model.to(choose_device(device)).eval().requires_grad_(False)
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    context = str(context_from_robot(robot))

    def answer(sentence: str) -> tuple[int, int | None]:
        turns = [{'role': 'system', 'content': context}, {'role': 'user', 'content': sentence}]
        given = tokenizer.apply_chat_template(
            turns, add_generation_prompt=True, return_tensors='pt', return_dict=True)
        given = given.to(model.device)
        with torch.inference_mode():
            output = model.generate(**given, max_new_tokens=MAX_NEW_TOKENS, do_sample=False)
        written = output.shape[1] - given['input_ids'].shape[1]
        return written, written

    return time_row('(b) `generate()`, interfaces in the prompt', sentences, answer)


def _ours(
    folder: Path, device: str, dtype: str, quantize: str, ways: Sequence[Way],
    sentences: Sequence[str], robot: RobotDescription,
) -> Iterator[Row]:
    gc.collect()  # the model before this one has cycles
    backbone = load_backbone(folder, device=device, dtype=dtype, quantize=quantize)
    prompt = load_shipped(backbone.shape)
    sequence = SequenceEncoder(backbone.tokenizer, LAYOUTS[prompt.card.layout])
    constraint = GrammarEngine(backbone, sequence.end_ids).compile(
        lark_from_grammar(grammar_from_robot(robot)))
    prepared = RobotPreparation(backbone, sequence, prompt.folded, True).prepare(
        robot, opened=True)
    judge = InterfaceJudge(robot, relevance_for(GeneratorSettings('', '')))
    plain, captured = PlainRunner(backbone), runner_for(backbone)

    def answer(way: Way, sentence: str) -> tuple[int, int | None]:
        prefix, known = prepared.prefix, len(prepared.opening)
        if not way.cached:
            context = ContextReader(backbone, sequence).read(prepared.context)
            prefix, known = read_prefix(backbone, context, prompt.folded), 0
        ids = sequence.instruction_ids(sentence, behind_context=True)
        judged = judge.judge(sentence) if way.judged else Judged(robot)
        precedents = (*judged.precedents(ids, sequence), *prepared.precedents)

        def start() -> Matching:
            matching: Matching = constraint.start() if way.grammar else FreeMatching(
                sequence.end_ids, len(backbone.tokenizer))
            return matching if way.forced else Stepwise(matching)

        runner = captured if way.captured else plain
        with runner.behind(prefix, len(ids) + MAX_NEW_TOKENS) as run:
            decoded = decode_likeliest(
                run, ids[known:], start=judged.start(start, sequence.answer_text),
                drafter=NoDrafts() if not way.drafts else Drafter(
                    ids, precedents, sequence.value_ids(likely_values(sentence))),
                max_new_tokens=MAX_NEW_TOKENS, should_stop=lambda: False,
                search_forwards=SEARCH_FORWARDS if way.search else 0)
        return len(decoded.ids), decoded.forwards

    for way in ways:
        if way.captured:
            if not isinstance(captured, CapturedRunner):
                continue
            answer(way, sentences[0])  # takes the memory that this robot needs
            captured.warm_up()
        yield time_row(way.name, sentences, partial(answer, way))
