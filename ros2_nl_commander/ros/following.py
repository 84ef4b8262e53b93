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
One instruction that was sent to a node, followed by the statuses that come back.

Knows no ROS: statuses come out of a queue, and whether the node is there is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
import queue
import time

from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.ros.status import Stage, StatusReport

#: How long a node may be away before what it does counts as lost [s].
GONE_SEC = 3.0
#: How often it is looked for [s].
LOOK_SEC = 0.05
#: What a node may keep of a very long instruction, at the least [characters].
KEPT = 100

UNDER_WAY = (Stage.AWAITING_APPROVAL, Stage.EXECUTING)


class Following:
    """
    Gives the reports of one instruction, those of all others left out.

    :param instruction: the sentence as it was sent
    :param reports: what the node tells, from before the instruction was sent
    :param timeout_sec: how long the node may take until it ends or is under way [s]
    :param is_there: whether the node is
    """

    def __init__(
        self, instruction: str, reports: queue.Queue[StatusReport], timeout_sec: float,
        is_there: Callable[[], bool],
    ) -> None:
        self._instruction = instruction
        self._reports = reports
        self._timeout_sec = timeout_sec
        self._is_there = is_there
        self._sent_at = self._seen_at = time.monotonic()
        self._last: StatusReport | None = None

    @property
    def is_over(self) -> bool:
        """Tell whether the instruction has ended."""
        return self._last is not None and self._last.stage.is_terminal

    def next(self, wait_sec: float) -> StatusReport | None:  # noqa: A003
        """
        Wait for the next report, not longer than so; None if there is none by then.

        :raises NodeError: if the node does not answer in time, or is gone
        """
        deadline = time.monotonic() + wait_sec
        while not self.is_over:
            try:
                report = self._reports.get(
                    timeout=min(LOOK_SEC, max(0.0, deadline - time.monotonic())))
            except queue.Empty:
                self._check()
                if time.monotonic() >= deadline:
                    return None
                continue
            if self._is_mine(report):
                self._last = report
                return report
        return None

    def _is_mine(self, report: StatusReport) -> bool:
        if self._last is not None:
            return report.request_id == self._last.request_id
        # A node cuts what is too long before it says why it declines.
        said = report.instruction
        is_cut = len(said) >= KEPT and self._instruction.startswith(said)
        return report.stage is Stage.RECEIVED and (said == self._instruction or is_cut)

    def _check(self) -> None:
        """Find out whether waiting on is of any use."""
        now = time.monotonic()
        self._seen_at = now if self._is_there() else self._seen_at
        under_way = self._last is not None and self._last.stage in UNDER_WAY
        if now - self._seen_at > GONE_SEC:
            raise NodeError(
                f'the node is gone while {self._instruction!r} was '
                f'{self._last.stage.value if self._last else "on its way"}'
                + ('; make sure that the robot stands' if under_way else ''))
        if not under_way and now - self._sent_at > self._timeout_sec:
            raise NodeError(f'no answer to {self._instruction!r} within {self._timeout_sec:.0f} s')
