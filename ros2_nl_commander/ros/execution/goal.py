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

"""Sending a goal for real: its status decides, and whoever gives up cancels it."""

from __future__ import annotations

from functools import partial
import threading
import time
from typing import Any
from uuid import UUID

from action_msgs.msg import GoalInfo, GoalStatus
from action_msgs.srv import CancelGoal
from rclpy.action.client import ClientGoalHandle
from ros2_nl_commander.language.command import ActionGoal
from ros2_nl_commander.language.names import excerpt
from ros2_nl_commander.ros.execution.endpoints import Endpoints
from ros2_nl_commander.ros.execution.messages import fill_message, import_type, in_words
from ros2_nl_commander.ros.execution.outcome import (
    Bounds, ExecutionError, LOOK_SEC, Outcome, Watch)
from ros2_nl_commander.ros.execution.peers import check_same_revision, Presence
from ros2_nl_commander.ros.status import Stage

#: How long a canceled goal may take to end [s].
CANCEL_SEC = 5.0
#: Feedback is passed on so often at most [s].
FEEDBACK_SEC = 0.5

_ENDS = {GoalStatus.STATUS_SUCCEEDED: 'succeeded', GoalStatus.STATUS_ABORTED: 'aborted',
         GoalStatus.STATUS_CANCELED: 'canceled'}


