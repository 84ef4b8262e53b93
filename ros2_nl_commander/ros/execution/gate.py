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
The way from a written command to a carried out one: policy, approval, audit, execution.

Every step can say no, and each no ends the instruction with its reason; nothing is carried out
unless all of them said yes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.command import Command
from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.language.policy import Decision, Policy, Tier
from ros2_nl_commander.ros.execution.approvals import Approvals
from ros2_nl_commander.ros.execution.audit import AuditError, AuditLog
from ros2_nl_commander.ros.execution.executor import CommandExecutor
from ros2_nl_commander.ros.execution.outcome import Bounds, Outcome, Watch
from ros2_nl_commander.ros.request import Request
from ros2_nl_commander.ros.status import Stage


@dataclass(frozen=True, slots=True)
class GateSettings:
    """
    How strict the gate is.

    :param policy: what may be carried out
    :param confirm_all: ask a person also where the policy does not
    :param approval_sec: how long a command waits for approval [s]
    :param bounds: how long it may wait and run
    """

    policy: Policy
    confirm_all: bool
    approval_sec: float
    bounds: Bounds


class Gate:
    """
    Carries out the commands that may be.

    :param settings: how strict it is
    :param executor: what carries out
    :param audit: what is told of every step, before it is taken
    :param publish: puts the text of a command out
    :param write_valid: checks a command against the robot as it is now, and writes it
    :param complain: told what went wrong where it cannot be helped any more
    """

    def __init__(
        self, settings: GateSettings, executor: CommandExecutor, audit: AuditLog,
        publish: Callable[[str], None], write_valid: Callable[[Command], str],
        complain: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._executor = executor
        self._audit = audit
        self._publish = publish
        self._write_valid = write_valid
        self._complain = complain
        self.approvals = Approvals()

    def handle(self, request: Request, text: str) -> None:
        """
        See a request with a valid command to its end.

        :param text: the command line, valid on this robot
        """
        try:
            self._handle(request, text)
        except NlCommanderError as error:
            self._end(request, Stage.FAILED, text, str(error))

    def halt(self, why: str) -> str:
        """Stop at once what was moved; from any thread; says what was done."""
        done = self._executor.halt()
        self._note('halted', reason=why, done=done)
        return done

    def close(self) -> None:
        """Let go of what the executor keeps."""
        self._executor.close()

    def _handle(self, request: Request, text: str) -> None:
        decision = self._settings.policy.decide(parse_command(text))
        self._audit.append('decided', **_names(request, text), tier=decision.tier.value,
                           reason=decision.reason)
        if decision.tier is Tier.DENY:
            self._end(request, Stage.REJECTED, text, decision.reason)
            return
        text = self._write_valid(decision.command)
        if not self._is_approved(request, decision, text):
            return
        if self._write_valid(decision.command) != text:
            raise NlCommanderError('the robot changed while the command waited')
        self._audit.append('executing', **_names(request, text))
        # The text goes out only with the command: whoever obeys it must not be ahead of the gate.
        if request.advance(Stage.EXECUTING, command=text, reason=decision.reason,
                           first=lambda: self._publish(text)):
            self._execute(request, decision.command, text)
        else:
            self._end(request, Stage.CANCELED, text, request.cancel_reason)

    def _is_approved(self, request: Request, decision: Decision, text: str) -> bool:
        """Ask a person where the policy or the settings want it."""
        if decision.tier is not Tier.CONFIRM and not self._settings.confirm_all:
            return True

        def announce() -> bool:
            return request.advance(Stage.AWAITING_APPROVAL, command=text, reason=decision.reason)

        seconds = self._settings.approval_sec
        approved = self.approvals.wait(
            request.request_id, seconds, request.should_stop, announce)
        self._audit.append('approved' if approved else 'not approved', **_names(request, text))
        if not approved:
            self._end(request, Stage.EXPIRED, text, f'not approved within {seconds:g} s')
        return approved

    def _execute(self, request: Request, command: Command, text: str) -> None:
        watch = Watch(request.should_stop, lambda words: _pass_on(request, text, words))
        outcome = self._executor.execute(command, self._settings.bounds, watch)
        if request.cancel_reason and outcome.stage is Stage.CANCELED:
            outcome = Outcome(outcome.stage, f'{request.cancel_reason}: {outcome.evidence}')
        self._end(request, outcome.stage, text, outcome.evidence)

    def _end(self, request: Request, stage: Stage, text: str, reason: str) -> None:
        if request.cancel_reason and stage in (Stage.EXPIRED, Stage.REJECTED):
            stage, reason = Stage.CANCELED, request.cancel_reason
        if not request.is_finished:
            self._note('ended', **_names(request, text), stage=stage.value, reason=reason)
            request.advance(stage, command=text, reason=reason)

    def _note(self, event: str, **values: str) -> None:
        """Write down what has happened; that cannot be undone, so a full disk must not hide it."""
        try:
            self._audit.append(event, **values)
        except AuditError as error:
            self._complain(str(error))


def _names(request: Request, text: str) -> dict[str, str]:
    return {'id': request.request_id, 'instruction': request.instruction, 'command': text}


def _pass_on(request: Request, text: str, words: str) -> None:
    request.advance(Stage.EXECUTING, command=text, reason=words)
