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

"""A table of figures that prints as Markdown, so that it can stand in the documents as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """
    Figures of one benchmark.

    :param title: what was measured
    :param columns: headings, with units
    :param rows: cells as they are to be read
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def as_markdown(self) -> str:
        """Write the table in Markdown."""
        lines = [self.columns, ['---'] * len(self.columns), *self.rows]
        body = '\n'.join(f'| {" | ".join(map(_cell, line))} |' for line in lines)
        return f'### {self.title}\n\n{body}\n'


def _cell(text: str) -> str:
    return text.replace('|', r'\|')


@dataclass(frozen=True, slots=True)
class Page:
    """
    Several tables that belong together.

    :param title: of the page
    :param introduction: what holds for all tables, in Markdown
    """

    title: str
    introduction: str
    tables: Sequence[Table]

    def as_markdown(self) -> str:
        """Write the page in Markdown."""
        tables = '\n'.join(table.as_markdown() for table in self.tables)
        return f'# {self.title}\n\n{self.introduction}\n\n{tables}'
