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
Prompts to and from the adapters of Hugging Face PEFT: prompt tuning, p-tuning, prefix tuning.

PEFT puts an adapter before everything, where this package has the robot's context before the
prompt. With an empty context the two are the same, to the number. PEFT's prefixes hold keys that
are already rotated to the first positions; here they know no position.

Shapes: P virtual tokens, H hidden size, L layers, K key/value heads, D head dimension.

Source: PEFT, ``PeftModel.get_prompt`` and ``save_pretrained``.
"""

from __future__ import annotations

from collections.abc import Mapping
import json
from pathlib import Path
from typing import Any

from ros2_nl_commander.language.errors import CheckpointError
from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.cache import first_line
from ros2_nl_commander.model.checkpoint import (
    CARD_FILE, card_text, PromptCard, read_card, replace_files, TrainedPrompt, write_tensors)
from ros2_nl_commander.model.key_values import rotate_keys, unrotate_keys
from ros2_nl_commander.model.prompts import check_fits, FoldedPrompt
from safetensors import SafetensorError
from safetensors.torch import load_file
import torch

ADAPTER_CONFIG = 'adapter_config.json'
ADAPTER_WEIGHTS = 'adapter_model.safetensors'
_TENSOR = 'prompt_embeddings'
_KINDS = {'PROMPT_TUNING': 'soft', 'P_TUNING': 'mlp', 'PREFIX_TUNING': 'deep'}


def is_adapter(folder: Path) -> bool:
    """Tell whether a folder holds a PEFT adapter."""
    return (folder / ADAPTER_CONFIG).is_file()


def load_adapter(folder: Path, backbone: Backbone, layout: str | None = None) -> TrainedPrompt:
    """
    Read a PEFT adapter as a prompt.

    :param backbone: the model that it was made for
    :param layout: name of the sequence layout it was trained in; None is what the card says that
        ``save_adapter`` leaves beside it, else ``plain``
    :raises CheckpointError: if it is damaged, of another method, or does not fit the model
    """
    try:
        config = json.loads((folder / ADAPTER_CONFIG).read_text())
        tensors = load_file(folder / ADAPTER_WEIGHTS)
        has_card = (folder / CARD_FILE).is_file()
        layout = layout or (read_card(folder).layout if has_card else 'plain')
    except (OSError, TypeError, ValueError, SafetensorError) as error:
        raise CheckpointError(
            f'The adapter in {folder} is damaged: {first_line(error)}') from error
    method = config.get('peft_type')
    if method not in _KINDS or list(tensors) != [_TENSOR]:
        raise CheckpointError(f'The adapter in {folder} is {method} with {", ".join(tensors)}; '
                              f'a prompt is one of {", ".join(_KINDS)}, with {_TENSOR}')
    learned = tensors[_TENSOR].float()
    folded = _from_prefix(learned, backbone) if _KINDS[method] == 'deep' else FoldedPrompt(
        embeddings=learned)
    check_fits(folded, backbone.shape)
    card = PromptCard(_KINDS[method], layout, {'id': config.get('base_model_name_or_path') or ''},
                      training={'imported_from': f'PEFT {method}'})
    return TrainedPrompt(folded, card)


def save_adapter(folder: Path, prompt: TrainedPrompt, backbone: Backbone) -> None:
    """
    Write a prompt as a PEFT adapter, ready for inference, and its card, which PEFT does not read.

    :param backbone: the model that it was made for
    :raises CheckpointError: if it does not fit the model, or the folder cannot be written
    """
    check_fits(prompt.folded, backbone.shape)
    if prompt.folded.key_values is not None:
        learned = _as_prefix(prompt.folded.key_values, backbone)
    else:
        learned = prompt.folded.tensors()['embeddings']
    tensors = {_TENSOR: learned.detach().to('cpu', torch.float32).contiguous()}
    text = json.dumps(_config(prompt, backbone), indent=2) + '\n'
    replace_files(folder, {ADAPTER_WEIGHTS: lambda path: write_tensors(path, tensors),
                           ADAPTER_CONFIG: lambda path: path.write_text(text),
                           CARD_FILE: lambda path: path.write_text(card_text(prompt.card))})


def _config(prompt: TrainedPrompt, backbone: Backbone) -> Mapping[str, Any]:
    shape, is_prefix = backbone.shape, prompt.folded.key_values is not None
    config = {
        'peft_type': 'PREFIX_TUNING' if is_prefix else 'PROMPT_TUNING',
        'task_type': 'CAUSAL_LM',
        'base_model_name_or_path': prompt.card.base_model.get('id', ''),
        'inference_mode': True,
        'num_virtual_tokens': prompt.folded.length,
        'num_transformer_submodules': 1,
        'num_layers': shape.layers,
        'num_attention_heads': shape.key_value_heads,
        'token_dim': shape.key_value_heads * shape.head_dim,
    }
    if is_prefix:
        return config | {'encoder_hidden_size': config['token_dim'], 'prefix_projection': False}
    return config | {'token_dim': shape.hidden_size, 'prompt_tuning_init': 'RANDOM'}


def _as_prefix(key_values: torch.Tensor, backbone: Backbone) -> torch.Tensor:
    """Rotate the keys of (L, 2, K, P, D) to the first positions; flatten to (P, L * 2 * K * D)."""
    keys, values = key_values.to(backbone.device).float().unbind(dim=1)
    keys = rotate_keys(backbone.body, keys, 0)
    return torch.stack((keys, values), dim=1).permute(3, 0, 1, 2, 4).flatten(1)


def _from_prefix(flat: torch.Tensor, backbone: Backbone) -> FoldedPrompt:
    shape = backbone.shape
    sizes = (shape.layers, 2, shape.key_value_heads, shape.head_dim)
    width = shape.layers * 2 * shape.key_value_heads * shape.head_dim
    if flat.ndim != 2 or flat.shape[1] != width:
        raise CheckpointError(f'The prefix does not fit this model: expected {width} numbers for '
                              f'each token, got {tuple(flat.shape)}')
    learned = flat.to(backbone.device).view(-1, *sizes)
    keys, values = learned.permute(1, 2, 3, 0, 4).unbind(dim=1)
    keys = unrotate_keys(backbone.body, keys, 0)
    return FoldedPrompt(key_values=torch.stack((keys, values), dim=1))
