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

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ros2_nl_commander.language import names
from ros2_nl_commander.language.command import Value
from ros2_nl_commander.language.entry import Entry

_Rule = TypeVar('_Rule')


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
    for name, entry in section.items():
        entry.check(names.check_spoken, name)
    return {name: _place(entry) for name, entry in section.items()}


def _place(entry: Entry) -> Place:
    """Read a pose; the frame is ``map`` and the yaw 0 where the file does not say."""
    given = entry.entries(only=('frame', 'x', 'y', 'yaw'))
    return Place(
        frame=given['frame'].text() if 'frame' in given else 'map',
        x=float(entry.required('x').number()),
        y=float(entry.required('y').number()),
        yaw=float(given['yaw'].number()) if 'yaw' in given else 0.0,
    )


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
        if offered is not None and name not in offered:
            raise entry.error('is none of the topics, services and actions above')


def _choices(entry: Entry) -> tuple[Value, ...]:
    """Read the values that a field may take."""
    values = tuple(item.value for item in entry.items())
    if not values:
        raise entry.error('must name at least one value')
    if not all(isinstance(value, (bool, int, float, str)) for value in values):
        raise entry.error('must list plain values')
    for value in values:
        if isinstance(value, str):
            entry.check(names.check_spoken, value)
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


def read_definitions(section: Mapping[str, Entry]) -> dict[str, str]:
    """Read the texts of types."""
    for type_name, entry in section.items():
        entry.check(names.type_folder, type_name)
    return {type_name: entry.text() for type_name, entry in section.items()}
