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
The fields of a message, request or goal as plain values, whichever source they were read from.

Knows neither importable types (``installed_types``) nor definition text (``definition_text``).
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class BoolType:
    """True or false."""

    def __str__(self) -> str:
        """Spell the type as definitions do."""
        return 'bool'


@dataclass(frozen=True, slots=True)
class ByteType:
    """Eight bits that are no number to ROS: ``byte``."""

    def __str__(self) -> str:
        """Spell the type as definitions do."""
        return 'byte'


@dataclass(frozen=True, slots=True)
class IntegerType:
    """
    A whole number; ``char`` is a uint8.

    :param bits: 8, 16, 32 or 64
    :param signed: whether it can be negative
    """

    bits: int
    signed: bool

    @property
    def lowest(self) -> int:
        """Give the smallest number it holds."""
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def highest(self) -> int:
        """Give the largest number it holds."""
        return (1 << (self.bits - self.signed)) - 1

    def __str__(self) -> str:
        """Spell the type as definitions do."""
        return f'{"" if self.signed else "u"}int{self.bits}'


@dataclass(frozen=True, slots=True)
class FloatType:
    """
    A floating point number.

    :param bits: 32 or 64
    """

    bits: int

    @property
    def highest(self) -> float:
        """Give the largest number that messages accept; rclpy rounds float32's own down."""
        return 1.7976931348623157e308 if self.bits == 64 else 3.402823466e38

    def __str__(self) -> str:
        """Spell the type as definitions do."""
        return f'float{self.bits}'


@dataclass(frozen=True, slots=True)
class TextType:
    """
    Text.

    :param wide: UTF-16 (``wstring``), else UTF-8 (``string``)
    :param bound: how many code units it holds at most, None for no bound
    """

    wide: bool = False
    bound: int | None = None

    def __str__(self) -> str:
        """Spell the type as definitions do."""
        return ('wstring' if self.wide else 'string') + _at_most(self.bound)


@dataclass(frozen=True, slots=True)
class ArrayType:
    """
    A list.

    :param item: what it is a list of
    :param at_least: the least number of items; not 0 only where the number is fixed
    :param at_most: the largest number of items, None for no bound
    """

    item: ItemType
    at_least: int = 0
    at_most: int | None = None

    def __str__(self) -> str:
        """Spell the type as definitions do."""
        return f'{self.item}[{self.at_least or _at_most(self.at_most)}]'


@dataclass(frozen=True, slots=True)
class FieldSchema:
    """
    One field.

    :param name: its name
    :param type: what it holds
    :param default: what it holds where the definition names a value; None stands for zero,
        false, empty, or the defaults of the nested message
    :param comment: what its definition says about it; installed types have lost it
    """

    name: str
    type: FieldType  # noqa: A003
    default: PlainValue | None = None
    comment: str = field(default='', compare=False)


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that a definition gives a name; a byte is a number here."""

    name: str
    value: PlainValue


@dataclass(frozen=True, slots=True)
class MessageSchema:
    """
    The fields of a message, of a service's request or of an action's goal.

    :param type_name: the type in full; ``package/srv/Name`` stands for the request,
        ``package/action/Name`` for the goal
    :param fields: in the order of the definition
    :param constants: in the order of the definition
    """

    type_name: str
    fields: tuple[FieldSchema, ...]
    constants: tuple[Constant, ...]

    def __str__(self) -> str:
        """Spell the type in full."""
        return self.type_name


ScalarType: TypeAlias = 'BoolType | ByteType | IntegerType | FloatType | TextType'
ItemType: TypeAlias = 'ScalarType | MessageSchema'
FieldType: TypeAlias = 'ItemType | ArrayType'
PlainValue: TypeAlias = 'bool | int | float | str | tuple[PlainValue, ...]'

#: What definitions call the types that hold one value; text can have a bound besides.
SCALAR_TYPES: dict[str, ScalarType] = {
    'bool': BoolType(),
    'byte': ByteType(),
    'char': IntegerType(8, signed=False),
    'float32': FloatType(32),
    'float64': FloatType(64),
    'string': TextType(),
    'wstring': TextType(wide=True),
    **{f'int{bits}': IntegerType(bits, signed=True) for bits in (8, 16, 32, 64)},
    **{f'uint{bits}': IntegerType(bits, signed=False) for bits in (8, 16, 32, 64)},
}


def leaves(
    schema: MessageSchema, without: Collection[str] = (), path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], ScalarType, bool]]:
    """
    Give every field that holds no others: its path, what it holds, whether a list of it.

    :param without: types whose fields are left out
    :param path: where the message is
    """
    for one in schema.fields:
        below, is_list = (*path, one.name), isinstance(one.type, ArrayType)
        kind = one.type.item if isinstance(one.type, ArrayType) else one.type
        if not isinstance(kind, MessageSchema):
            yield below, kind, is_list
        elif kind.type_name not in without:
            yield from leaves(kind, without, below)


def plain_value(raw: Any, kind: FieldType | None = None) -> PlainValue:
    """
    Bring a default or a constant into one form, whichever source it is from.

    :param raw: what the source holds: numbers, text, bytes, lists, ``array`` or ``numpy`` arrays
    :param kind: the type of the field, None where the source does not tell
    """
    if hasattr(raw, 'tolist'):
        raw = raw.tolist()
    if isinstance(raw, (list, tuple)):
        item_kind = kind.item if isinstance(kind, ArrayType) else None
        return tuple(plain_value(item, item_kind) for item in raw)
    if isinstance(raw, bytes):
        return raw[0]
    if kind == FloatType(32):
        rounded: float = array('f', [raw])[0]
        return rounded
    value: bool | int | float | str = raw
    return value


def _at_most(bound: int | None) -> str:
    return '' if bound is None else f'<={bound}'
