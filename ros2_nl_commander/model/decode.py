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
Finds the likeliest answer behind a prefix that was read. Knows neither commands nor robots.

What costs time is running the model, not the number of tokens in a run: on a CPU eight tokens
cost as much as one. So tokens that have no alternative are appended without asking the model, and
guesses ride along with what is pending and are kept as far as the model agrees.

Taking the likeliest token each time need not give the likeliest answer: a name may begin like
many others that share its chance. Beginnings that were not taken are kept, and gone on with while
they are likelier than the best whole answer. Where nothing but the model has a say, an answer with
a chance of one half or more leaves none, so most sentences cost nothing more.

Source: Land and Doig 1960, branch and bound; Stahlberg and Byrne 2019 (arXiv:1908.10090), exact
search for the likeliest text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
import math

from ros2_nl_commander.language.errors import GrammarViolationError, ModelError
from ros2_nl_commander.model.drafts import Drafter
from ros2_nl_commander.model.frontier import Beginning, Frontier
from ros2_nl_commander.model.key_values import shared_beginning
from ros2_nl_commander.model.matching import Matching, Ranking
from ros2_nl_commander.model.runner import Run
import torch

#: Guessed tokens in one forward; on a CPU eight tokens cost as much as one.
DRAFT_TOKENS = 8

