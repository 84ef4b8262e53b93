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
What twenty phrases of one's own are worth, and what they cost of what the prompt could before.

The robot and what its people call things are made up for this (``data/teach``): without being
taught, nobody can know that "do the lasagne" is a firing of the kiln.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
import time

from accelerate import Accelerator
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.language.robot import load_robot
from ros2_nl_commander.model.backbone import load_backbone
from ros2_nl_commander.model.checkpoint import find_prompt, load_prompt, TrainedPrompt
from ros2_nl_commander.model.fetch import model_identity
from ros2_nl_commander.training.benchmarks.as_shipped import generator_as_shipped
from ros2_nl_commander.training.benchmarks.table import Table
from ros2_nl_commander.training.evaluate import Score, score_examples, share_as_text
from ros2_nl_commander.training.examples import Example, load_examples
from ros2_nl_commander.training.history import History
from ros2_nl_commander.training.session import run_session, Session
from ros2_nl_commander.training.settings import settings_from_start, TEACH, TrainingSettings
from ros2_nl_commander.training.suites import suite_files
from tqdm import tqdm

ROBOT, PHRASES, HELD_OUT = (
    ('data', 'teach', name) for name in ('robot.yaml', 'phrases.jsonl', 'heldout.jsonl'))
GENERAL = 'general, all of them'

Answers = dict[str, list[Score]]


def measure_teach(
    folder: Path, device: str, dtype: str, *, output: Path, every: int, start: str = 'general',
    recipe: TrainingSettings = TEACH,
) -> Table:
    """
    Score a prompt, teach it the phrases, and score it again.

    :param folder: the model
    :param output: where the taught prompt goes
    :param every: of the general suites, every so many sentences are asked
    :param start: the prompt that is taught
    """
    prompt = load_prompt(find_prompt(start))
    questions = _questions(every)
    before = _answers(folder, device, dtype, prompt, questions)
    session = Session(
        settings_from_start(recipe, prompt), [share_file(*PHRASES)], output,
        model_identity(folder), prompt, robot=share_file(*ROBOT))
    started = time.perf_counter()
    history = _train(folder, device, dtype, session)
    minutes = (time.perf_counter() - started) / 60
    after = _answers(folder, device, dtype, load_prompt(output), questions)
    return Table(
        f'{len(questions["phrases, taught"])} phrases taught in {minutes:.1f} minutes '
        f'({history.step} steps, the prompt of step {history.best_step}, '
        f'seed {session.settings.seed})',
        ('sentences', 'right before', 'right after', 'turned right', 'turned wrong'),
        [_row(name, before[name], after[name]) for name in before])


def _questions(every: int) -> dict[str, list[Example]]:
    robot = load_robot(share_file(*ROBOT))
    general = {f'general: {name}': load_examples(path)[::every]
               for name, path in suite_files().items()}
    return {'phrases, taught': load_examples(share_file(*PHRASES), robot),
            'phrases, held out': load_examples(share_file(*HELD_OUT), robot), **general}


def _answers(
    folder: Path, device: str, dtype: str, prompt: TrainedPrompt,
    questions: Mapping[str, Sequence[Example]],
) -> Answers:
    backbone = load_backbone(folder, device=device, dtype=dtype)
    generator = generator_as_shipped(backbone, prompt)
    answers = {name: list(tqdm(score_examples(generator, examples), desc=name,
                               total=len(examples)))
               for name, examples in questions.items()}
    general = [score for name, scores in answers.items() if name.startswith('general')
               for score in scores]
    return {**answers, GENERAL: general}


def _train(folder: Path, device: str, dtype: str, session: Session) -> History:
    backbone = load_backbone(folder, device=device, dtype=dtype, for_training=True)
    accelerator = Accelerator(cpu=backbone.device.type == 'cpu')
    outcome = run_session(session, backbone, accelerator)
    if not outcome.finished:
        raise KeyboardInterrupt  # half a run is no figure
    return outcome.history


def _row(name: str, before: Sequence[Score], after: Sequence[Score]) -> tuple[str, ...]:
    changes = [(old.is_right, new.is_right) for old, new in zip(before, after, strict=True)]
    return (name, *(share_as_text(sum(rights), len(rights), 1) for rights in zip(*changes)),
            str(changes.count((False, True))), str(changes.count((True, False))))
