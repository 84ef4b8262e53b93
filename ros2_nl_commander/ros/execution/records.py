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

"""What the audit log is told of an instruction on its way: one method for each event."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from ros2_nl_commander.language.command import Command
from ros2_nl_commander.language.policy import Decision
from ros2_nl_commander.ros.execution.approvals import Verdict
from ros2_nl_commander.ros.execution.audit import AuditError, AuditLog
from ros2_nl_commander.ros.execution.halting import Halt
from ros2_nl_commander.ros.execution.left_over import left_over_of
from ros2_nl_commander.ros.execution.outcome import Outcome
from ros2_nl_commander.ros.request import Request
from ros2_nl_commander.ros.status import Stage, StatusReport

#: More of what claims to be an id is not kept [characters].
LONGEST_ID = 100


class Records:
    """
    Tells the audit log of instructions.

    What comes before an execution is on the disk when its method returns; where it cannot be, that
    raises ``AuditError``, and nothing is carried out. What has happened already is noted without
    waiting, and written with what comes next.

    :param log: where it is written
    :param owner: full name of the node that carries out; goals are written down in its name, so
        that it finds and cancels at its next start those that it could not when it was killed
    :param complain: told what went wrong where it cannot be helped any more
    """

    def __init__(self, log: AuditLog, owner: str, complain: Callable[[str], None]) -> None:
        self._log = log
        self._owner = owner
        self._complain = complain

    def decided(self, request: Request, text: str, decision: Decision) -> None:
        """Write down what the policy says of one command, before it is acted on."""
        self._log.append('decided', **_names(request, text), tier=decision.tier.value,
                         reason=decision.reason)

    def judged(self, request: Request, text: str, verdict: Verdict) -> None:
        """Write down what a person said."""
        self._log.append(verdict.value, **_names(request, text))

    def judged_nothing(self, verdict: Verdict, request_id: str) -> None:
        """Note a verdict for which nothing waits: replayed, made up, too early or too late."""
        self._log.note(f'{verdict.value} nothing', id=request_id[:LONGEST_ID])

    def executing(
        self, request: Request, text: str, command: Command, goal_id: UUID | None
    ) -> None:
        """
        Write down that a command is about to be carried out.

        :param goal_id: of the goal that it will send; None for what is no goal
        """
        self._log.append('executing', **_names(request, text), **self._goal(command, goal_id))

    def carried_out(
        self, request: Request, text: str, command: Command, goal_id: UUID | None,
        outcome: Outcome, goes_on: bool,
    ) -> None:
        """
        Note what came of a command.

        :param goes_on: whether its goal has not ended, as far as anybody knows
        """
        self._log.note('carried out', **_names(request, text), **self._goal(command, goal_id),
                       stage=outcome.stage.value, reason=outcome.evidence, goes_on=goes_on)

    def halted(self, why: str, halt: Halt) -> None:
        """Note what a stop did at once."""
        self._log.note('halted', reason=why, done=str(halt))

    def settled(self, halt: Halt) -> None:
        """Note what a stop came to."""
        self._log.note('stopped' if halt.is_confirmed else 'stop not confirmed', done=str(halt))

    def note(self, report: StatusReport) -> None:
        """Note the receipt and the end of an instruction."""
        if report.stage is Stage.RECEIVED:
            self._log.note('received', id=report.request_id, instruction=report.instruction)
        elif report.stage.is_terminal:
            self._log.note(
                'ended', id=report.request_id, instruction=report.instruction,
                command=report.command, stage=report.stage.value, reason=report.reason,
                seconds=round(report.seconds, 3))

    def write_down(self) -> None:
        """Write what was noted; it has happened, so a full disk must not hide it."""
        try:
            self._log.flush()
        except AuditError as error:
            self._complain(str(error))

    def left_over(self) -> tuple[str, ...]:
        """Say of each goal whose end was not seen that it may go on."""
        self.write_down()
        return left_over_of(self._log.path, self._owner)

    def close(self) -> None:
        """Write what was noted, and leave the log to who comes next."""
        self.write_down()
        self._log.close()

    def _goal(self, command: Command, goal_id: UUID | None) -> dict[str, str]:
        if goal_id is None:
            return {}
        return {'node': self._owner, 'action': command.name, 'goal': goal_id.hex}


def _names(request: Request, text: str) -> dict[str, str]:
    return {'id': request.request_id, 'instruction': request.instruction, 'command': text}
