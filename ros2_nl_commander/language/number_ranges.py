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

r"""
Regular expressions of decimal numbers in a range, exact to the last digit.

Numbers are spelt with at most 20 digits before the point, at most 6 behind it and no exponent:
``-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,6})?``. Zero has no sign: ``0`` and ``0.0`` are numbers, ``-0``
and ``-0.0`` are not. Bounds count to the ninth decimal, so that the float next to 0.3 is 0.3.
Python's ``re`` and Rust's ``regex`` read the expressions alike.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
import math

#: Digits behind the point.
DECIMALS = 6
#: Digits before the point; enough for every integer of 64 bits.
DIGITS = 20

Bound = int | float | Fraction

_BOUND_DECIMALS = 9
_ONE = 10 ** DECIMALS


@lru_cache(maxsize=1024)
def number_regex(low: Bound, high: Bound, is_integer: bool, outside: bool) -> str | None:
    """
    Give the regular expression of the numbers in a closed range, or of all others.

    :param low: the least; ``-math.inf`` for none
    :param high: the greatest; ``math.inf`` for none
    :param is_integer: whether numbers have no point
    :param outside: whether the numbers below ``low`` and above ``high`` are meant
    :returns: None if there is no such number
    """
    # What is spelt is a multiple of a step, so that only multiples of it are bounds.
    step = 1 if is_integer else _ONE
    last = 10 ** DIGITS * step - 1
    lowest, highest = _first_step(low, step, last), -_first_step(-high, step, last)
    if outside:
        return _signed(((-last, lowest - 1), (highest + 1, last)), is_integer)
    return _signed(((lowest, highest),), is_integer)


def _first_step(bound: Bound, step: int, last: int) -> int:
    """Count the steps to the least number that is not below a bound, at most one too many."""
    if isinstance(bound, float) and math.isinf(bound):
        return last + 1 if bound > 0 else -last
    return max(-last, min(math.ceil(round(Fraction(bound), _BOUND_DECIMALS) * step), last + 1))


def _signed(ranges: tuple[tuple[int, int], ...], is_integer: bool) -> str | None:
    """Give the expression of numbers by their steps; None if all ranges are empty."""
    spell = _integers if is_integer else _decimals
    options: list[str] = []
    for low, high in ranges:
        if low <= high and low < 0:
            options.append('-' + _either(spell(max(1, -high), -low)))
        if low <= high and high >= 0:
            options += spell(max(0, low), high)
    return _either(options) if options else None


def _decimals(low: int, high: int) -> list[str]:
    """Spell the numbers between two counts of the smallest fraction, neither below zero."""
    (least, first), (most, last) = divmod(low, _ONE), divmod(high, _ONE)
    if least == most:
        return [f'{least}{_fraction(first, last)}']
    options = []
    if first > 0:
        options.append(f'{least}{_fraction(first, _ONE - 1)}')
        least += 1
    if last < _ONE - 1:
        options.append(f'{most}{_fraction(0, last)}')
        most -= 1
    if least <= most:
        options.append(_either(_integers(least, most)) + _fraction(0, _ONE - 1))
    return options


def _fraction(low: int, high: int) -> str:
    """Spell point and digits; both may be missing where that stands for a number in range."""
    if (low, high) == (0, _ONE - 1):
        return rf'(?:\.[0-9]{{1,{DECIMALS}}})?'
    tail = _digits(f'{low:0{DECIMALS}}', f'{high:0{DECIMALS}}', may_stop=True)
    return rf'\.{tail}' if low else rf'(?:\.{tail})?'


def _integers(low: int, high: int) -> list[str]:
    """Spell the integers between two that are not below zero."""
    least, most = str(low), str(high)
    if len(least) == len(most):
        return [_digits(least, most, may_stop=False)]
    # In between are lengths of which every number fits.
    shortest, longest = len(least), len(most)
    options = []
    if low != 10 ** (shortest - 1):
        options.append(_digits(least, '9' * shortest, may_stop=False))
        shortest += 1
    if high != 10 ** longest - 1:
        options.append(_digits('1' + '0' * (longest - 1), most, may_stop=False))
        longest -= 1
    if shortest <= longest:
        options.append('[1-9]' + _times('[0-9]', shortest - 1, longest - 1))
    return options


def _digits(low: str, high: str, may_stop: bool) -> str:
    """
    Spell at least one digit, between two texts of equal length.

    :param may_stop: whether zeros at the end may be left out
    """
    nothing, everything = '0' * (len(low) - 1), '9' * (len(low) - 1)
    first, last = int(low[0]), int(high[0])
    if first == last:
        return low[0] + _more_digits(low[1:], high[1:], may_stop)
    options = []
    if low[1:] != nothing:
        options.append(low[0] + _more_digits(low[1:], everything, may_stop))
        first += 1
    if high[1:] != everything:
        options.append(high[0] + _more_digits(nothing, high[1:], may_stop))
        last -= 1
    if first <= last:
        options.append(_digit(first, last) + _more_digits(nothing, everything, may_stop))
    return _either(options)


def _more_digits(low: str, high: str, may_stop: bool) -> str:
    """Spell what follows the first digit."""
    if not low:
        return ''
    if low == '0' * len(low) and high in (low, '9' * len(low)):
        return _times(_digit(0, int(high[0])), 0 if may_stop else len(low), len(low))
    tail = _digits(low, high, may_stop)
    return f'(?:{tail})?' if may_stop and low == '0' * len(low) else tail


def _digit(low: int, high: int) -> str:
    return str(low) if low == high else f'[{low}-{high}]'


def _times(digit: str, least: int, most: int) -> str:
    if most <= 1:
        return digit * most + '?' * (most - least)
    return f'{digit}{{{least},{most}}}' if least < most else f'{digit}{{{most}}}'


def _either(options: list[str]) -> str:
    return options[0] if len(options) == 1 else f'(?:{"|".join(options)})'
