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
What a robot offers, and the YAML file that says so.

Knows no live graph and no command: whether a command fits is decided in ``validation``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ros2_nl_commander.language.command import Value
from ros2_nl_commander.language.entry import Entry
from ros2_nl_commander.language.errors import RobotDescriptionError
from ros2_nl_commander.language.robot_sections import (
    Place, read_about, read_choices, read_definitions, read_interfaces, read_limits, read_places)


@dataclass(frozen=True, slots=True)
class RobotDescription:
    """
    Everything the language layer knows about one robot.

    :param robot: its name; empty only where nothing is known about the robot
    :param topics: topics that something subscribes to, name to type
    :param services: services, name to type
    :param actions: action servers, name to type
    :param places: poses by the name that people use
    :param about: a sentence on an interface, by its name
    :param choices: the only values that a field may take, by interface and path (``side``)
    :param limits: lowest and highest value of a field, by interface and path (``linear.x``)
    :param definitions: text of types that are not installed here, by type
    """

    robot: str = ''
    topics: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)
    actions: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, tuple[Value, ...]]] = field(default_factory=dict)
    limits: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """
        Tell whether nothing is known, so that every well-formed command is acceptable.

        A named robot that offers nothing is not empty: it accepts no command at all.
        """
        return not (self.robot or self.topics or self.services or self.actions)

    @property
    def names(self) -> frozenset[str]:
        """Name all that it offers, of every kind."""
        return frozenset((*self.topics, *self.services, *self.actions))

    def offered(self, noun: str) -> Mapping[str, str]:
        """Give the interfaces of a kind (``topic``, ``service``, ``action``), name to type."""
        return {'topic': self.topics, 'service': self.services, 'action': self.actions}[noun]


EMPTY_ROBOT = RobotDescription()

_KEYS = ('robot', 'topics', 'services', 'actions', 'places', 'about', 'choices', 'limits',
         'definitions')


def load_robot(path: Path) -> RobotDescription:
    """
    Read a robot description file.

    :raises RobotDescriptionError: if it cannot be read; names the file and the key
    """
    return parse_robot(read_text(path), str(path))


def read_text(path: Path) -> str:
    """
    Read a text file.

    :raises RobotDescriptionError: if it cannot be read; names the file
    """
    try:
        return path.read_text(encoding='utf-8')
    except OSError as error:
        raise RobotDescriptionError(f'{path}: {error.strerror}') from error
    except UnicodeDecodeError as error:
        raise RobotDescriptionError(f'{path}: not UTF-8 text') from error


def parse_robot(text: str, source: str) -> RobotDescription:
    """
    Read a robot description.

    :param text: YAML
    :param source: what error messages call it, usually its file name
    :raises RobotDescriptionError: if it is wrong; names the source and the key
    """
    root = Entry.from_text(text, source)
    sections = {key: entry.entries() for key, entry in root.entries(only=_KEYS).items()
                if key != 'robot'}
    topics = read_interfaces(sections.get('topics', {}), 'topic')
    services = read_interfaces(sections.get('services', {}), 'service')
    actions = read_interfaces(sections.get('actions', {}), 'action')
    offered = {*topics, *services, *actions}
    return RobotDescription(
        robot=root.required('robot').text(),
        topics=topics,
        services=services,
        actions=actions,
        places=read_places(sections.get('places', {})),
        about=read_about(sections.get('about', {}), offered),
        choices=read_choices(sections.get('choices', {}), offered),
        limits=read_limits(sections.get('limits', {}), offered),
        definitions=read_definitions(sections.get('definitions', {})),
    )
