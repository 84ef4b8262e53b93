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

"""Collects the named rules of a grammar, each once, however many interfaces share it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from types import MappingProxyType

from ros2_nl_commander.language.grammar_rules import (
    Choice, Grammar, Literal, Node, Reference, Sequence)

NOTHING = Literal('')


class RuleBook:
    """Rules by name; what they are for is their key."""

    def __init__(self) -> None:
        self._names: dict[Hashable, str] = {}
        self._rules: dict[str, Node] = {}

    def rule(self, key: Hashable, build: Callable[[], Node]) -> Reference:
        """
        Refer to the rule of a key, built the first time that it is asked for.

        :param key: equal keys stand for equal rules
        """
        if key not in self._names:
            name = f'r{len(self._names)}'
            self._names[key] = name
            self._rules[name] = build()
        return Reference(self._names[key])

    def grammar(self, start: Node) -> Grammar:
        """Finish: a grammar of these rules that begins with ``start``."""
        return Grammar({**self._rules, 'start': start}, 'start')


def optional(node: Node) -> Node:
    """Give what may be there or not."""
    return Choice((node, NOTHING))


def in_order(
    rules: RuleBook, key: Hashable, items: tuple[Node, ...], end: Node,
    stops: Mapping[int, Node] = MappingProxyType({}),
    following: Mapping[int, int] = MappingProxyType({}),
) -> Node:
    """
    Give any items, each at most once, in their order, then the end; at least one item.

    The rules grow with the number of items, not with its powers.

    :param key: tells this list from all others
    :param stops: what may stand in the place of an item, by its index, and then ends the text
    :param following: the first item that may stand behind an item, where not the next one
    """
    def item(index: int) -> tuple[Node, ...]:
        """Give one item and what follows it."""
        whole = Sequence((items[index], after(following.get(index, index + 1))))
        return (whole, stops[index]) if index in stops else (whole,)

    def after(index: int) -> Node:
        """Give what may follow once something was said: later items, or the end."""
        if index == len(items):
            return end
        return rules.rule((key, 'after', index), lambda: Choice((
            *(Sequence((Literal(', '), one)) for one in item(index)), after(index + 1))))

    return Choice(tuple(one for index in range(len(items)) for one in item(index)))
