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

"""Whatever holds a velocity is told from its fields: what is not named stays still; it ends."""

from __future__ import annotations

from policy_definitions import DEFINITIONS
import pytest
from ros2_nl_commander.language import velocities
from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.definition_text import interface_schema
from ros2_nl_commander.language.errors import UnknownTypeError
from ros2_nl_commander.language.policy import Tier
from ros2_nl_commander.language.policy_file import parse_policy
from ros2_nl_commander.language.velocities import is_velocity, velocity_in
from ros2_nl_commander.language.zeros import zeroed

POINT = '{points: [{velocities: [{linear: {y: %s}}]}]}'
VELOCITIES = {
    'geometry_msgs/msg/Twist': '{linear: {y: %s}}',
    'geometry_msgs/msg/TwistStamped': '{twist: {linear: {y: %s}}}',
    'geometry_msgs/msg/VelocityStamped': '{velocity: {linear: {y: %s}}}',
    'geometry_msgs/msg/TwistWithCovariance': '{twist: {linear: {y: %s}}}',
    'geometry_msgs/msg/TwistWithCovarianceStamped': '{twist: {twist: {linear: {y: %s}}}}',
    'ackermann_msgs/msg/AckermannDrive': '{speed: %s}',
    'ackermann_msgs/msg/AckermannDriveStamped': '{drive: {speed: %s}}',
}
#: Moving along a way, or a measurement: a message of zeros would be a place to go to.
PLACES = {'trajectory_msgs/msg/MultiDOFJointTrajectory': POINT,
          'nav_msgs/msg/Odometry': '{twist: {twist: {linear: {y: %s}}}}'}


def decide(text, rule='{tier: auto}'):
    return parse_policy(f'rules: {{/**: {rule}}}', 'p').decide(parse_command(text), DEFINITIONS)


def published(type_name, fields, options='--once'):
    return f'ros2 topic pub {options} /r/a {type_name} "{fields}"'


@pytest.mark.parametrize('type_name, fields', [*VELOCITIES.items(), *PLACES.items()])
def test_what_is_not_named_stays_still(type_name, fields):
    denied = decide(published(type_name, fields % 100))
    assert denied.tier is Tier.DENY and 'an axis that the policy does not name' in denied.reason
    assert decide(published(type_name, fields % 0.0)).tier is Tier.AUTO
    named = '{tier: auto, limits: {%s: [0, 1]}}' % _axis(type_name)
    assert decide(published(type_name, fields % 1), named).tier is Tier.AUTO
    assert decide(published(type_name, fields % 2), named).tier is Tier.DENY


def test_services_are_held_to_it_too():
    text = 'ros2 service call /r/a a/srv/Drive "{at: {angular: {z: 1}}}"'
    assert 'at.angular.z is an axis' in decide(text).reason


def test_other_numbers_are_no_axes():
    text = published('geometry_msgs/msg/TwistWithCovariance', '{covariance: [%s]}' % ', '.join(
        ['0.1'] * 36))
    assert decide(text).tier is Tier.AUTO
    assert decide(published('geometry_msgs/msg/Accel', '{linear: {x: 1}}')).tier is Tier.AUTO


@pytest.mark.parametrize('type_name, fields', VELOCITIES.items())
def test_a_velocity_is_known_by_its_fields(type_name, fields):
    assert is_velocity(type_name, DEFINITIONS)
    command = parse_command(published(type_name, fields % 0.5))
    inner = velocity_in(command.fields, type_name, DEFINITIONS)
    assert inner in ({'linear': {'y': 0.5}}, {'speed': 0.5})
    for most, tier in ((2, Tier.AUTO), (1, Tier.DENY)):
        rule = f'{{tier: auto, max_distance: {most}, limits: {{{_axis(type_name)}: [0, 1]}}}}'
        text = published(type_name, fields % 0.5, '--times 30 --rate 10')
        assert decide(text, rule).tier is tier


def _axis(type_name):
    return 'speed' if 'ackermann' in type_name else 'y'


@pytest.mark.parametrize('type_name, fields', PLACES.items())
def test_how_far_a_place_leads_is_not_known(type_name, fields):
    assert not is_velocity(type_name, DEFINITIONS)
    denied = decide(published(type_name, fields % 0.5),
                    '{tier: auto, max_distance: 5, limits: {linear.y: [0, 1]}}')
    assert 'is not known' in denied.reason


@pytest.mark.parametrize('type_name', ['std_msgs/msg/Float64', 'geometry_msgs/msg/Accel',
                                       'geometry_msgs/msg/PoseStamped', 'not/msg/Known'])
def test_others_are_no_velocities(type_name):
    assert not is_velocity(type_name, DEFINITIONS)


@pytest.mark.parametrize('type_name', ['geometry_msgs/msg/Twist', 'geometry_msgs/msg/TwistStamped',
                                       'ackermann_msgs/msg/AckermannDriveStamped'])
def test_the_usual_ones_are_known_also_where_nothing_is_installed(type_name, monkeypatch):
    def find_nothing(*_arguments):
        raise UnknownTypeError('nothing is installed')

    monkeypatch.setattr(velocities, 'interface_schema', find_nothing)
    assert is_velocity(type_name)


@pytest.mark.parametrize('type_name, fields, everywhere, expected', [
    ('geometry_msgs/msg/TwistStamped',
     {'header': {'frame_id': 'base', 'stamp': {'sec': 3}}, 'twist': {'linear': {'x': 1.0}}}, False,
     {'header': {'frame_id': 'base', 'stamp': {'sec': 3}},
      'twist': {part: dict.fromkeys('xyz', 0.0) for part in ('linear', 'angular')}}),
    ('geometry_msgs/msg/VelocityStamped', {'body_frame_id': 'b', 'velocity': {}}, False,
     {'body_frame_id': 'b',
      'velocity': {part: dict.fromkeys('xyz', 0.0) for part in ('linear', 'angular')}}),
    ('std_msgs/msg/Float64MultiArray',
     {'data': [1.0, 2.0], 'layout': {'dim': [{'size': 2}], 'data_offset': 1}}, True,
     {'data': [0.0, 0.0], 'layout': {'dim': [{'size': 2}], 'data_offset': 1}}),
    ('a/msg/Jog', {'joint_names': ['a', 'b'], 'velocities': [1.0, 2]}, True,
     {'joint_names': ['a', 'b'], 'velocities': [0.0, 0.0]}),
    ('std_msgs/msg/Int16', {'data': 7}, True, {'data': 0})])
def test_zeros_keep_frames_names_and_lengths(type_name, fields, everywhere, expected):
    still = zeroed(fields, interface_schema(type_name, DEFINITIONS), everywhere)
    assert {key: value for key, value in still.items() if value != {}} == expected


def test_a_default_that_is_not_zero_is_zeroed_too():
    still = zeroed({}, interface_schema('test_msgs/msg/Defaults'), True)
    assert still['float64_value'] == 0.0 and still['int32_value'] == 0
