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

"""Lets another judge have a say in which name an answer begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set

from ros2_nl_commander.model.matching import Masks, Matching, Ranking


class NamePreference:
    """
    How much each word that an answer may begin with is preferred.

    :param interfaces: the weight of each interface's label, at most 0, at least one [nats]
    :param others: of other words; any other answer has the least weight of all
    """

    def __init__(self, interfaces: Mapping[str, float], others: Mapping[str, float]) -> None:
        self._interfaces = interfaces
        self._weights = {**interfaces, **others}
        self._least = min(self._weights.values())

    def first(self) -> str:
        """Give the most preferred word that stands for an interface."""
        return max(self._interfaces, key=self._interfaces.__getitem__)

    def best(self, text: str, is_whole: bool = False) -> float:
        """
        Tell the weight of the most preferred word that an answer may begin with.

        It never rises while the answer grows, so what an answer costs never falls.

        :param text: how it begins; 0 for nothing
        :param is_whole: nothing follows
        """
        if not text:
            return 0.0
        return max((weight for word, weight in self._weights.items()
                    if text == word or text.startswith(f'{word} ')
                    or not is_whole and word.startswith(text)), default=self._least)


class PreferringMatching:
    """
    An answer whose name another judge has a say in; what may follow does not change.

    :param matching: what may follow
    :param preference: of names
    :param text_of: reads tokens
    """

    def __init__(
        self, matching: Matching, preference: NamePreference,
        text_of: Callable[[list[int]], str],
    ) -> None:
        self._matching = matching
        self._preference = preference
        self._text_of = text_of
        self._ids: list[int] = []

    @property
    def end_ids(self) -> Set[int]:
        """Return the tokens that end an answer."""
        return self._matching.end_ids

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more can follow."""
        return self._matching.is_over

    def forced(self) -> list[int]:
        """Write and return the tokens that have no alternative."""
        tokens = self._matching.forced()
        self._ids += tokens
        return tokens

    def masks(self, guess: Sequence[int]) -> Masks:
        """Tell what may follow now, and after each token of a guess."""
        return self._matching.masks(guess)

    def accept(self, token: int) -> None:
        """Write a token that was chosen."""
        self._matching.accept(token)
        self._ids.append(token)

    def viable(self, tokens: Sequence[int]) -> int:
        """Return how many of these tokens could be written one after the other."""
        return self._matching.viable(tokens)

    def weighed(self, ranking: Ranking) -> Ranking:
        """Add to the log-probability of each token what it takes from the preference."""
        before = self._best(self._ids)
        return sorted(((token, score + self._best([*self._ids, token]) - before)
                       for token, score in ranking), key=lambda pair: -pair[1])

    def _best(self, ids: list[int]) -> float:
        is_whole = bool(ids) and ids[-1] in self.end_ids
        # A character of several tokens that is not whole yet reads as a replacement character.
        text = self._text_of(ids).rstrip('\ufffd').lstrip()
        return self._preference.best(text, is_whole)
