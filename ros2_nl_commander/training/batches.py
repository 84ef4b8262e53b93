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
From examples to batches of token ids: encoding, splitting, shuffling, padding.

Shapes: B batch, T positions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
import random

from ros2_nl_commander.language.context import context_from_robot, RobotContext
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.shortlist import InterfaceIndex
from ros2_nl_commander.model.sequence import SequenceEncoder
from ros2_nl_commander.training.examples import Example
import torch


#: Tokens by which the lengths of a batch may differ for the sake of its being another one.
LENGTH_NOISE = 3.0


@dataclass(frozen=True, slots=True)
class EncodedExample:
    """
    The tokens of one example.

    :param context: what is read of the robot before the sentence
    :param instruction: token ids between prompt and answer
    :param answer: token ids of the answer with its end token
    """

    context: RobotContext
    instruction: tuple[int, ...]
    answer: tuple[int, ...]

    def __len__(self) -> int:
        """Return the tokens after the prompt."""
        return len(self.instruction) + len(self.answer)


@dataclass(frozen=True, slots=True)
class Batch:
    """
    Examples of one robot, padded on the right.

    :param context: the robot's context
    :param ids: (B, T) instruction and answer
    :param labels: (B, T) the next token where that belongs to the answer, else -100
    """

    context: RobotContext
    ids: torch.Tensor
    labels: torch.Tensor


def encode_examples(
    examples: Sequence[Example], sequence: SequenceEncoder
) -> list[EncodedExample]:
    """Turn every example into tokens, behind the context that it will be answered behind."""
    contexts: dict[int, _Contexts] = {}
    encoded = []
    for example in examples:
        if id(example.robot) not in contexts:
            contexts[id(example.robot)] = _Contexts(example.robot)
        context = contexts[id(example.robot)].of(example.instruction)
        ids = sequence.instruction_ids(
            example.instruction, behind_context=not context.is_empty)
        encoded.append(EncodedExample(
            context, tuple(ids), tuple(sequence.answer_ids(example.answer))))
    return encoded


class _Contexts:
    """Writes the contexts of one robot, as a generator reads them; the whole one only once."""

    def __init__(self, robot: RobotDescription) -> None:
        self._index = InterfaceIndex(robot)
        self._always = context_from_robot(self._index.always())

    def of(self, sentence: str) -> RobotContext:
        """Give what is read for a sentence: of a robot with very many interfaces a few."""
        if not self._index.is_crowded:
            return self._always
        return context_from_robot(self._index.shortlist(sentence)).continuing(self._always)


def split_held_out(
    examples: Sequence[EncodedExample], share: float, seed: int
) -> tuple[list[EncodedExample], list[EncodedExample]]:
    """
    Divide into training and held-out examples.

    :param share: to hold out; above 0, at least one is held out where at least one is left
    """
    order = random.Random(seed).sample(range(len(examples)), len(examples))
    wanted = max(1, round(share * len(examples))) if share else 0
    count = min(wanted, len(examples) - 1)
    held_out = set(order[:count])
    return ([example for index, example in enumerate(examples) if index not in held_out],
            [examples[index] for index in sorted(held_out)])


def plan_epoch(
    examples: Sequence[EncodedExample], batch_size: int, batches: int, seed: int, epoch: int,
    rehearsed: Sequence[list[EncodedExample]] = (),
) -> list[list[EncodedExample]]:
    """
    Shuffle into steps; the same for the same seed and epoch.

    Sentences to one robot stay together in batches of ``batch_size``, because they share its
    context, and in a batch they are about equally long, so that little of it is padding; a step
    is made of several such batches, as a rule for several robots.

    :param batches: batches in a step
    :param rehearsed: batches of known sentences to mix in
    """
    source = random.Random(f'{seed}/{epoch}')
    chunks: list[list[EncodedExample]] = []
    for members in group_by_context(examples).values():
        # Neighbours differ from epoch to epoch.
        members.sort(key=lambda example: len(example) + source.uniform(0, LENGTH_NOISE))
        chunks += [members[start:start + batch_size]
                   for start in range(0, len(members), batch_size)]
    chunks += rehearsed
    source.shuffle(chunks)
    return [sum(chunks[start:start + batches], [])
            for start in range(0, len(chunks), batches)]


def group_by_context(
    examples: Sequence[EncodedExample],
) -> dict[RobotContext, list[EncodedExample]]:
    """Sort examples by robot."""
    by_context: dict[RobotContext, list[EncodedExample]] = defaultdict(list)
    for example in examples:
        by_context[example.context].append(example)
    return by_context


def make_batches(
    examples: Sequence[EncodedExample], batch_size: int, end_id: int
) -> Iterator[Batch]:
    """
    Group by robot, then by length, so that a batch shares a context and wastes little padding.

    :param end_id: token to pad with
    """
    for context, members in group_by_context(examples).items():
        members.sort(key=len)
        for start in range(0, len(members), batch_size):
            yield _batch_from(context, members[start:start + batch_size], end_id)


def _batch_from(context: RobotContext, examples: Sequence[EncodedExample], end_id: int) -> Batch:
    width = max(map(len, examples))
    ids = torch.full((len(examples), width), end_id)
    labels = torch.full((len(examples), width), -100)
    for row, example in enumerate(examples):
        start = len(example.instruction)
        ids[row, :len(example)] = torch.tensor((*example.instruction, *example.answer))
        # The state at a position predicts the token after it.
        labels[row, start - 1:len(example) - 1] = torch.tensor(example.answer)
    return Batch(context, ids, labels)
