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
A data set of made robots and what is said to them; the same for the same seed.

Every answer is read back by the short form on its robot before it is used, so a sentence that
the product could not carry out never teaches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
import json
from pathlib import Path
import random

from ros2_nl_commander.language.answer import read_answer
from ros2_nl_commander.language.errors import DatasetError, NlCommanderError
from ros2_nl_commander.language.instruction import check_instruction
from ros2_nl_commander.language.robot_writer import write_robot
from ros2_nl_commander.training.synthesis.robots import MadeRobot, make_robot
from ros2_nl_commander.training.synthesis.sentences import (
    command_pair, decline_pair, motion_pair, Pair, vary)

#: Shares of sentences: to the base where there is one, and declined.
MOTION_SHARE = 0.3
DECLINE_SHARE = 0.22
ROBOTS_FOLDER = 'robots'


def write_dataset(folder: Path, robots: int, sentences: int, seed: int) -> Path:
    """
    Write descriptions and sentences.

    :param folder: gets ``data.jsonl`` and ``robots/*.yaml``
    :param robots: how many to make
    :param sentences: to each of them
    :returns: the JSON Lines file
    :raises DatasetError: if the folder cannot be written, or a made answer is wrong
    """
    try:
        (folder / ROBOTS_FOLDER).mkdir(parents=True, exist_ok=True)
        lines = []
        for number in range(robots):
            source = random.Random(f'{seed}/{number}')
            robot = make_robot(source)
            path = f'{ROBOTS_FOLDER}/{number:04}.yaml'
            (folder / path).write_text(write_robot(robot.description), encoding='utf-8')
            lines += [json.dumps({'instruction': said, 'command': spelt, 'robot': path},
                                 ensure_ascii=False)
                      for said, spelt in make_pairs(source, robot, sentences)]
        data = folder / 'data.jsonl'
        data.write_text('\n'.join(lines) + '\n', encoding='utf-8')
    except OSError as error:
        raise DatasetError(f'Cannot write to {folder}: {error.strerror}') from error
    return data


def make_pairs(source: random.Random, robot: MadeRobot, count: int) -> Iterator[Pair]:
    """
    Make different sentences to one robot, with what they mean.

    :raises DatasetError: if an answer cannot be read
    """
    seen: set[str] = set()
    for _ in range(20 * count):  # a robot of two things has no hundred sentences
        if len(seen) == count:
            return
        said, spelt = _way(source, robot)(source, robot)
        said = check_instruction(vary(source, said))
        if said.lower() not in seen:
            _check(said, spelt, robot)
            seen.add(said.lower())
            yield said, spelt


def _way(
    source: random.Random, robot: MadeRobot
) -> Callable[[random.Random, MadeRobot], Pair]:
    drawn = source.random()
    if drawn < DECLINE_SHARE:
        return decline_pair
    return motion_pair if robot.base and drawn < DECLINE_SHARE + MOTION_SHARE else command_pair


def _check(said: str, spelt: str, robot: MadeRobot) -> None:
    try:
        read_answer(spelt, robot.description)
    except NlCommanderError as error:
        raise DatasetError(f'{said!r}: {spelt!r}: {error}') from error
