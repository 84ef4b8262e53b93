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

"""Commands that wait for a person: each bound to its id, its exact text and its time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import threading
import time

from ros2_nl_commander.ros.execution.outcome import LOOK_SEC


@dataclass(slots=True)
class _Pending:
    request_id: str
    is_approved: bool = False


class Approvals:
    """
    At most one command waits at a time; an id counts once, and only while its command waits.

    An approval that comes too early, too late or twice, or for another id, approves nothing.

    :param tell_void: told the id of each that approves nothing
    """

    def __init__(self, tell_void: Callable[[str], None]) -> None:
        self._tell_void = tell_void
        self._changed = threading.Condition()
        self._pending: _Pending | None = None

    def approve(self, request_id: str) -> bool:
        """Approve what waits under this id; tell whether anything does."""
        with self._changed:
            pending = self._pending
            counts = (pending is not None and pending.request_id == request_id
                      and not pending.is_approved)
            if pending is not None and counts:
                pending.is_approved = True
                self._changed.notify_all()
        if not counts:
            self._tell_void(request_id)
        return counts

    def wait(
        self, request_id: str, timeout_sec: float, should_stop: Callable[[], bool],
        announce: Callable[[], bool],
    ) -> bool:
        """
        Let a command wait until it is approved, its time is up, or it shall stop.

        :param announce: tells the world that it waits, after its id counts; False ends the wait
        :returns: whether it was approved
        """
        pending = _Pending(request_id)
        with self._changed:
            self._pending = pending
        try:
            if not announce():
                return False
            deadline = time.monotonic() + timeout_sec
            with self._changed:
                while not pending.is_approved and time.monotonic() < deadline:
                    self._changed.wait(LOOK_SEC)
                    if should_stop():
                        return False
            return pending.is_approved
        finally:
            with self._changed:
                self._pending = None
