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
The fields of types that are installed here, from the classes that ROS generated for them.

Imports those classes by name when they are asked for: without ROS no type is installed, and no
harm is done. Uses only what generated classes have had since Humble.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
import importlib
import importlib.util
from pathlib import Path
from typing import Any

from ros2_nl_commander.language.errors import UnknownTypeError
from ros2_nl_commander.language.interfaces import (
    ArrayType, Constant, FieldSchema, FieldType, ItemType, MessageSchema, plain_value,
    SCALAR_TYPES, TextType)
from ros2_nl_commander.language.names import excerpt, type_folder

#: The class that holds what a command fills in, inside that of the type.
_PARTS = {'msg': None, 'srv': 'Request', 'action': 'Goal'}
_DEFAULT_SUFFIX = '__DEFAULT'
#: What generated classes call the scalar types that definitions call otherwise.
_IDL_NAMES = {'boolean': 'bool', 'octet': 'byte', 'float': 'float32', 'double': 'float64'}


@lru_cache(maxsize=1024)
def installed_schema(type_name: str) -> MessageSchema:
    """
    Read the fields of an installed type.

    :param type_name: in full; of a service the request is read, of an action the goal
    :raises UnknownTypeError: if it is not installed
    :raises CommandSyntaxError: if it is no type in full
    """
    message = _message_class(type_name)
    # What the class body starts with: the only public list of constants and defaults.
    named: Mapping[str, Any] = type(message).__prepare__(message.__name__, ())
    return MessageSchema(
        type_name,
        tuple(_field(name, slot, named, type_name) for name, slot
              in zip(message.get_fields_and_field_types(), message.SLOT_TYPES)),
        tuple(Constant(name, plain_value(value)) for name, value in named.items()
              if not name.endswith(_DEFAULT_SUFFIX)))


def _message_class(type_name: str) -> Any:
    """Import the class that holds the fields."""
    folder = type_folder(type_name)
    package, _, name = type_name.split('/')
    if not _has_interfaces(package, folder):
        raise UnknownTypeError(f'{type_name} is not installed here: there is no {package}')
    try:
        module = importlib.import_module(f'{package}.{folder}')
    except ImportError as error:
        raise UnknownTypeError(f'{type_name} cannot be imported: {error}') from error
    message = _class_in(module, name, folder)
    if message is None:
        raise UnknownTypeError(f'{type_name} is not installed here: {package} has no {name}')
    return message


def _class_in(module: Any, name: str, folder: str) -> Any:
    """Give the class that holds the fields; None if a module has no such type."""
    found, part = getattr(module, name, None), _PARTS[folder]
    message = getattr(found, part, None) if part else found
    return message if hasattr(message, 'SLOT_TYPES') else None


def closest_installed(type_name: str) -> str | None:
    """
    Give the closest type of a package that is installed and has no such type.

    :param type_name: in full
    :returns: the closest in full; None where the type is installed, or nothing of its package is
    """
    folder = type_folder(type_name)
    package, _, name = type_name.split('/')
    if not _has_interfaces(package, folder):
        return None
    try:
        module = importlib.import_module(f'{package}.{folder}')
    except ImportError:
        return None
    known = [one for one in vars(module) if '_' not in one and _class_in(module, one, folder)]
    if name in known or not known:
        return None
    return f'{package}/{folder}/{get_close_matches(name, known, n=1, cutoff=0.0)[0]}'


def _has_interfaces(package: str, folder: str) -> bool:
    """
    Look for generated types without importing anything.

    The name may be a model's invention, and importing any Python package runs its code.
    """
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):  # something half imported has that name
        return False
    places = (spec and spec.submodule_search_locations) or ()
    return any(Path(place, folder, '__init__.py').is_file() for place in places)


def _field(name: str, slot: Any, named: Mapping[str, Any], type_name: str) -> FieldSchema:
    """Read one field."""
    kind = _field_type(slot, f'{type_name} {name}')
    default = named.get(name.upper() + _DEFAULT_SUFFIX)
    return FieldSchema(name, kind, None if default is None else plain_value(default, kind))


def _field_type(slot: Any, place: str) -> FieldType:
    """Read the type of a field, a list or not."""
    idl = importlib.import_module('rosidl_parser.definition')
    if isinstance(slot, idl.Array):
        return ArrayType(_item_type(slot.value_type, place), slot.size, slot.size)
    if isinstance(slot, idl.BoundedSequence):
        return ArrayType(_item_type(slot.value_type, place), 0, slot.maximum_size)
    if isinstance(slot, idl.UnboundedSequence):
        return ArrayType(_item_type(slot.value_type, place))
    return _item_type(slot, place)


def _item_type(slot: Any, place: str) -> ItemType:
    """Read a type that is no list."""
    idl = importlib.import_module('rosidl_parser.definition')
    if isinstance(slot, idl.NamespacedType):
        return installed_schema('/'.join(slot.namespaced_name()))
    if isinstance(slot, idl.AbstractGenericString):
        bound = slot.maximum_size if slot.has_maximum_size() else None
        return TextType(isinstance(slot, idl.AbstractWString), bound)
    name = _IDL_NAMES.get(slot.typename, slot.typename)
    # IDL's own char is a character; a definition's char arrives as uint8.
    if name == 'char' or name not in SCALAR_TYPES:
        raise UnknownTypeError(f'{place}: fields of the IDL type {excerpt(name)} are unknown')
    return SCALAR_TYPES[name]
