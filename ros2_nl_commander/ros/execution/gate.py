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
from uuid import UUID, uuid4

from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.command import ActionGoal, Command, TopicPublication
from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.language.policy import Decision, Policy, Tier, why_refused
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.velocities import is_velocity, only_stops
from ros2_nl_commander.ros.execution.approvals import Approvals, Verdict
from ros2_nl_commander.ros.execution.executor import CommandExecutor
from ros2_nl_commander.ros.execution.halting import Halt
from ros2_nl_commander.ros.execution.outcome import Bounds, Outcome, Watch
from ros2_nl_commander.ros.execution.records import Records
from ros2_nl_commander.ros.execution.surroundings import Sight, Surroundings
from ros2_nl_commander.ros.request import Request
from ros2_nl_commander.ros.status import Stage


@dataclass(frozen=True, slots=True)
class GateSettings:
    """
    How strict the gate is.

    :param policy: what may be carried out
    :param confirm_all: ask a person also where the policy does not
    :param confirm_below: ask a person also where the model finds its answer less likely, 0 to 1
    :param approval_sec: how long a command waits for approval [s]
    :param bounds: how long it may wait and run
    :param most_steps: how many commands one sentence may ask for
    """

    policy: Policy
    confirm_all: bool
    confirm_below: float
    approval_sec: float
    bounds: Bounds
    most_steps: int = 1


