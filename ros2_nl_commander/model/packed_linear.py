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
Linear layers whose weights are reordered once, for the CPU.

A plain bfloat16 ``nn.Linear`` on the CPU reorders its weight for oneDNN at every call with more
than one row; for a 1.5B model that is up to a second a forward, whatever the number of tokens. A
plain float32 one is multiplied by MKL, which on processors without AVX-512 takes three times as
long for two to sixteen rows as oneDNN with a reordered weight. Knows nothing of language models.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn


class PackedLinear(nn.Module):
    """
    A frozen linear layer with its weight in oneDNN's own layout.

    :param linear: the layer to take weight and bias from
    :param trainable_input: keep the transposed weight too, so that gradients reach the input
    """

    packed: torch.Tensor
    packed_transposed: torch.Tensor | None
    bias: torch.Tensor | None

    def __init__(self, linear: nn.Linear, *, trainable_input: bool) -> None:
        super().__init__()
        weight = linear.weight.detach()
        transposed = _reorder(weight.t().contiguous()) if trainable_input else None
        bias = None if linear.bias is None else linear.bias.detach()
        # Buffers, so that whoever adds up the memory of a model finds them; not persistent,
        # because a packed weight is of use on this CPU only.
        self.register_buffer('packed', _reorder(weight), persistent=False)
        self.register_buffer('packed_transposed', transposed, persistent=False)
        self.register_buffer('bias', bias, persistent=False)
        self.train(linear.training)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """
        Apply the layer: (..., in) to (..., out).

        :raises RuntimeError: if a gradient is asked for and the layer was not made for one
        """
        if not inputs.requires_grad:
            return _product(inputs, self.packed, self.bias)
        if self.packed_transposed is None:  # torch would give a gradient of zero
            raise RuntimeError('Packed without trainable_input: no gradient can pass')
        result: torch.Tensor = _PackedProduct.apply(
            inputs, self.packed, self.packed_transposed, self.bias)
        return result


class _PackedProduct(torch.autograd.Function):
    """Product with a packed weight; only the input gets a gradient, the weight is frozen."""

    @staticmethod
    def forward(
        ctx: Any, inputs: torch.Tensor, packed: torch.Tensor,
        packed_transposed: torch.Tensor, bias: torch.Tensor | None,
    ) -> torch.Tensor:
        ctx.packed_transposed = packed_transposed
        return _product(inputs, packed, bias)

    @staticmethod
    def backward(
        ctx: Any, gradient: torch.Tensor
    ) -> tuple[torch.Tensor, None, None, None]:
        return _product(gradient.contiguous(), ctx.packed_transposed, None), None, None, None


def _reorder(weight: torch.Tensor) -> torch.Tensor:
    reordered: torch.Tensor = torch.ops.mkldnn._reorder_linear_weight(weight)
    return reordered


def _product(
    inputs: torch.Tensor, packed: torch.Tensor, bias: torch.Tensor | None
) -> torch.Tensor:
    outputs: torch.Tensor = torch.ops.mkldnn._linear_pointwise(
        inputs, packed, bias, 'none', [], '')
    return outputs


def can_pack(dtype: torch.dtype) -> bool:
    """Tell whether this torch build and CPU have packed products of a number format."""
    operators = getattr(torch.ops, 'mkldnn', None)
    if not (torch.backends.mkldnn.is_available()
            and hasattr(operators, '_reorder_linear_weight')
            and hasattr(operators, '_linear_pointwise')):
        return False
    if dtype == torch.bfloat16:
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return dtype == torch.float32


def pack_linear_layers(model: nn.Module, *, trainable_input: bool) -> int:
    """
    Replace every ``nn.Linear`` below a module by a packed one.

    :param model: on the CPU, frozen; changed in place, its plain weights are released
    :param trainable_input: whether gradients must flow through to the inputs; doubles the memory
    :returns: how many layers were replaced
    """
    return replace_linear_layers(
        model, lambda linear: PackedLinear(linear, trainable_input=trainable_input))


def replace_linear_layers(model: nn.Module, make: Callable[[nn.Linear], nn.Module]) -> int:
    """
    Replace every ``nn.Linear`` below a module, releasing each before the next is made.

    :param model: changed in place; its memory never holds more than one layer twice
    :param make: gives the replacement
    :returns: how many layers were replaced
    """
    # Names only: a list of the layers themselves would keep all of them to the end.
    targets = [(parent, name) for parent in model.modules()
               for name, child in parent.named_children() if isinstance(child, nn.Linear)]
    for parent, name in targets:
        setattr(parent, name, make(getattr(parent, name)))
    return len(targets)
