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

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
import threading
from uuid import UUID, uuid4

from rclpy.node import Node
from ros2_nl_commander.language.command import (
    ActionGoal, Command, ServiceCall, TopicPublication)
from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.language.velocities import is_velocity, sets_going
from ros2_nl_commander.ros.execution import goal
from ros2_nl_commander.ros.execution.endpoints import Endpoints
from ros2_nl_commander.ros.execution.halting import Halt
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
        #: Publications that cannot be taken back.
        self._others: list[Publication] = []

    def execute(
        self, command: Command, bounds: Bounds, watch: Watch, goal_id: UUID | None = None,
        ends_in_zeros: bool = False,
    ) -> Outcome:
        """
        Carry out a command; returns when it has ended.

        :param goal_id: what the server shall know a goal by; one is made up if None
        :param ends_in_zeros: a publication does, also where it is no velocity
        :returns: the end, with what shows it; whatever goes wrong is a FAILED that says so
        """
        try:
            return self._run(command, bounds, watch, goal_id or uuid4(), ends_in_zeros)
        except NlCommanderError as error:
            return Outcome(Stage.FAILED, str(error))
        except Exception as error:
            # Whatever rclpy raises: a handle destroyed by a shutdown, a graph query that fails.
            self.halt()
            return Outcome(Stage.FAILED, f'{type(error).__name__}: {error}')

    def prepare(self, topics: Iterable[tuple[str, str]]) -> None:
        """
        Make what a stop needs for topics of velocities: made only then, it would not be heard.

        :param topics: name and type of each
        """
        for name, type_name in topics:
            try:
                self._publication(name, type_name)
            except Exception as error:  # a listener of another type, a type that is not installed
                self._logger.warning(f'a stop will not reach {name}: {error}')

    def halt(self) -> Halt:
        """Stop at once what moves or may; from any thread, without waiting."""
        with self._lock:
            velocities = tuple(self._velocities.values())
            others = [other.name for other in self._others if other.goes_on]
        faults: list[str] = []
        zeroed: list[str] = []
        goals: tuple[goal.GoalRun, ...] = ()
        for publication in velocities:
            with self._noted(f'no zero velocity on {publication.name}', faults):
                zeroed += [publication.name] if publication.halt() else []
        # After the zeros: whether a goal that was lost is over the graph has to tell.
        with self._noted('goals cannot be looked for', faults):
            goals = tuple(self._unended())
        for run in goals:
            with self._noted('a goal cannot be canceled', faults):
                run.halt()
        faults += [f'{name} was set going by a topic and cannot be recalled'
                   for name in dict.fromkeys(others)]
        done = (f'zero velocity on {", ".join(zeroed)}' if zeroed else
                '' if goals else 'no motion or goal of this node was running')
        return Halt((done,) if done else (), tuple(faults), goals)

    def close(self) -> None:
        """Destroy what is kept between commands."""
        with self._lock:
            self._goals, self._velocities, self._others = [], {}, []
        self._endpoints.close()

    @contextmanager
    def _noted(self, what: str, faults: list[str]) -> Iterator[None]:
        """Note what goes wrong with one thing; it must not keep the others from stopping."""
        try:
            yield
        except Exception as error:  # a listener that is gone, a handle that rclpy has let go of
            faults.append(f'{what}: {type(error).__name__}: {error}')
            self._logger.error(f'cannot stop: {faults[-1]}')

    def _run(
        self, command: Command, bounds: Bounds, watch: Watch, goal_id: UUID, ends_in_zeros: bool
    ) -> Outcome:
        moves = isinstance(command, ActionGoal) or ends_in_zeros or (
            isinstance(command, TopicPublication)
            and (is_velocity(command.type_name) or sets_going(command.type_name)))
        held = self._held_out(watch, goal.CANCEL_SEC if moves else 0.0)
        if held and moves:
            raise ExecutionError(f'nothing that moves is begun: {held}')
        outcome = self._begun(command, bounds, watch, goal_id, ends_in_zeros)
        return replace(outcome, evidence='; '.join(filter(None, (outcome.evidence, held))))

    def _begun(
        self, command: Command, bounds: Bounds, watch: Watch, goal_id: UUID, ends_in_zeros: bool
    ) -> Outcome:
        if isinstance(command, ServiceCall):
            return call_service(self._endpoints, command, bounds, watch)
        if isinstance(command, TopicPublication):
            publication = self._publication(command.name, command.type_name, ends_in_zeros)
            return publication.run(command, bounds, watch)
        run = goal.GoalRun(self._endpoints, command, goal_id)
        with self._lock:
            self._goals = [*self._goals, run]
        return run.run(bounds, watch)

    def _unended(self) -> list[goal.GoalRun]:
        """Give the goals that may go on; of those that were lost only the newest are kept."""
        known = tuple(self._goals)
        going = [run for run in known if not run.is_over]
        lost = [run for run in going if run.is_lost]
        dropped = [*(run for run in known if run not in going), *lost[:-MOST_LOST]]
        with self._lock:  # another thread may have begun one meanwhile
            self._goals = [run for run in self._goals if run not in dropped]
            return list(self._goals)

    def goes_on(self, goal_id: UUID | None) -> bool:
        """Tell whether a goal may go on: no server has said that it has ended."""
        return any(run.goal_id == goal_id for run in self._unended())

    def _held_out(self, watch: Watch, seconds: float) -> str:
        """Wait for the end of goals that were told to stop; say which have not ended."""
        def holding() -> list[str]:
            return sorted({run.name for run in self._unended() if run.holds_out})

        if watch.wait(lambda: not holding(), seconds) or watch.should_stop():
            return ''
        return f'the goal of {", ".join(holding())} was told to stop and has not ended'

    def _publication(
        self, name: str, type_name: str, ends_in_zeros: bool = False
    ) -> Publication:
        """Give what publishes on a topic; kept as long as a stop has to know of it."""
        if (name, type_name) in self._velocities:
            return self._velocities[name, type_name]
        made = Publication(self._endpoints, name, type_name, ends_in_zeros)
        with self._lock:
            if made.moves:
                # Those of another type cannot publish any more.
                self._velocities = {key: kept for key, kept in self._velocities.items()
                                    if key[0] != name or key[1] == type_name}
                return self._velocities.setdefault((name, type_name), made)
            self._others = [*(other for other in self._others if other.goes_on), made]
        return made
