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
Texts that are names in a program: ``station_1`` for station one, ``STABILIZE`` for stabilise.

A person says such a name in plain words, so it stands in no sentence letter by letter; but every
word of it was said.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import lru_cache
import re

from ros2_nl_commander.language.said.quantities import stated

#: What a name says of the thing and a person does not: "the elbow" is ``elbow_joint``.
_GENERIC = ('joint', 'link', 'frame', 'mode', 'id')
_PART = re.compile(r'[^\W\d_]+|\d+')
#: ``wiggle.urp`` is program wiggle: nobody says the ending.
_ENDING = re.compile(r'\.[a-z]\w{1,4}$', re.IGNORECASE)
#: Spellings of a word that differ by less are the same: stabilise, stabilize.
_ALIKE = 0.85
_SHORTEST = 3


@lru_cache(8)
def name_as_said(name: str) -> re.Pattern[str]:
    """Find a name in a sentence, also with its number apart: "tug 7" is tug7."""
    parts = re.findall(r'[^\W\d_]+|\d+', name)
    return re.compile(rf'(?<!\w){"[ _-]?".join(parts)}(?!\w)' if parts else r'(?!)')


def is_identifier(text: str) -> bool:
    """Tell whether a text looks like a name in a program, which is spelt as it is."""
    return re.search(r'\s', text) is None and re.search(r'[^\W\d_]', text) is not None and (
        re.search(r'[\d_.]', text) is not None or (text.isupper() and len(text) > 1))


def is_called(sentence: str, text: str) -> bool:
    """
    Tell whether a sentence names an identifier in plain words.

    Each number of it must have been said, and each word but generic ones, one at least.
    """
    if not is_identifier(text):
        return False
    parts = _PART.findall(_ENDING.sub('', text).casefold())
    words = [part for part in parts if not part.isdecimal() and part not in _GENERIC]
    spoken = _PART.findall(sentence.casefold())
    numbers = {one.number for one in stated(sentence)} | {
        float(part) for part in spoken if part.isdecimal()}
    return bool(words) and all(any(_is_same(word, other) for other in spoken) for word in words
                               ) and all(float(part) in numbers for part in parts
                                         if part.isdecimal())


def _is_same(word: str, spoken: str) -> bool:
    """Tell whether a word of a name is one that was said, cut short (``alt``) or respelt."""
    return word == spoken or (len(word) >= _SHORTEST and (
        spoken.startswith(word) or SequenceMatcher(None, word, spoken).ratio() > _ALIKE))
