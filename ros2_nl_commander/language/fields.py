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
Whether the fields of a command fit the message they are for.

Accepts what both ``ros2`` and a careful reader take a value for. Where ``ros2`` would convert
silently (1.5 to 1, "false" to true, 5 to "5"), the value is refused: it was meant otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TypeGuard

from ros2_nl_commander.language.command import Fields, Value
from ros2_nl_commander.language.errors import FieldError
from ros2_nl_commander.language.interfaces import (
    ArrayType, BoolType, ByteType, FieldType, FloatType, IntegerType, MessageSchema, SCALAR_TYPES,
    ScalarType, TextType)
from ros2_nl_commander.language.names import excerpt

_UINT8 = SCALAR_TYPES['uint8']


def check_fields(fields: Fields, schema: MessageSchema) -> None:
    """
    Check that fields exist and hold what their types can hold; any may be left out.

    The extras ``now`` for a time and ``auto`` for a header are refused.

    :raises FieldError: names the field by its path, what is expected and what is there
    """
    _check_message(fields, schema, '')


def _check(value: Value, expected: FieldType, path: str) -> None:
    """Check any value."""
    if isinstance(expected, MessageSchema):
        _check_message(value, expected, path)
    elif isinstance(expected, ArrayType):
        _check_list(value, expected, path)
    elif not fits(value, expected):
        raise _error(path, f'{expected} ({_meaning(expected)})', value)


def _check_message(value: Value, schema: MessageSchema, path: str) -> None:
    """Check a nested message, or the outermost one."""
    if not isinstance(value, Mapping):
        raise _error(path, f'{schema} (a mapping of fields to values)', value)
    types = {field.name: field.type for field in schema.fields}
    for name, item in value.items():
        inner = f'{path}.{name}' if path else name
        if name not in types:
            closest = get_close_matches(name.lower(), types, n=1, cutoff=0.0)
            hint = f'the closest in {schema} is {closest[0]}' if closest else f'{schema} has none'
            raise FieldError(f'no field {excerpt(inner)}: {hint}')
        _check(item, types[name], inner)


def _check_list(value: Value, expected: ArrayType, path: str) -> None:
    """Check a list and its items."""
    if not _is_list(value):
        raise _error(path, f'{expected} (a list)', value)
    low, high = expected.at_least, expected.at_most
    if len(value) < low or (high is not None and len(value) > high):
        bound = f'exactly {low}' if low else f'at most {high}'
        raise FieldError(
            f'{path} must be {expected} (a list of {bound} items), not {len(value)} items')
    if isinstance(expected.item, ByteType) and value:
        raise FieldError(
            f'{path} is {expected}: ros2 has no spelling for the values of such a list')
    for index, item in enumerate(value):
        _check(item, expected.item, f'{path}[{index}]')


def fits(value: Value, kind: ScalarType) -> bool:
    """Tell whether one value can be held."""
    if isinstance(kind, BoolType):
        return isinstance(value, bool)
    if isinstance(kind, TextType):
        return isinstance(value, str) and _text_fits(value, kind)
    if isinstance(kind, ByteType):
        # ros2 makes bytes(value): a bare 2 would become two bytes that are zero.
        return _is_list(value) and len(value) == 1 and fits(value[0], _UINT8)
    if isinstance(value, bool):
        return False
    if isinstance(kind, IntegerType):
        return isinstance(value, int) and kind.lowest <= value <= kind.highest
    return isinstance(value, (int, float)) and -kind.highest <= value <= kind.highest


def _text_fits(text: str, kind: TextType) -> bool:
    """Tell whether text can be held; the length counts as it is sent, in code units."""
    if kind.wide:
        length = len(text.encode('utf-16-le', 'surrogatepass')) // 2
    elif '\0' in text:  # ends the text for rclpy: what follows would not be sent
        return False
    else:
        length = len(text.encode('utf-8', 'surrogatepass'))
    return kind.bound is None or length <= kind.bound


def _is_list(value: Value) -> TypeGuard[Sequence[Value]]:
    """Tell lists from text, which Python counts among the sequences."""
    return isinstance(value, (list, tuple))


def _meaning(kind: ScalarType) -> str:
    """Say what a type holds, for people."""
    if isinstance(kind, BoolType):
        return 'true or false'
    if isinstance(kind, ByteType):
        return 'a list of one whole number from 0 to 255, such as [2]'
    if isinstance(kind, IntegerType):
        return f'a whole number from {kind.lowest} to {kind.highest}'
    if isinstance(kind, FloatType):
        return f'a number up to {kind.highest:.3g}'
    units = 'UTF-16 units' if kind.wide else 'bytes'
    bound = '' if kind.bound is None else f' of at most {kind.bound} {units}'
    return f'text{bound}' if kind.wide else f'text{bound} without NUL characters'


def _error(path: str, expected: str, got: Value) -> FieldError:
    return FieldError(f'{path or "the message"} must be {expected}, not {excerpt(got)}')
