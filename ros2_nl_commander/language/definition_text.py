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
The fields of any type a robot knows: defined in its description, else installed here.

ROS's own parser reads the definitions; this module only says where types are looked up.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import redirect_stderr
from functools import lru_cache
import importlib
from io import StringIO
from threading import Lock
from types import MappingProxyType
from typing import Any

from ros2_nl_commander.language.errors import (
    CommandSyntaxError, RobotDescriptionError, UnknownTypeError)
from ros2_nl_commander.language.installed_types import installed_schema
from ros2_nl_commander.language.interfaces import (
    ArrayType, Constant, FieldSchema, FieldType, ItemType, MessageSchema, plain_value,
    SCALAR_TYPES, TextType)
from ros2_nl_commander.language.names import type_folder

MAX_DEPTH = 32
_ONE_AT_A_TIME = Lock()
#: Spellings of ROS 1 that ROS's parser still accepts.
_OLD_NAMES = {
    'time': 'builtin_interfaces/msg/Time', 'duration': 'builtin_interfaces/msg/Duration'}


def interface_schema(
    type_name: str, definitions: Mapping[str, str] = MappingProxyType({})
) -> MessageSchema:
    """
    Read the fields of a type.

    :param type_name: in full; of a service the request is read, of an action the goal
    :param definitions: texts by type, asked before what is installed here
    :raises UnknownTypeError: if the type, or one inside it, is neither defined nor installed, or
        if ROS's parser is not there to read it
    :raises RobotDescriptionError: if the text is no definition; names the type
    :raises CommandSyntaxError: if ``type_name`` is no type in full
    """
    if type_name not in definitions:
        return installed_schema(type_name)
    return _defined_schema(type_name, tuple(definitions.items()))


@lru_cache(maxsize=256)
def _defined_schema(type_name: str, definitions: tuple[tuple[str, str], ...]) -> MessageSchema:
    return _DefinitionReader(dict(definitions)).schema(type_name, ())


class _DefinitionReader:
    """Reads definitions that refer to each other, each one once."""

    def __init__(self, definitions: Mapping[str, str]) -> None:
        self._definitions = definitions
        self._schemas: dict[str, MessageSchema] = {}

    def schema(self, type_name: str, inside: tuple[str, ...]) -> MessageSchema:
        """Read a type; ``inside`` are the types that it is a part of, outermost first."""
        if type_name in inside:
            raise _error(inside[-1], f'{type_name} contains itself')
        if len(inside) >= MAX_DEPTH:
            raise _error(inside[0], f'nested deeper than {MAX_DEPTH} messages')
        if type_name not in self._schemas:
            self._schemas[type_name] = self._read(type_name, inside)
        return self._schemas[type_name]

    def _read(self, type_name: str, inside: tuple[str, ...]) -> MessageSchema:
        if type_name not in self._definitions:
            return _installed_part(type_name, inside[-1])
        message = _parse(type_name, self._definitions[type_name])
        return MessageSchema(
            type_name,
            tuple(self._field(field, (*inside, type_name)) for field in message.fields),
            tuple(Constant(constant.name, plain_value(constant.value))
                  for constant in message.constants))

    def _field(self, field: Any, inside: tuple[str, ...]) -> FieldSchema:
        kind = self._field_type(field.type, inside)
        default = field.default_value
        return FieldSchema(
            field.name, kind, None if default is None else plain_value(default, kind),
            _comment(field))

    def _field_type(self, spelt: Any, inside: tuple[str, ...]) -> FieldType:
        item = self._item_type(spelt, inside)
        if not spelt.is_array:
            return item
        return ArrayType(
            item, spelt.array_size if spelt.is_fixed_size_array() else 0, spelt.array_size)

    def _item_type(self, spelt: Any, inside: tuple[str, ...]) -> ItemType:
        if not spelt.is_primitive_type():
            return self.schema(f'{spelt.pkg_name}/msg/{spelt.type}', inside)
        if spelt.type in _OLD_NAMES:
            return self.schema(_OLD_NAMES[spelt.type], inside)
        if spelt.string_upper_bound is not None:
            return TextType(spelt.type == 'wstring', spelt.string_upper_bound)
        return SCALAR_TYPES[spelt.type]


def _comment(field: Any) -> str:
    """Give what a definition says about a field; ROS's parser takes ``[unit]`` out of it."""
    notes = field.annotations
    unit = f'[{notes["unit"]}]' if 'unit' in notes else ''
    return ' '.join([unit, *notes.get('comment', ())]).strip()


def _installed_part(type_name: str, whole: str) -> MessageSchema:
    """Read an installed type that a definition refers to."""
    try:
        return installed_schema(type_name)
    except (UnknownTypeError, CommandSyntaxError) as error:
        raise UnknownTypeError(
            f'{type_name}, a part of {whole}, is neither defined nor installed here') from error


def _parse(type_name: str, text: str) -> Any:
    """Hand a definition to ROS's parser; it gives the fields and constants of a message."""
    try:
        parser = importlib.import_module('rosidl_adapter.parser')
    except ImportError as error:
        raise UnknownTypeError(
            f'reading the definition of {type_name} needs rosidl_adapter, a part of ROS 2'
        ) from error
    package, _, name = type_name.split('/')
    folder = type_folder(type_name)
    # The parser wants the separators bare, and takes trailing space off the other lines itself.
    text = '\n'.join(line.rstrip() for line in text.splitlines())
    try:
        # Besides raising, the parser prints what it dislikes; the error below says it once. Two
        # threads that redirect at once could leave the process without its stderr.
        with _ONE_AT_A_TIME, redirect_stderr(StringIO()):
            if folder == 'srv':
                return parser.parse_service_string(package, name, text).request
            if folder == 'action':
                return parser.parse_action_string(package, name, text).goal
            return parser.parse_message_string(package, name, text)
    except (parser.InvalidSpecification, parser.InvalidValue, TypeError, ValueError, NameError,
            LookupError, AssertionError, NotImplementedError) as error:  # all on bad text
        reason = ''.join(char if char.isprintable() else ' ' for char in str(error))
        raise _error(type_name, f'no definition: {reason}') from error


def _error(type_name: str, reason: str) -> RobotDescriptionError:
    return RobotDescriptionError(f'definitions: {type_name}: {reason}')
