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

"""Commands in plain words: what a person reads before approving."""

from __future__ import annotations

from pathlib import Path

import pytest
from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.plain_words import in_plain_words
from ros2_nl_commander.language.robot import EMPTY_ROBOT, load_robot, parse_robot

pytest.importorskip('geometry_msgs')

ROOT = Path(__file__).parents[2]
PORTER = load_robot(ROOT / 'config/robots/demo_robot.yaml')
TWIST = 'geometry_msgs/msg/Twist'


def words(text, robot=EMPTY_ROBOT):
    return in_plain_words(parse_command(f'ros2 {text}'), robot)


@pytest.mark.parametrize('command, said', [
    (f'topic pub --times 75 --rate 10 /porter/cmd_vel {TWIST} "{{linear: {{x: 0.2}}}}"',
     'publish 75 times at 10 Hz to /porter/cmd_vel: linear.x 0.2 m/s for 7.5 s, then stop '
     '(1.5 m forward)'),
    (f'topic pub --times 20 --rate 10 /porter/cmd_vel {TWIST} "{{angular: {{z: -0.785398}}}}"',
     'publish 20 times at 10 Hz to /porter/cmd_vel: angular.z -0.785398 rad/s (-45 degrees/s) '
     'for 2 s, then stop (turn right 90 degrees)'),
    ('topic pub --times 10 --rate 10 /b geometry_msgs/msg/TwistStamped '
     '"{twist: {linear: {x: -0.1, y: 0.2}}}"',
     'publish 10 times at 10 Hz to /b: twist.linear.x -0.1 m/s, twist.linear.y 0.2 m/s for 1 s, '
     'then stop (0.1 m backward and 0.2 m left, at once)'),
    (f'topic pub --once /b {TWIST} "{{linear: {{x: 0.2}}}}"',
     'publish once to /b: linear.x 0.2 m/s for 1 s, then stop (0.2 m forward)'),
    (f'topic pub --once /b {TWIST} "{{}}"',
     'publish once to /b: zero velocity, the base stands still'),
    (f'topic pub /b {TWIST} "{{linear: {{x: 0.2}}}}"',
     'publish at 1 Hz without end to /b: linear.x 0.2 m/s, until it is stopped'),
    ('service call /porter/siren std_srvs/srv/SetBool "{data: false}"',
     'call the service /porter/siren with data: false'),
    ('service call /porter/dock std_srvs/srv/Trigger "{}"', 'call the service /porter/dock'),
    ('action send_goal /porter/patrol test_msgs/action/Fibonacci "{order: 3}"',
     'send the goal order: 3 to the action /porter/patrol'),
    ('topic pub --times 3 --rate 2 /say std_msgs/msg/String "{data: two words}"',
     'publish 3 times at 2 Hz to /say: data: "two words"'),
    ('topic pub --once /say std_msgs/msg/String',
     'publish once to /say: a message without values'),
])
def test_without_a_description(command, said):
    assert words(command) == said


@pytest.mark.parametrize('command, said', [
    ('topic pub --once /porter/lift_height std_msgs/msg/Float64 "{data: 0.65}"',
     'publish once to /porter/lift_height: data 0.65 m - height of the lift above the deck, '
     'metres'),
    ('service call /porter/siren std_srvs/srv/SetBool "{data: false}"',
     'call the service /porter/siren with data: false - warning siren, true is on'),
    ('topic pub --once /porter/goal_pose geometry_msgs/msg/PoseStamped "{header: {frame_id: map}, '
     'pose: {position: {x: 5.5, y: 4.5}, orientation: {z: 0.0, w: 1.0}}}"',
     'publish once to /porter/goal_pose: ward 2 (x 5.5 m, y 4.5 m, facing 0 degrees, frame map) '
     '- drive to a place'),
])
def test_with_a_description(command, said):
    assert words(command, PORTER) == said


@pytest.mark.parametrize('change', [
    'x: 5.6, y: 4.5}, orientation: {w: 1.0', 'x: 5.5, y: 4.5, z: 1.0}, orientation: {w: 1.0',
    'x: 5.5, y: 4.5}, orientation: {z: 1.0', 'x: 5.5, y: 4.5}, orientation: {w: 1.0}}, header: '
    '{frame_id: odom'])
def test_what_is_not_quite_a_place_is_not_called_so(change):
    head = '' if 'header' in change else 'header: {frame_id: map}, '
    end = '}' if 'header' in change else '}}'
    said = words('topic pub --once /porter/goal_pose geometry_msgs/msg/PoseStamped '
                 f'"{{{head}pose: {{position: {{{change}{end}}}"', PORTER)
    assert 'ward' not in said and 'x 5.' in said


def test_a_tilted_pose_is_not_flattened():
    said = words('topic pub --once /p geometry_msgs/msg/Pose '
                 '"{position: {x: 1.0}, orientation: {x: 0.5, w: 0.5}}"')
    assert said == 'publish once to /p: x 1 m, orientation.x: 0.5, orientation.w: 0.5'


def test_every_field_of_an_unknown_type_is_named():
    said = words('action send_goal /x foo_msgs/action/Bar "{a: {b: [1, 2]}, c: [{d: 1}], '
                 'e: true}"')
    assert said == 'send the goal a.b: [1, 2], c: [{d: 1}], e: true to the action /x'


def test_units_come_from_definitions_too():
    robot = parse_robot(
        'robot: r\ntopics: {/arm: my_msgs/msg/Arm}\ndefinitions:\n  my_msgs/msg/Arm: |\n'
        '    float64 reach  # metres\n    float64 wrist_deg\n'
        '    builtin_interfaces/Duration within', 'test')
    said = words('topic pub --once /arm my_msgs/msg/Arm '
                 '"{reach: 0.5, wrist_deg: 20.0, within: {sec: 1, nanosec: 500000000}}"', robot)
    assert said == 'publish once to /arm: reach 0.5 m, wrist_deg 20 deg, within 1.5 s'


def test_the_type_on_the_command_decides_not_that_of_the_description():
    said = words('topic pub --once /porter/lift_height std_msgs/msg/String "{data: up}"', PORTER)
    assert 'data: "up"' in said
