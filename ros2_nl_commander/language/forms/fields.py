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
Fields in the short form: ``path: value`` pairs, flat, in the order of the definition.

``position.x: 2 m, max_effort: 20 N``. What the sentence does not say is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence as Items
from dataclasses import dataclass
import re
from typing import Protocol

from ros2_nl_commander.language.command import Fields, Value
from ros2_nl_commander.language.errors import FieldError
from ros2_nl_commander.language.forms.number import NumberForm
from ros2_nl_commander.language.forms.rule_book import in_order, NOTHING, RuleBook
from ros2_nl_commander.language.forms.scanner import Scanner
from ros2_nl_commander.language.grammar_rules import Choice, Literal, Node, Repeat, Sequence

#: Items of a list that has no bound of its own: more than anybody says.
LONGEST_LIST = 32

_PATH = re.compile(r'[A-Za-z_][A-Za-z0-9_.]*(?=: )')


class ValueForm(Protocol):
    """How values of one field are spelt."""

    def read(self, scanner: Scanner) -> Value:
        """Read one value."""

    def node(self, rules: RuleBook) -> Node:
        """Give what may be spelt."""

    def hint(self) -> str:
        """Tell the model what stands here."""


@dataclass(frozen=True, slots=True)
class FieldsForm:
    """
    The fields of a message.

    :param entries: path and form of every field that can be spelt, in order
    """

    entries: tuple[tuple[str, ValueForm], ...]

    def read(self, scanner: Scanner) -> Fields:
        """
        Read fields up to what is no field.

        :raises CommandSyntaxError: if a value cannot be read
        :raises FieldError: if there is no such field, or not in this place
        """
        said: list[tuple[str, Value]] = []
        waiting = list(self.entries)
        while not said or scanner.take(', '):
            path = scanner.match(_PATH)
            if path is None:
                raise scanner.error('a field and its value')
            while waiting and not (waiting[0][0] == path and scanner.take(': ')):
                del waiting[0]
            if not waiting:
                raise FieldError(f'no field {path} here; in order: {", ".join(self.paths)}')
            said.append((path, waiting.pop(0)[1].read(scanner)))
        return nested(said)

    @property
    def paths(self) -> tuple[str, ...]:
        """Give the paths that can be spelt, each once."""
        return tuple(dict.fromkeys(path for path, _ in self.entries))

    def node(self, rules: RuleBook, end: Node = NOTHING, stops: bool = False) -> Node:
        """
        Give what may be spelt.

        :param end: what follows the last field
        :param stops: whether a number out of range may be spelt, and then ends the text
        """
        items = tuple(Sequence((Literal(f'{path}: '), form.node(rules)))
                      for path, form in self.entries)
        refused = dict(self._refused(rules)) if stops else {}
        return in_order(rules, (self, end, stops), items, end, refused, dict(self._following()))

    def _following(self) -> Iterator[tuple[int, int]]:
        """Leave out what is a part of what was said as a whole: a place has no x besides."""
        for index, (path, _) in enumerate(self.entries):
            behind = self.entries[index + 1:]
            yield index, index + 1 + sum(part.startswith(f'{path}.') for part, _ in behind)

    def _refused(self, rules: RuleBook) -> Items[tuple[int, Node]]:
        return [(index, Sequence((Literal(f'{path}: '), node)))
                for index, (path, form) in enumerate(self.entries)
                if isinstance(form, (NumberForm, ListForm))
                and (node := form.refused(rules)) is not None]

    def hint(self) -> str:
        """Tell the model what stands here."""
        return ', '.join(f'{path}: {form.hint()}' for path, form in self.entries)


@dataclass(frozen=True, slots=True)
class BracedForm:
    """Fields of a message inside a list, in braces."""

    fields: FieldsForm

    def read(self, scanner: Scanner) -> Fields:
        """Read the braces and what they hold."""
        scanner.expect('{')
        fields = self.fields.read(scanner)
        scanner.expect('}')
        return fields

    def node(self, rules: RuleBook) -> Node:
        """Give what may be spelt."""
        return Sequence((Literal('{'), self.fields.node(rules, Literal('}'))))

    def hint(self) -> str:
        """Tell the model what stands here."""
        return f'{{{self.fields.hint()}}}'


@dataclass(frozen=True, slots=True)
class ListForm:
    """
    A list in brackets.

    :param item: how one item is spelt
    :param at_least: fewest items
    :param at_most: most items
    """

    item: ValueForm
    at_least: int = 0
    at_most: int = LONGEST_LIST

    def read(self, scanner: Scanner) -> Value:
        """
        Read the list.

        :raises FieldError: if it has too few or too many items
        """
        scanner.expect('[')
        items: list[Value] = []
        while not scanner.take(']'):
            if items:
                scanner.expect(', ')
            items.append(self.item.read(scanner))
        if not self.at_least <= len(items) <= self.at_most:
            raise FieldError(f'{len(items)} items in a list of {self.at_least} to {self.at_most}')
        return items

    def node(self, rules: RuleBook) -> Node:
        """Give what may be spelt."""
        items = Repeat(self.item.node(rules), ', ', max(1, self.at_least), self.at_most)
        inside = items if self.at_least else Choice((items, NOTHING))
        return Sequence((Literal('['), rules.rule((self, 'items'), lambda: inside), Literal(']')))

    def refused(self, rules: RuleBook) -> Node | None:
        """Give what may be spelt up to a number that is out of range, if items are numbers."""
        outside = self.item.refused(rules) if isinstance(self.item, NumberForm) else None
        if outside is None or self.at_most < 1:
            return None
        before: tuple[Node, ...] = (NOTHING,)
        if self.at_most > 1:
            items = Repeat(self.item.node(rules), ', ', 1, self.at_most - 1)
            before += (Sequence((items, Literal(', '))),)
        return Sequence((Literal('['), Choice(before), outside))

    def hint(self) -> str:
        """Tell the model what stands here."""
        return f'[{self.item.hint()}, ...]'


def nested(said: Items[tuple[str, Value]]) -> Fields:
    """Turn dotted paths into nested fields."""
    fields: dict[str, Value] = {}
    for path, value in said:
        *outer, last = path.split('.')
        inner = fields
        for name in outer:
            below = inner.setdefault(name, {})
            if not isinstance(below, dict):
                raise FieldError(f'{path} is said, and {name} as a whole besides')
            inner = below
        if last in inner:
            raise FieldError(f'{path} is said twice')
        inner[last] = dict(value) if isinstance(value, Mapping) else value
    return fields
