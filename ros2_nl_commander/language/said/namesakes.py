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
Refuses bay 12 for "bay 4", also where a twelve was said of something else.

Numbers of places and things are no amounts: the nearest one is as wrong as any other, and a robot
that drives there is far from where it is waited for.
"""

from __future__ import annotations

from collections.abc import Iterator
import re

from ros2_nl_commander.language.errors import UnsaidError
from ros2_nl_commander.language.said.number_words import ARTICLES, NOUGHTS, whole_number
from ros2_nl_commander.language.said.plain_numbers import with_plain_numbers

#: A name that ends in a number, where a value does: amounts have units, and a bare number no name.
_NUMBERED = re.compile(r'(?:^|[ \[:])([^\W\d_]+)[ _-]?(\d+)(?=$|[,\]}])')
#: Which one it is may be said in another way: "the second bay", "bay 4 is full, take the next".
_ORDINALS = re.compile(r'\b(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|'
                       r'eighth|ninth|tenth|last|next|other|another)\b', re.IGNORECASE)
#: Words, numbers, and what parts them: "the fifth station, six knots".
_WORD = re.compile(r'n[or]\.|[^\W\d_]+|\d+(?:\.\d+)?|[,;:.!?]')
_NUMBER_SIGNS = ('number', 'no', 'no.', 'nr', 'nr.', 'num')


def check_namesakes(sentence: str, body: str) -> None:
    """
    Refuse a numbered name in the place of another one.

    :param body: what an answer spells behind the name of its interface, without texts in quotes
    :raises UnsaidError: if the same name was said with other numbers only
    """
    # Of several places the name need not be said with each.
    if '[' in body or _ORDINALS.search(sentence):
        return
    words = _WORD.findall(with_plain_numbers(sentence))
    for name, number in _NUMBERED.findall(body):
        said = set(_numbers_behind(words, name.lower()))
        if said and float(number) not in said | _numbers_later(words, name.lower()):
            raise UnsaidError(f'you said {name} {min(said):g}, and this would be {name} {number}')


def _numbers_later(words: list[str], name: str) -> set[float]:
    """Give all numbers that come after the name: "from bay 4 to 12"."""
    later = words[words.index(name):]
    return {number for start in range(len(later))
            if (number := whole_number(later, start)[0]) is not None}


def _numbers_behind(words: list[str], name: str) -> Iterator[float]:
    """Give the numbers that were said behind a name: "bay number four"."""
    for index, word in enumerate(words):
        if word == name:  # "tables 4 and 5" are several
            start = index + 1
            while words[start:start + 1] and words[start] in _NUMBER_SIGNS:
                start += 1
            number, end = whole_number(words, start)
            # "Room two fourteen" is one number, or two.
            is_whole = end > start and whole_number(words, end)[0] is None and (
                words[end:end + 1] not in [[zero] for zero in NOUGHTS])
            if number is not None and is_whole and words[start] not in ARTICLES:
                yield number
