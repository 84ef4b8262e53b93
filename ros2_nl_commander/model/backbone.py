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
The frozen language model and its tokenizer: loading, devices, number formats.

Every decision that depends on a version of torch or transformers, or on the machine, is made
here. Knows neither prompts nor robots.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
import logging
from pathlib import Path
from typing import Any

from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.model import packed_linear
from ros2_nl_commander.model.cache import first_line, missing_files
from ros2_nl_commander.model.quantization import (
    auto_quantization, check_quantization, held_bytes, quantize_layers)
from ros2_nl_commander.model.shape import ModelShape, shape_from_config
from ros2_nl_commander.model.tokenizer import load_tokenizer
from safetensors import SafetensorError
import torch
import transformers
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerBase

DTYPES = {'bfloat16': torch.bfloat16, 'float16': torch.float16, 'float32': torch.float32}

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Backbone:
    """
    A frozen causal language model, ready to run.

    :param body: the model below its output layer: tokens or embeddings to hidden states
    :param head: the output layer: hidden states (..., H) to logits (..., V)
    :param embeddings: the input embeddings: token ids (...) to (..., H)
    :param tokenizer: the tokenizer that belongs to it
    :param shape: sizes that a prompt must fit
    :param device: where inputs go
    :param dtype: number format of the hidden states, and of the weights that are not quantized
    :param quantize: ``none``, or to how many bits the linear layers are rounded
    """

    body: Any
    head: Any
    embeddings: Any
    tokenizer: PreTrainedTokenizerBase
    shape: ModelShape
    device: torch.device
    dtype: torch.dtype
    quantize: str = 'none'

    def memory_bytes(self) -> int:
        """Return the memory of the weights as they are held [bytes]; shared ones count once."""
        return sum((held_bytes(self.body) | held_bytes(self.head)).values())

    def describe(self) -> str:
        """Say where it runs and in which numbers, for people."""
        rounded = '' if self.quantize == 'none' else f', {self.quantize} weights'
        return f'{self.device} {str(self.dtype).removeprefix("torch.")}{rounded}'


def load_backbone(
    folder: Path, *, device: str = 'auto', dtype: str = 'auto', device_map: str = '',
    for_training: bool = False, quantize: str = 'none',
) -> Backbone:
    """
    Load a model folder, frozen and in evaluation mode.

    :param folder: weights (safetensors), configuration and tokenizer, as ``fetch_model`` returns
    :param device: ``auto`` takes the GPU if there is one
    :param dtype: ``auto`` is bfloat16 where the device computes in it, else float32
    :param device_map: passed to transformers, for example ``auto``; empty means all on ``device``
    :param for_training: gradients will flow through the model (never into it)
    :param quantize: ``int8`` or ``int4`` rounds the weights, without a second copy of the model;
        ``auto`` is int8 on a CPU that does not compute in bfloat16, if dtype is auto too
    :raises ModelError: if the folder does not hold a model, the device is not there, or cannot
        do what is asked
    """
    target = choose_device(device)
    number_format = choose_dtype(dtype, target)
    if quantize == 'auto':
        has_choice = dtype == 'auto' and not (device_map or for_training)
        quantize = auto_quantization(target, number_format) if has_choice else 'none'
    check_quantization(quantize, target, number_format, device_map=device_map,
                       for_training=for_training)
    # What is to be rounded needs no wider numbers than the file has.
    loaded_as = 'auto' if quantize != 'none' and target.type == 'cpu' else number_format
    missing = missing_files(folder)
    if missing is not None:  # without its files, transformers makes up an empty tokenizer
        raise ModelError(f'Cannot load the model in {folder}: it has no {missing}')
    try:
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            folder, dtype=loaded_as, device_map=device_map or None, local_files_only=True,
            output_loading_info=True)
        model, loading = loaded
        model = model if device_map else model.to(target)
    except (OSError, ValueError, RuntimeError, ImportError, SafetensorError) as error:
        raise ModelError(f'Cannot load the model in {folder}: {first_line(error)}') from error
    if loading['missing_keys']:  # transformers makes them up
        raise ModelError(f'Cannot load the model in {folder}: its files lack '
                         f'{len(loading["missing_keys"])} weights, '
                         f'{min(loading["missing_keys"])} among them')
    return backbone_from_model(model, load_tokenizer(folder), for_training=for_training,
                               quantize=quantize, dtype=number_format)


