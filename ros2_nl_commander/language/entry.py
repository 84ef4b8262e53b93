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

Knows the shapes of YAML values; what a key means is decided in ``robot``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from ros2_nl_commander.language.command import Value
from ros2_nl_commander.language.errors import CommandSyntaxError, RobotDescriptionError


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One value of a description file.

    :param value: what the file says
    :param source: the file
    :param trail: the keys that lead to the value, outermost first
    """

    value: Value
    source: str
    trail: tuple[str, ...] = ()

    def error(self, reason: str) -> RobotDescriptionError:
        """Build the error ``file: key: reason`` for this place."""
        return RobotDescriptionError(': '.join(
            part for part in (self.source, ' > '.join(self.trail), reason) if part))

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
        below = {key: Entry(value, self.source, (*self.trail, key))
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
        return [Entry(value, self.source, self.trail) for value in self.value]

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

    def number(self) -> float:
        """
        Give a number as it is written, so that 100 stays a whole number.

        :raises RobotDescriptionError: if this is something else
        """
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            raise self.error('must be a number')
        return self.value
