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

"""Guessing from what was seen before; that guesses change no answer is in test_decode."""

from __future__ import annotations

from ros2_nl_commander.model.drafts import Drafter, Precedent


def seen(*answers, question=(1,)):
    return [Precedent(tuple(question), tuple(answer)) for answer in answers]


def test_nothing_seen_gives_no_guess():
    assert Drafter([1, 2, 3]).propose([], 8) == []
    assert Drafter([1, 2, 3]).propose([4, 5], 8) == []


def test_what_followed_the_same_tokens_before():
    drafter = Drafter([], seen([1, 2, 3, 4, 5, 6]))
    assert drafter.propose([9, 2, 3], 8) == [4, 5, 6]
    assert drafter.propose([9, 2, 3], 2) == [4, 5]
    assert drafter.propose([3], 8) == []  # one token is too little to go by
    assert drafter.propose([5, 6], 8) == []


def test_one_token_is_enough_in_the_instruction():
    drafter = Drafter([7, 3, 8, 9], seen([1, 3, 4, 5]))
    assert drafter.propose([2, 3], 2) == [8, 9]
    assert drafter.propose([1, 3], 2) == [4, 5]  # two are better


def test_the_longest_match_wins_then_the_instruction_then_the_newest_answer():
    precedents = seen([1, 2, 3, 10], [2, 3, 20])
    assert Drafter([], precedents).propose([1, 2, 3], 1) == [10]
    assert Drafter([], precedents).propose([2, 3], 1) == [20]
    assert Drafter([], [*precedents, *seen([2, 3, 30])]).propose([2, 3], 1) == [30]
    assert Drafter([2, 3, 40], precedents).propose([2, 3], 1) == [40]


def test_an_answer_begins_like_the_answer_to_the_likest_question():
    precedents = [*seen([10, 11, 12], question=[1, 2, 3]), *seen([20, 21], question=[1, 2, 4]),
                  *seen([30], question=[1, 5])]
    assert Drafter([1, 2, 3], precedents).propose([], 8) == [10, 11, 12]
    assert Drafter([1, 2, 3], precedents).propose([], 2) == [10, 11]
    assert Drafter([1, 4], precedents).propose([], 8) == [20, 21]
    # What all questions share says nothing; 5 is in one of them alone.
    assert Drafter([1, 2, 5], precedents).propose([], 8) == [30]


def test_answers_to_like_questions_are_looked_up_first():
    precedents = [*seen([2, 3, 10], question=[1, 7]), *seen([2, 3, 20], question=[1, 8])]
    assert Drafter([7], precedents).propose([2, 3], 1) == [10]
    assert Drafter([8], precedents).propose([2, 3], 1) == [20]
