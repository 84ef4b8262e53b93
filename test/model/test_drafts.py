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


def first(drafter, answer, limit):
    return next(drafter.proposals(answer, limit), [])


def test_nothing_seen_gives_no_guess():
    assert first(Drafter([1, 2, 3]), [], 8) == []
    assert first(Drafter([1, 2, 3]), [4, 5], 8) == []


def test_what_followed_the_same_tokens_before():
    drafter = Drafter([], seen([1, 2, 3, 4, 5, 6]))
    assert first(drafter, [9, 2, 3], 8) == [4, 5, 6]
    assert first(drafter, [9, 2, 3], 2) == [4, 5]
    assert first(drafter, [3], 8) == []  # one token is too little to go by
    assert first(drafter, [5, 6], 8) == []


def test_one_token_is_enough_in_the_instruction():
    drafter = Drafter([7, 3, 8, 9], seen([1, 3, 4, 5]))
    assert first(drafter, [2, 3], 2) == [8, 9]
    assert first(drafter, [1, 3], 2) == [4, 5]  # two are better


def test_the_longest_match_wins_then_the_instruction_then_the_newest_answer():
    precedents = seen([1, 2, 3, 10], [2, 3, 20])
    assert first(Drafter([], precedents), [1, 2, 3], 1) == [10]
    assert first(Drafter([], precedents), [2, 3], 1) == [20]
    assert first(Drafter([], [*precedents, *seen([2, 3, 30])]), [2, 3], 1) == [30]
    assert first(Drafter([2, 3, 40], precedents), [2, 3], 1) == [40]


def test_an_answer_begins_like_the_answer_to_the_likest_question():
    precedents = [*seen([10, 11, 12], question=[1, 2, 3]), *seen([20, 21], question=[1, 2, 4]),
                  *seen([30], question=[1, 5])]
    assert first(Drafter([1, 2, 3], precedents), [], 8) == [10, 11, 12]
    assert first(Drafter([1, 2, 3], precedents), [], 2) == [10, 11]
    assert first(Drafter([1, 4], precedents), [], 8) == [20, 21]
    # What all questions share says nothing; 5 is in one of them alone.
    assert first(Drafter([1, 2, 5], precedents), [], 8) == [30]


def test_answers_to_like_questions_are_looked_up_first():
    precedents = [*seen([2, 3, 10], question=[1, 7]), *seen([2, 3, 20], question=[1, 8])]
    assert first(Drafter([7], precedents), [2, 3], 1) == [10]
    assert first(Drafter([8], precedents), [2, 3], 1) == [20]


def test_values_come_between_the_instruction_and_earlier_answers():
    drafter = Drafter([2, 3, 40], seen([2, 3, 10], [5, 6, 11]), [[7, 8, 0], [9, 0]])
    assert list(drafter.proposals([2, 3], 2))[:4] == [[40], [7, 8], [9, 0], [10]]
    assert list(drafter.proposals([5, 6], 8)) == [[7, 8, 0], [9, 0], [11]]
    # What the answer has already is not guessed again.
    assert list(drafter.proposals([7, 8, 5, 6], 8)) == [[9, 0], [11]]
