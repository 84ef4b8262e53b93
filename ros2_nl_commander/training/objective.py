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
What is minimised: the cross-entropy of the answer's tokens, and of nothing else.

Shapes: B batch, T positions, P prompt tokens, H hidden size, N answer tokens of a batch.
"""

from __future__ import annotations

import psutil
from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.contexts import ContextReader
from ros2_nl_commander.model.forward import append_prompt, embed, logits, read
from ros2_nl_commander.model.prompts import FoldedPrompt
from ros2_nl_commander.model.sequence import SequenceEncoder
from ros2_nl_commander.training.batches import Batch
import torch
from torch import distributed
from torch.nn import functional

#: Of the free memory, for contexts that were read: every epoch meets every robot again, and to
#: read a context takes as long as to learn from several sentences behind it.
CONTEXT_SHARE = 0.4


class Objective:
    """Computes losses; reads contexts without gradients, and each once as far as memory goes."""

    def __init__(self, backbone: Backbone, sequence: SequenceEncoder) -> None:
        """Start without any context."""
        self._backbone = backbone
        self._contexts = ContextReader(
            backbone, sequence, round(CONTEXT_SHARE * _free_bytes(backbone.device)))

    def total(self, prompt: FoldedPrompt, batch: Batch) -> tuple[torch.Tensor, int]:
        """
        Sum the loss of a batch, so that batches of any size can be added up.

        :returns: sum over the answer tokens [nats], with gradients to the prompt; and their number
        """
        hidden = self._hidden(prompt, batch)
        labels = batch.labels.to(hidden.device)
        chosen = labels >= 0  # (B, T); only N positions pass the wide output layer
        scores = logits(self._backbone, hidden[chosen])  # (N, V)
        loss = functional.cross_entropy(scores, labels[chosen], reduction='sum')
        return loss, int(chosen.sum())

    def _hidden(self, prompt: FoldedPrompt, batch: Batch) -> torch.Tensor:
        cache, waiting = append_prompt(
            self._backbone, self._contexts.read(batch.context), prompt, batch.ids.shape[0])
        tokens = embed(self._backbone, batch.ids.to(self._backbone.device))
        hidden = read(self._backbone, torch.cat((waiting, tokens), dim=1), cache)
        return hidden[:, waiting.shape[1]:]  # (B, T, H)


def _free_bytes(device: torch.device) -> int:
    """Return the share of a process in the memory that is free where contexts are kept [bytes]."""
    if device.type == 'cuda':
        return int(torch.cuda.mem_get_info(device)[0])
    sharing = distributed.get_world_size() if distributed.is_initialized() else 1
    return int(psutil.virtual_memory().available) // sharing
