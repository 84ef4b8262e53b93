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
from ros2_nl_commander.model.drafts import Drafter
from ros2_nl_commander.model.forward import embed, logits, read
from ros2_nl_commander.model.key_values import KeyValueCache, KeyValues
import torch


#: Guessed tokens in one forward; on a CPU eight tokens cost as much as one.
DRAFT_TOKENS = 8


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
    :param forwards: runs of the model that it took
    """

    ids: list[int]
    ending: Ending
    forwards: int


@torch.inference_mode()
def decode_greedily(
    backbone: Backbone, prefix: KeyValues, ids: list[int], *, end_ids: Set[int],
    max_new_tokens: int, should_stop: Callable[[], bool], drafter: Drafter,
) -> Decoded:
    """
    Take the likeliest token again and again until an end token.

    :param prefix: keys and values of all that stands before; not changed
    :param ids: the tokens of the instruction, at least one
    :param should_stop: asked before every forward
    :param drafter: guesses tokens that ride along; the answer is the same without it
    """
    cache = KeyValueCache(prefix)
    answer: list[int] = []
    pending, forwards = ids, 0
    while len(answer) < max_new_tokens:
        if should_stop():
            return Decoded(answer, Ending.STOPPED, forwards)
        # One place is left for the token that the model adds to the guess.
        room = max_new_tokens - len(answer) - 1
        draft = drafter.propose(ids, answer, min(DRAFT_TOKENS, room))
        likeliest = _likeliest_after(backbone, pending, draft, cache)
        forwards += 1
        right = _agreement(draft, likeliest)
        cache = cache.without_last(len(draft) - right)
        for token in likeliest[:right + 1]:
            if token in end_ids:
                return Decoded(answer, Ending.END_TOKEN, forwards)
            answer.append(token)
        pending = answer[-1:]
    return Decoded(answer, Ending.LENGTH, forwards)


def _likeliest_after(
    backbone: Backbone, pending: list[int], draft: list[int], cache: KeyValueCache
) -> list[int]:
    """Return the likeliest token after the last pending one, and after each of the draft."""
    ids = torch.tensor([pending + draft], device=backbone.device)
    hidden = read(backbone, embed(backbone, ids), cache)
    scores = logits(backbone, hidden[0, len(pending) - 1:])  # (1 + draft, V)
    # The output layer is wider than the tokenizer: padding ids mean nothing.
    chosen: list[int] = scores[:, :len(backbone.tokenizer)].argmax(dim=-1).tolist()
    return chosen


def _agreement(draft: list[int], likeliest: list[int]) -> int:
    """Count how many guesses, from the first on, are what the model would have written."""
    right = 0
    while right < len(draft) and draft[right] == likeliest[right]:
        right += 1
    return right
