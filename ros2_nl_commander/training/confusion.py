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
What came in the place of what was expected: kinds of interfaces, and reasons to decline.

A motion is a kind of its own, although it is published on a topic: it is what goes wrong worst.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ros2_nl_commander.language.command import Command, ServiceCall, TopicPublication
from ros2_nl_commander.language.short_form import DECLINES, REASONS
from ros2_nl_commander.language.velocities import is_velocity
from ros2_nl_commander.training.benchmarks.table import Table
from ros2_nl_commander.training.evaluate import Score

DECLINE = 'decline'
KINDS = ('topic', 'motion', 'service', 'action', DECLINE)
#: Declines that say something else than the model's own reasons.
REFUSED, UNSURE, NO_REASON, COMMAND = 'not possible', 'not sure', 'none given', 'a command'
ENDS = (*REASONS, REFUSED, UNSURE, NO_REASON, COMMAND)


@dataclass(frozen=True, slots=True)
class Confusion:
    """
    How often something was expected and something came.

    :param title: what is counted
    :param labels: in the order in which they are shown; those that never occur are left out
    :param counts: by what was expected and what came
    :param elsewhere: those of the right kind with another interface, by kind
    """

    title: str
    labels: Sequence[str]
    counts: Mapping[tuple[str, str], int]
    elsewhere: Mapping[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> list[str]:
        """Give what was expected at all."""
        return [label for label in self.labels if any(label == row for row, _ in self.counts)]

    @property
    def columns(self) -> list[str]:
        """Give what came, and what would have been right."""
        return [label for label in self.labels if any(label in pair for pair in self.counts)]

    def cell(self, row: str, column: str) -> str:
        """Write one count; on the diagonal also how many were another interface."""
        count = self.counts.get((row, column), 0)
        others = self.elsewhere.get(row, 0) if row == column else 0
        return f'{count or ""}' + (f' ({others} other)' if others else '')

    def as_table(self) -> Table:
        """Write it with a row for each thing that was expected."""
        return Table(self.title, ('expected', *self.columns),
                     [(row, *(self.cell(row, column) for column in self.columns))
                      for row in self.rows])

    def as_json(self) -> dict[str, object]:
        """Give the counts by what was expected, then by what came."""
        return {
            'expected': {row: {column: self.counts[row, column] for column in self.columns
                               if (row, column) in self.counts} for row in self.rows},
            'another interface of the kind': dict(self.elsewhere)}


def confuse_kinds(scores: Iterable[Score]) -> Confusion:
    """Count kinds of interfaces; of several right answers the one whose kind came counts."""
    counts: Counter[tuple[str, str]] = Counter()
    elsewhere: Counter[str] = Counter()
    for score in scores:
        came = kind_of(score.generation.command)
        accepted = [kind_of(command) for command in score.example.accepted]
        expected = came if came in accepted else accepted[0]
        counts[expected, came] += 1
        if expected == came and not score.is_same_interface:
            elsewhere[came] += 1
    return Confusion('Kinds of interfaces', KINDS, counts, elsewhere)


def confuse_reasons(scores: Iterable[Score]) -> Confusion:
    """Count reasons of what had to be declined."""
    return Confusion('Reasons to decline', ENDS, Counter(
        (_expected_reason(score), _reason_that_came(score)) for score in scores
        if score.example.accepted == (None,)))


def kind_of(command: Command | None) -> str:
    """Tell which kind of interface a command is for."""
    if command is None:
        return DECLINE
    if isinstance(command, TopicPublication):
        return 'motion' if is_velocity(command.type_name) else 'topic'
    return 'service' if isinstance(command, ServiceCall) else 'action'


def draw_confusions(confusions: Sequence[Confusion], path: Path) -> None:
    """Draw matrices beside each other to a PNG file; shades are shares of a row."""
    from matplotlib.figure import Figure
    figure = Figure(figsize=(7 * len(confusions), 5.5), layout='constrained')
    for axes, confusion in zip(figure.subplots(1, len(confusions), squeeze=False)[0], confusions):
        rows, columns = confusion.rows, confusion.columns
        shades = [[confusion.counts.get((row, column), 0) / max(1, sum(
            confusion.counts.get((row, other), 0) for other in columns))
            for column in columns] for row in rows]
        if rows:
            axes.imshow(shades, cmap='Blues', vmin=0, vmax=1, aspect='auto')
        for y, row in enumerate(rows):
            for x, column in enumerate(columns):
                axes.text(x, y, confusion.cell(row, column).replace(' (', '\n('), ha='center',
                          va='center', color='white' if shades[y][x] > 0.5 else 'black')
        axes.set_xticks(range(len(columns)), columns, rotation=30, ha='right')
        axes.set_yticks(range(len(rows)), rows)
        axes.set(title=confusion.title, xlabel='what came', ylabel='expected')
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format='png', dpi=120)


def _expected_reason(score: Score) -> str:
    if not score.example.has_reason:
        return NO_REASON
    answer = score.example.answer
    return answer.removeprefix(DECLINES) if answer.startswith(DECLINES) else REFUSED


def _reason_that_came(score: Score) -> str:
    if score.generation.command is not None:
        return COMMAND
    reason = score.generation.reason or ''
    short = next((short for short, long in REASONS.items() if reason.startswith(long)), None)
    if short is not None:
        return short
    return next((label for label in (REFUSED, UNSURE) if reason.startswith(f'{label}: ')),
                NO_REASON)
