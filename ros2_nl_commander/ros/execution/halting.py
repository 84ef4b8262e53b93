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


"""What a stop has done, and what of it somebody has confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
import time
from typing import Protocol

#: How long a stop waits for the goals that it had canceled to end [s].
CONFIRM_SEC = 1.0
#: How many stops may wait for that at the same time; one more is answered at once.
WAITING_STOPS = 3


class Stoppable(Protocol):
    """A goal that was told to end."""

    @property
    def what_goes_on(self) -> str:
        """Say what has not ended, and why; empty when it has."""

    def wait(self, seconds: float) -> bool:
        """Wait for its end; tell whether it has come."""


@dataclass(frozen=True, slots=True)
class Halt:
    """
    What a stop has done at once.

    :param done: what was done, in words
    :param faults: what may still move, or could not be done, in words
    :param goals: what was told to end
    """

    done: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    goals: tuple[Stoppable, ...] = ()

    @property
    def is_confirmed(self) -> bool:
        """Tell whether everything stands, as far as this node can know."""
        return not self.faults and not self.goals

    def __str__(self) -> str:
        told = [f'goals being canceled: {len(self.goals)}'] if self.goals else []
        done = '; '.join((*self.done, *told))
        return '; '.join((*self.faults, f'done: {done or "nothing"}')) if self.faults else done

    def and_also(self, done: Iterable[str] = (), faults: Iterable[str] = ()) -> Halt:
        """Give it with more that was done or failed."""
        return replace(self, done=(*self.done, *done), faults=(*self.faults, *faults))

    def settled(self, seconds: float) -> Halt:
        """Wait for the goals to end; give what it has come to, with no goals any more."""
        deadline = time.monotonic() + seconds
        for goal in self.goals:
            goal.wait(max(0.0, deadline - time.monotonic()))
        lost = [*filter(None, (goal.what_goes_on for goal in self.goals))]
        ended = len(self.goals) - len(lost)
        told = [f'goals ended: {ended}'] if ended else []
        return replace(self, goals=()).and_also(told, lost)
