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

import threading

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from ros2_nl_commander.language.command import (
    ActionGoal, Command, ServiceCall, TopicPublication)
from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.language.policy_limits import is_velocity
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
        self._node = node
        # Of its own and reentrant: responses must arrive while a service of the node is busy.
        self._group = ReentrantCallbackGroup()
        self._lock = threading.Lock()
        self._goal: GoalRun | None = None
        #: Publishers of velocities are kept, so that a stop need not wait for discovery.
        self._velocities: dict[str, Publication] = {}

    def execute(self, command: Command, bounds: Bounds, watch: Watch) -> Outcome:
        """
        Carry out a command; returns when it has ended.

        :returns: the end, with what shows it; whatever goes wrong is a FAILED that says so
        """
        try:
            return self._run(command, bounds, watch)
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
            goal, velocities = self._goal, tuple(self._velocities.values())
        for publication in velocities:
            publication.halt()
        if goal is not None:
            goal.halt()
        zeroed = ', '.join(publication.name for publication in velocities)
        parts = ([f'zero velocity on {zeroed}'] if zeroed else []) + (
            ['the goal is being canceled'] if goal is not None else [])
        return '; '.join(parts) or 'nothing was moving'

    def close(self) -> None:
        """Destroy what is kept between commands."""
        with self._lock:
            velocities, self._velocities = self._velocities, {}
        for publication in velocities.values():
            publication.close()

    def _run(self, command: Command, bounds: Bounds, watch: Watch) -> Outcome:
        if isinstance(command, ServiceCall):
            return call_service(self._node, self._group, command, bounds, watch)
        if isinstance(command, ActionGoal):
            return self._run_goal(GoalRun(self._node, self._group, command), bounds, watch)
        return self._publish(command, bounds, watch)

    def _run_goal(self, goal: GoalRun, bounds: Bounds, watch: Watch) -> Outcome:
        with self._lock:
            self._goal = goal
        try:
            return goal.run(bounds, watch)
        finally:
            with self._lock:
                self._goal = None

    def _publish(self, command: TopicPublication, bounds: Bounds, watch: Watch) -> Outcome:
        if is_velocity(command.type_name):
            return self._velocity(command).run(command, bounds, watch)
        publication = Publication(self._node, command.name, command.type_name)
        try:
            return publication.run(command, bounds, watch)
        finally:
            publication.close()

    def _velocity(self, command: TopicPublication) -> Publication:
        """Give the publisher of a topic, a new one where its type has changed."""
        known = self._velocities.get(command.name)
        if known is not None and known.type_name == command.type_name:
            return known
        made = Publication(self._node, command.name, command.type_name)
        with self._lock:
            self._velocities[command.name] = made
        if known is not None:
            known.close()
        return made
