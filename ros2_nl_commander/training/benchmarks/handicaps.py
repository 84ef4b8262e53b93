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


"""Decoding without one of its parts: what forced and guessed tokens are worth is measured so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ros2_nl_commander.model.drafts import Drafter
from ros2_nl_commander.model.matching import Masks, Matching, Ranking


class Stepwise:
    """
    A matching that leaves every token to the model, also where there is no alternative.

    :param matching: what decides
    """

    def __init__(self, matching: Matching) -> None:
        self._matching = matching
        self.end_ids = matching.end_ids

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more can follow."""
        return self._matching.is_over

    def forced(self) -> list[int]:
        """Give nothing."""
        return []

    def masks(self, guess: Sequence[int]) -> Masks:
        """Tell what may follow now, and after each token of a guess."""
        return self._matching.masks(guess)

    def accept(self, token: int) -> None:
        """Write a token that was chosen."""
        self._matching.accept(token)

    def viable(self, tokens: Sequence[int]) -> int:
        """Return how many of these tokens could be written one after the other."""
        return self._matching.viable(tokens)

    def weighed(self, ranking: Ranking) -> Ranking:
        """Rank tokens that may come next by what is known besides the model's scores, too."""
        return self._matching.weighed(ranking)


class NoDrafts(Drafter):
    """Guesses nothing."""

    def __init__(self) -> None:
        super().__init__(())

    def proposals(self, answer: Sequence[int], limit: int) -> Iterator[list[int]]:
        """Give nothing."""
        return iter(())
