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

"""What reordering the weights once is worth on this CPU, in the format that it computes in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import statistics
import time
from typing import Any

from ros2_nl_commander.model.backbone import choose_dtype
from ros2_nl_commander.model.packed_linear import pack_linear_layers
from ros2_nl_commander.training.benchmarks.table import Table
import torch
from transformers import AutoModelForCausalLM

REPETITIONS = 5

#: (rows, tokens) of a forward for inference, and of a forward and backward for training.
FORWARDS = ((1, 1), (1, 2), (1, 8), (1, 32), (1, 64))
TRAINING_STEP = (4, 80)


def measure_packing(folder: Path) -> Table:
    """
    Time the same forwards before and after packing, in one run.

    :param folder: the model
    """
    dtype = choose_dtype('auto', torch.device('cpu'))
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype)
    model.eval().requires_grad_(False)
    before = _all_times(model)
    start = time.perf_counter()
    pack_linear_layers(model.model, trainable_input=True)
    packing = time.perf_counter() - start
    after = _all_times(model)
    rows = [(name, f'{before[name]:.3f}', f'{after[name]:.3f}',
             f'{after[name] / before[name]:.2f}') for name in before]
    name = str(dtype).removeprefix('torch.')
    return Table(f'Packed {name} weights ({packing:.0f} s to pack, once, for training)',
                 ('work', 'plain, s', 'packed, s', 'ratio'), rows)


def _all_times(model: Any) -> dict[str, float]:
    times = {}
    for batch, tokens in FORWARDS:
        embedded = _inputs(model, batch, tokens, requires_grad=False)
        times[f'forward, {batch} x {tokens} tokens'] = _median_time(
            lambda: _forward(model, embedded))
    embedded = _inputs(model, *TRAINING_STEP, requires_grad=True)
    name = 'forward and backward, {} x {} tokens'.format(*TRAINING_STEP)
    times[name] = _median_time(lambda: _forward(model, embedded).float().sum().backward())
    return times


def _inputs(model: Any, batch: int, tokens: int, *, requires_grad: bool) -> torch.Tensor:
    size = model.config.hidden_size
    return torch.randn(batch, tokens, size, dtype=model.dtype, requires_grad=requires_grad)


def _forward(model: Any, embedded: torch.Tensor) -> torch.Tensor:
    with torch.set_grad_enabled(embedded.requires_grad):
        hidden: torch.Tensor = model.model(inputs_embeds=embedded).last_hidden_state
    return hidden


def _median_time(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)
