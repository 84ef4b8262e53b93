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
from ros2_nl_commander.language.robot import RobotDescription
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
    :param most_steps: how many commands one sentence may ask for
    """

    policy: Policy
    confirm_all: bool
    approval_sec: float
    bounds: Bounds
    most_steps: int = 1


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

    @property
    def most_steps(self) -> int:
        """How many commands one sentence may ask for."""
        return self._settings.most_steps

    def check_fits(self, robot: RobotDescription) -> None:
        """
        Check that the policy speaks of what the robot has.

        :raises PolicyError: if it does not; names file and line
        """
        self._settings.policy.check_fits(robot)

    def handle(self, request: Request, texts: tuple[str, ...]) -> None:
        """
        See a request to its end: carry out its commands in order, up to the first that fails.

        :param texts: command lines, valid on this robot
        """
        try:
            self._handle(request, texts)
        except NlCommanderError as error:
            self._end(request, Stage.FAILED, _joined(texts), str(error))

    def halt(self, why: str) -> str:
        """Stop at once what was moved; from any thread; says what was done."""
        done = self._executor.halt()
        self._note('halted', reason=why, done=done)
        return done

    def close(self) -> None:
        """Let go of what the executor keeps."""
        self._executor.close()

    def _handle(self, request: Request, texts: tuple[str, ...]) -> None:
        decisions = [self._decide(request, text) for text in texts]
        for decision in decisions:
            if decision.tier is Tier.DENY:  # of any step: nothing is done by halves on purpose
                self._end(request, Stage.REJECTED, _joined(texts), decision.reason)
                return
        texts = tuple(self._write_valid(decision.command) for decision in decisions)
        if not self._is_approved(request, decisions, _joined(texts)):
            return
        outcome = Outcome(Stage.SUCCEEDED, '')
        for number, (decision, text) in enumerate(zip(decisions, texts), 1):
            step = f'step {number} of {len(texts)}: ' if len(texts) > 1 else ''
            outcome = self._carry_out(request, decision, text, step)
            if outcome.stage is not Stage.SUCCEEDED:
                break
        self._end(request, outcome.stage, text, outcome.evidence)

    def _decide(self, request: Request, text: str) -> Decision:
        decision = self._settings.policy.decide(parse_command(text))
        self._audit.append('decided', **_names(request, text), tier=decision.tier.value,
                           reason=decision.reason)
        return decision

    def _is_approved(self, request: Request, decisions: list[Decision], text: str) -> bool:
        """Ask a person where the policy or the settings want it; once for all steps."""
        asks = any(decision.tier is Tier.CONFIRM for decision in decisions)
        if not asks and not self._settings.confirm_all:
            return True
        reason = '; '.join(filter(None, (decision.reason for decision in decisions)))

        def announce() -> bool:
            return request.advance(Stage.AWAITING_APPROVAL, command=text, reason=reason)

        seconds = self._settings.approval_sec
        approved = self.approvals.wait(
            request.request_id, seconds, request.should_stop, announce)
        self._audit.append('approved' if approved else 'not approved', **_names(request, text))
        if not approved:
            self._end(request, Stage.EXPIRED, text, f'not approved within {seconds:g} s')
        return approved

    def _carry_out(
        self, request: Request, decision: Decision, text: str, step: str
    ) -> Outcome:
        """
        Publish a command and carry it out.

        :param step: which of several it is, put before whatever is said of it
        """
        if self._write_valid(decision.command) != text:
            raise NlCommanderError(f'{step}the robot changed while the command waited')
        self._audit.append('executing', **_names(request, text))
        # The text goes out only with the command: whoever obeys it must not be ahead of the gate.
        if not request.advance(Stage.EXECUTING, command=text, reason=f'{step}{decision.reason}',
                               first=lambda: self._publish(text)):
            return Outcome(Stage.CANCELED, request.cancel_reason)
        watch = Watch(request.should_stop,
                      lambda words: _pass_on(request, text, f'{step}{words}'))
        outcome = self._executor.execute(
            decision.command, self._settings.bounds, watch, decision.ends_in_zeros)
        canceled = request.cancel_reason if outcome.stage is Stage.CANCELED else ''
        why = f'{canceled}: ' if canceled else ''
        return Outcome(outcome.stage, f'{step}{why}{outcome.evidence}')

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


def _joined(texts: tuple[str, ...]) -> str:
    """Write several commands as people list them, one a line."""
    return '\n'.join(texts)


def _names(request: Request, text: str) -> dict[str, str]:
    return {'id': request.request_id, 'instruction': request.instruction, 'command': text}


def _pass_on(request: Request, text: str, words: str) -> None:
    request.advance(Stage.EXECUTING, command=text, reason=words)
