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
Running the frozen model over the parts of the sequence, with and without gradients.

Shapes: B batch, T positions, P prompt tokens, H hidden size, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence

from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.key_values import KeyValueCache, KeyValues, length_of, rotate_keys
from ros2_nl_commander.model.prompts import FoldedPrompt
import torch


def embed(backbone: Backbone, ids: torch.Tensor) -> torch.Tensor:
    """Look up the input embeddings of token ids: (B, T) to (B, T, H), as wide as the rest."""
    embedded: torch.Tensor = backbone.embeddings(ids).to(backbone.dtype)
    return embedded


def read(backbone: Backbone, embedded: torch.Tensor, cache: KeyValueCache) -> torch.Tensor:
    """
    Run the model over what comes next, and extend the cache by it.

    Rows may be padded on the right: attention is causal, so padding never reaches real positions.

    :param embedded: (B, T, H)
    :returns: hidden states (B, T, H)
    """
    start = cache.get_seq_length()
    positions = torch.arange(start, start + embedded.shape[1], device=embedded.device)
    output = backbone.body(
        inputs_embeds=embedded, past_key_values=cache, position_ids=positions[None],
        use_cache=True)
    hidden: torch.Tensor = output.last_hidden_state
    return hidden


def logits(backbone: Backbone, hidden: torch.Tensor) -> torch.Tensor:
    """Apply the output layer: (..., H) to (..., V), in float32."""
    scores: torch.Tensor = backbone.head(hidden)
    return scores.float()


def append_prompt(
    backbone: Backbone, context: KeyValues, prompt: FoldedPrompt, batch_size: int
) -> tuple[KeyValueCache, torch.Tensor]:
    """
    Put a prompt behind a context, keeping the prompt's gradients.

    :param context: keys and values that every row shares
    :returns: a fresh cache, and the embeddings (B, P, H) that are still to be read before the
        instruction; none (B, 0, H) for a prompt of keys and values
    """
    prompt = prompt.to(backbone.device, backbone.dtype)
    if prompt.embeddings is not None:
        waiting = prompt.embeddings[None].expand(batch_size, -1, -1)
        return KeyValueCache(context, batch_size), waiting
    nothing = torch.empty(batch_size, 0, backbone.shape.hidden_size,
                          device=backbone.device, dtype=backbone.dtype)
    if prompt.key_values is None:
        return KeyValueCache(context, batch_size), nothing
    return KeyValueCache(_extended(backbone, context, prompt.key_values), batch_size), nothing


def _extended(backbone: Backbone, context: KeyValues, learned: torch.Tensor) -> KeyValues:
    keys, values = learned.unbind(dim=1)  # (L, K, P, D) each
    keys = rotate_keys(backbone.body, keys, length_of(context)).to(values.dtype)
    # A device map may have put the layers on several devices.
    devices = [layer.input_layernorm.weight.device for layer in backbone.body.layers]
    layers = [(key[None].to(device), value[None].to(device))  # (1, K, P, D) each
              for key, value, device in zip(keys, values, devices, strict=True)]
    if not context:
        return layers
    return [(torch.cat((old_keys, new_keys), dim=2), torch.cat((old_values, new_values), dim=2))
            for (old_keys, old_values), (new_keys, new_values) in zip(context, layers)]


@torch.no_grad()
def read_prefix(
    backbone: Backbone, context: KeyValues, prompt: FoldedPrompt, opening: Sequence[int] = ()
) -> KeyValues:
    """
    Read context and prompt for inference: all that stands before an instruction.

    :param opening: tokens behind the prompt that are read as well
    """
    cache, waiting = append_prompt(backbone, context, prompt, 1)
    if opening:
        ids = torch.tensor([opening], device=backbone.device)
        waiting = torch.cat((waiting, embed(backbone, ids)), dim=1)
    if waiting.shape[1]:
        read(backbone, waiting, cache)
    return cache.key_values()
