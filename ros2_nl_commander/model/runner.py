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

"""Who runs the model while a sentence is answered: plainly, or captured on a GPU."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Protocol

import numpy as np
from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.captured import CapturedRunner, is_fit
from ros2_nl_commander.model.cuda_graphs import CudaRecorder
from ros2_nl_commander.model.forward import embed, logits, read
from ros2_nl_commander.model.key_values import KeyValueCache, KeyValues
from ros2_nl_commander.model.matching import Masks, RANKED, Ranking
import torch


class Run(Protocol):
    """The model behind a prefix, for one sentence."""

    def read(self, ids: Sequence[int], asked: int) -> None:
        """
        Read what comes next; may return before the device is done.

        :param ids: at least one
        :param asked: score what may follow each of the last so many
        """

    def rank(self, masks: Masks) -> list[Ranking]:
        """
        Rank the tokens that may follow the last read.

        :param masks: what may follow, a row for each that was asked for; may be fewer
        :returns: the likeliest tokens of each row
        """

    def forget(self, count: int) -> None:
        """Take the last tokens back, as if they had not been read."""


class Runner(Protocol):
    """A model that sentences can be answered with."""

    def behind(self, prefix: KeyValues, room: int) -> AbstractContextManager[Run]:
        """
        Begin a sentence.

        :param prefix: keys and values of all that stands before; never changed
        :param room: tokens that may be read behind it
        """


def runner_for(backbone: Backbone) -> Runner:
    """Choose the runner: captured where there is something to gain, on a CUDA device."""
    if backbone.device.type == 'cuda' and is_fit(backbone):
        return CapturedRunner(backbone, partial(CudaRecorder, backbone.device))
    return PlainRunner(backbone)


class PlainRunner:
    """
    Runs the model as it is, on any device, with a cache that grows with every token.

    :param backbone: the model
    """

    def __init__(self, backbone: Backbone) -> None:
        self._backbone = backbone

    @contextmanager
    def behind(self, prefix: KeyValues, room: int) -> Iterator[PlainRun]:
        """Begin a sentence; any number may be answered at the same time."""
        yield PlainRun(self._backbone, prefix)


class PlainRun:
    """One sentence behind its prefix."""

    def __init__(self, backbone: Backbone, prefix: KeyValues) -> None:
        self._backbone = backbone
        self._cache = KeyValueCache(prefix)
        self._scores = torch.empty(0, backbone.shape.vocabulary)

    def read(self, ids: Sequence[int], asked: int) -> None:
        """Read what comes next, in one forward."""
        given = torch.tensor([ids], device=self._backbone.device)
        hidden = read(self._backbone, embed(self._backbone, given), self._cache)
        self._scores = logits(self._backbone, hidden[0, -asked:])  # (asked, V)

    def rank(self, masks: Masks) -> list[Ranking]:
        """Rank the tokens that may follow, for each row."""
        return [rank(scores, mask) for scores, mask in zip(self._scores, masks)]

    def forget(self, count: int) -> None:
        """Take the last tokens back."""
        self._cache = self._cache.without_last(count)


def rank(scores: torch.Tensor, mask: Masks) -> Ranking:
    """Rank the tokens that a mask lets follow, by scores (V)."""
    # Few may follow in most places: looking at these alone is faster than hiding all others.
    flags = np.unpackbits(mask.view(np.uint8), bitorder='little')[:len(scores)]
    allowed = torch.from_numpy(np.flatnonzero(flags)).to(scores.device)
    best = scores[allowed].float().log_softmax(-1).topk(min(RANKED, len(allowed)))
    return list(zip(allowed[best.indices].tolist(), best.values.tolist(), strict=True))
