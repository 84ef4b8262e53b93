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

import threading
import time
from typing import Any

from action_msgs.msg import GoalStatus
from rclpy.action.client import ActionClient, ClientGoalHandle
from rclpy.callback_groups import CallbackGroup
from rclpy.node import Node
from rclpy.task import Future
from ros2_nl_commander.language.command import ActionGoal
from ros2_nl_commander.language.names import excerpt
from ros2_nl_commander.ros.execution.messages import fill_message, import_type
from ros2_nl_commander.ros.execution.outcome import (
    Bounds, ExecutionError, LOOK_SEC, Outcome, Watch)
from ros2_nl_commander.ros.status import Stage

#: How long a canceled goal may take to end [s].
CANCEL_SEC = 5.0
#: How long a server may be away before its goal counts as lost [s].
GONE_SEC = 1.0
#: Feedback is passed on so often at most [s].
FEEDBACK_SEC = 0.5

_ENDS = {GoalStatus.STATUS_SUCCEEDED: 'succeeded', GoalStatus.STATUS_ABORTED: 'aborted',
         GoalStatus.STATUS_CANCELED: 'canceled'}


class GoalRun:
    """
    One goal on its way.

    :param node: what sends it
    :param group: callbacks of the client run in it
    :param command: the goal
    :raises FieldError: if the fields do not fit
    :raises UnknownTypeError: if the type is not installed here
    """

    def __init__(self, node: Node, group: CallbackGroup, command: ActionGoal) -> None:
        action_class = import_type(command.type_name)
        self._goal = fill_message(action_class.Goal(), command.fields, command.type_name)
        self._name = command.name
        self._client: Any = ActionClient(node, action_class, command.name, callback_group=group)
        self._lock = threading.Lock()
        self._handle: ClientGoalHandle[Any, Any, Any] | None = None
        self._is_halted = False
        self._told_at = 0.0

    def run(self, bounds: Bounds, watch: Watch) -> Outcome:
        """
        Send the goal and wait for its end.

        :raises ExecutionError: if there is no server, or the goal is refused, aborted, lost, or
            out of time; it is canceled then
        """
        try:
            if not watch.wait(self._client.server_is_ready, bounds.match_sec):
                if watch.should_stop():
                    return Outcome(Stage.CANCELED, 'the goal was not sent')
                raise ExecutionError(f'{self._name}: no such action after {bounds.match_sec:g} s')
            handle = self._accepted(bounds, watch)
            return self._followed(handle, bounds, watch)
        finally:
            self._client.destroy()

    def halt(self) -> None:
        """Ask the server to cancel the goal, without waiting; from any thread."""
        with self._lock:
            self._is_halted = True
            if self._handle is not None:
                self._handle.cancel_goal_async()

    def _accepted(self, bounds: Bounds, watch: Watch) -> ClientGoalHandle[Any, Any, Any]:
        """Send the goal; a goal that is accepted after it was stopped is canceled by its end."""
        sent = _Wait(self._client.send_goal_async(
            self._goal, feedback_callback=lambda message: self._tell(message.feedback, watch)))
        # Never given up on because of a stop: the goal may be accepted, and must be canceled then.
        if not sent.event.wait(bounds.match_sec):
            raise ExecutionError(f'{self._name}: the server does not answer whether it takes the '
                                 f'goal, after {bounds.match_sec:g} s')
        handle: ClientGoalHandle[Any, Any, Any] = sent.future.result()
        if not handle.accepted:
            raise ExecutionError(f'{self._name}: the server refused the goal')
        with self._lock:
            self._handle = handle
            if self._is_halted:
                handle.cancel_goal_async()
        return handle

    def _followed(
        self, handle: ClientGoalHandle[Any, Any, Any], bounds: Bounds, watch: Watch
    ) -> Outcome:
        result = _Wait(handle.get_result_async())
        deadline = time.monotonic() + bounds.run_sec
        seen_at = time.monotonic()
        while not result.event.wait(LOOK_SEC):
            now = time.monotonic()
            seen_at = now if self._client.server_is_ready() else seen_at
            if now - seen_at > GONE_SEC:
                raise ExecutionError(f'{self._name}: the server is gone, its goal is lost')
            if watch.should_stop():
                return self._canceled(handle, result)
            if now > deadline:
                outcome = self._canceled(handle, result)
                raise ExecutionError(f'{self._name}: not done within {bounds.run_sec:g} s; '
                                     f'{outcome.evidence}')
        response = result.future.result()
        if response.status == GoalStatus.STATUS_CANCELED and watch.should_stop():
            return Outcome(Stage.CANCELED, 'the goal was canceled')
        return self._judged(response)

    def _canceled(self, handle: ClientGoalHandle[Any, Any, Any], result: _Wait) -> Outcome:
        """Cancel the goal and wait until the server says that it has ended."""
        handle.cancel_goal_async()
        if not result.event.wait(CANCEL_SEC):
            raise ExecutionError(f'{self._name}: the goal was told to stop and has not ended '
                                 f'within {CANCEL_SEC:g} s')
        status = result.future.result().status
        return Outcome(Stage.CANCELED, f'the goal was {_ENDS.get(status, "ended")}')

    def _judged(self, response: Any) -> Outcome:
        end = _ENDS.get(response.status, f'given up with status {response.status}')
        if response.status == GoalStatus.STATUS_SUCCEEDED:
            return Outcome(Stage.SUCCEEDED, 'the goal succeeded')
        said = next((str(text) for name in ('error_msg', 'message')
                     if (text := getattr(response.result, name, ''))), '')
        raise ExecutionError(f'{self._name}: the goal was {end}{": " + said if said else ""}')

    def _tell(self, feedback: Any, watch: Watch) -> None:
        now = time.monotonic()
        if now - self._told_at >= FEEDBACK_SEC:
            self._told_at = now
            watch.progress(excerpt(_in_words(feedback)))


class _Wait:
    """A future with an event that a thread can wait for."""

    def __init__(self, future: Future[Any]) -> None:
        self.future: Any = future
        self.event = threading.Event()
        future.add_done_callback(lambda _future: self.event.set())


def _in_words(feedback: Any) -> str:
    """Spell the plain fields of feedback: what is nested says little in one line."""
    pairs = ((name, getattr(feedback, name)) for name in feedback.get_fields_and_field_types())
    return ', '.join(f'{name}: {value:.3g}' if isinstance(value, float) else f'{name}: {value}'
                     for name, value in pairs if not hasattr(value, 'SLOT_TYPES'))
