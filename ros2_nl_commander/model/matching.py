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


"""What decoding asks about the next token, and the answer where everything may follow."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any, Protocol, TypeAlias

import numpy as np

#: Rows of bits, 32 tokens a number, lowest bit first: set for the tokens that may follow.
Masks: TypeAlias = 'np.ndarray[Any, np.dtype[np.int32]]'

#: Tokens of a ranking. By the model alone the right one was never seen below the fourth; another
#: judge may lift one from further down.
RANKED = 16

#: Tokens that may follow and their log-probabilities among all that may [nats], likeliest first.
Ranking: TypeAlias = 'list[tuple[int, float]]'


class Matching(Protocol):
    """The state of one answer: what was written, and what may follow."""

    @property
    def end_ids(self) -> Set[int]:
        """Return the tokens that end an answer, and are no part of it."""

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more can follow."""

    def forced(self) -> list[int]:
        """Write and return the tokens that have no alternative."""

    def masks(self, guess: Sequence[int]) -> Masks:
        """
        Tell what may follow now, and after each token of a guess; writes nothing.

        :param guess: tokens that are viable
        :returns: a row for each; none behind the end of the answer
        """

    def accept(self, token: int) -> None:
        """Write a token that was chosen; an end token ends the answer."""

    def viable(self, tokens: Sequence[int]) -> int:
        """Return how many of these tokens could be written one after the other."""

    def weighed(self, ranking: Ranking) -> Ranking:
        """Rank tokens that may come next by what is known besides the model's scores, too."""


class FreeMatching:
    """
    An answer that follows nothing: every token of the tokenizer may come next.

    :param end_ids: tokens that end it
    :param vocabulary: tokens that mean something; the output layer is wider
    """

    def __init__(self, end_ids: Set[int], vocabulary: int) -> None:
        self.end_ids = end_ids
        flags = np.zeros((vocabulary + 31) // 32 * 32, dtype=np.uint8)
        flags[:vocabulary] = 1
        self._mask = np.packbits(flags, bitorder='little').view(np.int32)
        self.is_over = False

    def forced(self) -> list[int]:
        """Return nothing: there always is an alternative."""
        return []

    def masks(self, guess: Sequence[int]) -> Masks:
        """Return all tokens of the tokenizer, always."""
        return np.tile(self._mask, (len(guess) + 1, 1))

    def accept(self, token: int) -> None:
        """Write a token that was chosen; an end token ends the answer."""
        self.is_over = token in self.end_ids

    def viable(self, tokens: Sequence[int]) -> int:
        """Return all of them."""
        return len(tokens)

    def weighed(self, ranking: Ranking) -> Ranking:
        """Return it as it is."""
        return ranking