#: Forwards of one sentence, beyond which no other beginning is tried; one that has begun may take
#: as many again.
SEARCH_FORWARDS = 16


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
    :param cost: minus the log-probability by the model and what else the matching knows [nats]
    :param log_probability: of the answer by both, among all answers that were seen to begin [nats]
    """

    ids: list[int]
    ending: Ending
    forwards: int = 0
    forced: int = 0
    log_probability: float = field(default=0.0, compare=False)
    cost: float = field(default=0.0, compare=False)


@torch.inference_mode()
def decode_likeliest(
    run: Run, ids: Sequence[int], *, start: Callable[[], Matching], drafter: Drafter,
    max_new_tokens: int, should_stop: Callable[[], bool],
    on_answer: Callable[[list[int]], None] | None = None, search_forwards: int = SEARCH_FORWARDS,
) -> Decoded:
    """
    Find the likeliest answer.

    :param run: the model, behind all that stands before
    :param ids: the tokens of the instruction, at least one
    :param start: begins an answer: what may follow
    :param drafter: made for this instruction; its guesses change nothing but the time
    :param should_stop: asked before every forward
    :param on_answer: told the answer so far, before every forward but the first, and at the end;
        of other beginnings only if one of them is the answer
    :param search_forwards: with 0 the likeliest token is taken each time, and that is the answer
    :raises GrammarViolationError: if the matching fails; there is no answer then
    :raises ModelError: if the scores are no numbers
    """
    writer = _Writer(run, ids, drafter, max_new_tokens, should_stop)
    first = writer.go_on(start(), Beginning(), on_answer=on_answer)
    assert first is not None  # there is no bound yet
    best = first
    while best.ending is Ending.WHOLE and writer.forwards < search_forwards:
        beginning = writer.frontier.take_below(best.cost)
        if beginning is None:
            break
        try:
            found = writer.go_on(start(), beginning, best.cost, 2 * search_forwards)
        except GrammarViolationError:
            # Of the answer that there is the grammar has approved; what this one might have
            # become still speaks against it.
            writer.frontier.end(beginning.cost)
            break
        # One that is too long is no answer; a stop is heard at once.
        if found is not None and found.ending is not Ending.LENGTH:
            best = found
    if on_answer is not None and best is not first:
        on_answer(best.ids)
    return replace(best, forwards=writer.forwards,
                   log_probability=writer.frontier.log_probability(best.cost))


class _Writer:
    """Writes answers to one instruction, each from another beginning, behind what was read."""

    def __init__(
        self, run: Run, ids: Sequence[int], drafter: Drafter, max_new_tokens: int,
        should_stop: Callable[[], bool],
    ) -> None:
        self.forwards = 0
        self.frontier = Frontier()
        self._run = run
        self._instruction = list(ids)
        self._drafter = drafter
        self._max_new_tokens = max_new_tokens
        self._should_stop = should_stop
        #: Tokens of an answer that the model has read, behind the instruction.
        self._held: list[int] = []

    def go_on(
        self, matching: Matching, beginning: Beginning, most_cost: float = math.inf,
        most_forwards: float = math.inf, on_answer: Callable[[list[int]], None] | None = None,
    ) -> Decoded | None:
        """
        Take the likeliest token, again and again, until the answer is whole.

        :param matching: a fresh one
        :param most_cost: an answer that costs so much is not wanted [nats]
        :param most_forwards: of this writer, those that were run before among them
        :returns: None if it would cost more
        """
        for token in beginning.ids:
            matching.accept(token)
        answer = [token for token in beginning.ids if token not in matching.end_ids]
        begun = beginning
        while begun.cost < most_cost and self.forwards < most_forwards:
            forced = matching.forced()
            answer += forced
            begun = replace(begun, ids=tuple(answer), forced=begun.forced + len(forced))
            if on_answer is not None and self.forwards:
                on_answer(answer)
            ending = self._ending(matching, len(answer))
            if ending is not None:
                self.frontier.end(begun.cost)
                return Decoded(answer, ending, self.forwards, begun.forced, cost=begun.cost)
            # One place is left for the token that the model adds to the guess.
            room = min(DRAFT_TOKENS, self._max_new_tokens - len(answer) - 1)
            draft = choose_draft(self._drafter, answer, room, matching)
            rankings = self._score(answer, draft, matching)
            begun = self._agree(matching, rankings, draft, begun, answer)
        self.frontier.end(begun.cost)
        return None

    def _ending(self, matching: Matching, length: int) -> Ending | None:
        if matching.is_over:
            return Ending.WHOLE
        if length >= self._max_new_tokens:
            return Ending.LENGTH
        return Ending.STOPPED if self._should_stop() else None

    def _score(
        self, answer: list[int], draft: list[int], matching: Matching
    ) -> list[Ranking]:
        """Read what was not read of an answer, and a guess; rank what may follow each."""
        shared = shared_beginning(self._held, answer[:-1])
        self._run.forget(len(self._held) - shared)
        self._run.read(self._instruction + answer[shared:] + draft, 1 + len(draft))
        self._instruction = []
        self._held = answer + draft
        self.forwards += 1
        # A GPU is still reading while the masks are made.
        return self._run.rank(matching.masks(draft))

    def _agree(
        self, matching: Matching, rankings: Sequence[Ranking], draft: Sequence[int],
        begun: Beginning, answer: list[int],
    ) -> Beginning:
        """
        Accept tokens for as long as the guess is what would have been chosen.

        :param begun: what the answer was when the guess was made
        :param answer: gets the guesses that were right, and the first token chosen instead
        :returns: what the answer is now
        """
        for guess, ranking in zip((*draft, None), rankings):
            if not ranking or math.isnan(ranking[0][1]):
                raise ModelError('its scores are no numbers; try another dtype')
            likeliest, *others = (
                Beginning(begun.cost - score, (*begun.ids, token), begun.forced)
                for token, score in matching.weighed(ranking))
            for other in others:
                self.frontier.add(other)
            begun, token = likeliest, likeliest.ids[-1]
            matching.accept(token)
            if token not in matching.end_ids:
                answer.append(token)
            if token != guess or matching.is_over:
                break
        return begun


def choose_draft(
    drafter: Drafter, answer: Sequence[int], limit: int, matching: Matching
) -> list[int]:
    """Take the first guess that may stand here, as far as it may."""
    for guess in drafter.proposals(answer, limit):
        count = matching.viable(guess) if guess else 0
        if count:
            return guess[:count]
    return []
