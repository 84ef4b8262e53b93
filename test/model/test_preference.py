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

"""What a second judge may say about names, and how its word is counted."""

from __future__ import annotations

import math

import pytest
from ros2_nl_commander.model.matching import FreeMatching
from ros2_nl_commander.model.preference import NamePreference, PreferringMatching

PREFERENCE = NamePreference(
    {'/arm': -2.0, '/arm/rest': -0.1, '/base': -1.0, '/base (topic)': -0.5}, {'no:': -0.3})
END = ord('.')


@pytest.mark.parametrize('text, weight', [
    ('', 0.0), ('/', -0.1), ('/a', -0.1), ('/arm', -0.1), ('/arm/', -0.1), ('/arm ', -2.0),
    ('/arm x: 1', -2.0), ('/arm/rest', -0.1), ('/arm/rest x', -0.1), ('/b', -0.5),
    ('/base ', -0.5), ('/base (topic) x', -0.5), ('/base x', -1.0), ('n', -0.3),
    ('no: not a request', -0.3), ('/other', -2.0), ('anything', -2.0)])
def test_the_weight_of_a_beginning_is_that_of_the_best_word_it_may_become(text, weight):
    assert PREFERENCE.best(text) == weight


@pytest.mark.parametrize('text, weight', [('/arm', -2.0), ('/base', -1.0), ('/arm/rest', -0.1)])
def test_a_whole_answer_has_the_weight_of_its_own_word(text, weight):
    assert PREFERENCE.best(text, is_whole=True) == weight


def test_the_weight_never_rises_while_an_answer_grows():
    for answer in ('/arm x', '/arm/rest', '/base (topic) x: 1', '/base y', 'no: unsafe', '/bogus'):
        weights = [PREFERENCE.best(answer[:length]) for length in range(len(answer) + 1)]
        weights.append(PREFERENCE.best(answer, is_whole=True))
        assert weights == sorted(weights, reverse=True), answer


def test_the_first_guess_is_the_preferred_interface():
    assert PREFERENCE.first() == '/arm/rest'
    assert NamePreference({'/a': -1.0}, {'no:': 0.0}).first() == '/a'


def matching():
    return PreferringMatching(
        FreeMatching({END}, 128), PREFERENCE,
        lambda ids: ''.join(chr(token) for token in ids if token != END))


def test_tokens_are_ranked_by_both():
    started = matching()
    for letter in '/arm':
        started.accept(ord(letter))
    ranking = started.weighed([(ord(' '), -0.1), (END, -0.2), (ord('/'), -1.0)])
    assert [token for token, _ in ranking] == [ord('/'), ord(' '), END]
    assert math.isclose(dict(ranking)[ord(' ')], -0.1 - 1.9)
    assert math.isclose(dict(ranking)[ord('/')], -1.0)


def test_behind_the_name_nothing_changes():
    started = matching()
    for letter in '/arm x: ':
        started.accept(ord(letter))
    ranking = [(ord('1'), -0.5), (ord('2'), -0.7), (END, -3.0)]
    assert dict(started.weighed(ranking)) == pytest.approx(dict(ranking))
