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

"""How carrying out a command ended, and what a running one needs to know; plain values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import threading
import time
from typing import Any

from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.ros.status import Stage

#: How often a running command looks whether it shall go on [s].
LOOK_SEC = 0.02


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    The end of a command.

    :param stage: SUCCEEDED, FAILED or CANCELED
    :param evidence: what shows it, for a person
    """

    stage: Stage
    evidence: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """
    How long a command may wait and run.

    :param match_sec: for a subscriber or a server to be there [s]
    :param run_sec: for a service to answer, for a goal to end [s]
    """

    match_sec: float
    run_sec: float


@dataclass(frozen=True, slots=True)
class Watch:
    """
    What a running command asks and tells.

    :param should_stop: whether it shall end now
    :param progress: told how it goes, in words
    """

    should_stop: Callable[[], bool]
    progress: Callable[[str], None]

    def wait(self, condition: Callable[[], Any], seconds: float) -> bool:
        """Wait for a condition; False if the time is up or the command shall end."""
        deadline = time.monotonic() + seconds
        while not self.should_stop():
            if condition():
                return True
            if time.monotonic() >= deadline:
                return False
            time.sleep(LOOK_SEC)
        return False

    def wait_for_event(
        self, event: threading.Event, seconds: float,
        is_vain: Callable[[], bool] = lambda: False,
    ) -> bool:
        """
        Wait for an event, waking at once when it comes.

        :param is_vain: tells that it will not come any more
        :returns: False as above, or if it is in vain
        """
        deadline = time.monotonic() + seconds
        while not event.wait(min(LOOK_SEC, max(0.0, deadline - time.monotonic()))):
            if self.should_stop() or time.monotonic() >= deadline or is_vain():
                return event.is_set()
        return True


class ExecutionError(NlCommanderError):
    """A command that could not be carried out; says what stood against it."""
