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
Finds the numbers and units that a sentence states, spelt as the short form spells them.

Serves training data, and the comparison of answers with what was said; a model reads by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
import math
import re

from ros2_nl_commander.language.quantities import convert, Unit, UNITS
from ros2_nl_commander.language.said.number_words import (
    ARTICLES, decimals, NOUGHTS, SMALL_WORDS, whole_number)
from ros2_nl_commander.language.said.plain_numbers import with_plain_numbers
from ros2_nl_commander.language.unit_names import unit_of_word

#: What they divide by: "an eighth of a turn", "three quarters of a litre".
_PARTS = {'half': 2, 'halve': 2, 'third': 3, 'quarter': 4, 'fourth': 4, 'fifth': 5, 'sixth': 6,
          'eighth': 8, 'tenth': 10, 'twentieth': 20, 'hundredth': 100}
_TOKEN = re.compile(r'(?<![a-z\d.:])\d+(?:\.\d+)?(?![\d:])|'
                    # Whole words: the last letter of another alphabet's word is no unit.
                    r'(?<![^\W\d_])[a-z]+(?:/[a-z]+)?(?![^\W\d_])|%|°|\|')
#: Where something else begins: in "5 cm, a minute later" nothing is said of 5 cm a minute, and in
#: "robot 4, turn round" of four turns.
_BREAK = re.compile(r'(?<=[^\W\d_])[,;.:](?=\s|$)|(?<=\d)[,;](?=\s+[a-z])')
#: Units of two words, by the two: metres, and minutes behind "a" or "per".
_PER = {tuple(symbol.split('/')): symbol for symbol in UNITS if '/' in symbol} | {
    ('turns', 'min'): 'rpm'}
_AND_PART = (['and', 'a', 'half'], ['and', 'a', 'quarter'])
_BETWEEN = ('of', 'a', 'an', 'per', 'each', 'every')
#: Behind these a point is a place, and what follows stands for itself.
_BEFORE_PLACES = ('the', 'this', 'that', 'each', 'every', 'way')
#: What ends an amount: nothing of which there could be so many.
_NO_THINGS = ('|', 'please', 'at', 'then', 'and', 'now')
#: What follows such a unit without one of its own is of these parts of it.
_SMALLER = {'m': 100, 'min': 60, 'h': 60}
#: Two amounts that differ by less are the same: a sixteenth of a turn is 22.5 deg, or 0.39 rad.
_CLOSE = 1e-3


@dataclass(frozen=True, slots=True)
class Quantity:
    """
    A number as it was said.

    :param unit: None if none was said
    :param takes_work: several words make the number, such as "three eighths" or "two hundred"
    """

    number: float
    unit: Unit | None = None
    takes_work: bool = False

    def is_same(self, other: Quantity) -> bool:
        """Tell whether two mean the same; what has no unit, or measures another thing, may."""
        if self.unit is None or other.unit is None or self.unit.dimension != other.unit.dimension:
            return math.isclose(self.number, other.number, rel_tol=_CLOSE)
        return math.isclose(convert(Fraction(self.number), self.unit, other.unit), other.number,
                            rel_tol=_CLOSE)

    def __str__(self) -> str:
        """Spell it as the short form does."""
        return f'{self.number:g}' if self.unit is None else f'{self.number:g} {self.unit.symbol}'


def quantities_said(sentence: str) -> tuple[str, ...]:
    """
    List all that a sentence may state, longest spelling first: ``65 cm`` before ``65``.

    Numbers in words count: "two and a half metres" is ``2.5 m``.
    """
    tokens = _tokens(sentence)
    found: list[str] = []
    for start in range(len(tokens)):
        for number, end in _numbers(tokens, start):
            unit, _ = _unit(tokens, end)
            found += [f'{number:g} {unit}'] if unit else []
            found.append(f'{number:g}')
    return tuple(dict.fromkeys(found))


def stated(sentence: str) -> tuple[Quantity, ...]:
    """
    List what a sentence states, each once, in its order: "two and a half metres" is one number.

    An article alone is none.
    """
    tokens = _tokens(sentence)
    found: list[Quantity] = []
    start = 0
    while start < len(tokens):
        number, end = next(_numbers(tokens, start), (None, start + 1))
        if number is not None:
            takes_work = end > start + 1 and not any(token[0].isdigit()
                                                     for token in tokens[start:end])
            unit, end = _unit(tokens, end)
            if unit and tokens[end:end + 3] in _AND_PART:  # "a metre and a half"
                number, end, takes_work = number + SMALL_WORDS[tokens[end + 2]], end + 3, True
            elif unit in _SMALLER:
                rest, end = _rest(tokens, end, _SMALLER[unit])
                number, takes_work = number + rest, takes_work or rest > 0
            if unit or tokens[start] not in ARTICLES or end > start + 1:
                found.append(Quantity(float(number), UNITS[unit] if unit else None, takes_work))
        start = end
    return tuple(found)


