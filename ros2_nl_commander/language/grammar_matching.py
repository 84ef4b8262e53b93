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
Tells whether a text fits a grammar, in plain Python and without the engine's lexer.

The engine is held to this in the tests. It finds every way to read a text: each node is entered
once at each position, and whoever waits for it is told all its ends, however they come about.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
import math
import re
from typing import NamedTuple

from ros2_nl_commander.language.grammar_rules import (
    Choice, Grammar, Literal, Node, Number, Pattern, Reference, Repeat, Sequence)
from ros2_nl_commander.language.pattern_nodes import node_from_pattern

_NUMBER = re.compile(r'-?(?:0|[1-9][0-9]{0,19})(?:\.[0-9]{1,6})?')


def matches(grammar: Grammar, text: str) -> bool:
    """
    Tell whether a text fits a grammar as a whole.

    Halves of characters (surrogates) fit nowhere: they cannot be written as UTF-8.
    """
    is_writable = not any('\ud800' <= character <= '\udfff' for character in text)
    return is_writable and len(text) in _Search(grammar, text).ends()


class _Frame(NamedTuple):
    """
    A node that was entered.

    :param node: its number
    :param start: position in the text
    :param done: how many of its parts are read
    """

    node: int
    start: int
    done: int


class _Search:
    """All readings of a text, found without recursion."""

    def __init__(self, grammar: Grammar, text: str) -> None:
        self._rules = grammar.rules
        self._first = grammar.rules[grammar.start]
        self._text = text
        # By id, because comparing nodes compares all that is below them; kept so that ids last.
        self._nodes: dict[int, Node] = {}
        self._ends: dict[tuple[int, int], set[int]] = {}
        self._waiting: dict[tuple[int, int], set[_Frame]] = {}
        self._tasks: list[tuple[_Frame, int]] = []

    def ends(self) -> set[int]:
        """Give the positions at which a text of the grammar may end."""
        self._enter(self._first, 0, None)
        while self._tasks:
            frame, position = self._tasks.pop()
            self._go_on(frame, position)
        return self._ends[id(self._first), 0]

    def _enter(self, node: Node, position: int, frame: _Frame | None) -> None:
        """Read a node, and go on with a frame at each of its ends."""
        key = id(node), position
        if key not in self._ends:
            self._nodes[id(node)] = node
            self._ends[key], self._waiting[key] = set(), set()
            self._tasks.append((_Frame(id(node), position, 0), position))
        if frame is not None and frame not in self._waiting[key]:
            self._waiting[key].add(frame)
            self._tasks += [(frame, end) for end in self._ends[key]]

    def _leave(self, frame: _Frame, position: int) -> None:
        """Tell whoever waits for a node that it may end here."""
        key = frame.node, frame.start
        if position not in self._ends[key]:
            self._ends[key].add(position)
            self._tasks += [(waiting, position) for waiting in self._waiting[key]]

    def _go_on(self, frame: _Frame, position: int) -> None:
        """Read on, from the end of the part before."""
        node = self._nodes[frame.node]
        if isinstance(node, Sequence):
            self._sequence(node, frame, position)
        elif isinstance(node, Repeat):
            self._repeat(node, frame, position)
        elif frame.done:
            self._leave(frame, position)
        elif isinstance(node, Choice):
            for option in node.options:
                self._enter(option, position, frame._replace(done=1))
        elif isinstance(node, Reference):
            self._enter(self._rules[node.rule], position, frame._replace(done=1))
        elif isinstance(node, Pattern) and (whole := node_from_pattern(node)) != node:
            self._enter(whole, position, frame._replace(done=1))
        else:
            for end in _ends(node, self._text, position):
                self._leave(frame, end)

    def _sequence(self, node: Sequence, frame: _Frame, position: int) -> None:
        if frame.done == len(node.items):
            self._leave(frame, position)
        else:
            self._enter(node.items[frame.done], position, frame._replace(done=frame.done + 1))

    def _repeat(self, node: Repeat, frame: _Frame, position: int) -> None:
        done = frame.done
        if done >= node.at_least:
            self._leave(frame, position)
        if done == node.at_most or (done and not self._text.startswith(node.separator, position)):
            return
        # Where any number will do, counting on would only find the same again.
        more = done + 1 if node.at_most is not None else min(done + 1, max(1, node.at_least))
        self._enter(node.item, position + (len(node.separator) if done else 0),
                    frame._replace(done=more))


def _ends(node: Literal | Number | Pattern, text: str, position: int) -> Iterator[int]:
    """Give the positions at which one literal, number or character may end."""
    if isinstance(node, Literal):
        if text.startswith(node.text, position):
            yield position + len(node.text)
    elif isinstance(node, Pattern):
        if re.compile(node.regex).match(text, position):
            yield position + 1
    elif longest := _NUMBER.match(text, position):
        yield from (end for end in range(position + 1, longest.end() + 1)
                    if _NUMBER.fullmatch(text, position, end)
                    and _is_meant(text[position:end], node))


def _is_meant(spelt: str, node: Number) -> bool:
    value = Fraction(spelt)
    if (spelt.startswith('-') and not value) or (node.is_integer and '.' in spelt):
        return False
    low, high = (
        bound if isinstance(bound, float) and math.isinf(bound) else round(Fraction(bound), 9)
        for bound in (node.low, node.high))
    return (low <= value <= high) != node.outside
