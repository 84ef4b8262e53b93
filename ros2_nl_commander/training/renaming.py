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
The same robots under names that mean nothing, and their sentences with the answers renamed.

What a name told is said about its interface instead: whoever reads what stands there can still
answer, and whoever goes by the names he knows cannot. Types, fields and places keep their names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
import random
import re
from typing import TypeVar

from ros2_nl_commander.language.command import Command
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.short_form import entrances
from ros2_nl_commander.language.unit_names import unit_of_name
from ros2_nl_commander.language.unit_texts import unit_of_text
from ros2_nl_commander.training.examples import Example

_WORD = re.compile(r'[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+')
#: Letters of nonsense: few words of any language begin and end like this.
_FIRST, _VOWELS, _MIDDLE, _LAST = 'zvxwj', 'aeiou', 'bdfgklmnprstvz', 'fgjkpvxz'
_Rule = TypeVar('_Rule')


@dataclass(frozen=True, slots=True)
class RenamedRobot:
    """
    A robot whose interfaces have other names.

    :param description: what a model reads
    :param names: new names by old ones
    """

    description: RobotDescription
    names: Mapping[str, str]

    def renamed(self, example: Example) -> Example:
        """Say the same sentence to this robot."""
        command, *others = (self._command(one) for one in (example.command, *example.others))
        name, blank, rest = example.answer.partition(' ')
        return replace(example, command=command, others=tuple(others), robot=self.description,
                       answer=self.names.get(name, name) + blank + rest)

    def _command(self, command: Command | None) -> Command | None:
        return None if command is None else replace(
            command, name=self.names.get(command.name, command.name))


def rename_examples(examples: Sequence[Example]) -> list[Example]:
    """Rename every robot once; examples of one robot stay examples of one."""
    robots = {id(example.robot): rename_robot(example.robot) for example in examples}
    return [robots[id(example.robot)].renamed(example) for example in examples]


def rename_robot(robot: RobotDescription) -> RenamedRobot:
    """
    Give nonsense names to all interfaces, the same ones every time.

    A part of a name becomes the same nonsense wherever it stands: what shared a namespace
    still does, and names stay as many parts long.
    """
    old_names = list(dict.fromkeys(entrance.name for entrance in entrances(robot)))
    nonsense = _nonsense(random.Random(f'renamed/{robot.robot}'), _words_of(robot, old_names))
    parts: dict[str, str] = {}
    for part in (part for name in old_names for part in name.split('/')[1:]):
        if part not in parts:
            parts[part] = next(nonsense)
    names = {name: ''.join(f'/{parts[part]}' for part in name.split('/')[1:])
             for name in old_names}

    def under_new_names(section: Mapping[str, _Rule]) -> dict[str, _Rule]:
        return {names[name]: rule for name, rule in section.items()}

    shared = _shared_parts(old_names)
    about = {name: _about(name, shared, robot.about.get(name, '')) for name in old_names}
    return RenamedRobot(replace(
        robot, topics=under_new_names(robot.topics), services=under_new_names(robot.services),
        actions=under_new_names(robot.actions), about=under_new_names(about),
        limits=under_new_names(robot.limits), choices=under_new_names(robot.choices)), names)


def _about(name: str, shared: int, about: str) -> str:
    """
    Put the words of a name before what is said about it, if they are not among that.

    Also where something is said already: "degrees Celsius" tells no fridge from a freezer.
    """
    words = _words('/'.join(name.split('/')[1 + shared:]))
    if set(words) <= set(_words(about)):
        return about
    said = ' '.join(words) + (f': {about}' if about else '')
    unit = unit_of_name(name)
    return said if unit is None or unit_of_text(said) == unit else f'[{unit.symbol}] {said}'


def _shared_parts(names: Sequence[str]) -> int:
    """Count the parts that all names begin with, such as the robot's namespace; one is left."""
    split = [name.split('/')[1:] for name in names]
    most = min(map(len, split), default=1) - 1
    return next((count for count in range(most, 0, -1)
                 if len({tuple(parts[:count]) for parts in split}) == 1), 0)


def _nonsense(source: random.Random, taken: set[str]) -> Iterator[str]:
    """Give words that mean nothing, each once, without end."""
    while True:
        word = ''.join(source.choice(letters) for letters in (
            _FIRST, _VOWELS, _MIDDLE, _VOWELS, _LAST))
        if word not in taken:
            taken.add(word)
            yield word


def _words_of(robot: RobotDescription, names: Sequence[str]) -> set[str]:
    return set(_words(' '.join((*names, *robot.about.values(), *robot.places))))


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]
