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
Carries commands out through rclpy, one at a time, and can stop all of it from any thread.

No text is handed to a shell or to the ``ros2`` tool: a command is a value, and becomes a message.
"""

from __future__ import annotations

from collections.abc import Callable
import threading

from rclpy.node import Node
from ros2_nl_commander.language.command import Command, ServiceCall, TopicPublication
from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.ros.execution.endpoints import Endpoints
from ros2_nl_commander.ros.execution.goal import GoalRun
from ros2_nl_commander.ros.execution.outcome import Bounds, Outcome, Watch
from ros2_nl_commander.ros.execution.publication import Publication
from ros2_nl_commander.ros.execution.service import call_service
from ros2_nl_commander.ros.status import Stage


class CommandExecutor:
    """
    Carries out what it is given; whether it may is decided before.

    :param node: must be spun by others while a command runs
    """

    def __init__(self, node: Node) -> None:
        self._endpoints = Endpoints(node)
        self._logger = node.get_logger()
        self._lock = threading.Lock()
        #: Goals that the server has not said the end of; a stop cancels all of them.
        self._goals: list[GoalRun] = []
        self._velocities: dict[tuple[str, str], Publication] = {}

    def execute(
        self, command: Command, bounds: Bounds, watch: Watch, ends_in_zeros: bool = False
    ) -> Outcome:
        """
        Carry out a command; returns when it has ended.

        :param ends_in_zeros: a publication does, also where it is no velocity
        :returns: the end, with what shows it; whatever goes wrong is a FAILED that says so
        """
        try:
            return self._run(command, bounds, watch, ends_in_zeros)
        except NlCommanderError as error:
            return Outcome(Stage.FAILED, str(error))
        except Exception as error:
            # Whatever rclpy raises: a handle destroyed by a shutdown, a graph query that fails.
            self.halt()
            return Outcome(Stage.FAILED, f'{type(error).__name__}: {error}')

    def halt(self) -> str:
        """
        Stop at once what this executor has moved; from any thread, without waiting.

        :returns: what was done, in words
        """
        with self._lock:
            self._goals = [goal for goal in self._goals if not goal.is_over]
            goals, velocities = tuple(self._goals), tuple(self._velocities.values())
        for publication in velocities:
            self._try(publication.halt)
        for goal in goals:
            self._try(goal.halt)
        zeroed = ', '.join(publication.name for publication in velocities)
        parts = ([f'zero velocity on {zeroed}'] if zeroed else []) + (
            [f'goals being canceled: {len(goals)}'] if goals else [])
        return '; '.join(parts) or 'no motion or goal of this node was running'

    def close(self) -> None:
        """Destroy what is kept between commands."""
        with self._lock:
            self._goals, self._velocities = [], {}
        self._endpoints.close()

    def _try(self, stop: Callable[[], None]) -> None:
        """Stop one thing; what cannot be stopped must not keep the others from it."""
        try:
            stop()
        except Exception as error:  # a handle that rclpy has let go of
            self._logger.error(f'cannot stop: {type(error).__name__}: {error}')

    def _run(
        self, command: Command, bounds: Bounds, watch: Watch, ends_in_zeros: bool
    ) -> Outcome:
        if isinstance(command, ServiceCall):
            return call_service(self._endpoints, command, bounds, watch)
        if isinstance(command, TopicPublication):
            return self._publication(command, ends_in_zeros).run(command, bounds, watch)
        goal = GoalRun(self._endpoints, command)
        with self._lock:
            self._goals = [*(old for old in self._goals if not old.is_over), goal]
        return goal.run(bounds, watch)

    def _publication(self, command: TopicPublication, ends_in_zeros: bool) -> Publication:
        """Give what publishes on a topic; for motions it is kept, so that a stop finds it."""
        key = command.name, command.type_name
        if key in self._velocities:
            return self._velocities[key]
        made = Publication(self._endpoints, *key, ends_in_zeros)
        if made.moves:
            with self._lock:
                self._velocities[key] = made
        return made
