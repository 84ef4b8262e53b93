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

"""Guessing from what was seen before; that guesses change no answer is in test_forward."""

from __future__ import annotations

from ros2_nl_commander.model.drafts import Drafter, REMEMBERED


def test_nothing_seen_gives_no_guess():
    assert Drafter().propose([1, 2, 3], [4, 5], 8) == []


def test_what_followed_the_same_tokens_before():
    drafter = Drafter([[1, 2, 3, 4, 5, 6]])
    assert drafter.propose([], [9, 2, 3], 8) == [4, 5, 6]
    assert drafter.propose([], [9, 2, 3], 2) == [4, 5]
    assert drafter.propose([], [3], 8) == []
    assert drafter.propose([], [5, 6], 8) == []


def test_the_longest_match_wins_then_the_instruction_then_the_newest_answer():
    drafter = Drafter([[1, 2, 3, 10]])
    drafter.remember([2, 3, 20])
    assert drafter.propose([], [1, 2, 3], 1) == [10]
    assert drafter.propose([], [2, 3], 1) == [20]
    drafter.remember([2, 3, 30])
    assert drafter.propose([], [2, 3], 1) == [30]
    assert drafter.propose([2, 3, 40], [2, 3], 1) == [40]


def test_memory_is_bounded():
    drafter = Drafter()
    for number in range(REMEMBERED + 1):
        drafter.remember([100, 101, number])
    assert drafter.propose([], [100, 101], 1) == [REMEMBERED]
    assert len(drafter._answers) == REMEMBERED
