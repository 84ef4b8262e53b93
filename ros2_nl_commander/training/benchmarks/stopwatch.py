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
A stopwatch for parts of a program that stays as it is: functions are wrapped while it runs.

Every moment belongs to one part: what a part calls that is a part itself counts for that one. So
the parts of one call add up to its time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, ExitStack
from dataclasses import dataclass
import functools
import inspect
import threading
import time
from typing import Any, NamedTuple


class Place(NamedTuple):
    """
    A function that is timed.

    :param owner: class or module that holds it
    :param name: its name there
    :param part: what its time counts for
    """

    owner: Any
    name: str
    part: str


@dataclass(frozen=True, slots=True)
class Lap:
    """
    One call of a part.

    :param part: its name
    :param seconds: without the parts that it called [s]
    :param thread: which thread it ran in
    """

    part: str
    seconds: float
    thread: int


@dataclass(slots=True)
class _Running:
    started: float
    inner: float = 0.0


class Stopwatch:
    """
    Collects laps, in the order in which they ended; for any number of threads.

    :param settle: waits for the device, so that its time counts for the part that asked for it
    """

    def __init__(self, settle: Callable[[], None] = lambda: None) -> None:
        self.laps: list[Lap] = []
        self._settle = settle
        self._local = threading.local()

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time a block."""
        stack: list[_Running] = self._local.__dict__.setdefault('stack', [])
        self._settle()
        running = _Running(time.monotonic())
        stack.append(running)
        try:
            yield
        finally:
            self._settle()
            stack.pop()
            seconds = time.monotonic() - running.started
            if stack:
                stack[-1].inner += seconds
            self.laps.append(Lap(name, seconds - running.inner, threading.get_ident()))

    @contextmanager
    def at(self, places: Iterable[Place]) -> Iterator[None]:
        """Time every call of some functions for the time of a block."""
        with ExitStack() as restoring:
            for place in places:
                original = inspect.getattr_static(place.owner, place.name)
                if place.name in vars(place.owner):
                    restoring.callback(setattr, place.owner, place.name, original)
                else:  # inherited
                    restoring.callback(delattr, place.owner, place.name)
                setattr(place.owner, place.name, self._timed(place.part, original))
            yield

    def _timed(self, part: str, original: Any) -> Any:
        if isinstance(original, classmethod):
            return classmethod(self._timed(part, original.__func__))

        @functools.wraps(original)
        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.part(part):
                return original(*args, **kwargs)
        return timed
