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
Numbers in words that mean themselves: "two metres", "ward thirteen".

Many words of numbers do not: "one eighty" is 180, "a metre ten" 1.1 m, "all six lights" a list of
six. Those are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
import re

from ros2_nl_commander.language.said.number_words import ARTICLES
from ros2_nl_commander.language.said.quantities import Quantity, stated
from ros2_nl_commander.language.unit_names import unit_of_word

_WORD = re.compile(r'[^\W_]+(?:\.\d+)?')
#: Words inside a number that are none by themselves.
_INSIDE = ('hundred', 'thousand', 'oh', 'point', 'and')


def spoken_numbers(sentence: str) -> Iterator[Quantity]:
    """
    Give the numbers in words, with their units.

    :param sentence: in small letters
    """
    words = _WORD.findall(sentence)
    start = 0
    while start < len(words):
        end = start
        while end < len(words) and (_is_number(words[end]) or words[end] in _INSIDE):
            end += 1
        run = ' '.join(words[start:end]).removesuffix(' and')
        unit = words[end] if end < len(words) and unit_of_word(words[end]) else ''
        found = stated(f'{run} {unit}')
        if len(found) == 1 and _is_number(words[start]) and not re.search(r'\d', run) and (
                unit or not _counts(words[end:end + 1])) and not (
                    start and unit_of_word(words[start - 1])):
            yield found[0]
        start = max(end, start + 1)


def _is_number(word: str) -> bool:
    return word not in ARTICLES and bool(stated(word))


def _counts(following: list[str]) -> bool:
    """Tell whether a number counts what follows, or is of a unit that is not known."""
    return bool(following) and following[0].endswith('s')
