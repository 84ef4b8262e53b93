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

"""Values in the short form that are no numbers: truth, text, and one of a list of choices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
import re

from ros2_nl_commander.language.command import Value
from ros2_nl_commander.language.errors import FieldError
from ros2_nl_commander.language.forms.rule_book import NOTHING, RuleBook
from ros2_nl_commander.language.forms.scanner import Scanner
from ros2_nl_commander.language.grammar_rules import Choice, Literal, Node, Pattern, Sequence
from ros2_nl_commander.language.names import excerpt

#: Longest text that a model may spell; longer ones are told apart from babble by nobody.
LONGEST_TEXT = 240

#: Characters by the code units that they take, of what the bound of a type counts.
_SIZES = {
    'utf-8': ((1, r'(?:[ !#-\[\]-\~]|\\["\\])'), (2, '[\x80-\u07ff]'),
              (3, '[\u0800-\ud7ff\ue000-\uffff]'), (4, '[\U00010000-\U0010ffff]')),
    'utf-16-le': ((1, r'(?:[ !#-\[\]-\~]|\\["\\])'), (1, '[\x80-\ud7ff\ue000-\uffff]'),
                  (2, '[\U00010000-\U0010ffff]')),
}
_QUOTED = re.compile(r'"((?:[^"\\\x00-\x1f\x7f]|\\["\\])*)"')
_ESCAPE = re.compile(r'\\(["\\])')


@dataclass(frozen=True, slots=True)
class FlagForm:
    """``true`` or ``false``."""

    def read(self, scanner: Scanner) -> bool:
        """Read it; anything else is a CommandSyntaxError."""
        return scanner.one_of(('true', 'false')) == 'true'

    def node(self, rules: RuleBook) -> Node:
        """Give what may be spelt."""
        return Choice((Literal('true'), Literal('false')))

    def hint(self) -> str:
        """Tell the model what stands here."""
        return 'true|false'


@dataclass(frozen=True, slots=True)
class TextForm:
    r"""
    Text between double quotes, with ``\"`` and ``\\`` inside.

    :param longest: the most characters, or code units
    :param encoding: whose code units the bound of the type counts; None for characters
    """

    longest: int = LONGEST_TEXT
    encoding: str | None = None

    def read(self, scanner: Scanner) -> str:
        """
        Read it without its quotes.

        :raises CommandSyntaxError: if it is not quoted
        :raises FieldError: if it is too long
        """
        quoted = scanner.match(_QUOTED)
        if quoted is None:
            raise scanner.error('text in double quotes')
        text = _ESCAPE.sub(r'\1', quoted[1:-1])
        if self._length(text) > self.longest:
            counted = 'characters' if self.encoding is None else f'units of {self.encoding}'
            raise FieldError(f'{excerpt(text)} has more than {self.longest} {counted}')
        return text

    def _length(self, text: str) -> int:
        if self.encoding is None:
            return len(text)
        return len(text.encode(self.encoding)) // len('a'.encode(self.encoding))

    def node(self, rules: RuleBook) -> Node:
        """Give what may be spelt."""
        if self.encoding is None:
            body: Node = Pattern(r'(?:[^"\\\x00-\x1f\x7f]|\\["\\]){0,%d}' % self.longest)
        else:
            body = self._counted(rules, self.encoding)
        return Sequence((Literal('"'), body, Literal('"')))

    def _counted(self, rules: RuleBook, encoding: str) -> Node:
        """Give the texts of so many code units: a rule for each number that may be left."""
        texts: list[Node] = [NOTHING]
        for left in range(1, self.longest + 1):
            more = tuple(Sequence((Pattern(characters), texts[left - size]))
                         for size, characters in _SIZES[encoding] if size <= left)
            texts.append(rules.rule((encoding, left), partial(Choice, (NOTHING, *more))))
        return texts[-1]

    def hint(self) -> str:
        """Tell the model what stands here."""
        return '"text"'


@dataclass(frozen=True, slots=True)
class ChoiceForm:
    """
    One of the values that a robot description lists, spelt bare.

    :param values: by their spelling
    """

    values: tuple[tuple[str, Value], ...]

    def read(self, scanner: Scanner) -> Value:
        """Read it; anything else is a CommandSyntaxError."""
        return dict(self.values)[scanner.one_of(tuple(spelt for spelt, _ in self.values))]

    def node(self, rules: RuleBook) -> Node:
        """Give what may be spelt."""
        return Choice(tuple(Literal(spelt) for spelt, _ in self.values))

    def hint(self) -> str:
        """Tell the model what stands here."""
        return '|'.join(spelt for spelt, _ in self.values)


def choice_form(values: tuple[Value, ...]) -> ChoiceForm:
    """Build the form of listed values; true is spelt ``true``, not ``True``."""
    return ChoiceForm(tuple(
        (str(value).lower() if isinstance(value, bool) else str(value), value)
        for value in values))
