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
Grammars of short texts as plain values, and the checks that each of them passes.

Knows no robot and no decoding engine: ``grammar`` builds them, ``grammar_matching`` tells whether
a text fits, ``lark`` writes them down for the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
import math
import re
import unicodedata

from ros2_nl_commander.language.number_ranges import Bound

#: Control characters, halves of a character, and what ends a line or a paragraph.
_UNSPEAKABLE = frozenset({'Cc', 'Cs', 'Zl', 'Zp'})
_RULE = re.compile(r'[a-z][a-z0-9_]*')

# What Python's regular expressions and Rust's read alike.
_NEVER = r'\x00-\x1f\x7f\ud800-\udfff'
_ESCAPE = r'\\(?:x[0-7][0-9A-Fa-f]|[!-/:;=?@\[-^`{-~])'
_CLASS = rf'\[\^?(?:(?!--)[^\[\]\\&~{_NEVER}]|{_ESCAPE})+\]'
#: In a pattern, what stands for one character: itself, escaped, or a class.
CHARACTER = re.compile(rf'{_CLASS}|{_ESCAPE}|[^\\\[\](){{}}.*+?|^${_NEVER}]')
#: In a pattern, how often the last part may stand.
COUNT = re.compile(r'\{(?P<least>[0-9]+)(?:,(?P<most>[0-9]+))?\}|\?')
_PATTERN = re.compile(rf'(?:(?:{CHARACTER.pattern}|\))(?:{COUNT.pattern})?|\(\?:|\|)+')


@dataclass(frozen=True, slots=True)
class Literal:
    """
    A text as it stands; the empty one for nothing.

    :raises ValueError: if it has control characters, or characters that can be composed (NFC)
    """

    text: str

    def __post_init__(self) -> None:
        # The tokenizer composes characters: what it spells would not be this text.
        if not unicodedata.is_normalized('NFC', self.text):
            raise ValueError(f'{self.text!r} is not in the normal form NFC')
        if not self.text.isprintable() and any(
                unicodedata.category(character) in _UNSPEAKABLE for character in self.text):
            raise ValueError(f'{self.text!r} has control characters')


@dataclass(frozen=True, slots=True)
class Pattern:
    """
    Any text that a regular expression matches as a whole.

    :param regex: characters, classes, ``(?:...|...)``, ``?``, ``{n}`` and ``{m,n}``: what both
        Python and the engine read, and read alike, and always with an end
    :raises ValueError: if it is made of anything else
    """

    regex: str

    def __post_init__(self) -> None:
        _check_pattern(self.regex)


@dataclass(frozen=True, slots=True)
class Number:
    """
    A decimal number, spelt as ``number_ranges`` says.

    :param low: the least that it may be
    :param high: the greatest that it may be
    :param is_integer: whether it has no point
    :param outside: whether it is, on the contrary, below ``low`` or above ``high``
    :raises ValueError: if ``low`` is not a number that is at most ``high``
    """

    low: Bound = -math.inf
    high: Bound = math.inf
    is_integer: bool = False
    outside: bool = False

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f'no numbers from {self.low} to {self.high}')


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several; of none, nothing fits."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """
    The same again and again.

    :param item: what is repeated
    :param separator: what stands between two
    :param at_least: fewest items
    :param at_most: most items; None for any number
    :raises ValueError: if there is no such number of items
    """

    item: Node
    separator: str = ''
    at_least: int = 0
    at_most: int | None = None

    def __post_init__(self) -> None:
        if self.at_least < 0 or (self.at_most is not None and self.at_most < self.at_least):
            raise ValueError(f'no count from {self.at_least} to {self.at_most}')
        Literal(self.separator)


@dataclass(frozen=True, slots=True)
class Reference:
    """Whatever a rule of the grammar stands for."""

    rule: str


Node = Literal | Pattern | Number | Sequence | Choice | Repeat | Reference


@dataclass(frozen=True, slots=True)
class Grammar:
    """
    Rules, none of which refers to itself, be it through others.

    :param rules: what the names stand for, which are of ``a`` to ``z``, digits and ``_``
    :param start: name of the rule that whole texts follow
    :var order: every rule after all those that it refers to
    :raises ValueError: if a rule is missing, misnamed or refers to itself
    """

    rules: Mapping[str, Node]
    start: str
    order: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.start not in self.rules:
            raise ValueError(f'no rule {self.start} to start with')
        for name in self.rules:
            if not _RULE.fullmatch(name):
                raise ValueError(f'{name!r} is no name for a rule')
        object.__setattr__(self, 'order', self._sorted())

    def _sorted(self) -> tuple[str, ...]:
        graph = {name: dict.fromkeys(_references(node)) for name, node in self.rules.items()}
        try:
            order = tuple(TopologicalSorter(graph).static_order())
        except CycleError as error:
            raise ValueError(f'rules refer to themselves: {" to ".join(error.args[1])}') from error
        missing = set(order) - set(self.rules)
        if missing:
            raise ValueError(f'no rule {min(missing)}')
        return order


def _references(node: Node) -> Iterator[str]:
    if isinstance(node, Reference):
        yield node.rule
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _references(item)
    elif isinstance(node, Choice):
        for option in node.options:
            yield from _references(option)
    elif isinstance(node, Repeat):
        yield from _references(node.item)


@lru_cache(maxsize=256)
def _check_pattern(regex: str) -> None:
    if not _PATTERN.fullmatch(regex):
        raise ValueError(f'{regex!r} has more than characters, classes, brackets and counts')
    try:
        re.compile(regex)
    except re.error as error:
        raise ValueError(f'{regex!r}: {error}') from error
