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
The robots of a data set, each among the parts and programs that a machine has besides.

On a live graph a robot is hardly ever alone; a prompt that never read the rest takes it for what
is meant. Nothing joins a robot that is called like what it has, or like what it was rightly
refused: what its sentences mean stays the same, though they share words with the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
import json
from pathlib import Path
import random
from typing import Any

from ros2_nl_commander.language.errors import DatasetError
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.robot_writer import write_robot
from ros2_nl_commander.language.shortlist import words_of
from ros2_nl_commander.training.examples import by_robot, Example, load_examples
from ros2_nl_commander.training.synthesis.crowds import crowded, Extra
from ros2_nl_commander.training.synthesis.dataset import ROBOTS_FOLDER
from ros2_nl_commander.training.synthesis.parts import PARTS, PROGRAMS

#: At least so many interfaces join a robot.
LEAST_MORE = 4
#: A robot with its parts has so many at most, where nothing else is said.
MOST = 40
#: Parts have numbers up to this.
MOST_OF_A_KIND = 6
#: Words that say nothing of what a part is; they may be in a sentence.
_COMMON_WORDS = frozenset(words_of(
    'set reset clear enable start stop pause lock restart release home load rate target level'))
_NOUNS = ('topic', 'service', 'action')


def write_among(
    files: Sequence[Path], folder: Path, robots: int, sentences: int, seed: int,
    least: int = 0, most: int = MOST,
) -> Path:
    """
    Write descriptions and sentences.

    :param files: JSON Lines
    :param folder: gets ``data.jsonl`` and ``robots/*.yaml``
    :param robots: how many to take at most
    :param sentences: to each of them, at most
    :param least: interfaces that a robot has in the end, at least; one that too little can join
        is left out
    :param most: and at most
    :returns: the JSON Lines file; the same for the same seed
    :raises DatasetError: if a file cannot be read or the folder not be written
    """
    if least > most:
        raise DatasetError(f'at least {least} interfaces are more than {most} at most')
    source = random.Random(seed)
    known = [group for path in files for group in by_robot(load_examples(path))
             if _size(group[0].robot) + LEAST_MORE <= most]
    lines: list[str] = []
    try:
        (folder / ROBOTS_FOLDER).mkdir(parents=True, exist_ok=True)
        groups = source.sample(known, len(known))
        among = ((_among_parts(source, group, least, most), group) for group in groups)
        enough = ((robot, group) for robot, group in among if _size(robot) >= least)
        for number, (robot, group) in enumerate(islice(enough, robots)):
            name = f'{ROBOTS_FOLDER}/{number:04}.yaml'
            (folder / name).write_text(write_robot(robot), encoding='utf-8')
            lines += [json.dumps(_record(example, name), ensure_ascii=False)
                      for example in source.sample(group, min(sentences, len(group)))]
        data = folder / 'data.jsonl'
        data.write_text('\n'.join(lines) + '\n', encoding='utf-8')
    except OSError as error:
        raise DatasetError(f'Cannot write to {folder}: {error.strerror}') from error
    return data


def _among_parts(
    source: random.Random, group: Sequence[Example], least: int, most: int
) -> RobotDescription:
    robot = group[0].robot
    texts = [*(example.instruction for example in group if example.command is None),
             *robot.about.values(), *(name for noun in _NOUNS for name in robot.offered(noun))]
    known = set(words_of(' '.join(texts))) - _COMMON_WORDS
    size = source.randint(max(least, _size(robot) + LEAST_MORE), most)
    parts = [extra for extra in _parts(source) if not known & set(words_of(extra.name))]
    return crowded(robot, size, lambda _robot: iter(parts))


def _parts(source: random.Random) -> Iterator[Extra]:
    """Give programs and one part of each kind, in any order; then a second of each, and so on."""
    nothing = RobotDescription()
    one_each: list[list[Extra]] = [[] for _ in range(MOST_OF_A_KIND)]
    for noun in PARTS:
        one_each[0] += [Extra(noun, name, type_name, nothing, name)
                        for name, type_name in PROGRAMS[noun].items()]
        for pattern, type_name in PARTS[noun].items():
            numbers = source.sample(range(1, MOST_OF_A_KIND + 1), MOST_OF_A_KIND)
            for extras, number in zip(one_each, numbers):
                name = pattern.format(number)
                extras.append(Extra(noun, name, type_name, nothing, name))
    for extras in one_each:
        source.shuffle(extras)
        yield from extras


def _record(example: Example, robot: str) -> dict[str, Any]:
    is_bare = example.command is None and not example.has_reason
    return {'instruction': example.instruction,
            'command': None if is_bare else example.answer, 'robot': robot}


def _size(robot: RobotDescription) -> int:
    return sum(len(robot.offered(noun)) for noun in _NOUNS)
