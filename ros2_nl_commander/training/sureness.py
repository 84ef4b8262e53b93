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

"""Whether answers are right as often as the model finds them likely, so that it can be asked."""

from __future__ import annotations

from collections.abc import Sequence

from ros2_nl_commander.training.benchmarks.table import Table
from ros2_nl_commander.training.evaluate import Score, share_as_text

#: Where one class of probabilities ends and the next begins.
EDGES = (0.0, 0.3, 0.5, 0.7, 0.9, 1.0)


def sureness_table(scores: Sequence[Score]) -> Table:
    """
    Count what is right among the answers of each class of probability.

    :param scores: of any sentences; the answers may be commands or declines
    """
    rows = []
    for low, high in zip(EDGES, EDGES[1:]):
        inside = [score for score in scores
                  if low <= score.generation.probability < high
                  or score.generation.probability == high == EDGES[-1]]
        if inside:
            commands = [score for score in inside if score.generation.command is not None]
            rows.append((f'{low:g} to {high:g}', f'{len(inside)}', _right(inside),
                         f'{len(commands)}', _right(commands)))
    return Table('How sure it was', (
        'probability of the answer', 'answers', 'right', 'commands among them', 'right commands'),
        rows)


def _right(scores: Sequence[Score]) -> str:
    if not scores:
        return ''
    return share_as_text(sum(score.is_right for score in scores), len(scores))
