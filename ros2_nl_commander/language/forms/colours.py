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

"""Colours in the short form: a name, or shares of red, green and blue from 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass

from ros2_nl_commander.language.command import Fields
from ros2_nl_commander.language.forms.number import NumberForm
from ros2_nl_commander.language.forms.rule_book import in_order, RuleBook
from ros2_nl_commander.language.forms.scanner import Scanner
from ros2_nl_commander.language.grammar_rules import Choice, Literal, Node, Sequence

#: Red, green, blue.
COLOURS: dict[str, tuple[float, float, float]] = {
    'red': (1.0, 0.0, 0.0), 'green': (0.0, 1.0, 0.0), 'blue': (0.0, 0.0, 1.0),
    'white': (1.0, 1.0, 1.0), 'yellow': (1.0, 1.0, 0.0), 'orange': (1.0, 0.5, 0.0),
    'purple': (0.5, 0.0, 0.5), 'pink': (1.0, 0.4, 0.7), 'cyan': (0.0, 1.0, 1.0),
    'magenta': (1.0, 0.0, 1.0), 'black': (0.0, 0.0, 0.0),
}
_CHANNELS = ('r', 'g', 'b', 'a')
_SHARE = NumberForm(0.0, 1.0, is_integer=False, whole=1.0)


@dataclass(frozen=True, slots=True)
class ColourForm:
    """``red`` or ``{r: 1, g: 0.5}``; opaque unless said otherwise (``std_msgs/msg/ColorRGBA``)."""

    def read(self, scanner: Scanner) -> Fields:
        """
        Read a colour.

        :raises CommandSyntaxError: if there is none
        :raises LimitError: if a share is not from 0 to 1
        """
        if not scanner.sees('{'):
            named = COLOURS[scanner.one_of(tuple(COLOURS))]
            return {**dict(zip(_CHANNELS, named)), 'a': 1.0}
        scanner.expect('{')
        said: dict[str, float] = {}
        for channel in _CHANNELS:
            start = scanner.position
            if (said and not scanner.take(', ')) or not scanner.take(f'{channel}: '):
                scanner.position = start
            else:
                said[channel] = float(_SHARE.read(scanner))
        scanner.expect('}')
        if not said:
            raise scanner.error('at least one of r, g, b')
        return {**dict.fromkeys(_CHANNELS[:3], 0.0), 'a': 1.0, **said}

    def node(self, rules: RuleBook) -> Node:
        """Give what may be spelt."""
        def build() -> Node:
            items = tuple(Sequence((Literal(f'{channel}: '), _SHARE.node(rules)))
                          for channel in _CHANNELS)
            return Choice((*map(Literal, COLOURS), Sequence((
                Literal('{'), in_order(rules, 'colour', items, Literal('}'))))))

        return rules.rule(self, build)

    def hint(self) -> str:
        """Tell the model what stands here."""
        return 'COLOUR|{r, g, b}'
