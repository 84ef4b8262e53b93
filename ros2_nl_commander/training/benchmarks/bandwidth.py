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

"""How fast this machine reads memory, and how much of it one run of the model has to read."""

from __future__ import annotations

import time

from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.quantization import held_bytes
import torch

#: Far beyond every cache.
TENSOR_BYTES = 1 << 29
REPETITIONS = 8


def read_bandwidth(device: torch.device) -> float:
    """
    Measure how fast a large tensor is read.

    :returns: the best of several sums over it, and of copies, which read and write [bytes/s]
    """
    tensor = torch.ones(TENSOR_BYTES // 4, device=device)
    target = torch.empty_like(tensor)
    best = 0.0
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        float(tensor.sum())
        middle = time.perf_counter()
        target.copy_(tensor)
        float(target[-1])  # waits for the device
        end = time.perf_counter()
        best = max(best, TENSOR_BYTES / (middle - start), 2 * TENSOR_BYTES / (end - middle))
    return best


def forward_bytes(backbone: Backbone) -> int:
    """Return the weights that one run of the model reads; of the embeddings it takes but rows."""
    body = held_bytes(backbone.body)
    body.pop(id(backbone.embeddings.weight), None)
    return sum((body | held_bytes(backbone.head)).values())