class Gate:
    """
    Carries out the commands that may be.

    :param settings: how strict it is
    :param executor: what carries out
    :param records: told of every step, before it is taken, and of every end
    :param publish: puts the text of a command out
    :param robot: the robot that it is for, as it is by then
    """

    def __init__(
        self, settings: GateSettings, executor: CommandExecutor, records: Records,
        publish: Callable[[str], None], robot: Surroundings,
    ) -> None:
        self._settings = settings
        self._executor = executor
        self._publish = publish
        self._robot = robot
        self.records = records
        self.approvals = Approvals(records.judged_nothing)

    @property
    def most_steps(self) -> int:
        """How many commands one sentence may ask for."""
        return self._settings.most_steps

    @property
    def policy(self) -> Policy:
        """Give what may be carried out."""
        return self._settings.policy

    def handle(self, request: Request, texts: tuple[str, ...]) -> None:
        """
        See a request to its end: carry out its commands in order, up to the first that fails.

        :param texts: command lines, valid on this robot
        """
        try:
            self._handle(request, texts)
        except NlCommanderError as error:
            self._end(request, Stage.FAILED, _joined(texts), str(error))

    def prepare(self, robot: RobotDescription) -> None:
        """Get ready to stop all that the policy lets drive on a robot."""
        self._executor.prepare(
            (name, kind) for name, kind in robot.topics.items()
            if is_velocity(kind) and self._settings.policy.may_allow(
                TopicPublication(name, kind, {})))

    def halt(self, why: str) -> Halt:
        """Stop at once what was moved or might be; from any thread, without waiting."""
        halt = self._executor.halt()
        self.records.halted(why, halt)
        return halt

    def settled(self, halt: Halt, seconds: float) -> Halt:
        """Wait for what a halt had canceled to end; give what it has come to."""
        if not halt.goals:
            return halt
        settled = halt.settled(seconds)
        self.records.settled(settled)
        return settled

    def close(self) -> None:
        """Let go of what the executor keeps, and of the audit log."""
        self._executor.close()
        self.records.close()

    def _handle(self, request: Request, texts: tuple[str, ...]) -> None:
        decisions = [self._decide(request, text) for text in texts]
        reason = why_refused(decisions)
        if reason:
            self._end(request, Stage.REJECTED, _joined(texts), reason)
            return
        texts = tuple(self._robot.write_valid(decision.command) for decision in decisions)
        shown: list[Sight | None] = [None] * len(decisions)
        # A stop never waits for the model to be sure.
        are_stops = all(only_stops(decision.command) for decision in decisions)
        doubt = '' if are_stops else request.doubt(self._settings.confirm_below)
        if self._settings.confirm_all or doubt or any(
                decision.tier is Tier.CONFIRM for decision in decisions):
            shown = [self._look(request, decision.command) for decision in decisions]
            reasons = filter(None, (doubt, *(decision.reason for decision in decisions)))
            if not self._is_approved(request, _joined(texts), '; '.join(reasons)):
                return
            for decision, sight in zip(decisions, shown):
                self._check_unchanged(decision.command, sight)
        outcome = Outcome(Stage.SUCCEEDED, '')
        for number, (decision, text, sight) in enumerate(zip(decisions, texts, shown), 1):
            step = f'step {number} of {len(texts)}: ' if len(texts) > 1 else ''
            outcome = self._carry_out(request, decision, text, step, sight)
            if outcome.stage is not Stage.SUCCEEDED:
                break
        self._end(request, outcome.stage, text, outcome.evidence)

    def _decide(self, request: Request, text: str) -> Decision:
        decision = self._settings.policy.decide(parse_command(text))
        self.records.decided(request, text, decision)
        return decision

    def _is_approved(self, request: Request, text: str, reason: str) -> bool:
        """Ask a person, once for all steps; the reason says why."""
        def announce() -> bool:
            return request.advance(Stage.AWAITING_APPROVAL, command=text, reason=reason)

        seconds = self._settings.approval_sec
        verdict = self.approvals.wait(
            request.request_id, seconds, request.should_stop, announce)
        self.records.judged(request, text, verdict)
        if verdict is Verdict.REFUSED:
            self._end(request, Stage.REJECTED, text, 'refused')
        elif verdict is Verdict.NONE:
            self._end(request, Stage.EXPIRED, text, f'not approved within {seconds:g} s')
        return verdict is Verdict.APPROVED

    def _look(self, request: Request, command: Command) -> Sight:
        """Look at what is to be approved, after the time that discovery takes."""
        watch = Watch(request.should_stop, lambda words: None)
        watch.wait(lambda: self._robot.look(command).peers, self._settings.bounds.match_sec)
        return self._robot.look(command)

    def _check_unchanged(self, command: Command, shown: Sight | None) -> None:
        """
        Check that an approval is for what is there now.

        :param shown: what was there when it was asked for; None if nobody was asked
        :raises NlCommanderError: if something changed
        """
        changes = shown and self._robot.look(command).changes_since(shown)
        if changes:
            raise NlCommanderError(
                f'{command.name} changed while it waited for approval: {changes}')

    def _carry_out(
        self, request: Request, decision: Decision, text: str, step: str, shown: Sight | None
    ) -> Outcome:
        """
        Publish a command and carry it out.

        :param step: which of several it is, put before whatever is said of it
        :param shown: what its approval is bound to
        """
        self._robot.write_valid(decision.command)  # the robot may be another by now
        self._check_unchanged(decision.command, shown)
        if request.should_stop():
            return Outcome(Stage.CANCELED, request.cancel_reason)
        goal_id = uuid4() if isinstance(decision.command, ActionGoal) else None
        self.records.executing(request, text, decision.command, goal_id)
        outcome = self._begin(request, decision, text, step, goal_id)
        self.records.carried_out(request, text, decision.command, goal_id, outcome,
                                 goal_id is not None and self._executor.goes_on(goal_id))
        canceled = request.cancel_reason if outcome.stage is Stage.CANCELED else ''
        why = f'{canceled}: ' if canceled and outcome.evidence else canceled
        return Outcome(outcome.stage, f'{step}{why}{outcome.evidence}')

    def _begin(
        self, request: Request, decision: Decision, text: str, step: str, goal_id: UUID | None
    ) -> Outcome:
        # The text goes out only with the command: whoever obeys it must not be ahead of the gate.
        if not request.advance(Stage.EXECUTING, command=text, reason=f'{step}{decision.reason}',
                               first=lambda: self._publish(text)):
            return Outcome(Stage.CANCELED, '')
        watch = Watch(request.should_stop,
                      lambda words: _pass_on(request, text, f'{step}{words}'))
        return self._executor.execute(
            decision.command, self._settings.bounds, watch, goal_id, decision.ends_in_zeros)

    def _end(self, request: Request, stage: Stage, text: str, reason: str) -> None:
        if request.cancel_reason and stage in (Stage.EXPIRED, Stage.REJECTED):
            stage, reason = Stage.CANCELED, request.cancel_reason
        request.advance(stage, command=text, reason=reason)


def _joined(texts: tuple[str, ...]) -> str:
    """Write several commands as people list them, one a line."""
    return '\n'.join(texts)


def _pass_on(request: Request, text: str, words: str) -> None:
    request.advance(Stage.EXECUTING, command=text, reason=words)
