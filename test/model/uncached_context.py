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

"""How contexts are read without remembering or turning anything, to compare with."""

from __future__ import annotations

from ros2_nl_commander.model.forward import embed
from ros2_nl_commander.model.key_values import KeyValueCache
import torch


def uncached(backbone, sequence, context):
    """
    Read every block alone behind a header that stands right before the block's own place.

    Rotary positions are relative, so this is what a block's keys must be there, without ever
    turning one.
    """
    header = sequence.header_ids(context.header)
    parts, place = [read_at(backbone, header, 0)], len(header)
    for line in context.blocks:
        ids = sequence.block_ids(line)
        layers = read_at(backbone, header + ids, place - len(header))
        parts.append([(keys[:, :, len(header):], values[:, :, len(header):])
                      for keys, values in layers])
        place += len(ids)
    return [(torch.cat([keys for keys, _ in layer], dim=2),
             torch.cat([values for _, values in layer], dim=2)) for layer in zip(*parts)]


def read_at(backbone, ids, position):
    cache = KeyValueCache()
    positions = torch.arange(position, position + len(ids))[None]
    backbone.body(inputs_embeds=embed(backbone, torch.tensor([ids])), past_key_values=cache,
                  position_ids=positions, use_cache=True)
    return cache.key_values()
