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

"""Patterns of names and types in a policy: ``*`` is anything within a part, ``**`` any parts."""

from __future__ import annotations

import re

from ros2_nl_commander.language.names import TYPE_FOLDERS

#: Stand for ``**`` and ``*`` where a pattern is compared with another; no name has them.
_ANY, _SOME = '\x01', '\x02'


def fits(text: str, pattern: str) -> bool:
    """Tell whether a pattern matches all of a text."""
    parts = re.split(r'(\*\*|\*)', pattern)
    known = {'**': '.*', '*': f'[^/{_ANY}]*'}
    return re.fullmatch(''.join(known.get(part) or re.escape(part) for part in parts),
                        text) is not None


def covers(wider: str, narrower: str) -> bool:
    """Tell whether a pattern matches all that another one matches."""
    return fits(narrower.replace('**', _ANY).replace('*', _SOME), wider)


def could_match_type(pattern: str) -> bool:
    """Tell whether a pattern of types fits any that is spelt in full."""
    if '**' in pattern:
        return pattern.count('/') <= 2
    parts = pattern.split('/')
    return len(parts) == 3 and any(fits(folder, parts[1]) for folder in TYPE_FOLDERS.values())
