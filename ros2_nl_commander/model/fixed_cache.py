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
Keys and values at a fixed place in memory, which captured work may write to again and again.

Shapes: L layers, K key/value heads, C capacity, D head dimension, T positions.
"""

from __future__ import annotations

from typing import Any

from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.key_values import KeyValues, length_of
import torch
from transformers import DynamicCache


class FixedCache(DynamicCache):
    """
    Room for a prefix and one sentence behind it; allocated once, used for every sentence.

    It does not know its own length: whoever runs the model says where to write, and masks the
    rest. transformers' own static cache counts for itself and cannot be wound back to a prefix.

    :param backbone: whose sizes, device and number format count
    :param capacity: C
    """

    def __init__(self, backbone: Backbone, capacity: int) -> None:
        super().__init__()
        shape = backbone.shape
        self._slab = torch.zeros(
            (shape.layers, 2, 1, shape.key_value_heads, capacity, shape.head_dim),
            device=backbone.device, dtype=backbone.dtype)
        self._held: KeyValues | None = None
        #: Where the next forward writes, (T,), on the device.
        self.positions = torch.zeros(0, dtype=torch.long, device=backbone.device)

    @torch.inference_mode()
    def rewind(self, prefix: KeyValues) -> int:
        """
        Hold a prefix and nothing else; it is copied only if another one was held before.

        :param prefix: not to be changed by anybody afterwards
        :returns: its length
        """
        length = length_of(prefix)
        if prefix is not self._held:
            for layer, pair in zip(self._slab, prefix):
                for held, new in zip(layer, pair):
                    held[:, :, :length].copy_(new)
            self._held = prefix
        # The mask hides old positions, but not a number that is none: 0 times NaN is NaN.
        self._slab[..., length:, :].zero_()
        return length

    def spoil(self) -> None:
        """Forget what is held, because something else was written over it."""
        self._held = None

    def get_seq_length(self, layer_idx: int = 0, *_args: Any, **_kwargs: Any) -> int:
        """Return 0; positions and mask are given with every forward."""
        return 0

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, layer_idx: int,
        *_args: Any, **_kwargs: Any,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Write keys and values (1, K, T, D) of one layer; return all of it, (1, K, C, D)."""
        keys, values = self._slab[layer_idx]
        keys.index_copy_(2, self.positions, key_states)
        values.index_copy_(2, self.positions, value_states)
        return keys, values
