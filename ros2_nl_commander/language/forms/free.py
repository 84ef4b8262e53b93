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

"""Fields of a type that nobody here knows: any paths, any plain values, judged by nobody."""

from __future__ import annotations

from dataclasses import dataclass
import re

from ros2_nl_commander.language.command import Fields, Value
from ros2_nl_commander.language.forms.fields import LONGEST_LIST, nested
from ros2_nl_commander.language.forms.number import ANY_NUMBER
from ros2_nl_commander.language.forms.rule_book import NOTHING, RuleBook
from ros2_nl_commander.language.forms.scalars import FlagForm, TextForm
from ros2_nl_commander.language.forms.scanner import Scanner
from ros2_nl_commander.language.grammar_rules import (
    Choice, Literal, Node, Pattern, Repeat, Sequence)

_MOST_FIELDS = 16
_PATH_PATTERN = r'[a-z][a-z0-9_]{0,30}(?:\.[a-z][a-z0-9_]{0,30}){0,4}'
_PATH = re.compile(_PATH_PATTERN)


@dataclass(frozen=True, slots=True)
class FreeFieldsForm:
    """``path: value`` pairs of a type without a definition."""

    def read(self, scanner: Scanner) -> Fields:
        """Read fields; a CommandSyntaxError if there are none."""
        said: list[tuple[str, Value]] = []
        while not said or scanner.take(', '):
            path = scanner.match(_PATH)
            if path is None:
                raise scanner.error('a field and its value')
            scanner.expect(': ')
            said.append((path, self._value(scanner)))
        return nested(said)

    def _value(self, scanner: Scanner) -> Value:
        if scanner.sees('"'):
            return TextForm().read(scanner)
        if scanner.sees('true') or scanner.sees('false'):
            return FlagForm().read(scanner)
        if not scanner.take('['):
            return ANY_NUMBER.read(scanner)
        items: list[Value] = []
        while not scanner.take(']'):
            if items:
                scanner.expect(', ')
            items.append(self._value(scanner))
        return items

    def node(self, rules: RuleBook) -> Node:
        """Give what may be spelt."""
        scalar = Choice((FlagForm().node(rules), TextForm().node(rules), ANY_NUMBER.node(rules)))
        items = Choice((Repeat(scalar, ', ', 1, LONGEST_LIST), NOTHING))
        value = Choice((scalar, Sequence((Literal('['), items, Literal(']')))))
        field = Sequence((Pattern(_PATH_PATTERN), Literal(': '), value))
        return rules.rule(self, lambda: Repeat(field, ', ', 1, _MOST_FIELDS))

    def hint(self) -> str:
        """Tell the model what stands here."""
        return 'field: value'
