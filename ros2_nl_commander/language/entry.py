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
A value in a description file that knows where it stands, so that errors can say so.

Knows the shapes of YAML values; what a key means is decided in ``robot`` and ``policy``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
import re
from typing import TypeAlias

from ros2_nl_commander.language.command import Value
from ros2_nl_commander.language.errors import (
    CommandSyntaxError, NlCommanderError, RobotDescriptionError)
from ros2_nl_commander.language.names import excerpt
from ros2_nl_commander.language.yaml_reader import check_decimal, read_lines, read_mapping

#: Numbers that are text in YAML 1.1, which wants a point and a sign in them.
_POWER = re.compile(r'([-+]?[0-9]+(?:\.[0-9]*)?)[eE]([-+]?)([0-9]+)')
#: Line numbers, from 1, by the keys that lead there.
Lines: TypeAlias = Mapping[tuple[str, ...], int]


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One value of a description file.

    :param value: what the file says
    :param source: the file
    :param trail: the keys that lead to the value, outermost first
    :param lines: where in the file the keys stand
    :param error_type: what is raised; every error below is of this type
    """

    value: Value
    source: str
    trail: tuple[str, ...] = ()
    lines: Lines = field(default_factory=dict)
    error_type: type[NlCommanderError] = RobotDescriptionError

    @classmethod
    def from_text(
        cls, text: str, source: str,
        error_type: type[NlCommanderError] = RobotDescriptionError, keys: Collection[str] = (),
    ) -> Entry:
        """
        Read a YAML text that is one mapping.

        :param keys: what an error says that may stand there
        :raises NlCommanderError: of the given type, if it is none
        """
        try:
            such = f'of keys such as {", ".join(keys)}' if keys else 'of keys to values'
            values = read_mapping(text, such)
            check_decimal(text)
            return cls(values, source, (), read_lines(text), error_type)
        except CommandSyntaxError as error:
            raise error_type(f'{source}: {error}') from error

    def error(self, reason: str) -> NlCommanderError:
        """Build the error ``file:line: key: reason`` for this place."""
        line = self.lines.get(self.trail)
        place = f'{self.source}:{line}' if line else self.source
        return self.error_type(': '.join(
            part for part in (place, ' > '.join(self.trail), reason) if part))

    def check(self, rule: Callable[..., object], *arguments: str) -> None:
        """
        Apply a rule of ``names``.

        :raises RobotDescriptionError: if the rule is broken; says where
        """
        try:
            rule(*arguments)
        except CommandSyntaxError as error:
            raise self.error(str(error)) from error

    def entries(self, only: Collection[str] = ()) -> dict[str, Entry]:
        """
        Give what stands below, by key.

        :param only: the keys that may stand there; empty accepts any
        :raises RobotDescriptionError: if this is no mapping, or has another key
        """
        if not isinstance(self.value, Mapping):
            raise self.error('must be a mapping of keys to values')
        below = {key: replace(self, value=value, trail=(*self.trail, key))
                 for key, value in self.value.items()}
        for key, entry in below.items():
            if only and key not in only:
                raise entry.error(f'unknown key; known are {", ".join(only)}')
        return below

    def required(self, key: str) -> Entry:
        """
        Give the entry of a key that must be there.

        :raises RobotDescriptionError: if it is not
        """
        entries = self.entries()
        if key not in entries:
            raise self.error(f'{key} is missing')
        return entries[key]

    def below(self, *keys: str) -> Entry:
        """
        Give the entry that keys lead to, outermost first.

        :raises RobotDescriptionError: if it is not there
        """
        entry = self
        for key in keys:
            entry = entry.required(key)
        return entry

    def items(self, shape: str = '') -> list[Entry]:
        """
        Give the entries of a list.

        :param shape: what an error says that it looks like
        :raises RobotDescriptionError: if this is no list
        """
        if not isinstance(self.value, list):
            raise self.error(f'must be a list {shape}'.rstrip())
        return [replace(self, value=value) for value in self.value]

    def text(self) -> str:
        """
        Give text that is not blank.

        :raises RobotDescriptionError: if this is something else
        """
        if not isinstance(self.value, str):
            raise self.error('must be text: put it in quotes')
        if not self.value.strip():
            raise self.error('must not be blank')
        return self.value

    def one_of(self, *words: str) -> str:
        """
        Give one of some words.

        :raises NlCommanderError: if this is something else
        """
        if self.value not in words:
            raise self.error(f'must be one of {", ".join(words)}')
        return self.text()

    def number(self, unit: str = '') -> float:
        """
        Give a number as it is written, so that 100 stays a whole number.

        :param unit: what an error says that it counts
        :raises RobotDescriptionError: if this is something else
        """
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            wanted = f'must be a number of {unit}' if unit else 'must be a number'
            raise self.error(f'{wanted}{_number_hint(self.value)}')
        return self.value


def _number_hint(value: Value) -> str:
    """Say how a text is written as the number that it was meant to be."""
    if not isinstance(value, str):
        return ''
    power = _POWER.fullmatch(value)
    if power:
        digits, sign, exponent = power.groups()
        plain = '' if len(exponent) > 1 else f' or {float(value):.15g}'
        point = digits if '.' in digits else f'{digits}.0'
        return f': write {point}e{sign or "+"}{exponent}{plain}, YAML reads {value} as text'
    return f' without a unit or anything else, not {excerpt(value)}'
