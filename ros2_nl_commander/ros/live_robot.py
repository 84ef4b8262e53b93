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
Keeps the node at the robot that is there: watches the graph, and prepares what it shows.

A change counts at once for what may still be published, and as soon as the generator is prepared
for what can be generated; until then the generator answers with what it knows.

Interfaces that appear later are read behind the older ones: what a model read before them stays
as it was, see ``model/contexts.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
import threading
import time
from typing import Any

from rclpy.node import Node
from ros2_nl_commander.language.annotations import Annotations
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.ros.introspection import (
    DEFAULT_ROBOT_NAME, describe_graph, read_traces, wait_for_graph)
from ros2_nl_commander.ros.live_types import LiveTypes
from ros2_nl_commander.ros.robot_preparer import RobotPreparer
from ros2_nl_commander.ros.selection import Selection

#: rclpy gives no way to wait for a change of the graph: its lists are compared so often [s].
LOOK_PERIOD_SEC = 0.5
#: How long the first look may take [s]; a graph may also be empty for good.
FIRST_LOOK_SEC = 3.0
#: A robot that offers something and did not change for so long is taken to be all there [s].
SETTLED_SEC = 5.0
#: How long closing waits for a look that runs [s].
CLOSE_TIMEOUT_SEC = 10.0


class LiveRobot:
    """
    Describes the robot on the graph of a node, again whenever it changes.

    :param node: a node that runs
    :param selection: what of the graph belongs to the robot
    :param annotations: what people know besides
    """

    def __init__(self, node: Node, selection: Selection, annotations: Annotations) -> None:
        self._node = node
        self._selection = selection
        self._annotations = annotations
        self._types = LiveTypes(lambda problem: _warn(node, problem))
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._preparer: RobotPreparer | None = None
        self._seen_at = time.monotonic()
        self._problem = ''
        self._traces: Any = None
        self._on_settled: Callable[[RobotDescription], None] | None = None
        self.robot = RobotDescription(robot=DEFAULT_ROBOT_NAME)

    def look(self) -> RobotDescription:
        """Describe the robot as it is now, after the time that discovery takes."""
        wait_for_graph(self._node, self._selection, FIRST_LOOK_SEC)
        self._traces = read_traces(self._node)
        self.robot = self._described(warn=None)
        return self.robot

    def watch(
        self, on_seen: Callable[[RobotDescription], None],
        prepare: Callable[[RobotDescription], None],
        on_settled: Callable[[RobotDescription], None] = lambda robot: None,
    ) -> None:
        """
        Look again and again, in a thread of its own, until closed.

        :param on_seen: told of every change at once
        :param prepare: called after that, in another thread, with the newest robot only; may
            take its time; where it fails it is called again
        :param on_settled: told once of the robot, when all of it seems to be there
        """
        self._on_settled = on_settled
        self._preparer = RobotPreparer(prepare, self.robot, self._node.get_logger().error)
        self._thread = threading.Thread(
            target=self._watch, args=(on_seen, self._preparer), name='live_robot', daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Look no more; a preparation that runs is waited for."""
        self._closed.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(CLOSE_TIMEOUT_SEC)
        if self._preparer is not None:
            self._preparer.close()

    def describe(self) -> dict[str, str]:
        """Say for diagnostics what is known, and since when."""
        robot = self.robot
        age = time.monotonic() - self._seen_at
        values = {'robot': f'{robot.robot}, {len(robot.names)} interfaces, live, '
                           f'unchanged for {age:.0f} s'}
        problem = self._problem or (self._preparer.problem if self._preparer else '')
        return {**values, 'robot problem': problem} if problem else values

    def _watch(
        self, on_seen: Callable[[RobotDescription], None], preparer: RobotPreparer,
    ) -> None:
        while not self._closed.wait(LOOK_PERIOD_SEC) and self._node.context.ok():
            try:
                if self._has_changed():
                    on_seen(self.robot)
                    preparer.use_robot(self.robot)
                self._tell_once_settled()
                self._problem = ''
            except Exception as error:
                # A graph query during shutdown, or one that the middleware fails.
                if self._node.context.ok() and not self._closed.is_set():
                    self._complain(f'{type(error).__name__}: {error}')

    def _tell_once_settled(self) -> None:
        tell = self._on_settled
        if tell and self.robot.names and time.monotonic() - self._seen_at >= SETTLED_SEC:
            self._on_settled = None
            tell(self.robot)

    def _has_changed(self) -> bool:
        """Tell whether the robot is another; asks the whole graph only if its lists changed."""
        traces = read_traces(self._node)
        if traces == self._traces:
            return False
        robot = self._described(warn=self._ignore)
        self._traces = traces  # now: a look that fails is repeated
        if robot == self.robot:
            return False
        self.robot, self._seen_at = robot, time.monotonic()
        return True

    def _described(self, warn: Callable[[str], None] | None) -> RobotDescription:
        robot = describe_graph(self._node, self._selection, warn=warn)
        # A robot without a name would be one of which nothing is known: it would accept all.
        named = robot if robot.robot else replace(robot, robot=DEFAULT_ROBOT_NAME)
        return self._types.applied_to(
            self._annotations.applied_to(_ordered_like(self.robot, named)))

    def _complain(self, problem: str) -> None:
        problem = ' '.join(problem.split())
        if problem != self._problem:
            self._problem = problem
            self._node.get_logger().error(
                f'cannot look at the graph, the robot is kept as it was: {problem}')

    def _ignore(self, _warning: str) -> None:
        """Take a warning that was given at the first look."""


def _warn(node: Node, problem: str) -> None:
    node.get_logger().warning(problem)


def _ordered_like(before: RobotDescription, now: RobotDescription) -> RobotDescription:
    """Put interfaces that were not there before behind those that were."""
    def ordered(noun: str) -> dict[str, str]:
        offered = now.offered(noun)
        return {name: offered[name] for name in (*before.offered(noun), *offered)
                if name in offered}

    return replace(now, topics=ordered('topic'), services=ordered('service'),
                   actions=ordered('action'))
