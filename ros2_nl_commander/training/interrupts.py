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


"""Ctrl-C and what must happen as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
import signal
import threading
from typing import Any


@contextmanager
def interrupt_delayed() -> Iterator[None]:
    """
    Hold back a Ctrl-C while a block runs; it takes effect at the end of the block.

    Between the optimizer and the step counter, it would leave a state that cannot be resumed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Python hands signals to the main thread only
        return
    held_back: list[int] = []

    def hold_back(number: int, frame: Any) -> None:
        held_back.append(number)

    previous = signal.signal(signal.SIGINT, hold_back)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
    if held_back:
        signal.raise_signal(signal.SIGINT)
