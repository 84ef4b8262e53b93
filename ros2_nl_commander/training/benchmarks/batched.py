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
Forwards for many sentences at once behind the same context: what a fleet could get of them.

Nothing decodes in batches; these are the forwards that it would take.

Shapes: B batch, T positions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
import statistics
import time
from typing import Any

from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.forward import embed, logits, read
from ros2_nl_commander.model.key_values import KeyValueCache, KeyValues
import torch

SIZES = (1, 2, 4, 8, 16, 32)
REPETITIONS = 3


@dataclass(frozen=True, slots=True)
class Batched:
    """
    One size of batch.

    :param size: B
    :param prefill_seconds: to read the sentences [s]
    :param step_seconds: one forward of one token each [s]
    :param forwards: of an answer, the prefill among them
    :param key_value_bytes: of all rows, after the prefill
    """

    size: int
    prefill_seconds: float
    step_seconds: float
    forwards: int
    key_value_bytes: int

    @property
    def rate(self) -> float:
        """Return sentences a second."""
        return self.size / (self.prefill_seconds + (self.forwards - 1) * self.step_seconds)


@torch.inference_mode()
def measure_batches(
    backbone: Backbone, prefix: KeyValues, sentences: Sequence[Sequence[int]], forwards: int
) -> list[Batched]:
    """
    Time a prefill and single tokens for every size.

    :param prefix: keys and values of context and prompt
    :param sentences: token ids, repeated as they are needed
    :param forwards: that an answer takes
    """
    return [_measure(backbone, prefix, list(islice(cycle(sentences), size)), max(1, forwards))
            for size in SIZES]


def _measure(
    backbone: Backbone, prefix: KeyValues, rows: Sequence[Sequence[int]], forwards: int
) -> Batched:
    # Padded with what stands there anyway: the time does not depend on the tokens.
    width = max(map(len, rows))
    ids = torch.tensor([[*row, *[row[-1]] * (width - len(row))] for row in rows],
                       device=backbone.device)
    prefills, steps = [], []
    _forward(backbone, ids, KeyValueCache(prefix, len(rows)))  # warms up
    for _ in range(REPETITIONS):
        cache = KeyValueCache(prefix, len(rows))
        seconds, chosen = _timed(lambda: _forward(backbone, ids, cache))
        prefills.append(seconds)
        held = sum(keys.nbytes + values.nbytes for keys, values in cache.key_values())
        seconds, _ = _timed(lambda: _forward(backbone, chosen, cache))
        steps.append(seconds)
    return Batched(len(rows), statistics.median(prefills), statistics.median(steps), forwards,
                   held)


def _forward(backbone: Backbone, ids: torch.Tensor, cache: KeyValueCache) -> torch.Tensor:
    """Run the model over ids (B, T); return the likeliest next token of each row, (B, 1)."""
    hidden = read(backbone, embed(backbone, ids), cache)
    return logits(backbone, hidden[:, -1]).argmax(dim=-1, keepdim=True)


def _timed(work: Callable[[], torch.Tensor]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    result.tolist()  # waits for the device
    return time.perf_counter() - start, result


def draw_batches(batches: Sequence[Batched], path: Path) -> None:
    """Draw sentences a second, and the seconds that each of them waits, to a PNG file."""
    from matplotlib.figure import Figure
    sizes = [one.size for one in batches]
    figure = Figure(figsize=(9, 4), layout='constrained')
    rates, waits = figure.subplots(1, 2)
    rates.plot(sizes, [one.rate for one in batches], marker='o')
    rates.set(ylabel='sentences/s')
    waits.plot(sizes, [one.size / one.rate for one in batches], marker='o')
    waits.set(ylabel='an answer [s]')
    for axes in (rates, waits):
        axes.set(xscale='log', xlabel='sentences at once', ylim=(0, None), xticks=sizes)
        axes.set_xticklabels([str(size) for size in sizes])
        axes.grid(alpha=0.3)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format='png', dpi=110)
