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
Fewer bits a weight: what ``quantize`` may be, where it works, and how it is done there.

On the CPU torch's own kernels, on CUDA those of torchao. Knows neither prompts nor robots.
"""

from __future__ import annotations

from typing import Any

from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.language.generation import QUANTIZATIONS
from ros2_nl_commander.model.packed_linear import replace_linear_layers
from ros2_nl_commander.model.quantized_linear import (
    can_use_int4, can_use_int8, fits_int4, GROUP, Int4Linear, Int8Linear)
import torch
from torch import nn


def auto_quantization(device: torch.device, dtype: torch.dtype) -> str:
    """
    Tell what ``auto`` stands for.

    :param dtype: what the device computes in
    """
    is_slow = device.type == 'cpu' and dtype == torch.float32
    return 'int8' if is_slow and can_use_int8() else 'none'


def check_quantization(
    quantize: str, device: torch.device, dtype: torch.dtype, *, device_map: str = '',
    for_training: bool = False,
) -> None:
    """
    Refuse what cannot work, before a model is loaded.

    :param quantize: one of QUANTIZATIONS; not auto
    :raises ModelError: for an unknown value, or one that does not work here; says what does
    """
    if quantize not in QUANTIZATIONS:
        raise ModelError(f'Unknown quantize {quantize!r}: use {", ".join(QUANTIZATIONS)}')
    if quantize == 'none':
        return
    problem = None
    if for_training:
        problem = 'no gradients pass through rounded weights, so training needs none'
    elif device_map:
        problem = 'it needs the whole model on one device, so leave device_map empty'
    elif device.type == 'cpu':
        problem = _cpu_problem(quantize)
    elif device.type == 'cuda':
        problem = _cuda_problem(quantize, dtype)
    else:
        problem = f'it works on cpu and cuda, not on {device.type}: use none'
    if problem is not None:
        raise ModelError(f'Cannot quantize to {quantize}: {problem}')


def _cpu_problem(quantize: str) -> str | None:
    if not can_use_int8():  # the output layer has 8 bits in either case
        return 'this CPU or build of torch lacks the 8-bit kernels (fbgemm): use none'
    if quantize == 'int4' and not can_use_int4():
        return 'this CPU or build of torch lacks the 4-bit kernels (AVX2): use int8 or none'
    return None


def _cuda_problem(quantize: str, dtype: torch.dtype) -> str | None:
    try:
        import torchao.quantization  # noqa: F401
    except ImportError:
        return 'on a GPU this takes torchao, which is not installed: pip install torchao'
    if quantize == 'int4' and dtype != torch.bfloat16:
        return 'on a GPU this takes bfloat16 for the rest: use dtype auto or bfloat16'
    return None


def quantize_layers(body: nn.Module, head: nn.Linear, quantize: str) -> nn.Module:
    """
    Round every linear layer of a frozen model, one after the other.

    :param body: changed in place, its plain weights are released
    :param head: the output layer; it gets 8 bits in any case, as it decides between near words
    :param quantize: int8 or int4, which check_quantization has passed
    :returns: the rounded output layer
    """
    if head.weight.device.type == 'cuda':
        return _quantize_by_torchao(body, head, quantize)
    replace_linear_layers(body, _int4_if_it_fits if quantize == 'int4' else Int8Linear)
    return Int8Linear(head)


def _int4_if_it_fits(linear: nn.Linear) -> nn.Module:
    return Int4Linear(linear) if fits_int4(linear) else Int8Linear(linear)


def _quantize_by_torchao(body: nn.Module, head: nn.Linear, quantize: str) -> nn.Module:
    from torchao.quantization import Int4WeightOnlyConfig, Int8WeightOnlyConfig, quantize_
    eight = Int8WeightOnlyConfig(set_inductor_config=False)
    # Of the layouts of 4 bits, this one is for every GPU since Ampere and torch's own kernel.
    body_config: Any = eight if quantize == 'int8' else Int4WeightOnlyConfig(
        group_size=GROUP, int4_packing_format='tile_packed_to_4d', set_inductor_config=False)
    quantize_(body, body_config)
    # A layer of its own: its weight may be that of the embeddings, which stay as they are.
    own = nn.Linear(head.in_features, head.out_features, bias=False, device='meta')
    own.weight, own.bias = head.weight, head.bias
    parent = nn.ModuleList([own])
    quantize_(parent, eight)
    return parent[0].requires_grad_(False).eval()


def held_bytes(module: nn.Module) -> dict[int, int]:
    """Return what a module's weights take [bytes], by identity: shared ones count once."""
    held = {id(layer): layer.packed_bytes for layer in module.modules()
            if isinstance(layer, Int8Linear)}
    for tensor in (*module.parameters(), *module.buffers()):
        held[id(tensor)] = _bytes_of(tensor)
    return held


def _bytes_of(tensor: torch.Tensor) -> int:
    if hasattr(tensor, '__tensor_flatten__'):  # torchao's: says bfloat16, and holds something else
        names, _ = tensor.__tensor_flatten__()
        return sum(_bytes_of(getattr(tensor, name)) for name in names)
    return tensor.numel() * tensor.element_size()
