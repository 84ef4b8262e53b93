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
Answers that were begun and not gone on with, and what they say of the one that is taken.

Knows neither model nor grammar: only tokens and what they cost.
"""

from __future__ import annotations

from dataclasses import dataclass
import heapq
import math


@dataclass(frozen=True, order=True, slots=True)
class Beginning:
    """
    How an answer may begin; the cheapest sorts first.

    :param cost: minus the log-probability so far; it never falls while an answer grows [nats]
    :param ids: its tokens, an end token among them
    :param forced: how many of them had no alternative
    """

    cost: float = 0.0
    ids: tuple[int, ...] = ()
    forced: int = 0


class Frontier:
    """
    Where the search for the likeliest answer stands.

    Between them the answers that ended and the beginnings that wait stand for every answer whose
    tokens were among the ranked ones, each once; a beginning that the grammar broke off counts
    whole, besides what it had left behind until then, so an answer never looks surer than it is.
    """

    def __init__(self) -> None:
        self._waiting: list[Beginning] = []
        #: What those cost that were gone on with, when that ended.
        self._ended: list[float] = []

    def add(self, beginning: Beginning) -> None:
        """Keep a beginning, to be gone on with later."""
        heapq.heappush(self._waiting, beginning)

    def end(self, cost: float) -> None:
        """Note that a beginning was gone on with until it was whole, or given up, at this cost."""
        self._ended.append(cost)

    def take_below(self, cost: float) -> Beginning | None:
        """Take the likeliest beginning, if it costs less than this."""
        if not self._waiting or self._waiting[0].cost >= cost:
            return None
        return heapq.heappop(self._waiting)

    def log_probability(self, cost: float) -> float:
        """
        Weigh one of the answers against all others, and what may begin like no other yet.

        :param cost: of the answer; at least one must have ended
        """
        costs = [*self._ended, *(beginning.cost for beginning in self._waiting)]
        least = min(costs)
        return least - cost - math.log(sum(math.exp(least - other) for other in costs))
