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

"""The message that ends a motion: the one that was said, with zeros for its numbers."""

from __future__ import annotations

from collections.abc import Mapping

from ros2_nl_commander.language.command import Fields, Value
from ros2_nl_commander.language.errors import FieldError
from ros2_nl_commander.language.interfaces import (
    ArrayType, FieldType, FloatType, IntegerType, leaves, MessageSchema, TextType)
from ros2_nl_commander.language.velocities import DRIVES

#: What says whose the numbers are, not how large.
_KEPT = frozenset({'std_msgs/msg/Header', 'std_msgs/msg/MultiArrayLayout'})


def zeroed(fields: Fields, schema: MessageSchema, everywhere: bool = False) -> dict[str, Value]:
    """
    Give the fields of a message that ends what a command began.

    Frames, names and the lengths of lists stay as they were said.

    :param fields: what the command says
    :param schema: of its type
    :param everywhere: every number becomes zero, and not only those of a drive
    """
    everywhere = everywhere or schema.type_name in DRIVES
    given = {field.name: _still(fields.get(field.name, field.default), field.type, everywhere)
             for field in schema.fields}
    return {name: value for name, value in given.items() if value is not None}


def check_can_be_zero(schema: MessageSchema) -> None:
    """
    Check that a message is nothing but numbers, besides its header, its layout and lists of names.

    :raises FieldError: if it is not
    """
    numbers = 0
    for path, kind, is_list in leaves(schema, _KEPT):
        if isinstance(kind, (FloatType, IntegerType)):
            numbers += 1
        elif not (is_list and isinstance(kind, TextType)):
            raise FieldError(f'{".".join(path)} of {schema} is {kind}, no number')
    if not numbers:
        raise FieldError(f'{schema} has no number')


def _still(value: Value | None, kind: FieldType, everywhere: bool) -> Value | None:
    """Give what is to be said; None for what may be left out."""
    if isinstance(kind, MessageSchema) and kind.type_name not in _KEPT:
        return zeroed(value if isinstance(value, Mapping) else {}, kind, everywhere)
    if isinstance(kind, ArrayType):
        items = value if isinstance(value, (list, tuple)) else [None] * kind.at_least
        all_still = (_still(item, kind.item, everywhere) for item in items)
        said = [item for item in all_still if item is not None]
        return said if len(said) == len(items) else None
    if everywhere and isinstance(kind, (FloatType, IntegerType)):
        return 0 if isinstance(kind, IntegerType) else 0.0
    return value
