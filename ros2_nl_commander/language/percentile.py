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

"""The one percentile of this project, so that all its latencies mean the same."""

from __future__ import annotations

from collections.abc import Sequence
import math


def percentile(values: Sequence[float], percent: float) -> float:
    """
    Pick a percentile by nearest rank.

    :param values: in any order, at least one
    :param percent: above 0, at most 100
    :returns: one of the values
    """
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]
