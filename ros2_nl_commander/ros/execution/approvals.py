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
from enum import Enum
import threading
import time

from ros2_nl_commander.ros.execution.outcome import LOOK_SEC


class Verdict(Enum):
    """What a person has said of a command that waited; the value is for the audit log."""

    APPROVED = 'approved'
    REFUSED = 'refused'
    NONE = 'not approved'


@dataclass(slots=True)
class _Pending:
    request_id: str
    verdict: Verdict = Verdict.NONE


class Approvals:
    """
    At most one command waits at a time; an id counts once, and only while its command waits.

    What comes too early, too late or twice, or for another id, approves or refuses nothing. A
    refusal takes an approval back as long as the command has not begun.

    :param tell_void: told of each verdict for which nothing waits, and its id
    """

    def __init__(self, tell_void: Callable[[Verdict, str], None]) -> None:
        self._tell_void = tell_void
        self._changed = threading.Condition()
        self._pending: _Pending | None = None

    def approve(self, request_id: str) -> bool:
        """Approve what waits under this id; tell whether anything does."""
        return self._judge(request_id, Verdict.APPROVED, (Verdict.NONE,))

    def refuse(self, request_id: str) -> bool:
        """Refuse what waits under this id; tell whether anything does."""
        return self._judge(request_id, Verdict.REFUSED, (Verdict.NONE, Verdict.APPROVED))

    def wait(
        self, request_id: str, timeout_sec: float, should_stop: Callable[[], bool],
        announce: Callable[[], bool],
    ) -> Verdict:
        """
        Let a command wait until there is a verdict, its time is up, or it shall stop.

        :param announce: tells the world that it waits, after its id counts; False ends the wait
        :returns: the verdict; NONE where it shall stop, whatever was said of it
        """
        pending = _Pending(request_id)
        with self._changed:
            self._pending = pending
        try:
            if not announce():
                return Verdict.NONE
            deadline = time.monotonic() + timeout_sec
            with self._changed:
                while (pending.verdict is Verdict.NONE and time.monotonic() < deadline
                       and not should_stop()):
                    self._changed.wait(LOOK_SEC)
                self._pending = None  # whoever comes now is told that it does not count
                return Verdict.NONE if should_stop() else pending.verdict
        finally:
            with self._changed:
                self._pending = None

    def _judge(self, request_id: str, verdict: Verdict, over: tuple[Verdict, ...]) -> bool:
        """
        Give a verdict on what waits under an id.

        :param over: what it counts against
        """
        with self._changed:
            pending = self._pending
            if pending is not None and pending.request_id == request_id and (
                    pending.verdict in over):
                pending.verdict = verdict
                self._changed.notify_all()
                return True
        self._tell_void(verdict, request_id)
        return False
