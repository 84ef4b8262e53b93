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

"""The action of the simulated robot: a patrol that drives, one at a time, and can be canceled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
import math
import threading
from typing import Any

from rclpy.action.server import ActionServer, CancelResponse, GoalResponse, ServerGoalHandle
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from ros2_nl_commander.ros.kinematics import drive, Pose2D
from ros2_nl_commander.ros.simulated_faults import Faults
from ros2_nl_commander.ros.spinning import between_spins
from test_msgs.action import Fibonacci

#: A round has these places: the corners of a square.
PLACES = 4
SIDE_M = 0.5
#: A patrol carries nothing, and drives faster than to a goal.
PATROL_SPEED_MPS = 1.0

#: A base that reaches no place for so long is stuck [s].
STUCK_SEC = 5.0


class Patrol:
    """
    One patrol under way.

    :param goal: its handle
    :param begin: where the base stands; the last place of each round
    :param faults: of the robot
    """

    def __init__(
        self, goal: ServerGoalHandle[Any, Any, Any], begin: Pose2D, faults: Faults
    ) -> None:
        self.visited: list[int] = []
        self.has_ended = threading.Event()
        self.is_lost = False
        self._goal, self._faults = goal, faults
        self._places = [drive(begin, SIDE_M, 0.0, 1.0)]
        while len(self._places) < PLACES:
            left = replace(self._places[-1], yaw=self._places[-1].yaw + math.pi / 2)
            self._places.append(drive(left, SIDE_M, 0.0, 1.0))

    @property
    def rounds(self) -> int:
        """Return how many rounds were driven."""
        return len(self.visited) // PLACES

    @property
    def is_complete(self) -> bool:
        """Tell whether all places were visited."""
        return bool(self.rounds == self._goal.request.order)

    def steer(self, pose: Pose2D) -> Pose2D | None:
        """Say where to drive, None to stand; to be asked in every control period."""
        if self._goal.is_cancel_requested:
            self.has_ended.set()
        if self.has_ended.is_set():
            return None
        if pose == self._places[len(self.visited) % PLACES]:
            self.visited.append(len(self.visited) % PLACES + 1)
            self._goal.publish_feedback(Fibonacci.Feedback(sequence=self.visited))
            self.is_lost = self._faults.kind == 'die'
        if self.is_lost or self.is_complete:
            self.has_ended.set()
            return None
        return self._places[len(self.visited) % PLACES]


class PatrolServer:
    """
    Serves ``patrol`` (test_msgs/Fibonacci): ``order`` rounds of a square of 0.5 m.

    A round begins and ends where the base stands, straight ahead and then to the left. Feedback,
    after each place, and the result are the numbers of the places visited: 1, 2, 3, 4, 1, ...

    A goal of no rounds, or beside another, is refused. A patrol takes a thread of the node's
    executor. With the fault ``die`` the server is gone after the next place.

    :param node: the robot
    :param pose: gives where it is
    :param stand: makes it stand
    """

    def __init__(self, node: Node, faults: Faults, pose: Callable[[], Pose2D],
                 stand: Callable[[], None]) -> None:
        #: What drives the base now.
        self.patrol: Patrol | None = None
        self._node, self._faults, self._pose, self._stand = node, faults, pose, stand
        self._is_free = threading.Semaphore()
        self._server: Any = ActionServer(
            node, Fibonacci, 'patrol', self._drive,
            callback_group=ReentrantCallbackGroup(),
            goal_callback=self._on_goal,
            cancel_callback=lambda _goal: CancelResponse.ACCEPT)

    def destroy(self) -> None:
        """Serve no more."""
        if self.patrol is not None:
            self.patrol.has_ended.set()
        if self._server is not None:
            self._server.destroy()
        self._server = None

    def _on_goal(self, goal: Fibonacci.Goal) -> GoalResponse:
        self._faults.delay()
        is_welcome = goal.order >= 1 and self._faults.kind != 'refuse'
        return (GoalResponse.ACCEPT if is_welcome and self._is_free.acquire(blocking=False)
                else GoalResponse.REJECT)

    def _drive(self, goal: ServerGoalHandle[Any, Any, Any]) -> Fibonacci.Result:
        self.patrol = patrol = Patrol(goal, self._pose(), self._faults)
        before = -1
        while not patrol.has_ended.wait(STUCK_SEC) and before != len(patrol.visited):
            before = len(patrol.visited)
        patrol.has_ended.set()
        self._stand()
        self.patrol = None
        if patrol.is_lost:
            between_spins(self._node, self.destroy)
        elif goal.is_cancel_requested:
            goal.canceled()
        elif patrol.is_complete:
            goal.succeed()
        else:
            goal.abort()
        self._is_free.release()
        return Fibonacci.Result(sequence=patrol.visited)
