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

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ros2_nl_commander.language.command import Value
from ros2_nl_commander.language.definition_text import interface_schema
from ros2_nl_commander.language.entry import Entry
from ros2_nl_commander.language.errors import RobotDescriptionError, UnknownTypeError
from ros2_nl_commander.language.field_rules import choice_misfit, limit_misfit, spelt
from ros2_nl_commander.language.installed_types import closest_installed
from ros2_nl_commander.language.interfaces import MessageSchema
from ros2_nl_commander.language.names import TYPE_FOLDERS
from ros2_nl_commander.language.robot_sections import (
    check_definitions, Place, read_about, read_choices, read_definitions, read_interfaces,
    read_limits, read_places)


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
    root = Entry.from_text(text, source, keys=_KEYS)
    sections = {key: entry.entries() for key, entry in root.entries(only=_KEYS).items()
                if key != 'robot'}
    topics = read_interfaces(sections.get('topics', {}), 'topic')
    services = read_interfaces(sections.get('services', {}), 'service')
    actions = read_interfaces(sections.get('actions', {}), 'action')
    offered = {*topics, *services, *actions}
    robot = RobotDescription(
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
    _check_types(robot, root)
    for misfit in misfits(robot):
        raise root.below(misfit.section, misfit.name, misfit.path).error(misfit.reason)
    return robot


def _check_types(robot: RobotDescription, root: Entry) -> None:
    """Refuse a type that its package, which is here, does not have: its fields are not known."""
    for noun in TYPE_FOLDERS:
        offered = robot.offered(noun)
        check_definitions(offered.values(), robot.definitions, root.source)
        for name, type_name in offered.items():
            closest = None if type_name in robot.definitions else closest_installed(type_name)
            if closest is not None:
                raise root.below(f'{noun}s', name).error(
                    f'{type_name.partition("/")[0]} has no {type_name}, the closest is {closest}; '
                    'give its text under definitions if it is another version that has it')


@dataclass(frozen=True, slots=True)
class Misfit:
    """
    A rule that would never take effect.

    :param section: ``limits`` or ``choices``
    :param name: of the interface
    :param path: of the field
    :param reason: why, and what would fit
    """

    section: str
    name: str
    path: str
    reason: str


def misfits(robot: RobotDescription) -> Iterator[Misfit]:
    """Give the rules that fit no field of their interfaces, as far as the types are known."""
    for name, limits in robot.limits.items():
        schemas = _schemas(name, robot)
        for path, bounds in limits.items():
            reason = _common([limit_misfit(path, bounds, schema) for schema in schemas])
            if reason:
                yield Misfit('limits', name, path, reason)
    for name, fields in robot.choices.items():
        schemas = _schemas(name, robot)
        for path, value in ((path, value) for path in fields for value in fields[path]):
            reason = _common([choice_misfit(path, value, schema) for schema in schemas])
            reason = reason or _outside(value, robot.limits.get(name, {}).get(path))
            if reason:
                yield Misfit('choices', name, path, reason)


def _schemas(name: str, robot: RobotDescription) -> list[MessageSchema]:
    """Give what kinds of interfaces of one name hold; nothing if that of one is not known."""
    types = [robot.offered(noun)[name] for noun in TYPE_FOLDERS if name in robot.offered(noun)]
    try:
        return [interface_schema(type_name, robot.definitions) for type_name in types]
    except UnknownTypeError:
        return []


def _common(reasons: list[str]) -> str:
    """Give a reason if there is one for each of several kinds: a rule may be for one of them."""
    return reasons[0] if reasons and all(reasons) else ''


def _outside(value: Value, limits: tuple[float, float] | None) -> str:
    if limits is None or (isinstance(value, (int, float)) and limits[0] <= value <= limits[1]):
        return ''
    return f'{spelt(value)} is outside the limits {list(limits)} of the same field'
