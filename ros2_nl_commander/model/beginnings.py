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

"""How an answer may begin, what that costs, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass, field
import math

from ros2_nl_commander.model.matching import Ranking


@dataclass(frozen=True, order=True, slots=True)
class Beginning:
    """
    How an answer may begin; the cheapest sorts first.

    :param cost: minus the log-probability by the model, minus what else is known; it never falls
        while an answer grows [nats]
    :param ids: its tokens, an end token among them
    :param forced: how many of them had no alternative
    :param log_probability: by both, among all that may be answered [nats]
    """

    cost: float = 0.0
    ids: tuple[int, ...] = ()
    forced: int = 0
    log_probability: float = field(default=0.0, compare=False)

    def longer(self, ranking: Ranking, weighed: Ranking) -> list[Beginning]:
        """
        Go on with each token of a ranking.

        :param ranking: by the model
        :param weighed: the same tokens by the model and what else is known, the likeliest first
        :returns: beginnings in the order of ``weighed``
        """
        # Both together say less than one where they differ; how sure they are is told among all
        # tokens that may follow. Of those beyond the ranking only the model's word is known.
        beyond = max(0.0, 1.0 - _sum(ranking))
        whole = math.log(beyond + _sum(weighed))
        return [Beginning(self.cost - score, (*self.ids, token), self.forced,
                          self.log_probability + score - whole) for token, score in weighed]


def _sum(ranking: Ranking) -> float:
    """Add up the probabilities of a ranking."""
    return sum(math.exp(score) for _, score in ranking)
