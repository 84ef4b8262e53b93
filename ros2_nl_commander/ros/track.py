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

"""The way that a robot drove, with what it was told along it: recorded by the clock, and drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import threading
from types import TracebackType

from ros2_nl_commander.ros.kinematics import Pose2D

PERIOD_SEC = 0.05
#: Labels closer than this are stacked [m].
_CLOSE_M = 0.9


class Track:
    """
    Records poses for the time of a ``with`` block.

    :param pose: gives where the robot is
    """

    def __init__(self, pose: Callable[[], Pose2D]) -> None:
        self.poses: list[Pose2D] = []
        self.marks: list[tuple[Pose2D, str]] = []
        self._pose = pose
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._record, name='track', daemon=True)

    def mark(self, text: str) -> None:
        """Put a text where the robot is now."""
        self.marks.append((self._pose(), text))

    def __enter__(self) -> Track:
        self._thread.start()
        return self

    def __exit__(
        self, error_type: type[BaseException] | None, error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _record(self) -> None:
        while not self._ended.wait(PERIOD_SEC):
            self.poses.append(self._pose())


def draw_track(track: Track, path: Path) -> None:
    """Draw the way, and the marks in their order beside it, to a PNG file."""
    from matplotlib.figure import Figure
    figure = Figure(figsize=(11, 6), layout='constrained')
    axes, listing = figure.subplots(1, 2, width_ratios=(3, 2))
    axes.plot([pose.x for pose in track.poses], [pose.y for pose in track.poses], color='#3b6ea5')
    for number, (pose, text) in enumerate(track.marks, 1):
        above = sum(abs(pose.x - other.x) + abs(pose.y - other.y) < _CLOSE_M
                    for other, _ in track.marks[:number - 1])
        axes.plot(pose.x, pose.y, 'o', color='#c0504d', markersize=4)
        axes.annotate(str(number), (pose.x, pose.y), (6 + 13 * above, 6),
                      textcoords='offset points', fontsize=9)
        listing.text(0, 1 - number / (len(track.marks) + 1), f'{number}  {text}', fontsize=10)
    axes.set(xlabel='x [m]', ylabel='y [m]', title='where each sentence was answered')
    axes.set_aspect('equal', adjustable='datalim')
    axes.grid(alpha=0.3)
    listing.axis('off')
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
