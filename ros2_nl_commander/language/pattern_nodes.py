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
Takes patterns apart, into nodes whose patterns stand for one character each.

So that whoever walks a grammar needs to know no regular expressions but ``[a-z]``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
import re

from ros2_nl_commander.language.grammar_rules import (
    CHARACTER, Choice, COUNT, Node, Pattern, Repeat, Sequence)

_PART = re.compile(rf'(?P<character>{CHARACTER.pattern})|(?P<count>{COUNT.pattern})|\(\?:|\)|\|')


@lru_cache(maxsize=256)
def node_from_pattern(pattern: Pattern) -> Node:
    """Take a pattern apart; one that stands for a single character is given back."""
    return _choice(_PART.finditer(pattern.regex))


def _choice(parts: Iterator[re.Match[str]]) -> Node:
    """Read alternatives up to the end, or up to the bracket that closes them."""
    options: list[Node] = []
    items: list[Node] = []
    for part in parts:
        if part[0] == ')':
            break
        if part[0] == '|':
            options.append(_one(Sequence, items))
            items = []
        elif part[0] == '(?:':
            items.append(_choice(parts))
        elif part['count']:
            items.append(_repeat(items.pop(), part))
        else:
            items.append(Pattern(part[0]))
    return _one(Choice, [*options, _one(Sequence, items)])


def _repeat(item: Node, count: re.Match[str]) -> Node:
    if count[0] == '?':
        return Repeat(item, '', 0, 1)
    return Repeat(item, '', int(count['least']), int(count['most'] or count['least']))


def _one(kind: type[Sequence] | type[Choice], nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else kind(tuple(nodes))
