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
The sections of a robot description file, each read and checked on its own.

Where ``offered`` names the robot's interfaces, a rule for any other one is refused: it would never
take effect. None takes rules for interfaces that may yet appear.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
import math
from typing import TypeVar

from ros2_nl_commander.language import names
from ros2_nl_commander.language.command import Value
from ros2_nl_commander.language.definition_text import interface_schema
from ros2_nl_commander.language.entry import Entry
from ros2_nl_commander.language.errors import RobotDescriptionError, UnknownTypeError
from ros2_nl_commander.language.field_rules import quoting, spelt

_Rule = TypeVar('_Rule')
#: A turn, and what rounding adds to it [rad].
_MOST_YAW = 2 * math.pi + 0.001


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


def read_interfaces(section: Mapping[str, Entry], noun: str) -> dict[str, str]:
    """Read names and types."""
    for name, entry in section.items():
        entry.check(names.check_name, name)
        entry.check(names.check_type, entry.text(), noun)
    return {name: entry.text() for name, entry in section.items()}


def read_places(section: Mapping[str, Entry]) -> dict[str, Place]:
    """Read poses by their names."""
    spoken: dict[str, str] = {}
    for name, entry in section.items():
        entry.check(names.check_spoken, name)
        other = spoken.setdefault(name.casefold(), name)
        if other != name:
            raise entry.error(f'differs from {other} only in capitals, which nobody hears')
    return {name: _place(entry) for name, entry in section.items()}


def _place(entry: Entry) -> Place:
    """Read a pose; the frame is ``map`` and the yaw 0 where the file does not say."""
    given = entry.entries(only=('frame', 'x', 'y', 'yaw'))
    return Place(
        frame=_frame(given['frame']) if 'frame' in given else 'map',
        x=float(entry.required('x').number('metres')),
        y=float(entry.required('y').number('metres')),
        yaw=_yaw(given['yaw']) if 'yaw' in given else 0.0,
    )


def _frame(entry: Entry) -> str:
    frame = entry.text()
    if frame.startswith('/'):
        raise entry.error(f'tf2 knows no frame with a leading slash: write {frame.lstrip("/")}')
    return frame


def _yaw(entry: Entry) -> float:
    yaw = float(entry.number('radians'))
    if abs(yaw) > _MOST_YAW:
        raise entry.error(f'must be in radians, not degrees: {yaw:g} degrees are '
                          f'{math.radians(yaw):.6g}')
    return yaw


def read_about(
    section: Mapping[str, Entry], offered: Collection[str] | None
) -> dict[str, str]:
    """Read the sentences on interfaces."""
    _check_offered(section, offered)
    return {name: entry.text() for name, entry in section.items()}


def read_choices(
    section: Mapping[str, Entry], offered: Collection[str] | None
) -> dict[str, dict[str, tuple[Value, ...]]]:
    """Read the only values that fields may take."""
    return _by_field(section, offered, _choices)


def read_limits(
    section: Mapping[str, Entry], offered: Collection[str] | None
) -> dict[str, dict[str, tuple[float, float]]]:
    """Read the lowest and highest values of fields."""
    return _by_field(section, offered, _limit)


def _by_field(
    section: Mapping[str, Entry],
    offered: Collection[str] | None,
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


def _check_offered(section: Mapping[str, Entry], offered: Collection[str] | None) -> None:
    """Refuse what is said about an interface that is not there: it would never take effect."""
    for name, entry in section.items():
        entry.check(names.check_name, name)
        if offered is not None and name not in offered:
            raise entry.error('is none of the topics, services and actions above')


def _choices(entry: Entry) -> tuple[Value, ...]:
    """Read the values that a field may take."""
    values = tuple(item.value for item in entry.items('of values'))
    if not values:
        raise entry.error('must name at least one value')
    if not all(isinstance(value, (bool, int, float, str)) for value in values):
        raise entry.error('must list plain values')
    for value in values:
        if isinstance(value, str):
            entry.check(names.check_spoken, value)
        elif isinstance(value, bool) and any(isinstance(other, str) for other in values):
            raise entry.error(f'has {spelt(value)} among text: {quoting(value)}')
    return values


def _limit(entry: Entry) -> tuple[float, float]:
    """Read the lowest and the highest value of a field."""
    bounds = [item.number() for item in entry.items('[lowest, highest]')]
    if len(bounds) != 2:
        raise entry.error('must be [lowest, highest]')
    low, high = bounds
    if low > high:
        raise entry.error(f'is an empty range: {low} is above {high}')
    return low, high


def read_definitions(section: Mapping[str, Entry]) -> dict[str, str]:
    """Read the texts of types."""
    for type_name, entry in section.items():
        entry.check(names.type_folder, type_name)
    return {type_name: entry.text() for type_name, entry in section.items()}


def check_definitions(
    types: Iterable[str], definitions: Mapping[str, str], source: str
) -> None:
    """
    Check that the texts of types can be read, and those of the types in them.

    :param source: what error messages call the file
    :raises RobotDescriptionError: if one cannot; names source and type
    """
    for type_name in types:
        try:
            interface_schema(type_name, definitions)
        except UnknownTypeError:
            continue  # a part of it is not known here, or nothing reads definitions
        except RobotDescriptionError as error:
            raise RobotDescriptionError(f'{source}: {error}') from error
