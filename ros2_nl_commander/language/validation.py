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
Whether a robot accepts a command: name, kind, type, limits, and fields where the type is known.

Where neither this machine nor the description knows the type, its fields are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from ros2_nl_commander.language.command import ActionGoal, Command, TopicPublication, Value
from ros2_nl_commander.language.definition_text import interface_schema
from ros2_nl_commander.language.equality import values_equal
from ros2_nl_commander.language.errors import LimitError, NotOfferedError, UnknownTypeError
from ros2_nl_commander.language.field_rules import rule_keys
from ros2_nl_commander.language.fields import check_fields
from ros2_nl_commander.language.forms.interface import VELOCITY_TYPES
from ros2_nl_commander.language.interfaces import ArrayType, FieldType, MessageSchema
from ros2_nl_commander.language.names import excerpt, TYPE_FOLDERS, with_article
from ros2_nl_commander.language.robot import RobotDescription


def check_command(command: Command, robot: RobotDescription) -> None:
    """
    Check that a robot accepts a command; an empty description accepts every name and type.

    :raises NotOfferedError: if the robot has no such interface of this kind and type
    :raises LimitError: if a value is outside the limits or choices
    :raises FieldError: if a field does not exist or cannot hold its value
    :raises RobotDescriptionError: if the description's definition of the type cannot be read
    """
    if not robot.is_empty:
        _check_offered(command, robot)
        _check_rules(command, robot)
    _check_fields(command, robot)


def _check_rules(command: Command, robot: RobotDescription) -> None:
    """Check the limits and choices of the description, also for what is left out."""
    # A velocity message without any field is the stop, which is always allowed.
    if command.type_name in VELOCITY_TYPES and not command.fields:
        return
    for path, bounds in robot.limits.get(command.name, {}).items():
        keys = rule_keys(path, command.type_name)
        default = _default_at(command.type_name, keys, robot)
        for value in _values_at(command.fields, keys):
            _check_limit(f'{command.name} {path}', value, bounds, default)
    for path, choices in robot.choices.get(command.name, {}).items():
        keys = rule_keys(path, command.type_name)
        default = _default_at(command.type_name, keys, robot)
        for value in _values_at(command.fields, keys):
            _check_choice(f'{command.name} {path}', value, choices, default)


def _default_at(type_name: str, keys: Sequence[str], robot: RobotDescription) -> Value | None:
    """Give what a field holds that is left out; None for zero, false, empty or not known."""
    try:
        kind: FieldType | None = interface_schema(type_name, robot.definitions)
    except UnknownTypeError:
        return None
    default: Value | None = None
    for key in keys:
        message = kind.item if isinstance(kind, ArrayType) else kind
        fields = message.fields if isinstance(message, MessageSchema) else ()
        found = next((field for field in fields if field.name == key), None)
        kind, default = (found.type, found.default) if found else (None, None)
    return default


def _check_offered(command: Command, robot: RobotDescription) -> None:
    """Check name, kind and type."""
    noun = noun_of(command)
    offered = robot.offered(noun)
    if command.name not in offered:
        owner = robot.robot or 'this robot'
        raise NotOfferedError(
            f'{owner} has no {noun} {command.name}{closest_offered(command.name, robot)}')
    expected = offered[command.name]
    if command.type_name != expected:
        raise NotOfferedError(
            f'{noun} {command.name} is of type {expected}, not {command.type_name}')


def _check_fields(command: Command, robot: RobotDescription) -> None:
    """Check the fields; of a type that nobody here knows, every field is accepted."""
    try:
        schema = interface_schema(command.type_name, robot.definitions)
    except UnknownTypeError:
        return
    check_fields(command.fields, schema)


def noun_of(command: Command) -> str:
    """Name the kind of interface that a command needs."""
    if isinstance(command, TopicPublication):
        return 'topic'
    return 'action' if isinstance(command, ActionGoal) else 'service'


def closest_offered(name: str, robot: RobotDescription) -> str:
    """Say what the robot has instead: the name as another kind, or the closest name."""
    kinds = {known: noun for noun in TYPE_FOLDERS for known in robot.offered(noun)}
    if name in kinds:
        return f': it is {with_article(kinds[name])}'
    closest = get_close_matches(name, kinds, n=1, cutoff=0.0)
    return f'; the closest is the {kinds[closest[0]]} {closest[0]}' if closest else ''


def _values_at(value: Value, keys: Sequence[str]) -> Iterator[Value | None]:
    """
    Give every value that a path leads to, through lists too.

    :returns: the values; None where the field is left out
    """
    if isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from _values_at(item, keys)
    elif not keys:
        yield value
    elif not isinstance(value, Mapping):
        raise LimitError(f'{excerpt(value)} stands where the field {keys[0]} is expected')
    elif keys[0] not in value:
        yield None
    else:
        yield from _values_at(value[keys[0]], keys[1:])


def _check_limit(
    field: str, value: Value | None, bounds: tuple[float, float], default: Value | None
) -> None:
    """Check one number; a field that is left out is sent as its default, or as zero."""
    low, high = bounds
    if value is None:
        sent = default if isinstance(default, (int, float)) else 0
        if not low <= sent <= high:
            raise LimitError(f'{field} is left out, and {sent:g} is outside [{low}, {high}]')
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        raise LimitError(f'{field} must be a number, not {excerpt(value)}')
    elif not low <= value <= high:
        raise LimitError(f'{field} = {value} is outside [{low}, {high}]')


def _check_choice(
    field: str, value: Value | None, choices: Sequence[Value], default: Value | None
) -> None:
    """Check one value; one that is left out is sent as its default: zero, false or empty text."""
    unsaid = (0, False, '') if default is None else (default,)
    sent = unsaid if value is None else (value,)
    if not any(values_equal(one, choice) for one in sent for choice in choices):
        given = 'left out' if value is None else excerpt(value)
        raise LimitError(f'{field} is {given}, not one of {", ".join(map(str, choices))}')