def _rest(tokens: list[str], start: int, parts: int) -> tuple[float, int]:
    """
    Read "eighty" behind "a metre", and "thirty" behind "two minutes" where nothing follows it.

    :param parts: of which a unit has so many
    """
    begin = start + (tokens[start:start + 1] == ['and'])
    number, end = next(_numbers(tokens, begin), (0.0, begin))
    is_bare = 10 <= number < parts and number == int(number) and _unit(tokens, end)[0] is None
    is_last = parts == 100 or end == len(tokens) or tokens[end] in _NO_THINGS
    return (number / parts, end) if is_bare and is_last else (0.0, start)


def _tokens(sentence: str) -> list[str]:
    text = _BREAK.sub(' |', with_plain_numbers(sentence))
    return _TOKEN.findall(text.replace('minus ', '-').replace('-', ' '))


def _numbers(tokens: list[str], start: int) -> Iterator[tuple[float, int]]:
    """Give the numbers that begin at a token, and where each ends; the longest first."""
    part = _part(tokens, start)
    if part is not None:
        yield part
    for reading in (_decimal(tokens, start), _in_pieces(tokens, start)):
        if reading is not None:
            yield reading
    whole, end = whole_number(tokens, start)
    if whole is None:
        return
    if tokens[end:end + 1] == ['and'] and (part := _part(tokens, end + 1)) is not None:
        yield whole + part[0], part[1]
    elif tokens[end:end + 3] in _AND_PART:
        yield whole + SMALL_WORDS[tokens[end + 2]], end + 3
    if tokens[end:end + 2] == ['a', 'half']:
        yield whole + 0.5, end + 2
    yield whole, end


def _in_pieces(tokens: list[str], start: int) -> tuple[float, int] | None:
    """Read "one eighty degrees" and "two oh five metres"; without a unit it may be two numbers."""
    first, end = whole_number(tokens[:start + 1], start)
    if first is None or not 1 <= first <= 9 or tokens[start][0].isdigit() or (
            tokens[start] in SMALL_WORDS):
        return None
    digits, behind = decimals(tokens, end)
    is_one = len(digits) == 2 and not tokens[end][0].isdigit()
    return (float(f'{first:.0f}{digits}'), behind) if is_one and _unit(tokens, behind)[0] else None


def _decimal(tokens: list[str], start: int) -> tuple[float, int] | None:
    """Read "two point five", and before a unit "point seven five" too: "the point" is none."""
    if start >= len(tokens):
        return None
    whole, end = whole_number(tokens, start)
    if whole is None and tokens[start] in NOUGHTS:
        whole, end = 0, start + 1
    if tokens[end:end + 1] != ['point'] or tokens[start] in SMALL_WORDS or (
            whole is not None and whole != int(whole)):
        return None
    digits, behind = decimals(tokens, end + 1)
    is_place = whole is None and (_unit(tokens, behind)[0] is None or (
        start > 0 and tokens[start - 1] in _BEFORE_PLACES))
    return None if not digits or is_place else (float(f'{whole or 0:.0f}.{digits}'), behind)


def _part(tokens: list[str], start: int) -> tuple[float, int] | None:
    """Read "three eighths of" and "an eighth" before a unit: a third floor is none."""
    count, end = whole_number(tokens, start)
    if count is None or tokens[start] in ('half', 'quarter'):
        count, end = 1, start
    if end == len(tokens) or tokens[end].removesuffix('s') not in _PARTS:
        return None
    share = count / _PARTS[tokens[end].removesuffix('s')]
    behind = tokens[end + 1:end + 3]
    if behind[:1] == ['of'] and _unit(tokens, end + 1)[0] is not None:
        return share, end + 1
    is_before_unit = end > start and behind and unit_of_word(behind[0]) is not None
    return (share, end + 1) if is_before_unit else None


def _unit(tokens: list[str], start: int) -> tuple[str | None, int]:
    """Read the unit behind a number, and tell where it ends: ``metres of wire a minute``."""
    found: list[str] = []
    end = position = start
    is_per = False
    while position < min(len(tokens), start + 5) and len(found) < 2:
        word = tokens[position]
        position += 1
        if word in _BETWEEN:
            position += bool(found) and word == 'of'  # what there is of it is no unit
            is_per = bool(found) and word != 'of'
            continue
        unit = unit_of_word('deg' if word == '°' else word)
        if unit is None or (found and not (is_per and (found[0], unit.symbol) in _PER)):
            break
        found.append(unit.symbol)
        end = position
    if not found:
        return None, start
    return _PER[found[0], found[1]] if len(found) > 1 else found[0], end
