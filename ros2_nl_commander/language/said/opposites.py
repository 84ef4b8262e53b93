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
Refuses the north charger for "the east charger", and down for "up".

Of some words a thing is only one. Where a sentence says one of them and an answer only others, the
model took the next best of what the robot has. None of 9,500 right answers does that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import re

from ros2_nl_commander.language.errors import UnsaidError

#: In each what excludes each other, with the words for it; one may be of several.
_KINDS = tuple({
    word: one for one, words in kind.items() for word in (one, *words.split())
} for kind in (
    {'red': '', 'green': '', 'blue': '', 'yellow': '', 'orange': 'amber', 'purple': 'violet',
     'white': '', 'black': '', 'pink': '', 'brown': ''},
    {'north': 'northern', 'south': 'southern', 'east': 'eastern', 'west': 'western',
     'northeast': '', 'northwest': '', 'southeast': '', 'southwest': ''},
    {'monday': '', 'tuesday': '', 'wednesday': '', 'thursday': '', 'friday': '', 'saturday': '',
     'sunday': ''},
    {'top': 'upper uppermost topmost', 'middle': 'centre center', 'bottom': 'lower lowest'},
    {'left': 'port counterclockwise anticlockwise', 'right': 'starboard clockwise'},
    {'front': '', 'rear': 'back'},
    {'forward': 'forwards ahead', 'backward': 'backwards astern reverse'},
    {'up': 'upward upwards higher rise ascend climb', 'down': 'downward downwards descend sink'},
    {'open': 'opened', 'closed': 'close shut'},
    {'small': 'little', 'medium': '', 'large': 'big'},
    {'low': '', 'high': ''},
    {'hot': '', 'cold': ''},
    {'inside': 'inner', 'outside': 'outer'},
    {'indoor': 'indoors', 'outdoor': 'outdoors'},
))
_COUNTER = re.compile(r'\b(counter|anti)\W(?=clockwise)', re.IGNORECASE)
_WORD = re.compile(r'[A-Z]?[a-z]+|[A-Z]+')
#: What follows a colon, and all of a body without one.
_VALUE = re.compile(r'(?:^|: )([^:]*?)(?=$|, [A-Za-z_][\w.]*: |[}\]])')


def check_opposites(sentence: str, body: str) -> None:
    """
    Refuse a word in the place of one that excludes it.

    :param body: what an answer spells behind the name of its interface, without texts in quotes
    :raises UnsaidError: says both words
    """
    if '[' in body:  # each item of a list has its own
        return
    in_sentence = set(_words(_COUNTER.sub(r'\1', sentence)))
    in_body = {word for value in _VALUE.findall(body) for word in _words(value)}
    for kind in _KINDS:
        said, spelt = dict(_of_kind(kind, in_sentence)), dict(_of_kind(kind, in_body))
        if said and spelt and not said.keys() & spelt.keys():
            raise UnsaidError(f'you said {min(said.values())}, and this would be '
                              f'{min(spelt.values())}')


def _of_kind(kind: Mapping[str, str], words: set[str]) -> Iterator[tuple[str, str]]:
    return ((kind[word], word) for word in words if word in kind)


def _words(text: str) -> Iterator[str]:
    return (word.lower() for word in _WORD.findall(text))
