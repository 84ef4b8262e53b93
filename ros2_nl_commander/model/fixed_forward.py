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
The model with inputs, cache and outputs at fixed places: nothing is allocated for a sentence.

On a GPU, launching a thousand small kernels takes many times longer than running them. Work whose
shapes and places never change can be recorded once and launched as one. So forwards come in a few
widths, shorter runs are padded on the right, and what differs lies in buffers. The same steps run
unrecorded, on any device.

Shapes: W width of a forward, C capacity, R rows that are scored, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
import math
from typing import TypeAlias

from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.fixed_cache import FixedCache
from ros2_nl_commander.model.forward import embed, logits
from ros2_nl_commander.model.matching import Masks, RANKED, Ranking
import torch

#: Tokens in one forward: guesses and forced runs up to 16, instructions above.
WIDTHS = (1, 2, 4, 8, 16, 32, 64, 128)
#: R, rows that can be scored in one forward.
ROWS = 16
#: Names the step that ranks, among the widths of those that read.
RANKING = 0

Step: TypeAlias = Callable[[], None]
Recorder: TypeAlias = Callable[[Step], Step]


class Mirror:
    """A buffer on the device, and one that the host writes to and sends from."""

    def __init__(self, *size: int, dtype: torch.dtype, device: torch.device) -> None:
        self.device = torch.zeros(size, dtype=dtype, device=device)
        # Only from pinned memory does a copy not wait for what the device is doing.
        self._host = torch.zeros(size, dtype=dtype, pin_memory=device.type == 'cuda')
        self.array = self._host.numpy()

    def send(self, *, wait: bool) -> None:
        """Copy to the device; until that is done the host must not write again."""
        self.device.copy_(self._host, non_blocking=not wait)


class FixedForward:
    """
    Reads tokens and ranks those that may follow; knows nothing of sentences.

    :param backbone: the model, all of it on one device
    :param capacity: C, positions in the cache
    """

    def __init__(self, backbone: Backbone, capacity: int) -> None:
        device, vocabulary = backbone.device, backbone.shape.vocabulary
        self.capacity = capacity
        self.cache = FixedCache(backbone, capacity)
        self._backbone = backbone
        self._recorded: dict[int, Step] = {}
        self._inputs = Mirror(1 + ROWS + WIDTHS[-1], dtype=torch.long, device=device)
        self._masks = Mirror(ROWS, math.ceil(vocabulary / 32), dtype=torch.int32, device=device)
        self._counting = torch.arange(capacity, device=device)
        self._flags = torch.ones(32, dtype=torch.int32, device=device) << torch.arange(
            32, dtype=torch.int32, device=device)
        self._positions = torch.zeros(WIDTHS[-1], dtype=torch.long, device=device)
        self._scores = torch.zeros(ROWS, vocabulary, device=device)
        # Tokens and their log-probabilities in one place, for one transfer: float32 holds every
        # whole number up to 16 million.
        self._ranking = torch.zeros(ROWS, 2, RANKED, device=device)

    def read(self, ids: Sequence[int], start: int, asked: int) -> None:
        """
        Read tokens at the positions from ``start`` on; does not wait for the device.

        :param ids: at most as many as the largest width
        :param asked: score what may follow each of the last so many, at most R
        :raises ModelError: if the cache has no room for them
        """
        width = next(width for width in WIDTHS if width >= len(ids))
        if start + width > self.capacity:
            raise ModelError(f'The model has room for {self.capacity} tokens, '
                             f'and {start + width} are asked for')
        inputs = self._inputs.array
        inputs[:] = 0  # an old row number could lie outside of a narrower forward
        inputs[0] = start
        inputs[1:1 + asked] = range(len(ids) - asked, len(ids))
        inputs[1 + ROWS:1 + ROWS + len(ids)] = ids
        self._inputs.send(wait=True)
        self._run(width)

    def rank(self, masks: Masks) -> list[Ranking]:
        """
        Rank the tokens that may follow each of the rows that were asked for, from the first on.

        :param masks: a row of bits for each
        """
        rows = self._masks.array[:len(masks)]
        rows[:] = 0
        rows[:, :masks.shape[1]] = masks
        self._masks.send(wait=False)
        self._run(RANKING)
        ranking = self._ranking[:len(masks)].tolist()  # the one transfer, and wait
        return [[(int(token), log_probability) for token, log_probability in zip(*row, strict=True)
                 if log_probability > -math.inf] for row in ranking]

    def missing(self) -> list[int]:
        """Name the steps that are not recorded."""
        return [step for step in (RANKING, *WIDTHS) if step not in self._recorded]

    def record(self, step: int, recorder: Recorder) -> None:
        """Record a step, which runs it; spoils what the cache holds."""
        self.cache.spoil()
        self._inputs.array[:] = 0
        self._inputs.send(wait=True)
        self._recorded[step] = recorder(partial(self._run_plainly, step))

    def _run(self, step: int) -> None:
        if step in self._recorded:
            self._recorded[step]()
        else:
            self._run_plainly(step)

    def _run_plainly(self, step: int) -> None:
        if step == RANKING:
            self._rank()
        else:
            self._read(step)

    def _read(self, width: int) -> None:
        inputs = self._inputs.device
        start, rows, ids = inputs[:1], inputs[1:1 + ROWS], inputs[1 + ROWS:]
        positions = torch.add(start, self._counting[:width], out=self._positions[:width])
        self.cache.positions = positions
        output = self._backbone.body(
            inputs_embeds=embed(self._backbone, ids[None, :width]),
            attention_mask=self._attention_mask(positions), position_ids=positions[None],
            past_key_values=self.cache, use_cache=True)
        count = min(width, ROWS)
        hidden = output.last_hidden_state[0].index_select(0, rows[:count])  # (R, H)
        self._scores[:count].copy_(logits(self._backbone, hidden))

    def _attention_mask(self, positions: torch.Tensor) -> torch.Tensor:
        """
        Hide from every position what stands behind it, padding and stale positions among that.

        Added to the scores, because only then all versions of transformers, and all attentions,
        take it as it is.

        :returns: (1, 1, W, C)
        """
        is_behind = self._counting > positions[:, None]
        mask = torch.zeros(
            is_behind.shape, dtype=self._backbone.dtype, device=self._backbone.device)
        return mask.masked_fill_(is_behind, -math.inf)[None, None]

    def _rank(self) -> None:
        bits = self._masks.device[:, :, None] & self._flags  # (R, V / 32, 32)
        is_forbidden = bits.eq(0).flatten(1)[:, :self._scores.shape[1]]
        allowed = self._scores.masked_fill(is_forbidden, -math.inf)
        best = allowed.log_softmax(dim=-1).topk(RANKED)
        self._ranking[:, 0].copy_(best.indices)
        self._ranking[:, 1].copy_(best.values)
