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


"""Prepares a robot that changes, in a thread of its own, and again where that failed."""

from __future__ import annotations

from collections.abc import Callable
import threading

from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.language.robot import RobotDescription

#: After a failure it is tried again so much later, then twice as much, up to the longest [s].
FIRST_PAUSE_SEC = 1.0
LONGEST_PAUSE_SEC = 60.0
#: How long closing waits for a preparation that runs [s].
CLOSE_TIMEOUT_SEC = 10.0


class RobotPreparer:
    """
    Prepares the newest of the robots that it is given; those in between are passed over.

    :param prepare: may take its time and fail
    :param prepared: what is prepared already
    :param complain: told of a problem, as it occurs and when it is another one
    """

    def __init__(
        self, prepare: Callable[[RobotDescription], None], prepared: RobotDescription,
        complain: Callable[[str], object],
    ) -> None:
        self._prepare = prepare
        self._prepared = self._newest = prepared
        self._complain = complain
        self._is_called = threading.Event()
        self._is_closed = False
        #: Why the newest robot is not prepared; empty if it is, or will be.
        self.problem = ''
        self._thread = threading.Thread(target=self._run, name='robot_preparer', daemon=True)
        self._thread.start()

    def use_robot(self, robot: RobotDescription) -> None:
        """Prepare this one as soon as the one before is done; returns at once."""
        self._newest = robot
        self._is_called.set()

    def close(self) -> None:
        """Begin no other preparation; one that runs is waited for."""
        self._is_closed = True
        self._is_called.set()
        if self._thread is not threading.current_thread():
            self._thread.join(CLOSE_TIMEOUT_SEC)

    def _run(self) -> None:
        pause: float | None = None
        while True:
            self._is_called.wait(pause)
            # Before the newest is read: one that comes later calls again.
            self._is_called.clear()
            if self._is_closed:
                return
            if self._catch_up():
                pause = None
            else:
                pause = min(2 * pause, LONGEST_PAUSE_SEC) if pause else FIRST_PAUSE_SEC

    def _catch_up(self) -> bool:
        """Prepare the newest robot; False if that failed."""
        robot = self._newest
        try:
            if robot != self._prepared:
                self._prepare(robot)
        except NlCommanderError as error:
            self._fail(str(error))
        except BaseException as error:
            # Whatever a model library raises; what panics in Rust is no Exception.
            self._fail(f'{type(error).__name__}: {error}')
        else:
            self._prepared, self.problem = robot, ''
            return True
        return False

    def _fail(self, problem: str) -> None:
        problem = ' '.join(problem.split())
        if problem != self.problem and not self._is_closed:
            self.problem = problem
            self._complain(
                f'the robot changed and cannot be prepared, the old one is kept: {problem}')
