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
The thread that answers instructions, one at a time, so that the executor never waits for a model.

Owns the queue and the running request. Knows neither ROS nor how an answer is found.
"""

from __future__ import annotations

from collections.abc import Callable
import threading
import time

from ros2_nl_commander.ros.instruction_queue import InstructionQueue
from ros2_nl_commander.ros.request import Request
from ros2_nl_commander.ros.status import Stage

REPLACED = 'replaced by a newer instruction'


class InstructionWorker:
    """
    Answers requests in a thread of its own; starts paused.

    :param answer: answers one request, asking its ``should_stop`` now and then
    """

    def __init__(self, answer: Callable[[Request], None]) -> None:
        self._answer = answer
        self._queue: InstructionQueue[Request] = InstructionQueue(1)
        self._changed = threading.Condition()
        self._running: Request | None = None
        self._accepting = False
        self._closed = False
        self._is_left_behind = False
        self._thread = threading.Thread(target=self._work, name='nl_commander', daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return len(self._queue)

    def resume(self) -> None:
        """Accept requests from now on."""
        with self._changed:
            self._accepting = not self._closed

    def submit(self, request: Request, queue_depth: int, preempts: bool = False) -> bool:
        """
        Queue a request; the oldest waiting ones beyond the depth end as canceled.

        :param preempts: takes the place of whatever is running and waiting
        :returns: False, with the request untouched, while paused
        """
        with self._changed:
            if not self._accepting:
                return False
            dropped = self._queue.drain() if preempts else []
            dropped += self._queue.resize(queue_depth) + self._queue.push(request)
            running = self._running if preempts else None
            self._changed.notify_all()
        if running is not None:
            running.cancel(REPLACED)
        for old in dropped:
            old.advance(Stage.CANCELED, reason=REPLACED)
        return True

    def cancel(self, reason: str) -> tuple[int, int]:
        """
        End what is running and everything that waits; returns at once.

        :returns: how many running and how many waiting requests were ended
        """
        with self._changed:
            running, waiting = self._running, self._queue.drain()
        # First what may move something.
        was_running = running is not None and running.cancel(reason)
        return int(was_running), sum(request.cancel(reason) for request in waiting)

    def pause(self, reason: str) -> None:
        """Accept no more requests, and cancel those that are here."""
        with self._changed:
            self._accepting = False
        self.cancel(reason)

    def expire_overdue(self) -> None:
        """End what has passed its deadline, even while a model is busy and not asking."""
        with self._changed:
            if self._running is not None:
                self._running.should_stop()
            for request in self._queue.drain():
                if not request.should_stop():
                    self._queue.push(request)

    def wait_until_idle(self, timeout_sec: float) -> bool:
        """Wait for the running answer to return; tell whether it did."""
        deadline = time.monotonic() + timeout_sec
        with self._changed:
            while self._running is not None and time.monotonic() < deadline:
                self._changed.wait(deadline - time.monotonic())
            return self._running is None

    def close(self, reason: str, timeout_sec: float) -> None:
        """
        End every request and the thread.

        A model or a command that does not return in time is left behind, and its request ends all
        the same: nobody will be there to tell the end of it.
        """
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self.pause(reason)
        self._thread.join(0.0 if self._is_left_behind else timeout_sec)
        self._is_left_behind = self._thread.is_alive()
        with self._changed:
            running = self._running
        if running is not None:
            running.advance(Stage.FAILED, reason=(
                f'{reason}; what was told to stop had not ended within {timeout_sec:g} s'))

    def _work(self) -> None:
        while (request := self._next()) is not None:
            try:
                if not request.should_stop():
                    self._answer(request)
                request.advance(Stage.FAILED, reason='there was no answer')
            except BaseException as error:
                # Whatever a model raises must end this instruction, not the thread; what panics in
                # Rust (tokenizers, llguidance) is no Exception.
                request.advance(Stage.FAILED, reason=f'{type(error).__name__}: {error}')
            finally:
                self._finish()

    def _next(self) -> Request | None:
        with self._changed:
            while not self._closed and not self._queue:
                self._changed.wait()
            self._running = None if self._closed else self._queue.pop()
            return self._running

    def _finish(self) -> None:
        with self._changed:
            self._running = None
            self._changed.notify_all()