class GoalRun:
    """
    One goal on its way; can be canceled until the server has said that it has ended.

    :param endpoints: has the client
    :param command: the goal
    :param goal_id: what the server shall know it by
    :raises FieldError: if the fields do not fit
    :raises UnknownTypeError: if the type is not installed here
    """

    def __init__(self, endpoints: Endpoints, command: ActionGoal, goal_id: UUID) -> None:
        action_class = import_type(command.type_name)
        self._goal = fill_message(action_class.Goal(), command.fields, command.type_name)
        self.name = command.name
        self.goal_id = goal_id
        self._asked = endpoints.node, command.name, command.type_name
        self._presence: Presence | None = None
        self._sent_id = GoalInfo().goal_id
        self._sent_id.uuid = list(goal_id.bytes)
        self._send = endpoints.send_goal
        self._others = partial(endpoints.others_named, command.name, command.type_name)
        self._client: Any = endpoints.action_client(command.name, command.type_name)
        self._lock = threading.Lock()
        self._handle: ClientGoalHandle[Any, Any, Any] | None = None
        self._accepted = threading.Event()
        self._ended = threading.Event()
        self._response: Any = None
        self._is_halted = False
        self._told_at = 0.0
        #: Its server was gone for too long.
        self.is_lost = False

    @property
    def is_over(self) -> bool:
        """
        Tell whether the goal was refused or has ended, by the word of the server.

        One that was lost may go on: it is over only when another server is in its place.
        """
        if self.is_lost and self._presence is not None and self._presence.is_replaced:
            self._ended.set()
        if self._handle is None and self._client.was_refused(self._sent_id):
            self._ended.set()
        return self._ended.is_set()

    @property
    def holds_out(self) -> bool:
        """Tell whether the goal goes on, or may begin, although it was told to stop."""
        self.is_lost = self.is_lost or (
            self._presence is not None and self._presence.is_lost())
        return self._is_halted and not self.is_lost and not self.is_over

    @property
    def what_goes_on(self) -> str:
        """Say that the goal has not ended, as far as anybody knows; empty when it has."""
        if self.is_over:
            return ''
        if not self._client.server_is_ready():
            return f'the server of {self.name} is gone, and its goal is lost'
        return f'the goal of {self.name} was told to stop and has not ended'

    def wait(self, seconds: float) -> bool:
        """Wait for its end; tell whether it has come."""
        return self._ended.wait(seconds)

    def run(self, bounds: Bounds, watch: Watch) -> Outcome:
        """
        Send the goal and wait for its end.

        :raises ExecutionError: if there is no server or one of another revision, or the goal is
            refused, aborted, lost, or out of time; whoever gives up on a goal has it canceled,
            also if it starts later
        """
        if not watch.wait(self._client.server_is_ready, bounds.match_sec):
            self._ended.set()
            if watch.should_stop():
                return Outcome(Stage.CANCELED, 'the goal was not sent')
            raise ExecutionError(f'{self.name}: no such action after {bounds.match_sec:g} s'
                                 f'{self._others()}')
        try:
            check_same_revision(*self._asked)
        except BaseException:
            self._ended.set()  # it was never sent
            raise
        try:
            return self._sent(bounds, watch)
        except BaseException:
            self.halt()
            raise

    def halt(self) -> None:
        """Have the goal canceled, now or as soon as it is accepted; without waiting."""
        with self._lock:
            self._is_halted = True
            if self._handle is not None and not self.is_over and (
                    not self.is_lost or self._client.server_is_ready()):
                self._cancel(self._handle)

    def _sent(self, bounds: Bounds, watch: Watch) -> Outcome:
        with self._lock:
            if self._is_halted:
                self._ended.set()
                return Outcome(Stage.CANCELED, 'the goal was not sent')
            try:
                self._presence = Presence(*self._asked)
                sending = self._send(self._client, self._goal, self._sent_id,
                                     lambda message: self._tell(message.feedback, watch))
            except BaseException:
                self._ended.set()  # it was never sent
                raise
        sending.add_done_callback(self._on_accepted)
        if not watch.wait_for_event(self._accepted, bounds.match_sec, lambda: self.is_over):
            if self.is_over:
                raise ExecutionError(f'{self.name}: a server refused the goal, and no other one '
                                     'took it')
            if watch.should_stop():
                self.halt()
                return Outcome(Stage.CANCELED, 'the server has not said whether it takes the '
                               'goal; it is canceled as soon as it is taken')
            raise ExecutionError(f'{self.name}: the server does not answer whether it takes the '
                                 f'goal, after {bounds.match_sec:g} s')
        if self._handle is None:
            raise ExecutionError(f'{self.name}: the server refused the goal')
        return self._followed(bounds, watch)

    def _on_accepted(self, sending: Any) -> None:
        handle = sending.result()
        with self._lock:
            if handle.accepted:
                self._handle = handle
                if self._is_halted:
                    self._cancel(handle)
        if handle.accepted:
            handle.get_result_async().add_done_callback(self._on_ended)
        else:
            self._client.forget_refused(handle)
            self._ended.set()
        self._accepted.set()

    def _cancel(self, handle: ClientGoalHandle[Any, Any, Any]) -> None:
        handle.cancel_goal_async().add_done_callback(self._on_cancel_answered)

    def _on_cancel_answered(self, answer: Any) -> None:
        """Count a goal as over that its server, started again, has never heard of."""
        if answer.result().return_code == CancelGoal.Response.ERROR_UNKNOWN_GOAL_ID:
            self._ended.set()

    def _on_ended(self, result: Any) -> None:
        self._response = result.result()
        if self._client.has_twin() and self._handle is not None:
            # The other one may go on with it, and nobody would hear of its end.
            self._handle.cancel_goal_async()
        self._ended.set()

    def _followed(self, bounds: Bounds, watch: Watch) -> Outcome:
        deadline = time.monotonic() + bounds.run_sec
        while not self._ended.wait(LOOK_SEC):
            now = time.monotonic()
            if self._presence is not None and self._presence.is_lost():
                self.is_lost = True
                raise ExecutionError(f'{self.name}: the server is gone, its goal is lost')
            if watch.should_stop():
                return self._canceled()
            if now > deadline:
                outcome = self._canceled()
                raise ExecutionError(f'{self.name}: not done within {bounds.run_sec:g} s; '
                                     f'{outcome.evidence}')
        if self._status == GoalStatus.STATUS_CANCELED and watch.should_stop():
            return Outcome(Stage.CANCELED, 'the goal was canceled')
        return self._judged()

    def _canceled(self) -> Outcome:
        """Cancel the goal and wait until the server says that it has ended."""
        self.halt()
        if not self._ended.wait(CANCEL_SEC):
            raise ExecutionError(f'{self.name}: the goal was told to stop and has not ended '
                                 f'within {CANCEL_SEC:g} s')
        return Outcome(Stage.CANCELED,
                       f'the goal was {_ENDS.get(self._status, "ended")}')

    @property
    def _status(self) -> int:
        response = self._response
        return GoalStatus.STATUS_UNKNOWN if response is None else int(response.status)

    def _judged(self) -> Outcome:
        end = _ENDS.get(self._status, f'given up with status {self._status}')
        if self._status == GoalStatus.STATUS_SUCCEEDED:
            return Outcome(Stage.SUCCEEDED, 'the goal succeeded')
        result = getattr(self._response, 'result', None)
        said = next((str(text) for name in ('error_msg', 'message')
                     if (text := getattr(result, name, ''))), '')
        raise ExecutionError(f'{self.name}: the goal was {end}{": " + said if said else ""}')

    def _tell(self, feedback: Any, watch: Watch) -> None:
        now = time.monotonic()
        if now - self._told_at >= FEEDBACK_SEC:
            self._told_at = now
            watch.progress(excerpt(in_words(feedback)))
