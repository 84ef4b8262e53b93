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
from typing import TypeAlias

from ros2_nl_commander.language.command import Value
from ros2_nl_commander.language.errors import (
    CommandSyntaxError, NlCommanderError, RobotDescriptionError)
from ros2_nl_commander.language.yaml_reader import read_lines, read_mapping

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
        error_type: type[NlCommanderError] = RobotDescriptionError,
    ) -> Entry:
        """
        Read a YAML text that is one mapping.

        :raises NlCommanderError: of the given type, if it is none
        """
        try:
            return cls(read_mapping(text), source, (), read_lines(text), error_type)
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

    def items(self) -> list[Entry]:
        """
        Give the entries of a list.

        :raises RobotDescriptionError: if this is no list
        """
        if not isinstance(self.value, list):
            raise self.error('must be a list')
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

    def number(self) -> float:
        """
        Give a number as it is written, so that 100 stays a whole number.

        :raises RobotDescriptionError: if this is something else
        """
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            raise self.error('must be a number')
        return self.value
