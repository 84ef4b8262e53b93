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
Greedy decoding behind a prefix that was already read. Knows neither commands nor robots.

What costs time is running the model, not the number of tokens in a run: on a CPU eight tokens
cost as much as one. So tokens that have no alternative are appended without asking the model, and
guesses ride along with what is pending and are kept as far as the model agrees.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from ros2_nl_commander.model.drafts import Drafter
from ros2_nl_commander.model.matching import Matching
from ros2_nl_commander.model.runner import Run
import torch

#: Guessed tokens in one forward; on a CPU eight tokens cost as much as one.
DRAFT_TOKENS = 8


class Ending(Enum):
    """Why decoding ended."""

    WHOLE = 'whole'
    LENGTH = 'length'
    STOPPED = 'stopped'


@dataclass(frozen=True, slots=True)
class Decoded:
    """
    Token ids that were generated, without the end token.

    :param ids: the answer
    :param ending: why it ended; only after ``WHOLE`` is the answer whole
    :param forwards: runs of the model that it took
    :param forced: how many of the tokens had no alternative
    """

    ids: list[int]
    ending: Ending
    forwards: int = 0
    forced: int = 0


@torch.inference_mode()
def decode_greedily(
    run: Run, ids: Sequence[int], *, matching: Matching, drafter: Drafter, max_new_tokens: int,
    should_stop: Callable[[], bool], on_answer: Callable[[list[int]], None] | None = None,
) -> Decoded:
    """
    Take the likeliest token that may follow, again and again, until the answer is whole.

    :param run: the model, behind all that stands before
    :param ids: the tokens of the instruction, at least one
    :param matching: a fresh one: what may follow
    :param drafter: made for this instruction; its guesses change nothing but the time
    :param should_stop: asked before every forward
    :param on_answer: told the answer so far, before every forward but the first, and at the end
    :raises GrammarViolationError: if the matching fails; there is no answer then
    """
    answer: list[int] = []
    pending, forwards, forced_count = list(ids), 0, 0
    while True:
        forced = matching.forced()
        forced_count += len(forced)
        answer += forced
        if on_answer is not None and forwards:
            on_answer(answer)
        pending = pending + forced
        room = max_new_tokens - len(answer)
        ending = _ending(matching, room, should_stop)
        if ending is not None:
            return Decoded(answer, ending, forwards, forced_count)
        # One place is left for the token that the model adds to the guess.
        draft = choose_draft(drafter, answer, min(DRAFT_TOKENS, room - 1), matching)
        run.read(pending + draft, 1 + len(draft))
        forwards += 1
        # A GPU is still reading while the masks are made.
        chosen = _agree(matching, run.choose(matching.masks(draft)), draft)
        run.forget(len(draft) - len(chosen) + 1)
        answer += [token for token in chosen if token not in matching.end_ids]
        pending = chosen[-1:]


def choose_draft(
    drafter: Drafter, answer: Sequence[int], limit: int, matching: Matching
) -> list[int]:
    """Take the first guess that may stand here, as far as it may."""
    for guess in drafter.proposals(answer, limit):
        count = matching.viable(guess) if guess else 0
        if count:
            return guess[:count]
    return []


def _ending(matching: Matching, room: int, should_stop: Callable[[], bool]) -> Ending | None:
    if matching.is_over:
        return Ending.WHOLE
    if room <= 0:
        return Ending.LENGTH
    return Ending.STOPPED if should_stop() else None


def _agree(matching: Matching, likeliest: list[int], draft: list[int]) -> list[int]:
    """
    Accept tokens for as long as the guess is what would have been chosen.

    :param likeliest: what the model chose now, and behind each token of the guess
    :returns: the guesses that were right, and the first token that was chosen instead or besides
    """
    chosen: list[int] = []
    for guess, token in zip((*draft, None), likeliest):
        matching.accept(token)
        chosen.append(token)
        if token != guess or matching.is_over:
            break
    return chosen
