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

Serves training data, and the check of answers against what was said; a model reads by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
import re

from ros2_nl_commander.language.quantities import unit_of_word

_ONES = {word: number for number, word in enumerate(
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen '
    'fifteen sixteen seventeen eighteen nineteen'.split())}
_TENS = {word: 10 * number for number, word in enumerate(
    'twenty thirty forty fifty sixty seventy eighty ninety'.split(), 2)}
_OTHERS = {'a': 1, 'an': 1, 'once': 1, 'twice': 2, 'half': 0.5, 'quarter': 0.25}
_TOKEN = re.compile(r'\d+(?:\.\d+)?|[a-z]+(?:/[a-z]+)?|%|°')
_PER = {('m', 's'): 'm/s', ('cm', 's'): 'cm/s', ('mm', 's'): 'mm/s', ('deg', 's'): 'deg/s',
        ('rad', 's'): 'rad/s', ('km', 'h'): 'km/h', ('turns', 's'): 'turns/s',
        ('turns', 'min'): 'rpm'}


def quantities_said(sentence: str) -> tuple[str, ...]:
    """
    List what a sentence states, longest spelling first: ``65 cm`` before ``65``.

    Numbers in words count: "two and a half metres" is ``2.5 m``.
    """
    tokens = _TOKEN.findall(sentence.lower().replace('minus ', '-').replace('-', ' '))
    found: list[str] = []
    for start in range(len(tokens)):
        for number, end in _numbers(tokens, start):
            unit = _unit(tokens, end)
            found += [f'{number:g} {unit}'] if unit else []
            found.append(f'{number:g}')
    return tuple(dict.fromkeys(found))


def _numbers(tokens: list[str], start: int) -> Iterator[tuple[float, int]]:
    """Give the numbers that begin at a token, and where each ends; the longest first."""
    whole, end = _whole(tokens, start)
    if whole is None:
        return
    if tokens[end:end + 3] in (['and', 'a', 'half'], ['and', 'a', 'quarter']):
        yield whole + _OTHERS[tokens[end + 2]], end + 3
    if tokens[end:end + 2] in (['a', 'half'], ['point', 'five']):
        yield whole + 0.5, end + 2
    yield whole, end


def _whole(tokens: list[str], start: int) -> tuple[float | None, int]:
    token = tokens[start]
    if token[0].isdigit():
        return float(token), start + 1
    if token in _OTHERS and tokens[start + 1:start + 2] != ['hundred']:
        following = tokens[start + 1:start + 2]
        return _OTHERS[token], start + (2 if token == 'half' and following == ['a'] else 1)
    total, end = (1, start + 1) if token in _OTHERS else (0, start)
    while end < len(tokens):
        word = tokens[end]
        if word == 'hundred' and total:
            total *= 100
        elif word in _ONES or word in _TENS:
            total += _ONES.get(word, 0) + _TENS.get(word, 0)
        elif word != 'and' or end == start:
            break
        end += 1
    return (total, end) if end > start else (None, start)


def _unit(tokens: list[str], end: int) -> str | None:
    words = [word for word in tokens[end:end + 4] if word not in ('of', 'a', 'per')]
    units = [unit.symbol if (unit := unit_of_word('deg' if word == '°' else word)) else None
             for word in words[:2]]
    if not units or units[0] is None:
        return None
    return _PER.get((units[0], units[1] or ''), units[0]) if len(units) > 1 else units[0]
