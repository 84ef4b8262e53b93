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
Grammars in the dialect of Lark that llguidance reads.

Every rule becomes a terminal, so that a whole text is one lexeme. Between lexemes llguidance takes
the longest match and never goes back: of ``("a" | "ab") "bc"`` in a rule it refuses ``abc``. As
one regular expression nothing can be cut wrongly, whatever places and choices are called, and it
compiles and masks about twice as fast.
"""

from __future__ import annotations

import json
import re

from ros2_nl_commander.language.grammar_rules import (
    Choice, Grammar, Literal, Node, Pattern, Reference, Repeat, Sequence)
from ros2_nl_commander.language.number_ranges import number_regex

_NOTHING = '""'
#: Expressions below this length are not worth a name of their own.
_SHORT = 60
_ESCAPED_OR_SLASH = re.compile(r'\\.|/')
_SLASHES = {'/': r'\/'}


def lark_from_grammar(grammar: Grammar) -> str:
    """
    Write a grammar down.

    :returns: Lark text whose rule ``start`` matches exactly the texts of the grammar
    :raises ValueError: if no text fits the grammar
    """
    writer = _Writer()
    for name in grammar.order:
        writer.add_rule(name, grammar.rules[name])
    return writer.finish(grammar.start)


class _Writer:
    """
    Writes rule after rule; those that a rule refers to come before it.

    An expression is None where no text fits: alternatives that need it are left out.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._rules: dict[str, str | None] = {}
        self._names: dict[str, str] = {}

    def add_rule(self, name: str, node: Node) -> None:
        """Write one rule."""
        expression = self._expression(node)
        if expression is None or expression == _NOTHING:
            self._rules[name] = expression
        else:
            self._rules[name] = self._define(name.upper(), expression)

    def finish(self, start: str) -> str:
        """Give the whole text."""
        terminal = self._rules[start]
        if terminal is None:
            raise ValueError('no text fits this grammar')
        return '\n'.join((*self._lines, f'start: {terminal}', ''))

    def _define(self, terminal: str, expression: str) -> str:
        self._lines.append(f'{terminal}: {expression}')
        return terminal

    def _expression(self, node: Node) -> str | None:
        if isinstance(node, Literal):
            return json.dumps(node.text, ensure_ascii=False)
        if isinstance(node, Reference):
            return self._rules[node.rule]
        if isinstance(node, Sequence):
            return self._sequence(node)
        if isinstance(node, Choice):
            return self._choice(node)
        if isinstance(node, Repeat):
            return self._repeat(node)
        if isinstance(node, Pattern):
            return self._regex('PATTERN', node.regex)
        regex = number_regex(node.low, node.high, node.is_integer, node.outside)
        return None if regex is None else self._regex('NUMBER', regex)

    def _sequence(self, node: Sequence) -> str | None:
        parts = []
        for item in node.items:
            part = self._expression(item)
            if part is None:
                return None
            parts += [part] if part != _NOTHING else []
        return ' '.join(parts) or _NOTHING

    def _choice(self, node: Choice) -> str | None:
        options = dict.fromkeys(
            option for option in map(self._expression, node.options) if option is not None)
        if len(options) < 2:
            return next(iter(options), None)
        said = ' | '.join(option for option in options if option != _NOTHING)
        return f'({said})?' if _NOTHING in options else f'({said})'

    def _repeat(self, node: Repeat) -> str | None:
        item, least, most = self._expression(node.item), node.at_least, node.at_most
        if item is None or most == 0:
            return None if least else _NOTHING
        if not node.separator:
            return f'({item}){_count(least, most)}'
        item = self._named('ITEM', item)
        if most != 1:
            separator = json.dumps(node.separator, ensure_ascii=False)
            more = _count(max(0, least - 1), most and most - 1)
            item = f'{item} ({separator} {item}){more}'
        return f'({item})' if least else f'({item})?'

    def _regex(self, kind: str, regex: str) -> str:
        slashes = _ESCAPED_OR_SLASH.sub(lambda match: _SLASHES.get(match[0], match[0]), regex)
        return self._named(kind, f'/{slashes}/')

    def _named(self, kind: str, expression: str) -> str:
        """Give an expression, or a name if it is long; equal ones have one name."""
        if len(expression) < _SHORT:
            return expression
        if expression not in self._names:
            # No rule has a name with a hyphen.
            self._names[expression] = self._define(f'{kind}-{len(self._names)}', expression)
        return self._names[expression]


def _count(least: int, most: int | None) -> str:
    return f'{{{least},{"" if most is None else most}}}'
