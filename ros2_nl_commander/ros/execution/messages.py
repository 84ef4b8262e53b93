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
From the plain fields of a command to a message of the real ROS type.

Only installed types can be filled; a definition in a robot description is text and no class.
"""

from __future__ import annotations

from collections.abc import Mapping
import importlib
from typing import Any

from rclpy.time import Time
from ros2_nl_commander.language.command import Fields, Value
from ros2_nl_commander.language.errors import UnknownTypeError
from ros2_nl_commander.language.fields import check_fields
from ros2_nl_commander.language.installed_types import installed_schema
from ros2_nl_commander.language.interfaces import (
    ArrayType, ByteType, FieldType, FloatType, MessageSchema)


def import_type(type_name: str) -> Any:
    """
    Import the class of a message, service or action.

    :raises UnknownTypeError: if it is not installed here
    """
    installed_schema(type_name)  # looks for it without running code that is no ROS type
    package, folder, name = type_name.split('/')
    found = getattr(importlib.import_module(f'{package}.{folder}'), name, None)
    if found is None:
        raise UnknownTypeError(f'{type_name} is not installed here')
    return found


def fill_message(message: Any, fields: Fields, type_name: str) -> Any:
    """
    Set fields of a fresh message, request or goal.

    :param message: an instance of the class that the type's fields are in
    :returns: the message
    :raises FieldError: if a field does not exist or cannot hold its value
    :raises UnknownTypeError: if the type is not installed here
    """
    schema = installed_schema(type_name)
    check_fields(fields, schema)
    _fill(message, fields, schema)
    return message


def names_stamp(fields: Fields) -> bool:
    """Tell whether a command says itself what the stamp of its header is."""
    header = fields.get('header')
    return isinstance(header, Mapping) and 'stamp' in header


def stamp_header(message: Any, now: Time) -> None:
    """
    Set the stamp of a message's own header, where it has one.

    Deeper ones are left at zero, which TF reads as the latest transform that there is.
    """
    header = getattr(message, 'header', None)
    if header is not None and hasattr(header, 'stamp'):
        header.stamp = now.to_msg()


def in_words(message: Any) -> str:
    """Spell the plain fields of a message: what is nested says little in one line."""
    pairs = ((name, getattr(message, name)) for name in message.get_fields_and_field_types())
    return ', '.join(f'{name}: {value:.3g}' if isinstance(value, float) else f'{name}: {value}'
                     for name, value in pairs if not hasattr(value, 'SLOT_TYPES'))


def _fill(message: Any, fields: Mapping[str, Value], schema: MessageSchema) -> None:
    types = {field.name: field.type for field in schema.fields}
    for name, value in fields.items():
        setattr(message, name, _converted(value, types[name], getattr(message, name)))


def _converted(value: Any, kind: FieldType, current: Any) -> Any:
    """Give a value as the field's class wants it; ``check_fields`` has let it pass."""
    if isinstance(kind, MessageSchema):
        _fill(current, value, kind)
        return current
    if isinstance(kind, ArrayType):
        return [_converted(item, kind.item, _fresh(kind.item)) for item in value]
    if isinstance(kind, FloatType):
        return float(value)
    return bytes(value) if isinstance(kind, ByteType) else value


def _fresh(kind: FieldType) -> Any:
    return import_type(kind.type_name)() if isinstance(kind, MessageSchema) else None
