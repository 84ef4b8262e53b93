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
What may be carried out: an allow-list with limits, and nothing that it does not name.

The file is read in ``policy_file``; how a command is held to numbers is in ``policy_limits``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
import re

from ros2_nl_commander.language.command import Command
from ros2_nl_commander.language.defaults import with_defaults
from ros2_nl_commander.language.errors import LimitError, UnknownTypeError
from ros2_nl_commander.language.installed_types import installed_schema
from ros2_nl_commander.language.policy_limits import Limits


class Tier(str, Enum):
    """How far a command may go by itself."""

    AUTO = 'auto'
    CONFIRM = 'confirm'
    DENY = 'deny'


@dataclass(frozen=True, slots=True)
class Rule:
    """
    What holds for the interfaces whose name and type match.

    :param name: pattern; ``*`` stands for characters between two slashes, ``**`` for any
    :param type_name: pattern of the type
    :param tier: how far it may go
    :param limits: what it may say
    """

    name: str
    type_name: str
    tier: Tier
    limits: Limits

    def matches(self, command: Command) -> bool:
        """Tell whether this rule is about a command."""
        return _fits(command.name, self.name) and _fits(command.type_name, self.type_name)


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What becomes of a command.

    :param tier: how far it may go
    :param command: the command, within the limits unless it is denied
    :param reason: why it is denied or what was changed; empty where neither happened
    """

    tier: Tier
    command: Command
    reason: str = ''


@dataclass(frozen=True, slots=True)
class Policy:
    """
    Rules in their order: the first that matches counts, and what none matches is denied.

    :param rules: the rules
    :param clamps: bring a number that is out of range to its bound, instead of denying the command
    """

    rules: tuple[Rule, ...]
    clamps: bool = False

    def may_allow(self, command: Command) -> bool:
        """Tell whether a command to the interface of this one may be carried out, with a limit."""
        rule = self._rule_for(command)
        return rule is not None and rule.tier is not Tier.DENY

    def _rule_for(self, command: Command) -> Rule | None:
        return next((rule for rule in self.rules if rule.matches(command)), None)

    def decide(self, command: Command) -> Decision:
        """Decide on a command that parses and fits the robot."""
        rule = self._rule_for(command)
        if rule is None:
            return Decision(Tier.DENY, command, f'no rule of the policy allows {command.name}')
        if rule.tier is Tier.DENY:
            return Decision(Tier.DENY, command, f'the policy denies {command.name}')
        try:
            allowed, change = rule.limits.applied_to(
                _as_sent(command, rule.limits), self.clamps)
        except LimitError as error:
            return Decision(Tier.DENY, command, f'the policy forbids it: {error}')
        return Decision(rule.tier, allowed if change else command, change)


def _as_sent(command: Command, limits: Limits) -> Command:
    """Say what is limited and left out, where its definition gives it a value besides zero."""
    try:
        schema = installed_schema(command.type_name)
    except UnknownTypeError:
        return command  # only what is installed can be carried out
    return replace(command, fields=with_defaults(command.fields, schema, limits.covers))


def _fits(text: str, pattern: str) -> bool:
    parts = re.split(r'(\*\*|\*)', pattern)
    known = {'**': '.*', '*': '[^/]*'}
    return re.fullmatch(''.join(known.get(part) or re.escape(part) for part in parts),
                        text) is not None
