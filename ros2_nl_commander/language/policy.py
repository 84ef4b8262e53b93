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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType

from ros2_nl_commander.language import policy_patterns
from ros2_nl_commander.language.command import Command, TopicPublication
from ros2_nl_commander.language.defaults import with_defaults
from ros2_nl_commander.language.definition_text import interface_schema
from ros2_nl_commander.language.entry import Entry
from ros2_nl_commander.language.errors import (
    FieldError, LimitError, NlCommanderError, PolicyError, UnknownTypeError)
from ros2_nl_commander.language.field_rules import closest_first, numbers_of
from ros2_nl_commander.language.interfaces import MessageSchema
from ros2_nl_commander.language.names import type_folder, TYPE_FOLDERS
from ros2_nl_commander.language.policy_limits import Limits
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.velocities import base_drives, sets_going
from ros2_nl_commander.language.zeros import check_can_be_zero


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
    :param ends_in_zeros: end a publication in zeros, also of a type that is no velocity
    :param entry: where it stands in the file
    """

    name: str
    type_name: str
    tier: Tier
    limits: Limits
    ends_in_zeros: bool = False
    entry: Entry | None = field(default=None, compare=False, repr=False)

    def matches(self, name: str, type_name: str) -> bool:
        """Tell whether this rule is about an interface."""
        return (policy_patterns.fits(name, self.name)
                and policy_patterns.fits(type_name, self.type_name))

    def covers(self, other: Rule) -> bool:
        """Tell whether this rule is about every interface that another one is about."""
        return (policy_patterns.covers(self.name, other.name)
                and policy_patterns.covers(self.type_name, other.type_name))

    def check_fits(self, name: str, schema: MessageSchema) -> None:
        """
        Check that an interface has what this rule speaks of: a mistyped limit is no limit.

        :param name: of the interface
        :raises PolicyError: names file and line
        """
        numbers = numbers_of(schema)
        for path in self.limits.fields:
            if not any(number[-len(path):] == path for number in numbers):
                wanted = '.'.join(path)
                raise self._error(
                    f'{schema} of {name} has no number that is called so or ends in it: '
                    f'{closest_first(wanted, numbers, "number")}', 'limits', wanted)
        self._check_bounds(name, schema)
        if self.ends_in_zeros:
            if not _is_topic(schema):
                raise self._error(f'{name} is no topic, and only a topic can', 'ends_in_zeros')
            try:
                check_can_be_zero(schema)
            except FieldError as error:
                raise self._error(f'cannot be zero: {error}', 'ends_in_zeros') from error

    def _check_bounds(self, name: str, schema: MessageSchema) -> None:
        """Check that what bounds a motion can: nobody knows what a service or an action does."""
        limits = self.limits
        ways = {'max_distance': limits.max_distance_m, 'max_angle': limits.max_angle_rad}
        given = {'rate': limits.rate_hz, 'max_duration': limits.max_duration_sec, **ways}
        for key in (key for key, bound in given.items() if bound is not None):
            if not _is_topic(schema):
                raise self._error(f'{name} is no topic, and only what is published can be held to '
                                  'it: add type: "*/msg/*", or use limits of fields', key)
            if key in ways and not base_drives(schema):
                raise self._error(f'how far a {schema} of {name} leads is not known: it does not '
                                  'set the velocity of a base', key)

    def _error(self, reason: str, *keys: str) -> NlCommanderError:
        if self.entry is None:
            return PolicyError(f'{".".join(keys)}: {reason}')
        return self.entry.below(*keys).error(reason)


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What becomes of a command.

    :param tier: how far it may go
    :param command: the command, within the limits unless it is denied
    :param reason: why it is denied or what was changed; empty where neither happened
    :param ends_in_zeros: whether it has to end in zeros, though it may be no velocity
    """

    tier: Tier
    command: Command
    reason: str = ''
    ends_in_zeros: bool = False

    @property
    def leaves_going(self) -> bool:
        """Tell whether something may still move when it counts as done; nobody says until when."""
        return (isinstance(self.command, TopicPublication) and not self.ends_in_zeros
                and sets_going(self.command.type_name))


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
        rule = self._rule(command.name, command.type_name)
        return rule is not None and rule.tier is not Tier.DENY

    def check_fits(self, robot: RobotDescription) -> None:
        """
        Check that what the rules speak of is there, wherever a robot offers what they match.

        :raises PolicyError: if it is not; names file and line
        :raises RobotDescriptionError: if a definition of the robot cannot be read
        """
        for noun in TYPE_FOLDERS:
            for name, type_name in robot.offered(noun).items():
                rule = self._rule(name, type_name)
                try:
                    schema = interface_schema(type_name, robot.definitions)
                except UnknownTypeError:
                    continue  # nothing of it is allowed either
                if rule is not None:
                    rule.check_fits(name, schema)

    def rules_without_interface(self, robot: RobotDescription) -> tuple[Rule, ...]:
        """Give the rules that nothing matches which a robot offers."""
        offers = [offer for noun in TYPE_FOLDERS for offer in robot.offered(noun).items()]
        return tuple(rule for rule in self.rules
                     if not any(rule.matches(*offer) for offer in offers))

    def decide(
        self, command: Command, definitions: Mapping[str, str] = MappingProxyType({})
    ) -> Decision:
        """
        Decide on a command that parses and fits the robot.

        :param definitions: texts of types, asked before what is installed; whoever carries out
            has none, and what is not installed cannot be carried out
        """
        rule = self._rule(command.name, command.type_name)
        if rule is None:
            return Decision(Tier.DENY, command, f'no rule of the policy allows {command.name}')
        if rule.tier is Tier.DENY:
            return Decision(Tier.DENY, command, f'the policy denies {command.name}')
        try:
            schema = interface_schema(command.type_name, definitions)
            rule.check_fits(command.name, schema)
            allowed, change = rule.limits.applied_to(
                _as_sent(command, schema, rule.limits), schema, self.clamps)
        except UnknownTypeError as error:
            return Decision(Tier.DENY, command, f'what it says cannot be judged: {error}')
        except (LimitError, PolicyError) as error:
            return Decision(Tier.DENY, command, f'the policy forbids it: {error}')
        return Decision(rule.tier, allowed if change else command, change, rule.ends_in_zeros)

    def _rule(self, name: str, type_name: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.matches(name, type_name)), None)


def why_refused(steps: Sequence[Decision]) -> str:
    """
    Tell why none of several commands is carried out: nothing is done by halves on purpose.

    :returns: empty where nothing is against it
    """
    for step in steps:
        if step.tier is Tier.DENY:
            return step.reason
    for number, step in enumerate(steps[:-1], 1):
        if step.leaves_going:
            return (f'step {number} of {len(steps)} sets something going and nobody says when it '
                    'is over: give the steps one by one, or use an action')
    return ''


def _as_sent(command: Command, schema: MessageSchema, limits: Limits) -> Command:
    """Say what is limited and left out, where its definition gives it a value besides zero."""
    return replace(command, fields=with_defaults(command.fields, schema, limits.covers))


def _is_topic(schema: MessageSchema) -> bool:
    return type_folder(schema.type_name) == TYPE_FOLDERS['topic']
