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

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ros2_nl_commander.language import names
from ros2_nl_commander.language.command import Value
from ros2_nl_commander.language.entry import Entry
from ros2_nl_commander.language.errors import CommandSyntaxError, RobotDescriptionError
from ros2_nl_commander.language.yaml_reader import read_mapping


@dataclass(frozen=True, slots=True)
class Place:
    """
    A named pose to drive to.

    :param frame: coordinate frame
    :param x: position [m]
    :param y: position [m]
    :param yaw: heading, counter-clockwise from the x axis [rad]
    """

    frame: str
    x: float
    y: float
    yaw: float


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

    def offered(self, noun: str) -> Mapping[str, str]:
        """Give the interfaces of a kind (``topic``, ``service``, ``action``), name to type."""
        return {'topic': self.topics, 'service': self.services, 'action': self.actions}[noun]


EMPTY_ROBOT = RobotDescription()

_Rule = TypeVar('_Rule')
_KEYS = ('robot', 'topics', 'services', 'actions', 'places', 'about', 'choices', 'limits',
         'definitions')


def load_robot(path: Path) -> RobotDescription:
    """
    Read a robot description file.

    :raises RobotDescriptionError: if it cannot be read; names the file and the key
    """
    try:
        text = path.read_text(encoding='utf-8')
    except OSError as error:
        raise RobotDescriptionError(f'{path}: {error.strerror}') from error
    except UnicodeDecodeError as error:
        raise RobotDescriptionError(f'{path}: not UTF-8 text') from error
    return parse_robot(text, str(path))


def parse_robot(text: str, source: str) -> RobotDescription:
    """
    Read a robot description.

    :param text: YAML
    :param source: what error messages call it, usually its file name
    :raises RobotDescriptionError: if it is wrong; names the source and the key
    """
    try:
        root = Entry(read_mapping(text), source)
    except CommandSyntaxError as error:
        raise RobotDescriptionError(f'{source}: {error}') from error
    sections = {key: entry.entries() for key, entry in root.entries(only=_KEYS).items()
                if key != 'robot'}
    topics = _interfaces(sections.get('topics', {}), 'topic')
    services = _interfaces(sections.get('services', {}), 'service')
    actions = _interfaces(sections.get('actions', {}), 'action')
    offered = {*topics, *services, *actions}
    return RobotDescription(
        robot=root.required('robot').text(),
        topics=topics,
        services=services,
        actions=actions,
        places={name: _place(entry) for name, entry in sections.get('places', {}).items()},
        about=_about(sections.get('about', {}), offered),
        choices=_by_field(sections.get('choices', {}), offered, _choices),
        limits=_by_field(sections.get('limits', {}), offered, _limit),
        definitions=_definitions(sections.get('definitions', {})),
    )


def _interfaces(section: Mapping[str, Entry], noun: str) -> dict[str, str]:
    """Read names and types."""
    for name, entry in section.items():
        entry.check(names.check_name, name)
        entry.check(names.check_type, entry.text(), noun)
    return {name: entry.text() for name, entry in section.items()}


def _place(entry: Entry) -> Place:
    """Read a pose; the frame is ``map`` and the yaw 0 where the file does not say."""
    given = entry.entries(only=('frame', 'x', 'y', 'yaw'))
    return Place(
        frame=given['frame'].text() if 'frame' in given else 'map',
        x=float(entry.required('x').number()),
        y=float(entry.required('y').number()),
        yaw=float(given['yaw'].number()) if 'yaw' in given else 0.0,
    )


def _about(section: Mapping[str, Entry], offered: Collection[str]) -> dict[str, str]:
    """Read the sentences on interfaces."""
    _check_offered(section, offered)
    return {name: entry.text() for name, entry in section.items()}


def _by_field(
    section: Mapping[str, Entry],
    offered: Collection[str],
    read_rule: Callable[[Entry], _Rule],
) -> dict[str, dict[str, _Rule]]:
    """Read the rules on the fields of interfaces."""
    _check_offered(section, offered)
    rules: dict[str, dict[str, _Rule]] = {}
    for name, entry in section.items():
        fields = entry.entries()
        for path, rule in fields.items():
            rule.check(names.check_field_path, path)
        rules[name] = {path: read_rule(rule) for path, rule in fields.items()}
    return rules


def _check_offered(section: Mapping[str, Entry], offered: Collection[str]) -> None:
    """Refuse what is said about an interface that is not there: it would never take effect."""
    for name, entry in section.items():
        if name not in offered:
            raise entry.error('is none of the topics, services and actions above')


def _choices(entry: Entry) -> tuple[Value, ...]:
    """Read the values that a field may take."""
    values = tuple(item.value for item in entry.items())
    if not values:
        raise entry.error('must name at least one value')
    if not all(isinstance(value, (bool, int, float, str)) for value in values):
        raise entry.error('must list plain values')
    return values


def _limit(entry: Entry) -> tuple[float, float]:
    """Read the lowest and the highest value of a field."""
    bounds = [item.number() for item in entry.items()]
    if len(bounds) != 2:
        raise entry.error('must be [lowest, highest]')
    low, high = bounds
    if low > high:
        raise entry.error(f'is an empty range: {low} is above {high}')
    return low, high


def _definitions(section: Mapping[str, Entry]) -> dict[str, str]:
    """Read the texts of types."""
    for type_name, entry in section.items():
        entry.check(names.type_folder, type_name)
    return {type_name: entry.text() for type_name, entry in section.items()}
