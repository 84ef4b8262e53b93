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

"""Names that are probably misspelt, and those that may be meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches
import re

from ros2_nl_commander.language.names import excerpt

#: More of them are only counted; the line stays one that can be read.
MOST_NAMES = 10
#: From a word of a sentence to a name: "bedrom" is 0.93 like "bedroom", "garden" 0.83 "warden".
_MISSPELT = 0.85
_WORD = re.compile(r'[^\W_]+')


def listed_with_closest(names: Collection[str], known: Collection[str]) -> str:
    """
    List names that are not known, each with the closest one that is.

    :param names: one at least
    """
    told = [_with_closest(name, known) for name in list(names)[:MOST_NAMES]]
    more = len(names) - MOST_NAMES
    return ', '.join(told) + (f' and {more} more' if more > 0 else '')


def _with_closest(name: str, known: Collection[str]) -> str:
    closest = get_close_matches(name, sorted(known), n=1)
    hint = f' (did you mean {closest[0]}?)' if closest and closest[0] != name else ''
    return f'{excerpt(name)[1:-1]}{hint}'


def misspelt_in(sentence: str, known: Iterable[str]) -> str | None:
    """Return the name that a sentence has nearly, in as many words; None if there is none."""
    words = _WORD.findall(sentence.casefold())
    for name in known:
        spoken = ' '.join(_WORD.findall(name.casefold().replace('_', ' ')))
        count = len(spoken.split())
        said = [' '.join(words[start:start + count]) for start in range(len(words) - count + 1)]
        if count and spoken not in said and get_close_matches(spoken, said, 1, _MISSPELT):
            return name
    return None
