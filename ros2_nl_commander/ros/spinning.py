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
Spinning in the background, so that the main thread is free to wait for a signal.

rclpy's own signal handlers shut the context down at once: a node could no longer tell anybody how
its running instructions ended. Here the handlers only set an event, and the node closes first.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, TimeoutError as FutureTimeoutError
import queue
import signal
import sys
import threading
from types import TracebackType
from typing import Any, TypeVar

from rclpy.context import Context
from rclpy.executors import ExternalShutdownException, MultiThreadedExecutor
from rclpy.node import Node
from rclpy.utilities import get_default_context
from ros2_nl_commander.ros.execution.halting import WAITING_STOPS

_Result = TypeVar('_Result')

#: What ends a node: Ctrl-C, the system, and a terminal or an SSH session that is lost.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

#: One each for a lifecycle transition, an instruction, an approval, the parameters, timers, and
#: ``~/stop``, which others may wait in.
EXECUTOR_THREADS = 6 + WAITING_STOPS

#: How long a thread may run Python code while others want to [s].
SWITCH_SEC = 0.0005

#: How long the spinning pauses for a callback that no thread is free for [s].
BEGIN_SEC = 0.01

#: How long an executor may take to come round [s].
ROUND_SEC = 5.0

#: A callback that runs longer than this when the spinning ends is left behind [s].
JOIN_TIMEOUT_SEC = 5.0


class PromptPool(ThreadPoolExecutor):
    """
    Threads that a callback is handed to once, by somebody who waits until it has begun.

    rclpy's executor hands a callback that has not begun over again and again, without a pause. So
    it keeps the interpreter from the thread that should begin it, and then thousands of copies
    are in the way of the next callback: messages were up to two seconds late. Mended in later
    versions (https://github.com/ros2/rclpy/pull/1547).
    """

    def __init__(self, threads: int) -> None:
        super().__init__(threads)
        self._lock = threading.Lock()
        self._waiting: dict[Callable[[], Any], tuple[Future[Any], threading.Event]] = {}

    def submit(self, call: Callable[[], Any], /, *_args: Any, **_options: Any) -> Future[Any]:
        """
        Run a callback in a thread, unless it waits for one already; return when it has begun.

        Returns sooner if no thread is free: there may be others to hand over.
        """
        with self._lock:
            if call not in self._waiting:
                self._waiting[call] = super().submit(self._begin, call), threading.Event()
            handed, begun = self._waiting[call]
        begun.wait(BEGIN_SEC)
        return handed

    def _begin(self, call: Callable[[], Any]) -> None:
        with self._lock:
            _, begun = self._waiting.pop(call)
        begun.set()
        call()


class OrderlyExecutor(MultiThreadedExecutor):
    """
    An executor that entities can be made and destroyed under while it spins.

    rclpy walks over a node's entities to build its wait set, without a lock: one that comes or
    goes meanwhile in another thread is met half made or half gone, and ends the spinning.
    """

    def __init__(self, threads: int, *, context: Context | None = None) -> None:
        super().__init__(threads, context=context)
        self._executor = PromptPool(threads)  # rclpy's own has begun nothing yet
        self._jobs: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
        self._work: dict[Future[Any], Callable[[], Any]] = {}

    def between_spins(self, work: Callable[[], _Result], timeout_sec: float) -> _Result:
        """
        Do something while no wait set is in use, and wait for it; for threads that do not spin.

        :returns: what it returns; what it raises is raised here
        :raises TimeoutError: if nobody spins for so long
        """
        done: Future[_Result] = Future()
        self._work[done] = work
        self._jobs.put(done)
        self.create_task(lambda: None)  # a mere wake-up does not make spin_once return
        try:
            return done.result(timeout_sec)
        finally:
            self._work.pop(done, None)

    def spin_once(self, timeout_sec: float | None = None) -> None:
        """Do what waits to be done between two spins, then spin."""
        while not self._jobs.empty():
            done = self._jobs.get()
            work = self._work.pop(done, None)
            if work is None:
                continue  # given up on
            try:
                done.set_result(work())
            except Exception as error:
                done.set_exception(error)  # raised where the result is waited for
        super().spin_once(timeout_sec)


def between_spins(node: Node, work: Callable[[], _Result]) -> _Result:
    """Do something while the executor of a node, if it has an orderly one, uses no entities."""
    if not isinstance(node.executor, OrderlyExecutor):
        return work()
    try:
        return node.executor.between_spins(work, ROUND_SEC)
    except FutureTimeoutError:  # before Python 3.11 not the built-in TimeoutError
        return work()  # nobody spins any more


class BackgroundSpinner:
    """
    Spins nodes in a thread for the time of a ``with`` block.

    :param nodes: nodes of one context
    :param context: their context; the default one if None
    :param on_end: called from the thread when spinning ends, for whatever reason
    """

    def __init__(
        self,
        *nodes: Node,
        context: Context | None = None,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        self.error: Exception | None = None
        self._on_end = on_end
        self._is_stopping = threading.Event()
        self._context = context or get_default_context()
        self._executor = OrderlyExecutor(EXECUTOR_THREADS, context=context)
        for node in nodes:
            self._executor.add_node(node)
        self._thread = threading.Thread(target=self._spin, name='executor', daemon=True)

    def __enter__(self) -> BackgroundSpinner:
        self._thread.start()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # In this order: an executor that is shut down under a spinning thread lets callbacks run
        # on handles that are gone.
        self._is_stopping.set()
        # A task, as a mere wake-up does not make spin_once return.
        self._executor.create_task(lambda: None)
        self._thread.join(JOIN_TIMEOUT_SEC)
        self._executor.shutdown(timeout_sec=JOIN_TIMEOUT_SEC)

    def _spin(self) -> None:
        try:
            while self._context.ok() and not self._is_stopping.is_set():
                self._executor.spin_once()
        except ExternalShutdownException:
            return
        except Exception as error:
            # An exception of any callback arrives here; the owner of this spinner reports it.
            self.error = error
        finally:
            self._on_end()


def switch_threads_often() -> None:
    """
    Let a stop in while another thread runs Python code, ten times as soon as by default.

    A stop passes through several threads, and each would wait 5 ms for a busy one.
    """
    sys.setswitchinterval(SWITCH_SEC)


def set_on_signal(event: threading.Event) -> None:
    """
    Let the signals that end a node set an event and do nothing else; for the main thread only.

    SIGHUP stays ignored where it is: under ``nohup`` a node outlives its terminal.
    """
    def handle(_number: int, _frame: Any) -> None:
        event.set()

    for number in SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handle)


def ignore_signals() -> None:
    """
    Ignore the same signals from now on; for a process that is at its end.

    Ctrl-C reaches a node under ``ros2 launch`` twice, from the terminal and from the launch. Where
    the second one finds the interpreter ending, it would turn a clean end into a killed process.
    """
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
