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
Linear layers with 8 or 4 bits a weight, for inference on the CPU, by torch's own kernels.

Knows nothing of language models. Shapes: M rows, K inputs, N outputs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
import warnings

import torch
from torch import nn

#: Weights that share a scale and an offset where each has 4 bits; GGUF's Q4_K has the same groups.
GROUP = 32
#: Outputs that are rounded at once: so few that they stay in the processor's cache.
ROWS_AT_ONCE = 256
#: Weights of an output that share a scale where they are rounded to 8 bits, at most: the widest
#: layer has outliers, and one scale for all of it doubles the error. A fifth of Qwen2.5's 8,960.
WEIGHTS_A_SCALE = 1792
#: Highest magnitude of an 8-bit number, symmetric.
INT8_MAX = 127
INT4_LEVELS = 16
#: Steps that a group may have, as parts of its range.
STEPS = (15, 14, 13)


class Int8Linear(nn.Module):
    """
    A frozen linear layer with 8-bit weights, one scale for each output; wide layers in parts.

    The inputs of every row are rounded too, with a scale of the row's own, because only then the
    product runs in 8-bit instructions: weights of 8 bits alone are slower than bfloat16 for more
    than two rows. They keep 15 bits, in two halves: what the first rounding leaves over is
    rounded again and multiplied as another row. Few rows cost what reading the weights costs, so
    that is nearly free, and with 8 bits the inputs' rounding errs far more than the weights'.

    :param linear: the layer to take weight and bias from
    """

    bias: torch.Tensor | None

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        parts = linear.weight.detach().split(WEIGHTS_A_SCALE, dim=1)
        self._packed = [_packed_for_fbgemm(*_int8_from_weight(part)) for part in parts]
        #: What the kernel's own layout holds, as no tensor says it; each output of a part has a
        #: scale, an offset and a sum.
        self.packed_bytes = linear.weight.numel() + len(parts) * linear.out_features * 3 * 4
        bias = None if linear.bias is None else linear.bias.detach().float()
        self.register_buffer('bias', bias, persistent=False)
        self.train(linear.training)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Apply the layer: (..., K) to (..., N)."""
        rows = inputs.float().reshape(-1, inputs.shape[-1])
        count, levels = len(rows), _input_levels()
        scales = rows.abs().amax(-1, keepdim=True).clamp_(min=1e-20).div_(levels)
        scaled = rows / scales
        halves = torch.empty(2 * count, rows.shape[-1])
        coarse = torch.round(scaled, out=halves[:count])
        torch.sub(scaled, coarse, out=halves[count:]).mul_(2 * levels)
        parts = halves.split(WEIGHTS_A_SCALE, dim=-1)
        products = _product_of_whole(parts[0], self._packed[0], levels)
        for part, packed in zip(parts[1:], self._packed[1:]):
            products += _product_of_whole(part, packed, levels)
        outputs = products[:count].add_(products[count:], alpha=1 / (2 * levels)).mul_(scales)
        if self.bias is not None:
            outputs += self.bias
        return outputs.to(inputs.dtype).view(*inputs.shape[:-1], -1)


class Int4Linear(nn.Module):
    """
    A frozen linear layer with 4-bit weights; groups of 32 share a scale and an offset.

    :param linear: the layer to take weight and bias from; its inputs come in whole groups
    """

    packed: torch.Tensor
    scales: torch.Tensor
    bias: torch.Tensor | None

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        values, scales = _int4_from_weight(linear.weight.detach())
        packed = torch.ops.aten._convert_weight_to_int4pack_for_cpu(values, 1)
        bias = None if linear.bias is None else linear.bias.detach()
        self.register_buffer('packed', packed, persistent=False)
        self.register_buffer('scales', scales, persistent=False)
        self.register_buffer('bias', bias, persistent=False)
        self.train(linear.training)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Apply the layer: (..., K) to (..., N)."""
        rows = inputs.reshape(-1, inputs.shape[-1]).bfloat16()
        outputs: torch.Tensor = torch.ops.aten._weight_int4pack_mm_for_cpu(
            rows, self.packed, GROUP, self.scales)
        outputs = outputs.to(inputs.dtype).view(*inputs.shape[:-1], -1)
        return outputs if self.bias is None else outputs + self.bias


def _product_of_whole(numbers: torch.Tensor, packed: Any, levels: int) -> torch.Tensor:
    """
    Multiply whole numbers.

    :param numbers: floats (M, K); what is between two is rounded
    :param levels: none is greater
    """
    product: torch.Tensor = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(
        numbers, 1.0, levels + 1, packed)
    return product


