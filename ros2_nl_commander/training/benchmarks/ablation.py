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

"""What the grammar is worth, and what the prompt: right answers of each, with and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
import random
import statistics
import time

from ros2_nl_commander.language.answer import read_answer
from ros2_nl_commander.language.context import context_from_robot
from ros2_nl_commander.language.errors import (
    GrammarViolationError, LimitError, NlCommanderError)
from ros2_nl_commander.language.generation import Generation
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.verdict import command_or_reason
from ros2_nl_commander.model.backbone import Backbone, load_backbone
from ros2_nl_commander.model.contexts import ContextReader
from ros2_nl_commander.model.decode import decode_likeliest
from ros2_nl_commander.model.drafts import Drafter
from ros2_nl_commander.model.forward import read_prefix
from ros2_nl_commander.model.key_values import KeyValues, length_of
from ros2_nl_commander.model.prepared import RobotPreparation
from ros2_nl_commander.model.prompts import FoldedPrompt
from ros2_nl_commander.model.runner import runner_for
from ros2_nl_commander.model.sequence import LAYOUTS, SequenceEncoder
from ros2_nl_commander.model.shipped import load_shipped
from ros2_nl_commander.training.benchmarks.made_examples import made_examples, Pair
from ros2_nl_commander.training.benchmarks.table import Table
from ros2_nl_commander.training.evaluate import Score, share_as_text
from ros2_nl_commander.training.examples import Example, load_examples

#: Every so many of the suite's sentences are asked.
EVERY = 4
#: Examples of other robots in the context, for the model without a trained prompt.
SHOTS = 12
MAX_NEW_TOKENS = 64

#: Sentences with answers that stand in the context of a robot.
Shots = Callable[[RobotDescription], Sequence[Pair]]


def measure_ablation(folder: Path, device: str, dtype: str) -> Table:
    """
    Answer a part of the suite of unseen robots with each, held to the grammar and not.

    :param folder: the model
    """
    examples = load_examples(share_file('data', 'general_heldout.jsonl'))[::EVERY]
    others = load_examples(share_file('data', 'general_train.jsonl'))
    shots = [(shot.instruction, shot.answer) for shot in random.Random(0).sample(others, SHOTS)]
    backbone = load_backbone(folder, device=device, dtype=dtype)
    trained, ablation = load_shipped(backbone.shape).folded, _Ablation(backbone)
    rows = [_row(f'{name}{", grammar" if constrain else ""}',
                 list(ablation.scores(examples, prompt, given, constrain)))
            for name, prompt, given in (
                ('base model', FoldedPrompt(), lambda robot: []),
                (f'{SHOTS} examples', FoldedPrompt(), lambda robot: shots),
                ("examples of the robot's own", FoldedPrompt(), made_examples),
                ('shipped prompt', trained, lambda robot: []),
                ("shipped prompt, examples of the robot's own", trained, made_examples))
            for constrain in (False, True)]
    return Table(f'{len(examples)} sentences to unseen robots',
                 ('way', 'right', 'commands nobody could carry out', 'context tokens', 'p50, s'),
                 rows)


class _Ablation:
    """Answers with any prompt, any examples in the context, held to the grammar or not."""

    def __init__(self, backbone: Backbone) -> None:
        self._backbone = backbone
        self._sequence = SequenceEncoder(backbone.tokenizer, LAYOUTS['chat'])
        self._reader = ContextReader(backbone, self._sequence)
        self._runner = runner_for(backbone)

    def scores(
        self, examples: Sequence[Example], prompt: FoldedPrompt, shots: Shots, constrain: bool,
    ) -> Iterator[tuple[Score, bool, int]]:
        """Give each score, whether the answer could not be read, and the length of the context."""
        preparation = RobotPreparation(self._backbone, self._sequence, prompt, constrain)
        prefixes: dict[int, KeyValues] = {}
        for example in examples:
            key = id(example.robot)
            if key not in prefixes:
                prefixes[key] = self._prefix(example.robot, prompt, shots(example.robot))
            start = time.perf_counter()
            text = self._answer(example, preparation, prefixes[key])
            seconds = time.perf_counter() - start
            command, _reason = command_or_reason(example.instruction, text, example.robot)
            yield (Score(example, Generation(example.instruction, command, None, seconds)),
                   _is_invalid(text, example.robot), length_of(prefixes[key]))

    def _prefix(
        self, robot: RobotDescription, prompt: FoldedPrompt, shots: Sequence[Pair]
    ) -> KeyValues:
        context = context_from_robot(robot)
        lines = tuple(f'{sentence} -> {answer}\n' for sentence, answer in shots)
        told = ('Answers, to show the form:\n', *lines) if lines else ()
        read = self._reader.read(replace(context, blocks=(*told, *context.blocks)))
        return read_prefix(self._backbone, read, prompt)

    def _answer(self, example: Example, preparation: RobotPreparation, prefix: KeyValues) -> str:
        ids = self._sequence.instruction_ids(example.instruction, behind_context=True)
        try:
            start = preparation.prepare(example.robot).start
            with self._runner.behind(prefix, len(ids) + MAX_NEW_TOKENS) as run:
                decoded = decode_likeliest(
                    run, ids, start=start, drafter=Drafter(ids),
                    max_new_tokens=MAX_NEW_TOKENS, should_stop=lambda: False)
        except GrammarViolationError:
            return ''
        return self._sequence.answer_text(decoded.ids).strip()


def _is_invalid(text: str, robot: RobotDescription) -> bool:
    try:
        read_answer(text, robot)
    except LimitError:
        return False  # copied as it was said, and refused: a decline
    except NlCommanderError:
        return True
    return False


def _row(name: str, scores: Sequence[tuple[Score, bool, int]]) -> tuple[str, ...]:
    # What cannot be read is no decline, though a product would have to take it for one.
    right = sum(score.is_right and not is_invalid for score, is_invalid, _ in scores)
    return (name, share_as_text(right, len(scores)),
            str(sum(is_invalid for _, is_invalid, _ in scores)),
            f'{statistics.mean(length for _, _, length in scores):.0f}',
            f'{statistics.median(score.generation.seconds for score, _, _ in scores):.2f}')
