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

"""Reads a short form from left to right; every refusal says where it was and what would do."""

from __future__ import annotations

import re

from ros2_nl_commander.language.errors import CommandSyntaxError
from ros2_nl_commander.language.names import excerpt


class Scanner:
    """
    A place in a text.

    :param text: the whole answer
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    @property
    def rest(self) -> str:
        """Give what is still to be read."""
        return self.text[self.position:]

    @property
    def is_at_end(self) -> bool:
        """Tell whether everything is read."""
        return self.position == len(self.text)

    def sees(self, literal: str) -> bool:
        """Tell whether a text comes next, without reading it."""
        return self.text.startswith(literal, self.position)

    def take(self, literal: str) -> bool:
        """Read a text if it comes next; tell whether it did."""
        found = self.sees(literal)
        if found:
            self.position += len(literal)
        return found

    def expect(self, literal: str) -> None:
        """
        Read a text that must come next.

        :raises CommandSyntaxError: if it does not
        """
        if not self.take(literal):
            raise self.error(excerpt(literal))

    def match(self, pattern: re.Pattern[str]) -> str | None:
        """Read what a pattern matches next; None and nothing read if it does not."""
        found = pattern.match(self.text, self.position)
        if found is None:
            return None
        self.position = found.end()
        return found[0]

    def one_of(self, literals: tuple[str, ...]) -> str:
        """
        Read the longest of several texts that comes next.

        :raises CommandSyntaxError: if none does
        """
        for literal in sorted(literals, key=len, reverse=True):
            if self.take(literal):
                return literal
        raise self.error(' or '.join(map(excerpt, literals[:8])))

    def error(self, expected: str) -> CommandSyntaxError:
        """Build the error that something else was expected here."""
        return CommandSyntaxError(
            f'expected {expected} at {excerpt(self.rest)} in {excerpt(self.text)}')
