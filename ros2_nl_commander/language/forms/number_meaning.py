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

"""What the numbers of a field mean, as far as its definition and people's words about it tell."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
import re

from ros2_nl_commander.language.interfaces import (
    FieldSchema, FloatType, IntegerType, MessageSchema)
from ros2_nl_commander.language.quantities import convert, Unit
from ros2_nl_commander.language.unit_names import unit_of_word

#: "0 to 255", "0.0..1.0", "[0, 1]", "between 0 and 1", "0 (off) to 1", without the spaces.
_USUAL = re.compile(r'(?<![\d.])0(?:\.0+)?(?:\([^)]*\))?(?:to|and|-|–|\.{2,3}|…|,)'
                    r'(\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?)')
_MOST = (r'\+?(?P<most>\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?)(?![\d.]*\w*x)'
         r'(?:\s*(?P<unit>[A-Za-z]+))?')
_LEAST = r'(?<![\w.])(?:-\d+(?:\.\d+)?|0(?:\.0+)?)\s*%?\s*'
#: From zero or less up to anything: of a list such as "0, 5, 10" the second is no most.
_ANY = tuple(re.compile(pattern, re.I) for pattern in (
    rf'{_LEAST}(?:\([^)]*\)\s*)?(?:to|up to|-|–|\.{{2,3}}|…)\s*{_MOST}',
    rf'{_LEAST}(?:[a-z]+\s+){{1,2}}to\s+{_MOST}',
    rf'\bbetween\s+{_LEAST}and\s+{_MOST}',
    rf'\[{_LEAST},\s*{_MOST}\s*\]'))
_SHARE = re.compile(r'\b(?:share|fraction|ratio)\b', re.I)


def whole_of(
    limits: tuple[float, float] | None, words: str, unit: Unit | None, is_integer: bool,
    shared: str = ''
) -> float:
    """
    Tell what 100 % is: 100 of a percent, else the upper limit or what is said to be most.

    :param words: the comment of the field, and what is said about the interface if it is about
        this field alone
    :param shared: what is said about the interface, of whichever field
    """
    is_share = unit is not None and unit.dimension == 'share'
    if limits is not None and limits[1] > 0 and (not is_share or limits[1] <= 1):
        return limits[1]
    # Of several ranges the smaller ones are asides: "0 to 100 (0-1: off)".
    usual = max(map(_number, _USUAL.findall(f'{words};{shared}'.replace(' ', ''))), default=0.0)
    if unit is not None and is_share:
        return usual if usual in (1.0, 255.0) else float(100 / unit.factor)
    most = max(_ranges(words, unit), default=0.0)
    if usual in (1.0, 255.0) and usual >= most:
        return usual
    return most or (1.0 if not (usual or is_integer) and _SHARE.search(words + shared) else 100.0)


def _ranges(words: str, unit: Unit | None) -> Iterator[float]:
    """Give the upper ends of the ranges of a field, in its unit."""
    for match in (match for pattern in _ANY for match in pattern.finditer(words)):
        spelt = unit_of_word(match['unit'] or '')
        if unit is None or spelt is None or match['unit'] == 'in':  # 0 to 5 in steps
            yield _number(match['most'])
        elif spelt.dimension == unit.dimension:
            yield float(convert(Fraction(_number(match['most'])), spelt, unit))


def _number(text: str) -> float:
    return float(text.replace(',', ''))


def constants_of(
    field: FieldSchema, kind: IntegerType | FloatType, inside: MessageSchema
) -> tuple[tuple[str, int | float], ...]:
    """
    Give the constants that are meant for a field.

    Definitions do not say which; ROS users put the field's name before them, or keep them in a
    message with one field of their type.
    """
    named: dict[str, int | float] = {
        constant.name: constant.value for constant in inside.constants
        if isinstance(constant.value, (int, float)) and not isinstance(constant.value, bool)}
    own = {name: value for name, value in named.items()
           if name.lower().startswith(f'{field.name.lower()}_')}
    alike = [other for other in inside.fields if other.type == kind]
    chosen = own or (named if len(alike) == 1 else {})
    fits = {name: value for name, value in chosen.items()
            if not isinstance(kind, IntegerType) or kind.lowest <= value <= kind.highest}
    return tuple(fits.items())
