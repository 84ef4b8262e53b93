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


"""Scores: what counts as right, and how sure a share is."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.generation import Generation
from ros2_nl_commander.language.robot import EMPTY_ROBOT, RobotDescription
from ros2_nl_commander.training.evaluate import (
    failures, Score, score_examples, summarise, wilson_interval)
from ros2_nl_commander.training.examples import Example

VOLUME = 'ros2 topic pub --once /volume std_msgs/msg/UInt8 "{data: 30}"'
LAMP = 'ros2 service call /lamp std_srvs/srv/SetBool "{data: true}"'


def command(text):
    return None if text is None else parse_command(text)


def score(expected, got, seconds=1.0):
    reason = 'declined' if got is None else None
    return Score(Example('x', command(expected), expected or 'null', EMPTY_ROBOT),
                 Generation('x', command(got), reason, seconds))


@pytest.mark.parametrize('expected, got, right, interface', [
    (VOLUME, VOLUME, True, True),
    (VOLUME, VOLUME.replace('30', '30.0'), True, True),
    (VOLUME, VOLUME.replace('30', '31'), False, True),
    (VOLUME, VOLUME.replace('/volume', '/other'), False, False),
    (VOLUME, LAMP, False, False),
    (VOLUME, None, False, False),
    (None, VOLUME, False, False),
    (None, None, True, True),
])
def test_an_answer_is_right_if_it_does_what_was_asked(expected, got, right, interface):
    assert score(expected, got).is_right is right
    assert score(expected, got).is_same_interface is interface


@pytest.mark.parametrize('successes, count, low, high', [
    # Values of R's prop.test(correct = FALSE) and of Wilson's formula by hand.
    (8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0),
    (50, 100, 0.4038, 0.5962), (1, 1, 0.2065, 1.0), (0, 0, 0.0, 1.0)])
def test_wilson_interval(successes, count, low, high):
    assert wilson_interval(successes, count) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize('count', range(1, 40))
def test_no_share_is_below_nothing_or_above_all(count):
    assert wilson_interval(0, count)[0] >= 0.0 and wilson_interval(count, count)[1] <= 1.0


def test_the_summary_counts_commands_and_declines_apart():
    scores = [score(VOLUME, VOLUME), score(VOLUME, VOLUME.replace('30', '31')),
              score(VOLUME, None), score(LAMP, LAMP), score(None, None), score(None, LAMP)]
    summary = summarise(scores)
    counts = {key: (value['count'], value['of']) for key, value in summary.items()
              if isinstance(value, dict) and 'count' in value}
    assert counts == {'right': (3, 6), 'right_commands': (2, 4), 'right_interface': (3, 4),
                      'right_declines': (1, 2), 'false_refusals': (1, 4),
                      'wrong_acceptances': (1, 2)}
    assert summary['right']['share'] == 0.5
    by_interface = {name: (value['count'], value['of'])
                    for name, value in summary['by_interface'].items()}
    assert by_interface == {'/volume': (1, 3), '/lamp': (1, 1), 'declined': (1, 2)}


def test_percentiles_are_nearest_ranks():
    scores = [score(None, None, seconds) for seconds in (3.0, 1.0, 2.0, 4.0)]
    assert summarise(scores)['seconds'] == {'p50': 2.0, 'p95': 4.0}
    hundred = [score(None, None, float(number)) for number in range(1, 101)]
    assert summarise(hundred)['seconds'] == {'p50': 50.0, 'p95': 95.0}
    assert summarise([])['seconds'] == {} and summarise([])['right']['share'] is None


def test_failures_say_expected_and_got():
    assert failures([score(VOLUME, VOLUME), score(VOLUME, None), score(None, LAMP)]) == [
        {'instruction': 'x', 'expected': VOLUME, 'got': None, 'reason': 'declined',
         'robot': ''},
        {'instruction': 'x', 'expected': 'null', 'got': LAMP, 'reason': None,
         'robot': ''}]


class FakeGenerator:
    """Notes what it is asked."""

    def __init__(self):
        self.calls = []

    def use_robot(self, robot):
        self.calls.append(robot)

    def generate(self, instruction, should_stop):
        self.calls.append(instruction)
        return Generation(instruction, None, 'no', 0.1)


def test_examples_are_scored_robot_by_robot():
    a, b = RobotDescription('a'), RobotDescription('b')
    generator = FakeGenerator()
    scores = score_examples(generator, [
        Example('1', None, 'no', b), Example('2', None, 'no', a),
        Example('3', None, 'no', b)])
    assert next(scores).example.instruction == '2'  # each as soon as it is there
    assert [score.is_right for score in scores] == [True, True]
    assert generator.calls == [a, '2', b, '1', '3']
