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
What is told about one instruction: its reports as lines for a person.

Knows neither terminal nor colour; a line has a kind, and whoever shows it decides what that means.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.language.names import visible
from ros2_nl_commander.language.plain_words import in_plain_words
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.ros.status import Stage, StatusReport

#: Ends that are as they should be.
GOOD_ENDS = frozenset({Stage.GENERATED, Stage.SUCCEEDED})


@dataclass(frozen=True, slots=True)
class Line:
    """
    One line to show.

    :param kind: ``stage``, ``command``, ``meaning``, ``question``, ``feedback``, ``good``, ``bad``
    :param text: safe to be shown: whatever a robot put into it stays text
    """

    kind: str
    text: str


def line(kind: str, text: str) -> Line:
    """Make a line of a text that may hold anything."""
    return Line(kind, visible(text))


class Story:
    """
    Follows one instruction.

    :param robot: what is known about the robot, for the words
    :param shows_all: also lines for stages without news and for every feedback
    """

    def __init__(self, robot: RobotDescription, shows_all: bool) -> None:
        self._robot = robot
        self._shows_all = shows_all
        self._commands: set[str] = set()
        self.last: StatusReport | None = None

    @property
    def awaits_approval(self) -> bool:
        """Tell whether a person has to decide now."""
        return self.last is not None and self.last.stage is Stage.AWAITING_APPROVAL

    @property
    def state(self) -> str:
        """Say where the instruction is, with its latest feedback."""
        if self.last is None:
            return 'sent'
        return visible(f'{_spoken(self.last.stage)} {self.last.reason}'.strip())

    def tell(self, report: StatusReport) -> list[Line]:
        """Take a report; give what is to be shown of it."""
        before, self.last = self.last, report
        is_new = before is None or (
            (before.stage, before.command) != (report.stage, report.command))
        return [*self._command_lines(report), *self._stage_lines(report, is_new)]

    def _command_lines(self, report: StatusReport) -> Iterator[Line]:
        """Show each command once, be it one of several steps or clamped to another text."""
        for command in report.command.splitlines():
            if command in self._commands:
                continue
            self._commands.add(command)
            yield line('command', command)
            try:
                yield line('meaning', in_plain_words(parse_command(command), self._robot))
            except NlCommanderError as error:
                yield line('bad', f'what it does cannot be said: {error}')

    def _stage_lines(self, report: StatusReport, is_new: bool) -> list[Line]:
        stage, reason = report.stage, report.reason
        if stage.is_terminal:
            kind = 'good' if stage in GOOD_ENDS else 'bad'
            end = f'{_spoken(stage)} after {report.seconds:.1f} s'
            return [line(kind, f'{end}: {reason}' if reason else end)]
        if stage is Stage.AWAITING_APPROVAL:
            return [line('question', f'waits for your approval; {reason}'.removesuffix('; '))]
        if stage is Stage.EXECUTING and is_new:
            return [line('stage', f'executing; {reason}'.removesuffix('; '))]
        if stage is Stage.EXECUTING:
            return [line('feedback', reason)] if self._shows_all else []
        return [line('stage', _spoken(stage))] if self._shows_all else []


def one_line(report: StatusReport) -> str:
    """Write how an instruction ended, for a script that reads it."""
    seconds = f'{report.seconds:.1f} s'
    end = f'{_spoken(report.stage)}: {report.reason}'.removesuffix(': ')
    command = '; '.join(report.command.splitlines())
    if not command:
        return visible(f'{end}  ({seconds})')
    if report.stage is Stage.GENERATED:
        return visible(f'{command}  ({seconds})')
    return visible(f'{command}  ({end}; {seconds})')


def _spoken(stage: Stage) -> str:
    return stage.value.replace('_', ' ')
