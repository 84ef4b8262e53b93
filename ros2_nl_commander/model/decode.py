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

"""Greedy decoding behind a prefix that was already read. Knows neither commands nor robots."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from enum import Enum

from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.forward import embed, logits, read
from ros2_nl_commander.model.key_values import KeyValueCache, KeyValues
import torch


class Ending(Enum):
    """Why decoding ended."""

    END_TOKEN = 'end token'
    LENGTH = 'length'
    STOPPED = 'stopped'


@dataclass(frozen=True, slots=True)
class Decoded:
    """
    Token ids that were generated, without the end token.

    :param ids: the answer
    :param ending: why it ended; only after ``END_TOKEN`` is the answer whole
    """

    ids: list[int]
    ending: Ending


@torch.inference_mode()
def decode_greedily(
    backbone: Backbone, prefix: KeyValues, ids: list[int], *, end_ids: Set[int],
    max_new_tokens: int, should_stop: Callable[[], bool],
) -> Decoded:
    """
    Take the likeliest token again and again until an end token.

    :param prefix: keys and values of all that stands before; not changed
    :param ids: the tokens of the instruction, at least one
    :param should_stop: asked before every forward
    """
    cache = KeyValueCache(prefix)
    answer: list[int] = []
    pending = ids
    while len(answer) < max_new_tokens:
        if should_stop():
            return Decoded(answer, Ending.STOPPED)
        token = _likeliest(backbone, pending, cache)
        if token in end_ids:
            return Decoded(answer, Ending.END_TOKEN)
        answer.append(token)
        pending = [token]
    return Decoded(answer, Ending.LENGTH)


def _likeliest(backbone: Backbone, pending: list[int], cache: KeyValueCache) -> int:
    ids = torch.tensor([pending], device=backbone.device)
    hidden = read(backbone, embed(backbone, ids), cache)
    scores = logits(backbone, hidden[0, -1])  # (V,)
    # The output layer is wider than the tokenizer: padding ids mean nothing.
    return int(scores[:len(backbone.tokenizer)].argmax())
