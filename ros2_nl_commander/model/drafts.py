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

from collections import deque
from collections.abc import Sequence

#: Longest and shortest run of tokens that is looked up; longer ones guess better.
LONGEST_RUN = 4
SHORTEST_RUN = 2

#: Answers that are remembered; a robot is told much the same things again and again.
REMEMBERED = 64


class Drafter:
    """
    Proposes the continuation that followed the same tokens before.

    :param texts: token ids of texts that answers are likely to repeat, the least likely first
    """

    def __init__(self, texts: Sequence[Sequence[int]] = ()) -> None:
        self._texts = [tuple(text) for text in texts]
        self._answers: deque[tuple[int, ...]] = deque(maxlen=REMEMBERED)

    def remember(self, answer: Sequence[int]) -> None:
        """Take an answer as an example for later ones."""
        if tuple(answer) not in self._answers:
            self._answers.append(tuple(answer))

    def propose(self, instruction: Sequence[int], answer: Sequence[int], limit: int) -> list[int]:
        """
        Guess the next tokens.

        :param instruction: what is answered; texts are often copied out of it
        :param answer: the tokens so far
        :param limit: how many to guess at most
        :returns: the guess; empty where nothing like it was seen
        """
        for length in range(min(LONGEST_RUN, len(answer)), SHORTEST_RUN - 1, -1):
            run = tuple(answer[-length:])
            for text in (tuple(instruction), *reversed(self._answers), *reversed(self._texts)):
                found = _continuation(text, run, limit)
                if found:
                    return found
        return []


def _continuation(text: tuple[int, ...], run: tuple[int, ...], limit: int) -> list[int]:
    for start in range(len(text) - len(run)):
        end = start + len(run)
        if text[start] == run[0] and text[start:end] == run:
            return list(text[end:end + limit])
    return []