@lru_cache(maxsize=1)
def _input_levels() -> int:
    """
    Tell what inputs may be rounded to on this CPU.

    Where it has no VNNI, the kernel adds two products in 16 bits, which overflow from 64 levels
    on: ones times ones came out as a hundredth of what they are.
    """
    count = 64
    ones = torch.ones(1, count)
    packed = _packed_for_fbgemm(*_int8_from_weight(ones))
    product = float(_product_of_whole(INT8_MAX * ones, packed, INT8_MAX))
    is_right = abs(product - INT8_MAX * count) < INT8_MAX
    return INT8_MAX if is_right else INT8_MAX // 2


def can_use_int8() -> bool:
    """Tell whether this torch build and CPU have the 8-bit kernels."""
    return ('fbgemm' in torch.backends.quantized.supported_engines
            and hasattr(torch.ops.quantized, 'linear_with_input_q_dq_qweight_dq_output_fp32'))


def can_use_int4() -> bool:
    """Tell whether this torch build and CPU have the 4-bit kernels, not just a slow stand-in."""
    return (hasattr(torch.ops.aten, '_weight_int4pack_mm_for_cpu')
            and torch.backends.cpu.get_cpu_capability() in ('AVX2', 'AVX512'))


def fits_int4(linear: nn.Linear) -> bool:
    """Tell whether the 4-bit kernels take a layer of this size."""
    return linear.in_features % GROUP == 0 and linear.out_features % 16 == 0


def _int8_from_weight(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Round (N, K) to whole numbers (N, K) and scales (N)."""
    values = torch.empty(weight.shape, dtype=torch.int8)
    scales = torch.empty(weight.shape[0])
    for start in range(0, weight.shape[0], ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        part = weight[rows].float()
        scales[rows] = (part.abs().amax(1) / INT8_MAX).clamp(min=1e-20)
        values[rows] = (part / scales[rows, None]).round_().to(torch.int8)
    return values, scales


def _packed_for_fbgemm(values: torch.Tensor, scales: torch.Tensor) -> Any:
    with warnings.catch_warnings():
        # Quantised tensors are to leave torch; here one lives only until it is packed.
        warnings.filterwarnings('ignore', message='.*quantized tensor.*')
        weight = torch._make_per_channel_quantized_tensor(
            values, scales.double(), torch.zeros(len(scales), dtype=torch.long), 0)
    with _engine('fbgemm'):
        return torch.ops.quantized.linear_prepack(weight, None)


@contextmanager
def _engine(name: str) -> Iterator[None]:
    """Choose torch's 8-bit kernels for a while; which ones is a setting of the process."""
    before = torch.backends.quantized.engine
    torch.backends.quantized.engine = name
    try:
        yield
    finally:
        torch.backends.quantized.engine = before


def _int4_from_weight(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Round (N, K) to whole numbers (N, K) and scales with offsets (K / GROUP, N, 2)."""
    values = torch.empty(weight.shape, dtype=torch.int32)
    scales = torch.empty(weight.shape[1] // GROUP, weight.shape[0], 2, dtype=torch.bfloat16)
    for start in range(0, weight.shape[0], ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        groups = weight[rows].float().view(-1, weight.shape[1] // GROUP, GROUP)
        step, low = _best_steps(groups)
        values[rows] = _levels(groups, step, low).to(torch.int32).flatten(1)
        # The kernel takes the value of level 8 as the offset.
        middle = low + step * (INT4_LEVELS // 2)
        scales[:, rows] = torch.cat((step, middle), -1).transpose(0, 1).bfloat16()
    return values, scales


def _best_steps(groups: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """
    Choose the step and the lowest level of every group, (..., GROUP) to (..., 1) twice.

    A group need not use all levels: weights that come from a file of 4 bits (Q4_K) sit on a grid
    already, and a fifth of their groups has only 14 of its steps. Finding it again takes the error
    of such weights from 4.5 % to 0.3 %.
    """
    low, high = groups.amin(-1, keepdim=True), groups.amax(-1, keepdim=True)
    steps = torch.cat([((high - low) / parts).clamp(min=1e-20) for parts in STEPS], -1)
    errors = torch.cat([_squared_error(groups, step, low)
                        for step in steps.split(1, dim=-1)], -1)
    return steps.gather(-1, errors.argmin(-1, keepdim=True)), low


def _squared_error(
    groups: torch.Tensor, step: torch.Tensor, low: torch.Tensor
) -> torch.Tensor:
    rounded = _levels(groups, step, low).mul_(step).add_(low)
    return rounded.sub_(groups).square_().sum(-1, keepdim=True)


def _levels(groups: torch.Tensor, step: torch.Tensor, low: torch.Tensor) -> torch.Tensor:
    return ((groups - low) / step).round_().clamp_(0, INT4_LEVELS - 1)
