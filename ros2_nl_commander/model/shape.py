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

"""The sizes of a model that a prompt must fit, and nothing else about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ModelShape:
    """
    Sizes of a decoder-only transformer.

    :param hidden_size: H, width of the embeddings
    :param layers: L, number of transformer layers
    :param key_value_heads: K, heads of keys and values; fewer than query heads with GQA
    :param head_dim: D, width of one head
    :param vocabulary: V, width of the output layer, wider than the tokenizer
    """

    hidden_size: int
    layers: int
    key_value_heads: int
    head_dim: int
    vocabulary: int


def shape_from_config(config: Any) -> ModelShape:
    """
    Read the sizes from a transformers configuration.

    ``head_dim`` is taken from the configuration where it is stated (Qwen3: not hidden / heads).
    """
    heads = config.num_attention_heads
    return ModelShape(
        hidden_size=config.hidden_size,
        layers=config.num_hidden_layers,
        key_value_heads=getattr(config, 'num_key_value_heads', None) or heads,
        head_dim=getattr(config, 'head_dim', None) or config.hidden_size // heads,
        vocabulary=config.vocab_size,
    )
