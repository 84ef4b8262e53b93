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
Answering with captured forwards: what makes a GPU as fast as its memory.

Owns the fixed memory and who may use it. A step that is not captured yet runs as it is, so nothing
waits for capturing but, at most, one step of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
import logging
import math
from threading import Lock, Thread

from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.cache import first_line
from ros2_nl_commander.model.fixed_forward import FixedForward, Recorder, WIDTHS
from ros2_nl_commander.model.key_values import KeyValues, length_of
from ros2_nl_commander.model.matching import Masks, Ranking
import torch

#: Positions at first, enough for a robot of about twenty interfaces; every forward looks at all.
FIRST_CAPACITY = 768
#: Capacities are multiples of this: robots of much the same size share one.
CAPACITY_STEP = 256
#: A run is padded by less than half of the largest width.
PADDING = WIDTHS[-1] // 2

_logger = logging.getLogger(__name__)


def is_fit(backbone: Backbone) -> bool:
    """Tell whether a model can run at fixed places: on one device, every position seen by all."""
    parts = (backbone.body, backbone.head)
    devices = {weight.device for part in parts for weight in part.parameters()}
    window = getattr(backbone.body.config, 'sliding_window', None)
    return devices <= {backbone.device} and window is None


class CapturedRun:
    """
    One sentence behind its prefix.

    :param forward: nobody else may use it meanwhile
    :param length: positions of the prefix
    """

    def __init__(self, forward: FixedForward, length: int) -> None:
        self._forward = forward
        self._length = length

    def read(self, ids: Sequence[int], asked: int) -> None:
        """Read what comes next, in several forwards if it is long."""
        # The last forward is a full one: it has all the rows that are asked for.
        end = len(ids) % WIDTHS[-1] or WIDTHS[-1]
        begin = 0
        while begin < len(ids):
            part = ids[begin:end]
            self._forward.read(part, self._length, asked if end == len(ids) else 1)
            self._length += len(part)
            begin, end = end, end + WIDTHS[-1]

    def rank(self, masks: Masks) -> list[Ranking]:
        """Rank the tokens that may follow, for each row."""
        return self._forward.rank(masks)

    def forget(self, count: int) -> None:
        """Go back by some positions; what stands there is written over or hidden."""
        self._length -= count


class CapturedRunner:
    """
    Runs sentences one after the other in the same memory; grows where a robot needs more.

    :param backbone: a model that is fit
    :param make_recorder: makes what records steps, anew for each capacity, because the memory that
        one shares goes with what it recorded; None runs all steps as they are
    """

    def __init__(
        self, backbone: Backbone, make_recorder: Callable[[], Recorder] | None = None
    ) -> None:
        self._backbone = backbone
        self._make_recorder = make_recorder
        self._recorder: Recorder | None = None
        self._lock = Lock()
        self._next = Lock()
        self._take_memory(FIRST_CAPACITY)

    @contextmanager
    def behind(self, prefix: KeyValues, room: int) -> Iterator[CapturedRun]:
        """
        Begin a sentence; another one waits until it ends.

        :param prefix: keys and values of all that stands before; not to be changed afterwards
        :param room: tokens that may be read behind it
        """
        needed = length_of(prefix) + room + PADDING
        with self._turn():
            if needed > self._forward.capacity:
                self._take_memory(math.ceil(needed / CAPACITY_STEP) * CAPACITY_STEP)
            yield CapturedRun(self._forward, self._forward.cache.rewind(prefix))

    @torch.inference_mode()
    def warm_up(self) -> None:
        """Capture what is not captured yet, letting sentences pass in between."""
        while True:
            with self._turn():
                recorder, missing = self._recorder, self._forward.missing()
                if recorder is None or not missing:
                    return
                try:
                    self._forward.record(missing[0], recorder)
                except RuntimeError as error:
                    _logger.warning('The model runs uncaptured, which is slower: %s',
                                    first_line(error))
                    self._recorder = None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for one's turn; who waits comes before who was just there, unlike with a lock."""
        with self._next:
            self._lock.acquire()
        try:
            yield
        finally:
            self._lock.release()

    def _take_memory(self, capacity: int) -> None:
        self._forward = FixedForward(self._backbone, capacity)
        if self._make_recorder is not None:
            self._recorder = self._make_recorder()
            Thread(target=self.warm_up, name='capture').start()
