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
The grammar of whole ``ros2`` lines, for a robot of which nothing is known.

Then any well-formed command will do. Nesting and lengths are bounded; texts that would need
another quoting than double quotes around the fields are left out.
"""

from __future__ import annotations

from ros2_nl_commander.language.forms.rule_book import NOTHING, optional, RuleBook
from ros2_nl_commander.language.grammar_rules import (
    Choice, Grammar, Literal, Node, Number, Pattern, Repeat, Sequence)

#: What stands for declining in a whole line.
DECLINE = 'null'

_DEEPEST = 6
_MOST_ITEMS = None
_NAME = Pattern(r'(?:/[A-Za-z][A-Za-z0-9]{0,30}(?:_[A-Za-z0-9]{1,30}){0,5}){1,6}')
_PACKAGE = Pattern(r'[a-z][a-z0-9]{0,30}(?:_[a-z0-9]{1,30}){0,5}')
_TYPE = Pattern(r'[A-Z][A-Za-z0-9]{0,60}')
_KEY = Pattern(r'[A-Za-z][A-Za-z0-9]{0,30}(?:_[A-Za-z0-9]{1,30}){0,5}')
_PLAIN = Pattern(r'[A-Za-z_/][A-Za-z0-9_./-]{0,60}(?: [A-Za-z0-9_./-]{1,60}){0,20}')
_QUOTED = Pattern(r"'(?:[^'\x22\\$`!\x00-\x1f\x7f]|''){0,240}'")


def line_grammar() -> Grammar:
    """Build it; the same every time."""
    rules = RuleBook()
    mapping = _mapping(rules, 1)
    topic = Sequence((Literal('ros2 topic pub '), _options(), _NAME, Literal(' '),
                      _type('msg'), Literal(' "'), mapping, Literal('"')))
    service = Sequence((Literal('ros2 service call '), _NAME, Literal(' '), _type('srv'),
                        Literal(' "'), mapping, Literal('"')))
    action = Sequence((Literal('ros2 action send_goal '), optional(Literal('--feedback ')), _NAME,
                       Literal(' '), _type('action'), Literal(' "'), mapping, Literal('"')))
    return rules.grammar(Choice((Literal(DECLINE), topic, service, action)))


def _options() -> Node:
    """Give how often a message is published; without any of it, until it is interrupted."""
    times = Sequence((Literal('--times '), Number(1, 10000, is_integer=True), Literal(' ')))
    rate = Sequence((Literal('--rate '), Number(1, 100, is_integer=True), Literal(' ')))
    return Choice((Literal('--once '), Sequence((times, optional(rate))), rate, NOTHING))


def _type(folder: str) -> Node:
    return Sequence((_PACKAGE, Literal(f'/{folder}/'), _TYPE))


def _mapping(rules: RuleBook, depth: int) -> Node:
    def build() -> Node:
        field = Sequence((_KEY, Literal(': '), _value(rules, depth)))
        return Sequence((Literal('{'), Choice((Repeat(field, ', ', 1, _MOST_ITEMS), NOTHING)),
                         Literal('}')))

    return rules.rule(('mapping', depth), build)


def _value(rules: RuleBook, depth: int) -> Node:
    scalars = (Number(), _QUOTED, _PLAIN)
    if depth == _DEEPEST:
        return Choice(scalars)

    def build() -> Node:
        items = Choice((Repeat(_value(rules, depth + 1), ', ', 1, _MOST_ITEMS), NOTHING))
        listed = Sequence((Literal('['), items, Literal(']')))
        return Choice((*scalars, _mapping(rules, depth + 1), listed))

    return rules.rule(('value', depth), build)
