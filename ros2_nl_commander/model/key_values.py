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
Keys and values of text that was already read, as plain tensors that can be used many times.

A transformers cache is consumed by the forward that extends it; these values are not.

Shapes: B batch, T positions, L layers, K key/value heads, D head dimension.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import torch
from transformers import DynamicCache

#: Keys and values of every layer: L pairs of (B, K, T, D).
KeyValues: TypeAlias = 'list[tuple[torch.Tensor, torch.Tensor]]'


class KeyValueCache(DynamicCache):
    """A cache that also gives back what it holds, the same way in every transformers version."""

    def __init__(self, key_values: KeyValues | None = None, batch_size: int = 1) -> None:
        """
        Start from keys and values that were read before.

        :param key_values: L pairs of (1, K, T, D), left untouched; None starts empty
        :param batch_size: B, how many rows share them
        """
        super().__init__()
        self._held: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}
        for layer, (keys, values) in enumerate(key_values or []):
            shared = (batch_size, -1, -1, -1)
            self.update(keys.expand(shared), values.expand(shared), layer)

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, layer_idx: int,
        *args: Any, **kwargs: Any,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Append the keys and values of one layer; return all of that layer, (B, K, T, D)."""
        keys, values = super().update(key_states, value_states, layer_idx, *args, **kwargs)
        self._held[layer_idx] = (keys, values)
        return keys, values

    def key_values(self) -> KeyValues:
        """Return everything held, L pairs of (B, K, T, D)."""
        return [self._held[layer] for layer in sorted(self._held)]

    def without_last(self, count: int) -> KeyValueCache:
        """Return a cache without the last positions; ``crop`` differs between versions."""
        if count == 0:
            return self
        return KeyValueCache([(keys[:, :, :-count], values[:, :, :-count])
                              for keys, values in self.key_values()])


def length_of(key_values: KeyValues) -> int:
    """Return the number of positions T."""
    return key_values[0][0].shape[2] if key_values else 0


def shared_beginning(one: Sequence[int], other: Sequence[int]) -> int:
    """Count the tokens that two texts begin with alike: what was read of one serves the other."""
    for index, (a, b) in enumerate(zip(one, other)):
        if a != b:
            return index
    return min(len(one), len(other))


def rotate_keys(body: Any, keys: torch.Tensor, start: int) -> torch.Tensor:
    """
    Turn keys that know no position into keys at the positions from ``start`` on (RoPE).

    :param body: the model body; its ``rotary_emb`` gives the angles
    :param keys: (L, K, T, D) or (B, K, T, D), without a position
    :param start: position of the first key

    Source: Su et al. 2021, RoFormer (arXiv:2104.09864), in the half-split layout of Qwen2.
    """
    positions = torch.arange(start, start + keys.shape[2], device=keys.device)[None]
    cosine, sine = body.rotary_emb(keys, positions)  # (1, T, D) each
    half = keys.shape[-1] // 2
    turned = torch.cat((-keys[..., half:], keys[..., :half]), dim=-1)
    rotated: torch.Tensor = keys * cosine[:, None] + turned * sine[:, None]
    return rotated


def unrotate_keys(body: Any, keys: torch.Tensor, start: int) -> torch.Tensor:
    """Undo ``rotate_keys``: take the position out of keys that stand from ``start`` on."""
    # A rotation by minus the angle: turn the mirrored pair, and mirror it back.
    half = keys.shape[-1] // 2
    mirror = torch.cat((torch.ones(half), -torch.ones(half))).to(keys)
    # Some kinds of RoPE (YaRN) also stretch, every time.
    stretch = float(getattr(body.rotary_emb, 'attention_scaling', 1.0))
    return rotate_keys(body, keys * mirror, start) * mirror / stretch ** 2
