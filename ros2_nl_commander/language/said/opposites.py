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
Refuses the north charger for "the east charger", and the green lamp for "blue lamp on".

Of some words a thing is only one. Where a sentence says one of them and an answer only others, the
model took the next best of what the robot has. None of 9,500 right answers does that. Words for
states are left out: "the gate is still open" wants it closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import re

from ros2_nl_commander.language.errors import UnsaidError
from ros2_nl_commander.language.shortlist import words_of

#: What excludes each other in each kind, and other words for it; plurals are read without their s.
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
    {'forward': 'ahead', 'backward': 'astern reverse'},
))
_COUNTER = re.compile(r'\b(counter|anti)\W(?=clockwise)', re.IGNORECASE)
#: Who says how it is, or must not be, wants the other: "you are too far left".
_HOW_IT_IS_NOT_TO_BE = re.compile(r"\b(?:too|not|no|never|without)\b|n't\b", re.IGNORECASE)
_FIELD_NAME = re.compile(r'[A-Za-z_][\w.]*: ')


def check_opposites(sentence: str, body: str) -> None:
    """
    Refuse a word in the place of one that excludes it.

    :param body: what an answer spells behind the name of its interface, without texts in quotes
    :raises UnsaidError: says both words
    """
    # Each item of a list has its own.
    if '[' in body or _HOW_IT_IS_NOT_TO_BE.search(sentence):
        return
    in_sentence = set(words_of(_COUNTER.sub(r'\1', sentence)))
    in_body = set(words_of(_FIELD_NAME.sub('', body)))
    for kind in _KINDS:
        said, spelt = dict(_of_kind(kind, in_sentence)), dict(_of_kind(kind, in_body))
        if said and spelt and not said.keys() & spelt.keys():
            raise UnsaidError(f'you said {min(said.values())}, and this would be '
                              f'{min(spelt.values())}')


def _of_kind(kind: Mapping[str, str], words: set[str]) -> Iterator[tuple[str, str]]:
    return ((kind[word], word) for word in words if word in kind)
