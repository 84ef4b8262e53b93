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

"""Lengths of time in the short form, for fields of the type Duration."""

from __future__ import annotations

from dataclasses import dataclass

from ros2_nl_commander.language.command import Fields
from ros2_nl_commander.language.forms.repetition import duration_node, read_duration
from ros2_nl_commander.language.forms.rule_book import RuleBook
from ros2_nl_commander.language.forms.scanner import Scanner
from ros2_nl_commander.language.grammar_rules import Choice, Literal, Node

_NANOSECONDS = 10**9
#: No time at all: for many a field "at once", or "without end".
_NOTHING = '0 s'
#: A month; what is published for so long is bounded more tightly.
LONGEST_SEC = 31 * 24 * 3600


@dataclass(frozen=True, slots=True)
class DurationForm:
    """``10 s``, ``1.5 min``; published as ``builtin_interfaces/msg/Duration``."""

    def read(self, scanner: Scanner) -> Fields:
        """Read it; anything else is a CommandSyntaxError."""
        if scanner.take(_NOTHING):
            return {'sec': 0}
        said = read_duration(scanner, LONGEST_SEC)
        seconds, nanoseconds = divmod(round(said * _NANOSECONDS), _NANOSECONDS)
        return {'sec': seconds, **({'nanosec': nanoseconds} if nanoseconds else {})}

    def node(self, rules: RuleBook) -> Node:
        """Give what may be spelt."""
        return Choice((Literal(_NOTHING), duration_node(rules, LONGEST_SEC)))

    def hint(self) -> str:
        """Tell the model what stands here."""
        return 'duration'
