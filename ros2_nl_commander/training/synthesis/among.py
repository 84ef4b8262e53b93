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
is meant. Nothing joins a robot whose words its sentences know: what they mean stays the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
#: A robot with its parts has so many at most.
MOST = 40
#: Parts have numbers up to this.
MOST_OF_A_KIND = 6
#: Words that say nothing of what a part is; they may be in a sentence.
_COMMON_WORDS = frozenset(words_of(
    'set reset clear enable start stop pause lock restart release home load rate target level'))
_NOUNS = ('topic', 'service', 'action')


def write_among(
    files: Sequence[Path], folder: Path, robots: int, sentences: int, seed: int
) -> Path:
    """
    Write descriptions and sentences.

    :param files: JSON Lines
    :param folder: gets ``data.jsonl`` and ``robots/*.yaml``
    :param robots: how many to take at most
    :param sentences: to each of them, at most
    :returns: the JSON Lines file; the same for the same seed
    :raises DatasetError: if a file cannot be read or the folder not be written
    """
    source = random.Random(seed)
    known = [group for path in files for group in by_robot(load_examples(path))
             if _size(group[0].robot) + LEAST_MORE <= MOST]
    lines: list[str] = []
    try:
        (folder / ROBOTS_FOLDER).mkdir(parents=True, exist_ok=True)
        for number, group in enumerate(source.sample(known, min(robots, len(known)))):
            name = f'{ROBOTS_FOLDER}/{number:04}.yaml'
            robot = _among_parts(source, group)
            (folder / name).write_text(write_robot(robot), encoding='utf-8')
            lines += [json.dumps(_record(example, name), ensure_ascii=False)
                      for example in source.sample(group, min(sentences, len(group)))]
        data = folder / 'data.jsonl'
        data.write_text('\n'.join(lines) + '\n', encoding='utf-8')
    except OSError as error:
        raise DatasetError(f'Cannot write to {folder}: {error.strerror}') from error
    return data


def _among_parts(source: random.Random, group: Sequence[Example]) -> RobotDescription:
    robot = group[0].robot
    known = set(words_of(' '.join([
        *(example.instruction for example in group), *robot.about.values(),
        *(name for noun in _NOUNS for name in robot.offered(noun))]))) - _COMMON_WORDS
    parts = [extra for extra in _parts(source) if not known & set(words_of(extra.name))]
    source.shuffle(parts)
    size = source.randint(_size(robot) + LEAST_MORE, MOST)
    return crowded(robot, size, lambda _robot: iter(parts))


def _parts(source: random.Random) -> Iterator[Extra]:
    nothing = RobotDescription()
    for noun in PARTS:
        for name, type_name in PROGRAMS[noun].items():
            yield Extra(noun, name, type_name, nothing, name)
        for pattern, type_name in PARTS[noun].items():
            name = pattern.format(source.randint(1, MOST_OF_A_KIND))
            yield Extra(noun, name, type_name, nothing, name)


def _record(example: Example, robot: str) -> dict[str, Any]:
    is_bare = example.command is None and not example.has_reason
    return {'instruction': example.instruction,
            'command': None if is_bare else example.answer, 'robot': robot}


def _size(robot: RobotDescription) -> int:
    return sum(len(robot.offered(noun)) for noun in _NOUNS)
