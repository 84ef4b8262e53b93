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
from dataclasses import replace
import threading
from uuid import UUID, uuid4

from rclpy.node import Node
from ros2_nl_commander.language.command import (
    ActionGoal, Command, ServiceCall, TopicPublication)
from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.language.velocities import is_velocity
from ros2_nl_commander.ros.execution import goal
from ros2_nl_commander.ros.execution.endpoints import Endpoints
from ros2_nl_commander.ros.execution.outcome import Bounds, ExecutionError, Outcome, Watch
from ros2_nl_commander.ros.execution.publication import Publication
from ros2_nl_commander.ros.execution.service import call_service
from ros2_nl_commander.ros.status import Stage

#: More goals than these, of servers that have gone, are not kept for the case that they come back.
MOST_LOST = 8


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
        self._goals: list[goal.GoalRun] = []
        self._velocities: dict[tuple[str, str], Publication] = {}

    def execute(
        self, command: Command, bounds: Bounds, watch: Watch, goal_id: UUID | None = None
    ) -> Outcome:
        """
        Carry out a command; returns when it has ended.

        :param goal_id: what the server shall know a goal by; one is made up if None
        :returns: the end, with what shows it; whatever goes wrong is a FAILED that says so
        """
        try:
            return self._run(command, bounds, watch, goal_id or uuid4())
        except NlCommanderError as error:
            return Outcome(Stage.FAILED, str(error))
        except Exception as error:
            # Whatever rclpy raises: a handle destroyed by a shutdown, a graph query that fails.
            self._try(self.halt)
            return Outcome(Stage.FAILED, f'{type(error).__name__}: {error}')

    def halt(self) -> str:
        """
        Stop at once what this executor has moved; from any thread, without waiting.

        :returns: what was done, in words
        """
        with self._lock:
            goals, velocities = tuple(self._goals), tuple(self._velocities.values())
        for publication in velocities:
            self._try(publication.halt)
        for run in goals:
            self._try(run.halt)
        zeroed = ', '.join(publication.name for publication in velocities)
        goals = tuple(self._unended())
        lost = sum(run.is_lost for run in goals)
        parts = ([f'zero velocity on {zeroed}'] if zeroed else []) + (
            [f'goals being canceled: {len(goals) - lost}'] if len(goals) > lost else []) + (
            [f'goals of servers that are gone: {lost}'] if lost else [])
        return '; '.join(parts) or 'no motion or goal of this node was running'

    def close(self) -> None:
        """Destroy what is kept between commands."""
        with self._lock:
            self._goals, self._velocities = [], {}
        self._endpoints.close()

    def _try(self, stop: Callable[[], object]) -> None:
        """Stop one thing; what cannot be stopped must not keep the others from it."""
        try:
            stop()
        except Exception as error:  # a handle that rclpy has let go of
            self._logger.error(f'cannot stop: {type(error).__name__}: {error}')

    def _run(
        self, command: Command, bounds: Bounds, watch: Watch, goal_id: UUID
    ) -> Outcome:
        moves = isinstance(command, ActionGoal) or is_velocity(command.type_name)
        held = self._held_out(watch, goal.CANCEL_SEC if moves else 0.0)
        if held and moves:
            raise ExecutionError(f'nothing that moves is begun: {held}')
        outcome = self._begun(command, bounds, watch, goal_id)
        return replace(outcome, evidence='; '.join(filter(None, (outcome.evidence, held))))

    def _begun(
        self, command: Command, bounds: Bounds, watch: Watch, goal_id: UUID
    ) -> Outcome:
        if isinstance(command, ServiceCall):
            return call_service(self._endpoints, command, bounds, watch)
        if isinstance(command, TopicPublication):
            return self._publication(command).run(command, bounds, watch)
        run = goal.GoalRun(self._endpoints, command, goal_id)
        earlier = self._unended()
        with self._lock:
            self._goals = [*earlier, run]
        return run.run(bounds, watch)

    def _unended(self) -> list[goal.GoalRun]:
        """Give the goals that may go on; of those that were lost only the newest are kept."""
        with self._lock:
            going = [run for run in self._goals if not run.is_over]
            lost = [run for run in going if run.is_lost]
            self._goals = [run for run in going if run not in lost[:-MOST_LOST]]
            return list(self._goals)

    def _held_out(self, watch: Watch, seconds: float) -> str:
        """Wait for the end of goals that were told to stop; say which have not ended."""
        def holding() -> list[str]:
            return sorted({run.name for run in self._unended() if run.holds_out})

        if watch.wait(lambda: not holding(), seconds) or watch.should_stop():
            return ''
        return f'the goal of {", ".join(holding())} was told to stop and has not ended'

    def _publication(self, command: TopicPublication) -> Publication:
        """Give what publishes on a topic; for velocities it is kept, so that a stop finds it."""
        key = command.name, command.type_name
        if key in self._velocities:
            return self._velocities[key]
        made = Publication(self._endpoints, *key)
        if is_velocity(command.type_name):
            with self._lock:
                self._velocities[key] = made
        return made
