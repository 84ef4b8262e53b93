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

"""A limit that fits no field is no limit: it is refused, on load or before anything is allowed."""

from __future__ import annotations

from policy_definitions import DEFINITIONS
import pytest
from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.errors import PolicyError
from ros2_nl_commander.language.policy import Tier
from ros2_nl_commander.language.policy_file import parse_policy
from ros2_nl_commander.language.robot import RobotDescription

LIFT = 'rules:\n  /r/lift:\n    tier: auto\n    limits: {dta: [0, 1.2]}'


@pytest.mark.parametrize('rule, message', [
    ('limits: {linear.x: [0, 1, s]}', 'limits > linear.x: s measures duration, not speed'),
    ('limits: {angular.z: [0, 1, m/s]}', 'angular.z: m/s measures speed, not angular speed'),
    ('limits: {twist.linear.y: [0, 1, Hz]}', 'twist.linear.y: Hz measures frequency, not speed'),
    ('limits: {pose.position.x: [0, 1, s]}', 'position.x: s measures duration, not length'),
    ('limits: {height_mm: [0, 1, kg]}', 'height_mm: kg measures mass, not length'),
    ('limits: {time_from_start.sec: [0, 1, m]}', 'sec: m measures length, not duration'),
    ('type: ackermann_msgs/msg/*, limits: {speed: [0, 1, s]}', 'speed: s measures duration'),
    ('rate: [1, 50, m]', 'rate: m measures length, not frequency'),
    ('ends_in_zeros: 1', 'ends_in_zeros: must be true or false'),
    ('ends_in_zeros: true, limits: {data: [1, 2]}', 'ends_in_zeros: zero is outside the limits')])
def test_a_mistake_that_needs_no_robot_is_named_on_load(rule, message):
    with pytest.raises(PolicyError) as raised:
        parse_policy(f'rules:\n  /r/a: {{tier: auto, {rule}}}', 'p.yaml')
    assert str(raised.value).startswith('p.yaml:2: rules > /r/a > ')
    assert message in str(raised.value)


@pytest.mark.parametrize('name, path, given, low_and_high', [
    ('/r/a', 'height_mm', '[0, 0.5, m]', (0, 500)), ('/r/a', 'x', '[1, 2, km]', (1000, 2000)),
    ('/r/reach_km', 'data', '[500, 5000, m]', (0.5, 5)), ('/r/a', 'height_mm', '[0, 3]', (0, 3)),
    ('/r/a', 'linear.x', '[0, 3.6, km/h]', (0, 1))])
def test_a_limit_is_in_the_unit_that_the_field_holds(name, path, given, low_and_high):
    policy = parse_policy(f'rules: {{{name}: {{tier: auto, limits: {{{path}: {given}}}}}}}', 'p')
    limit, = policy.rules[0].limits.fields.values()
    assert (limit.low, limit.high) == pytest.approx(low_and_high)


def check(policy, **offered):
    parse_policy(policy, 'p.yaml').check_fits(
        RobotDescription('r', definitions=DEFINITIONS, **offered))


@pytest.mark.parametrize('rules, offered, message', [
    (LIFT, {'topics': {'/r/lift': 'std_msgs/msg/Float64'}},
     'p.yaml:4: rules > /r/lift > limits > dta: std_msgs/msg/Float64 of /r/lift has no number'),
    ('rules: {/r/*: {tier: auto, limits: {linear.x: [0, 1]}}}',
     {'topics': {'/r/a': 'geometry_msgs/msg/Twist', '/r/b': 'std_msgs/msg/Int8'}}, 'of /r/b has'),
    ('rules: {/r/a: {tier: auto, limits: {linear: [0, 1]}}}',
     {'topics': {'/r/a': 'geometry_msgs/msg/Twist'}}, 'linear: geometry_msgs/msg/Twist of /r/a'),
    ('rules: {/r/a: {tier: auto, limits: {near.x: [0, 1]}}}',
     {'topics': {'/r/a': 'geometry_msgs/msg/Twist'}}, 'near.x: geometry_msgs/msg/Twist of /r/a'),
    ('rules: {/r/a: {tier: auto, limits: {frame_id: [0, 1]}}}',
     {'topics': {'/r/a': 'geometry_msgs/msg/TwistStamped'}}, 'frame_id: '),
    ('rules: {/r/a: {tier: auto, limits: {X: [0, 1]}}}', {'services': {'/r/a': 'a/srv/B'}}, 'X: '),
    ('rules: {/r/a: {tier: auto, limits: {ordre: [0, 1]}}}',
     {'actions': {'/r/a': 'test_msgs/action/Fibonacci'}}, 'ordre: '),
    ('rules:\n  /r/a:\n    tier: auto\n    ends_in_zeros: true',
     {'topics': {'/r/a': 'std_msgs/msg/String'}},
     'p.yaml:4: rules > /r/a > ends_in_zeros: cannot'),
    ('rules: {/r/a: {tier: auto, ends_in_zeros: true}}', {'topics': {'/r/a': 'a/msg/Mode'}},
     'is_on of a/msg/Mode is bool, no number'),
    ('rules: {/r/a: {tier: auto, ends_in_zeros: true}}', {'topics': {'/r/a': 'a/msg/Names'}},
     'a/msg/Names has no number'),
    ('rules: {/r/a: {tier: auto, ends_in_zeros: true}}', {'services': {'/r/a': 'a/srv/B'}},
     '/r/a is no topic'),
    ('rules:\n  /r/a:\n    tier: auto\n    max_distance: 2',
     {'actions': {'/r/a': 'test_msgs/action/Fibonacci'}},
     'p.yaml:4: rules > /r/a > max_distance: /r/a is no topic'),
    ('rules: {/r/a: {tier: auto, rate: [1, 2]}}', {'services': {'/r/a': 'a/srv/B'}},
     'rate: /r/a is no topic'),
    ('rules: {/r/a: {tier: auto, max_angle: 1}}', {'services': {'/r/a': 'a/srv/Drive'}},
     'max_angle: /r/a is no topic'),
    ('rules: {/r/**: {tier: auto, max_duration: [9, s]}}',  # one of several that it is for
     {'topics': {'/r/a': 'geometry_msgs/msg/Twist'}, 'services': {'/r/b': 'a/srv/B'}},
     'max_duration: /r/b is no topic, and only what is published can be held to it: add type: '),
    ('rules: {/r/a: {tier: auto, max_distance: 1}}',
     {'topics': {'/r/a': 'geometry_msgs/msg/PoseStamped'}},
     'max_distance: how far a geometry_msgs/msg/PoseStamped of /r/a leads is not known'),
    ('rules: {/r/a: {tier: auto, max_angle: 1}}', {'topics': {'/r/a': 'std_msgs/msg/Float64'}},
     'max_angle: how far')])
