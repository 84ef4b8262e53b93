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

"""Percentiles are values that were measured, by nearest rank."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.percentile import percentile


@pytest.mark.parametrize('values, percent, expected', [
    ([3.0], 50, 3.0), ([3.0], 95, 3.0), ([2.0, 1.0], 50, 1.0), ([3.0, 1.0, 2.0], 50, 2.0),
    ([float(number) for number in range(100, 0, -1)], 95, 95.0), ([1.0, 9.0], 100, 9.0),
])
def test_percentile(values: list[float], percent: float, expected: float) -> None:
    assert percentile(values, percent) == expected
