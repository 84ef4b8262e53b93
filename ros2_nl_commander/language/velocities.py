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
Messages that hold the velocity of a base, and what can be told of the way they lead.

What is a velocity is told from the fields: a ``geometry_msgs/msg/Twist`` or an Ackermann drive,
however it is wrapped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
import math
from types import MappingProxyType
from typing import TypeAlias

from ros2_nl_commander.language.command import Command, Fields, TopicPublication, Value
from ros2_nl_commander.language.definition_text import interface_schema
from ros2_nl_commander.language.errors import UnknownTypeError
from ros2_nl_commander.language.interfaces import ArrayType, leaves, MessageSchema

Path: TypeAlias = tuple[str, ...]

#: What a base is driven with.
DRIVES = frozenset({'geometry_msgs/msg/Twist', 'ackermann_msgs/msg/AckermannDrive'})
#: Beside these a drive only says how a place is to be reached, or is a measurement: a zero there
#: would be a place to go to.
_PLACES = frozenset({'geometry_msgs/msg/Point', 'geometry_msgs/msg/Quaternion'})
#: Where the drive is in types that people speak of also where they are not installed.
_KNOWN: Mapping[str, tuple[Path, ...]] = {
    'geometry_msgs/msg/Twist': ((),), 'geometry_msgs/msg/TwistStamped': (('twist',),),
    'ackermann_msgs/msg/AckermannDrive': ((),),
    'ackermann_msgs/msg/AckermannDriveStamped': (('drive',),)}

#: Words, colours and switches: what they set moves nothing, or stands where it was set to.
_STANDING = frozenset(f'std_msgs/msg/{name}' for name in (
    'String', 'Char', 'Byte', 'Bool', 'ColorRGBA', 'Int8', 'Int16', 'Int32', 'Int64', 'UInt8',
    'UInt16', 'UInt32', 'UInt64'))


def is_velocity(
    type_name: str, definitions: Mapping[str, str] = MappingProxyType({})
) -> bool:
    """
    Tell whether a type sets the velocity of a base, which lasts until the next message.

    :param definitions: texts of types, asked before what is installed
    """
    return bool(_paths(type_name, definitions))


def only_stops(
    command: Command, definitions: Mapping[str, str] = MappingProxyType({})
) -> bool:
    """Tell whether a command does nothing but set a velocity to zero."""
    return (isinstance(command, TopicPublication)
            and is_velocity(command.type_name, definitions) and _is_zero(command.fields))


def _is_zero(value: Value) -> bool:
    if isinstance(value, Mapping):
        return all(_is_zero(item) for item in value.values())
    return isinstance(value, str) or not value


def sets_going(type_name: str) -> bool:
    """Tell whether a message of a type may set something going that no further message ends."""
    return not is_velocity(type_name) and type_name not in _STANDING


def velocity_in(
    fields: Fields, type_name: str, definitions: Mapping[str, str] = MappingProxyType({})
) -> Value:
    """Give what holds the velocities, of a stamped type or not; empty where nothing is said."""
    return next(iter(_at(fields, _paths(type_name, definitions))), {})


def velocities_in(fields: Fields, schema: MessageSchema) -> list[Value]:
    """Give every drive that is said; none of a type that does not set the velocity of a base."""
    return _at(fields, base_drives(schema))


def base_drives(schema: MessageSchema) -> tuple[Path, ...]:
    """Tell where the velocity of a base is; nowhere in lists, nor beside a place."""
    nested = list(_messages(schema, (), False))
    if any(kind.type_name in _PLACES for _, kind, _ in nested):
        return ()
    return tuple(path for path, kind, in_list in nested
                 if kind.type_name in DRIVES and not in_list)


def axes_of(schema: MessageSchema) -> frozenset[Path]:
    """Give every field that says how fast something moves, in lists and beside places too."""
    return frozenset(axis for path, kind, _ in _messages(schema, (), False)
                     if kind.type_name in DRIVES for axis, _, _ in leaves(kind, path=path))


def steers(drives: Collection[Value]) -> bool:
    """Tell whether one drives in a circle whose size depends on the wheels."""
    return any(bool(drive.get('speed', 0) and drive.get('steering_angle', 0))
               for drive in drives if isinstance(drive, Mapping))


def speed(drives: Collection[Value], group: str) -> float:
    """Give the length of the linear or the angular velocity; the largest of several."""
    return max((_speed(drive, group) for drive in drives), default=0.0)


def _speed(drive: Value, group: str) -> float:
    if isinstance(drive, Mapping) and group == 'linear' and 'speed' in drive:
        pace = drive['speed']
        return abs(pace) if isinstance(pace, (int, float)) else math.inf
    vector = drive.get(group, {}) if isinstance(drive, Mapping) else {}
    axes = vector.values() if isinstance(vector, Mapping) else ()
    return math.hypot(*(axis for axis in axes if isinstance(axis, (int, float))))


def _paths(type_name: str, definitions: Mapping[str, str]) -> tuple[Path, ...]:
    try:
        return base_drives(interface_schema(type_name, definitions))
    except UnknownTypeError:
        return _KNOWN.get(type_name, ())


def _messages(
    schema: MessageSchema, path: Path, in_list: bool
) -> Iterator[tuple[Path, MessageSchema, bool]]:
    """Give a message and all in it, with whether a list holds them."""
    yield path, schema, in_list
    for field in schema.fields:
        is_list = isinstance(field.type, ArrayType)
        kind = field.type.item if isinstance(field.type, ArrayType) else field.type
        if isinstance(kind, MessageSchema):
            yield from _messages(kind, (*path, field.name), in_list or is_list)


def _at(fields: Fields, paths: Collection[Path]) -> list[Value]:
    """Give what is said at paths."""
    found: list[Value] = []
    for path in paths:
        value: Value = fields
        for name in path:
            value = value.get(name, {}) if isinstance(value, Mapping) else {}
        found.append(value)
    return found
