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
What a run learns from, what it is judged by, and what it must not forget.

A prompt that learns a few phrases forgets some of what it could before, unless it hears that too:
sentences of the training data that ships are mixed in, other ones in every epoch (rehearsal).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
import random

from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.training.batches import EncodedExample, group_by_context
from ros2_nl_commander.training.examples import by_robot, Example, load_examples
from ros2_nl_commander.training.settings import TrainingSettings

#: Below ``data``: what the prompt that ships has learned from.
KNOWN_FILES = ('general_train.jsonl', 'porter_train.jsonl')
#: A run that rehearses is judged by this many robots too, by so many sentences to each.
JUDGED_ROBOTS, JUDGED_SENTENCES = 6, 4


@dataclass(frozen=True, slots=True)
class Lessons:
    """
    The sentences of a run.

    :param examples: to learn from; the settings may hold out a share of them
    :param judged_by: to judge the run by, besides those
    :param known: to rehearse from; nothing where nothing is rehearsed
    """

    examples: Sequence[Example]
    judged_by: Sequence[Example] = ()
    known: Sequence[Example] = ()


def known_files() -> list[Path]:
    """Give the training data that ships."""
    return [share_file('data', name) for name in KNOWN_FILES]


def with_rehearsal(examples: Sequence[Example], settings: TrainingSettings) -> Lessons:
    """
    Add known sentences to a run's own.

    Some of the known ones are kept apart to judge by, and no sentence to their robots is
    rehearsed: how a run does on robots that it did not hear of is what is asked. Of one's own
    there are too few for that, and a word that is held out is not learned: without a held-out
    share they are judged by themselves.
    """
    known = [example for path in known_files() for example in load_examples(path)]
    judges = _draw_judges(known, settings.seed)
    robots = {id(judge.robot) for judge in judges}
    own = () if settings.held_out else examples
    return Lessons(examples, [*own, *judges],
                   [example for example in known if id(example.robot) not in robots])


def _draw_judges(known: Sequence[Example], seed: int) -> list[Example]:
    source = random.Random(f'{seed}/judges')
    robots = source.sample(by_robot(known), JUDGED_ROBOTS)
    return [example for robot in robots for example in source.sample(robot, JUDGED_SENTENCES)]


class Rehearsal:
    """
    Draws known sentences for an epoch, as batches to one robot each.

    :param known: to draw from
    :param batch_size: sentences in a batch
    :param seed: the same batches for the same seed and epoch
    """

    def __init__(self, known: Sequence[EncodedExample], batch_size: int, seed: int) -> None:
        self._robots = list(group_by_context(known).values())
        self._batch_size = batch_size
        self._seed = seed

    def batches(self, count: int, epoch: int) -> list[list[EncodedExample]]:
        """Draw so many batches; to as many robots, as far as there are."""
        source = random.Random(f'{self._seed}/rehearsal/{epoch}')
        order = source.sample(self._robots, len(self._robots))
        robots = [order[index % len(order)] for index in range(count)]
        return [source.sample(robot, min(self._batch_size, len(robot))) for robot in robots]
