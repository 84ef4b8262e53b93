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


"""Figures of the node since it started: how instructions ended, and how long answers took."""

from __future__ import annotations

from collections import Counter, deque
import threading

from ros2_nl_commander.language.percentile import percentile
from ros2_nl_commander.ros.status import Stage, StatusReport

#: Latencies kept for the percentiles: recent enough to show a machine that got slower.
KEPT_LATENCIES = 200


class Figures:
    """Counts of stages and recent latencies; may be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Stage] = Counter()
        self._timed = ''
        self._seconds: deque[float] = deque(maxlen=KEPT_LATENCIES)

    def record(self, report: StatusReport) -> None:
        """Count a stage; a command adds the time from its instruction to here."""
        with self._lock:
            self._counts[report.stage] += 1
            # A command that is carried out is reported again and again; its first time counts.
            if report.command and report.request_id != self._timed:
                self._timed = report.request_id
                self._seconds.append(report.seconds)

    def as_values(self) -> dict[str, str]:
        """Name the counts of instructions by how they ended, and the latencies [s]."""
        with self._lock:
            counts, seconds = dict(self._counts), list(self._seconds)
        values = {f'instructions {stage.value}': str(counts.get(stage, 0))
                  for stage in Stage if stage is Stage.RECEIVED or stage.is_terminal}
        for percent in (50, 95):
            values[f'latency p{percent} [s]'] = (
                f'{percentile(seconds, percent):.3f}' if seconds else '')
        return values
