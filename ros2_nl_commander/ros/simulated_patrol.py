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

"""The action of the simulated robot: a patrol in rounds, one at a time, that can be canceled."""

from __future__ import annotations

from collections.abc import Callable
import threading
import time
from typing import Any

from rclpy.action.server import ActionServer, CancelResponse, GoalResponse, ServerGoalHandle
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from test_msgs.action import Fibonacci

ROUND_SEC = 0.5

#: How late a cancel may be noticed [s].
LOOK_SEC = 0.02


class PatrolServer:
    """
    Serves ``patrol`` (test_msgs/Fibonacci): ``order`` rounds of 0.5 s.

    Feedback after each round, and the result, number the rounds walked. A goal of no rounds, or
    beside another, is refused. A patrol takes a thread of the node's executor.

    :param node: the robot
    :param on_round: told how many rounds were walked, 0 at the start
    """

    def __init__(self, node: Node, on_round: Callable[[int], None]) -> None:
        self._on_round = on_round
        self._has_ended = threading.Event()
        self._has_ended.set()
        self._server = ActionServer(
            node, Fibonacci, 'patrol', self._patrol,
            callback_group=ReentrantCallbackGroup(),
            goal_callback=self._on_goal,
            cancel_callback=lambda _goal: CancelResponse.ACCEPT)

    def destroy(self) -> None:
        """Serve no more."""
        self._server.destroy()

    def _on_goal(self, goal: Fibonacci.Goal) -> GoalResponse:
        if goal.order < 1 or not self._has_ended.is_set():
            return GoalResponse.REJECT
        self._has_ended.clear()
        return GoalResponse.ACCEPT

    def _patrol(self, goal: ServerGoalHandle[Any, Any, Any]) -> Fibonacci.Result:
        self._on_round(0)
        walked: list[int] = []
        for rounds in range(1, goal.request.order + 1):
            if _is_round_canceled(goal):
                goal.canceled()
                break
            walked.append(rounds)
            goal.publish_feedback(Fibonacci.Feedback(sequence=walked))
            self._on_round(rounds)
        else:
            goal.succeed()
        self._has_ended.set()
        return Fibonacci.Result(sequence=walked)


def _is_round_canceled(goal: ServerGoalHandle[Any, Any, Any]) -> bool:
    end = time.monotonic() + ROUND_SEC
    while time.monotonic() < end and not goal.is_cancel_requested:
        time.sleep(LOOK_SEC)
    return bool(goal.is_cancel_requested)
