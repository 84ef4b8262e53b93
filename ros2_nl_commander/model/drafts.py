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
Guesses what comes next from text that was seen before, so that one forward can check many tokens.

On a CPU a forward of eight tokens costs as much as one of a single token: reading the weights is
what takes the time. A guess is only ever a proposal; decoding keeps what the model itself would
have written. Knows neither model nor commands.

Source: Saxena 2023, prompt lookup decoding; Leviathan et al. 2023 (arXiv:2211.17192).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
import math

#: Longest and shortest run of tokens that is looked up; longer ones guess better.
LONGEST_RUN = 4
SHORTEST_RUN = 2

#: Answers that are remembered; a robot is told much the same things again and again.
REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Precedent:
    """
    Something like what is asked, and what was or may be answered to it.

    :param question: token ids
    :param answer: token ids; may be only the beginning of an answer
    """

    question: tuple[int, ...]
    answer: tuple[int, ...]


class Drafter:
    """
    Guesses the answer to one instruction.

    :param instruction: token ids of what is answered; texts are often copied out of it
    :param precedents: oldest first; the alike ones count, and the newest of these
    :param values: token ids of what a field may hold by what was said, the likeliest first
    """

    def __init__(
        self, instruction: Sequence[int], precedents: Sequence[Precedent] = (),
        values: Sequence[Sequence[int]] = (),
    ) -> None:
        self._instruction = tuple(instruction)
        self._answers = [precedent.answer for precedent in _ranked(set(instruction), precedents)]
        self._values = [tuple(value) for value in values]

    def proposals(self, answer: Sequence[int], limit: int) -> Iterator[list[int]]:
        """
        Guess the next tokens.

        :param answer: the tokens so far
        :param limit: how many to guess at most
        :returns: guesses, the best first; where a value can stand is not known here
        """
        if not answer:
            yield from (list(first[:limit]) for first in self._answers[:1])
            return
        yield from self._looked_up([self._instruction], answer, limit)
        for value in self._values:
            if not _holds(answer, value[:-1]):  # but for the end of the answer
                yield list(value[:limit])
        yield from self._looked_up(self._answers, answer, limit)
        # What stands in the answer by itself, such as a number, is often copied as well.
        alone = _continuation(self._instruction, tuple(answer[-1:]), limit)
        if alone:
            yield alone

    def _looked_up(
        self, texts: Sequence[tuple[int, ...]], answer: Sequence[int], limit: int
    ) -> Iterator[list[int]]:
        """Give what followed the last tokens before, of the longest run that is found."""
        for length in range(min(LONGEST_RUN, len(answer)), SHORTEST_RUN - 1, -1):
            run = tuple(answer[-length:])
            for text in texts:
                found = _continuation(text, run, limit)
                if found:
                    yield found
                    return


def _ranked(tokens: set[int], precedents: Sequence[Precedent]) -> Iterator[Precedent]:
    """Give the precedents whose questions share the most, and the rarest, tokens first."""
    questions = [set(precedent.question) for precedent in precedents]
    frequency = Counter(token for question in questions for token in question)
    weights = {token: math.log((1 + len(questions)) / count)
               for token, count in frequency.items()}
    scores = [sum(map(weights.__getitem__, question & tokens)) for question in questions]
    for index in sorted(range(len(questions)), key=lambda index: (-scores[index], -index)):
        yield precedents[index]


def _continuation(text: tuple[int, ...], run: tuple[int, ...], limit: int) -> list[int]:
    for start in range(len(text) - len(run)):
        end = start + len(run)
        if text[start] == run[0] and text[start:end] == run:
            return list(text[end:end + limit])
    return []


def _holds(text: Sequence[int], run: Sequence[int]) -> bool:
    return any(tuple(text[start:start + len(run)]) == tuple(run)
               for start in range(len(text) - len(run) + 1))