def test_what_a_robot_does_not_have_is_named(rules, offered, message):
    with pytest.raises(PolicyError) as raised:
        check(rules, **offered)
    assert message in str(raised.value)


@pytest.mark.parametrize('rules, offered', [
    ('rules: {/r/*: {type: geometry_msgs/**, tier: auto, limits: {linear.x: [0, 1], z: [0, 1]}}}',
     {'topics': {'/r/a': 'geometry_msgs/msg/Twist', '/r/b': 'geometry_msgs/msg/TwistStamped',
                 '/r/c': 'std_msgs/msg/Int8'}}),
    ('rules: {/r/a: {tier: auto}, /r/**: {tier: auto, limits: {data: [0, 1]}}}',  # the first
     {'topics': {'/r/a': 'geometry_msgs/msg/Twist', '/r/b': 'std_msgs/msg/Float64MultiArray'}}),
    ('rules: {/r/a: {tier: auto, limits: {points.positions: [0, 1]}}}',
     {'topics': {'/r/a': 'a/msg/B'}}),
    ('rules: {/r/a: {tier: auto, limits: {dta: [0, 1]}}}', {'topics': {'/r/b': 'a/msg/V'}}),
    ('rules: {/r/a: {tier: auto, limits: {dta: [0, 1]}}}', {'topics': {'/r/a': 'not/msg/Known'}}),
    ('rules: {/r/a: {tier: deny, max_duration: 9}}', {'topics': {'/r/a': 'std_msgs/msg/Int8'}}),
    ('rules: {/r/*: {type: "*/msg/*", tier: auto, rate: [1, 5], max_duration: 9}}',
     {'topics': {'/r/a': 'std_msgs/msg/Float64'}, 'services': {'/r/b': 'a/srv/B'}}),
    ('rules: {/r/*: {tier: auto, max_distance: 1, max_angle: 1, limits: {linear.x: [0, 1]}}}',
     {'topics': {'/r/a': 'geometry_msgs/msg/Twist', '/r/b': 'geometry_msgs/msg/TwistStamped'}}),
    ('rules: {/r/*: {tier: auto, max_distance: 1, limits: {speed: [0, 1]}}}',
     {'topics': {'/r/a': 'ackermann_msgs/msg/AckermannDriveStamped'}}),
    ('rules: {/r/*: {tier: auto, ends_in_zeros: true}}',
     {'topics': {'/r/a': 'std_msgs/msg/Float64MultiArray', '/r/b': 'a/msg/Jog',
                 '/r/c': 'geometry_msgs/msg/TwistStamped', '/r/d': 'std_msgs/msg/Int16'}})])
def test_what_a_robot_has_is_accepted(rules, offered):
    check(rules, **offered)


@pytest.mark.parametrize('command, reason', [
    ('topic pub --once /r/lift std_msgs/msg/Float64 "{data: 99.0}"',
     'p.yaml:4: rules > /r/lift > limits > dta'),
    ('topic pub --once /r/lift not/msg/Known "{dta: 1}"', 'not/msg/Known is not installed')])
def test_what_appears_later_and_does_not_fit_is_denied(command, reason):
    decision = parse_policy(LIFT, 'p.yaml').decide(parse_command(f'ros2 {command}'))
    assert decision.tier is Tier.DENY and reason in decision.reason


@pytest.mark.parametrize('bound', ['max_distance: 2', 'max_angle: 1', 'max_duration: 9',
                                   'rate: [1, 5]'])
def test_a_goal_is_not_let_pass_by_what_bounds_publications(bound):
    policy = parse_policy(f'rules: {{/r/go: {{tier: auto, {bound}}}}}', 'p.yaml')
    decision = policy.decide(parse_command(
        'ros2 action send_goal /r/go test_msgs/action/Fibonacci "{order: 100}"'))
    assert decision.tier is Tier.DENY and 'no topic' in decision.reason
