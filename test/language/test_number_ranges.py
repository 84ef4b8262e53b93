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

"""Numbers within bounds and outside of them, to the last digit."""

from fractions import Fraction
import math
import re

from grammar_samples import bounds
from hypothesis import example, given, strategies as st
import pytest

from ros2_nl_commander.language.number_ranges import DECIMALS, DIGITS, number_regex

FORMAT = re.compile(r'-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,6})?')
ENDLESS = (-math.inf, math.inf)


def fits(text, low, high, is_integer=False, outside=False):
    """Tell whether a text is such a number."""
    regex = number_regex(low, high, is_integer, outside)
    return regex is not None and re.fullmatch(regex, text) is not None


def rounded(bound):
    return bound if math.isinf(bound) else round(Fraction(bound), 9)


@pytest.mark.parametrize('low, high', [
    (0, 255), (-128, 127), (0, 2 ** 16 - 1), (-2 ** 31, 2 ** 31 - 1), (0, 2 ** 64 - 1),
    (-2 ** 63, 2 ** 63 - 1), (7, 7), (-100, -1), (99, 1000), (10, 99)])
def test_integers_end_where_their_type_ends(low, high):
    for number in (low, min(low + 1, high), max(low, high - 1), high, (low + high) // 2):
        assert fits(str(number), low, high, is_integer=True)
        assert not fits(str(number), low, high, is_integer=True, outside=True)
    for number in (low - 1, high + 1, low - 10 ** 4, high + 10 ** 15):
        assert not fits(str(number), low, high, is_integer=True)
        assert fits(str(number), low, high, is_integer=True, outside=True)


@pytest.mark.parametrize('text', ['00', '01', '+1', '1.0', '1.', '1e1', '1_0', ' 1', '1 ', '', '-',
                                  '-0', '٣', '1\n', '0x1'])
def test_other_spellings_are_no_integers(text):
    assert not fits(text, 0, 255, is_integer=True)
    assert not fits(text, 0, 255, is_integer=True, outside=True)


@pytest.mark.parametrize('text', ['0', '0.0', '0.5', '0.50', '0.500000', '-0.5', '0.499999',
                                  '-0.000001', '0.000000'])
def test_half_and_less_is_at_most_half(text):
    assert fits(text, -0.5, 0.5) and not fits(text, -0.5, 0.5, outside=True)


@pytest.mark.parametrize('text', ['0.51', '0.500001', '-0.500001', '1', '-1.0', '5', '10.5'])
def test_more_than_half_is_outside(text):
    assert not fits(text, -0.5, 0.5) and fits(text, -0.5, 0.5, outside=True)


@pytest.mark.parametrize('text', ['0.5000001', '0.5000000', '.5', '0.', '-0', '-0.0', '-0.000000',
                                  '5e-1', '00.5', '1' * 21, 'nan', 'inf', '0,5', '--1', '0.5.5'])
def test_other_spellings_are_no_numbers(text):
    for outside in (False, True):
        assert not fits(text, -0.5, 0.5, outside=outside)
    assert not fits(text, *ENDLESS)


@pytest.mark.parametrize('bound', [0.3, 0.1, 1.2, 8.1, 100.7, Fraction(0.3), 12345.678])
def test_a_float_stands_for_the_decimal_next_to_it(bound):
    text = f'{float(bound):g}' if bound < 1000 else str(bound)
    assert fits(text, -math.inf, bound) and fits(text, bound, math.inf)
    assert not fits(f'{float(bound) + 1e-6:.6f}', -math.inf, bound)


@given(st.integers(-10 ** 9, 10 ** 9).map(lambda count: Fraction(count, 10 ** 6)), bounds, bounds)
@example(Fraction(1, 3), Fraction(1, 3), Fraction(1, 3))
def test_every_number_is_either_inside_or_outside(value, first, second):
    low, high = sorted((first, second))
    exact = round(value, 6)
    text = f'{float(exact):.6f}'
    is_inside = rounded(low) <= exact <= rounded(high)
    assert fits(text, low, high) == is_inside
    assert fits(text, low, high, outside=True) != is_inside


@given(bounds, bounds, st.booleans(), st.text('-0123456789.', max_size=12))
def test_inside_and_outside_share_no_text_and_miss_none(first, second, is_integer, text):
    low, high = sorted((first, second))
    found = [fits(text, low, high, is_integer, outside) for outside in (False, True)]
    is_number = FORMAT.fullmatch(text) and not re.fullmatch(r'-0(\.0+)?', text)
    assert sum(found) == bool(is_number and not (is_integer and '.' in text))


@pytest.mark.parametrize('arguments', [
    (1e-9, 5e-8, False, False), (0.2, 0.8, True, False), (1e30, 1e40, False, False),
    (*ENDLESS, False, True), (-1e300, 1e300, True, True), (math.inf, math.inf, False, False)])
def test_there_may_be_no_number(arguments):
    assert number_regex(*arguments) is None


def test_the_longest_number_is_bounded():
    longest = '-' + '9' * DIGITS + '.' + '9' * DECIMALS
    assert fits(longest, *ENDLESS)
    assert not fits(longest + '9', *ENDLESS) and not fits('1' + longest[1:], *ENDLESS)
