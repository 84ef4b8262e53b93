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

"""Reads whole numbers in words and in digits, and the small words that stand for numbers."""

from __future__ import annotations

_DIGITS = {word: number for number, word in enumerate(
    'zero one two three four five six seven eight nine'.split())}
_ONES = {**_DIGITS, **{word: number for number, word in enumerate((
    'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen '
    'nineteen').split(), 10)}}
_TENS = {word: 10 * number for number, word in enumerate(
    'twenty thirty forty fifty sixty seventy eighty ninety'.split(), 2)}
_SCALES = ('hundred', 'thousand')
#: Words that stand for a number and belong to no row.
SMALL_WORDS = {'a': 1, 'an': 1, 'once': 1, 'twice': 2, 'thrice': 3, 'couple': 2, 'half': 0.5,
               'quarter': 0.25}
ARTICLES = ('a', 'an')
#: What people call a zero before or behind the point.
NOUGHTS = ('nought', 'naught', 'oh', 'o', 'zero')
#: A number of more digits is none that anybody means, and too large to compute with.
_MOST_DIGITS = 15


def whole_number(tokens: list[str], start: int) -> tuple[float | None, int]:
    """
    Read the longest number that begins at a token: digits, "twelve", "a couple", "one five zero".

    :returns: the number, or None if there is none, and the token behind it
    """
    if start >= len(tokens):
        return None, start
    token = tokens[start]
    if token[0].isdigit():
        return (float(token), start + 1) if len(token) <= _MOST_DIGITS else (None, start)
    if token in SMALL_WORDS and not set(tokens[start + 1:start + 2]) & set(_SCALES):
        following = tokens[start + 1:start + 2]
        return SMALL_WORDS[token], start + (2 if token == 'half' and following == ['a'] else 1)
    run = digit_run(tokens, start)
    if len(run) > 1:  # "one five zero"
        return float(run), start + len(run)
    return _cardinal(tokens, start)


def digit_run(tokens: list[str], start: int) -> str:
    """Read words of one digit each: "one five zero" is 150."""
    run = ''
    for token in tokens[start:start + _MOST_DIGITS]:
        if token not in _DIGITS:
            break
        run += str(_DIGITS[token])
    return run


def decimals(tokens: list[str], start: int) -> tuple[str, int]:
    """
    Read what stands behind "point": "seven five", "seventy five", "oh five", "75".

    :returns: the digits, none if there are none, and the token behind them
    """
    end, zeros = start, ''
    while tokens[end:end + 1] and tokens[end] in NOUGHTS:
        end, zeros = end + 1, zeros + '0'
    run = digit_run(tokens, end)
    if run or not tokens[end:end + 1]:
        return zeros + run, end + len(run)
    if tokens[end].isdecimal() and len(tokens[end]) <= _MOST_DIGITS:
        return zeros + tokens[end], end + 1
    number, behind = _below_hundred(tokens, end)
    return (f'{zeros}{number}', behind) if behind > end else (zeros, end)


def _cardinal(tokens: list[str], start: int) -> tuple[float | None, int]:
    """Read "two thousand eight hundred and ten"."""
    thousands, end = _below_thousand(tokens, start)
    if tokens[end:end + 1] != ['thousand'] or end == start:
        return (thousands, end) if end > start else (None, start)
    end += 1
    rest, rest_end = _below_thousand(tokens, end + (tokens[end:end + 1] == ['and']))
    return 1000 * thousands + rest, rest_end if rest else end


def _below_thousand(tokens: list[str], start: int) -> tuple[int, int]:
    """Read "two hundred and ten"; nothing read ends where it began."""
    total, end = ((1, start + 1) if tokens[start:start + 1] and tokens[start] in ARTICLES
                  else _below_hundred(tokens, start))
    if end == start or tokens[end:end + 1] != ['hundred']:
        return (0, start) if tokens[start:start + 1] and tokens[start] in ARTICLES and (
            tokens[end:end + 1] != ['thousand']) else (total, end)
    end += 1
    rest, rest_end = _below_hundred(tokens, end + (tokens[end:end + 1] == ['and']))
    return 100 * total + rest, rest_end if rest else end


def _below_hundred(tokens: list[str], start: int) -> tuple[int, int]:
    """Read "forty-two"; nothing read ends where it began."""
    total, end = 0, start
    if end < len(tokens) and tokens[end] in _TENS:
        total, end = _TENS[tokens[end]], end + 1
        if end < len(tokens) and 0 < _DIGITS.get(tokens[end], 0):
            total, end = total + _DIGITS[tokens[end]], end + 1
    elif end < len(tokens) and tokens[end] in _ONES:
        total, end = _ONES[tokens[end]], end + 1
    return total, end