def load_shape(folder: Path) -> ModelShape:
    """
    Read the sizes of a model, without its weights, and import its class.

    :raises ModelError: if the folder does not say them
    """
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        for name in config.architectures or ():
            getattr(transformers, name)  # imports it: transformers is lazy
        return shape_from_config(config)
    except (OSError, ValueError, AttributeError) as error:
        raise ModelError(f'Cannot load the model in {folder}: {first_line(error)}') from error


def backbone_from_model(
    model: Any, tokenizer: PreTrainedTokenizerBase, *, for_training: bool = False,
    quantize: str = 'none', dtype: torch.dtype | None = None,
) -> Backbone:
    """
    Freeze a loaded transformers model and take it apart into what is used here.

    :param quantize: what check_quantization has passed
    :param dtype: of what is not rounded; None is the model's own
    :raises ModelError: if it is not built like Qwen2, Llama and their kin
    """
    if not hasattr(getattr(model, 'model', None), 'rotary_emb'):
        raise ModelError(f'{type(model).__name__} is not a decoder with rotary positions, '
                         'as Qwen2 and Llama are')
    model.eval().requires_grad_(False)
    shape = shape_from_config(model.config)
    backbone = Backbone(
        body=model.model, head=model.get_output_embeddings(),
        embeddings=model.get_input_embeddings(), tokenizer=tokenizer, shape=shape,
        device=model.get_input_embeddings().weight.device, dtype=model.dtype)
    if quantize != 'none':
        head = quantize_layers(backbone.body, backbone.head, quantize)
        rest = dtype or backbone.dtype
        for parameter in backbone.body.parameters():
            # A row of the embeddings is widened when it is looked up; all would take 0.5 GB more.
            if parameter is not backbone.embeddings.weight and parameter.dtype != rest:
                parameter.data = parameter.data.to(rest)
        return replace(backbone, head=head, quantize=quantize, dtype=rest)
    # Many rows at once, as in training, take about as long in float32 either way.
    has_gain = backbone.dtype == torch.bfloat16 or not for_training
    # A device map may have put layers elsewhere, or left them on a disk.
    is_here = {parameter.device.type for parameter in model.parameters()} == {'cpu'}
    if has_gain and is_here and packed_linear.can_pack(backbone.dtype):
        return _packed(backbone, for_training)
    return backbone


def _packed(backbone: Backbone, for_training: bool) -> Backbone:
    count = packed_linear.pack_linear_layers(backbone.body, trainable_input=for_training)
    _logger.debug('Packed %d linear layers for the CPU', count)
    head = packed_linear.PackedLinear(backbone.head, trainable_input=for_training)
    return replace(backbone, head=head)


def choose_device(device: str) -> torch.device:
    """
    Resolve a device parameter.

    :raises ModelError: for a name torch does not know, or a GPU that is not there
    """
    if device == 'auto':
        return torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    try:
        target = torch.device(device)
    except RuntimeError as error:
        raise ModelError(
            f'Unknown device {device!r}: use auto, cpu, cuda or cuda:N') from error
    if target.type == 'cuda' and not torch.cuda.is_available():
        raise ModelError(f'Device {device!r} is not available here: use auto or cpu')
    if target.type == 'cuda' and (target.index or 0) >= torch.cuda.device_count():
        raise ModelError(f'Device {device!r} is not available here: there are '
                         f'{torch.cuda.device_count()}, counted from cuda:0')
    return target


def choose_dtype(dtype: str, device: torch.device) -> torch.dtype:
    """
    Resolve a number format parameter for a device.

    :raises ModelError: for an unknown format
    """
    if dtype == 'auto':
        return torch.bfloat16 if _computes_bfloat16(device) else torch.float32
    if dtype not in DTYPES:
        raise ModelError(f'Unknown dtype {dtype!r}: use auto, {", ".join(DTYPES)}')
    return DTYPES[dtype]


def _computes_bfloat16(device: torch.device) -> bool:
    if device.type == 'cuda':
        # torch's own question also counts emulation, which is slower than float32.
        return bool(torch.version.hip) or torch.cuda.get_device_capability(device) >= (8, 0)
    # Without bf16 instructions oneDNN emulates the format, slower than float32.
    return (device.type == 'cpu' and packed_linear.can_pack(torch.bfloat16)
            and _cpu_has_bfloat16())


def _cpu_has_bfloat16() -> bool:
    if not hasattr(torch.cpu, 'get_capabilities'):  # torch before 2.9
        return bool(torch.cpu._is_avx512_bf16_supported())
    capabilities = torch.cpu.get_capabilities()
    return any(bool(capabilities.get(name)) for name in ('avx512_bf16', 'amx_bf16', 'bf16'))
