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

"""Which commands a robot accepts, and what is said about the others."""

from pathlib import Path

import pytest

from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.command import ServiceCall, TopicPublication
from ros2_nl_commander.language.errors import LimitError, NotOfferedError
from ros2_nl_commander.language.robot import EMPTY_ROBOT, load_robot, RobotDescription
from ros2_nl_commander.language.validation import check_command

PORTER = load_robot(Path(__file__).parents[2] / 'config' / 'robots' / 'demo_robot.yaml')
ARM = RobotDescription(
    robot='arm',
    topics={'/path': 'a/msg/Path'},
    services={'/grip': 'a/srv/Grip'},
    choices={'/grip': {'side': ('left', 'right'), 'mode': (0, 1), 'hold': (True,)}},
    limits={'/path': {'points.x': (0.0, 1.0), 'speeds': (0.1, 0.9)}})


def grip(**changes):
    """Make a call that the arm accepts, but for the changes."""
    fields = {'side': 'left', 'mode': 1, 'hold': True, **changes}
    given = {key: value for key, value in fields.items() if value is not None}
    return ServiceCall('/grip', 'a/srv/Grip', given)


def path(**fields):
    """Make a publication for the arm."""
    return TopicPublication('/path', 'a/msg/Path', fields)


@pytest.mark.parametrize('text', [
    'ros2 topic pub --times 20 --rate 10 /porter/cmd_vel geometry_msgs/msg/Twist '
    '"{linear: {x: -0.5}, angular: {z: 1}}"',
    'ros2 topic pub --once /porter/cmd_vel geometry_msgs/msg/Twist "{}"',
    'ros2 topic pub --once /porter/volume std_msgs/msg/UInt8 "{data: 100}"',
    'ros2 service call /porter/dock std_srvs/srv/Trigger "{}"',
    'ros2 action send_goal /porter/patrol test_msgs/action/Fibonacci "{order: 3}"',
])
def test_offered_commands(text):
    check_command(parse_command(text), PORTER)


@pytest.mark.parametrize(('text', 'message'), [
    ('ros2 topic pub --once /cmd_vel geometry_msgs/msg/Twist',
     'porter has no topic /cmd_vel; the closest is the topic /porter/cmd_vel'),
    ('ros2 service call /porter/docking std_srvs/srv/Trigger',
     'porter has no service /porter/docking; the closest is the service /porter/dock'),
    ('ros2 topic pub --once /porter/siren std_msgs/msg/Bool',
     'porter has no topic /porter/siren: it is a service'),
    ('ros2 service call /porter/patrol std_srvs/srv/Trigger',
     'porter has no service /porter/patrol: it is an action'),
    ('ros2 service call /porter/dock std_srvs/srv/Empty',
     'service /porter/dock is of type std_srvs/srv/Trigger, not std_srvs/srv/Empty'),
])
def test_commands_that_are_not_offered(text, message):
    with pytest.raises(NotOfferedError) as raised:
        check_command(parse_command(text), PORTER)
    assert str(raised.value) == message


@pytest.mark.parametrize('fields', [
    '{linear: {x: 0.51}}', '{linear: {x: -1}}', '{angular: {z: 1.0e+10}}', '{linear: 3}',
    '{linear: {x: fast}}', '{linear: {x: true}}', '{linear: {x: {}}}', '{linear: [{x: 9.0}]}',
])
def test_values_outside_the_limits(fields):
    command = parse_command(
        f'ros2 topic pub --once /porter/cmd_vel geometry_msgs/msg/Twist "{fields}"')
    with pytest.raises(LimitError):
        check_command(command, PORTER)


def test_a_limit_says_field_value_and_range():
    command = parse_command('ros2 topic pub -1 /porter/volume std_msgs/msg/UInt8 "{data: 101}"')
    with pytest.raises(LimitError, match=r'/porter/volume data = 101 is outside \[0, 100\]'):
        check_command(command, PORTER)


@pytest.mark.parametrize('path', ['linear.x', 'twist.linear.x'])
def test_limits_of_an_axis_hold_for_a_stamped_velocity(path):
    robot = RobotDescription('r', topics={'/cmd_vel': 'geometry_msgs/msg/TwistStamped'},
                             limits={'/cmd_vel': {path: (-0.5, 0.5)}})
    text = ('ros2 topic pub --once /cmd_vel geometry_msgs/msg/TwistStamped '
            '"{twist: {linear: {x: %s}}}"')
    check_command(parse_command(text % 0.5), robot)
    with pytest.raises(LimitError, match='outside'):
        check_command(parse_command(text % 99.0), robot)


def test_a_stop_is_always_allowed():
    name, type_name = '/cmd_vel', 'geometry_msgs/msg/Twist'
    robot = RobotDescription('r', {name: type_name}, limits={name: {'linear.x': (0.05, 0.5)}})
    check_command(parse_command(f'ros2 topic pub --once {name} {type_name} "{{}}"'), robot)
    with pytest.raises(LimitError, match='linear.x is left out'):
        check_command(parse_command(
            f'ros2 topic pub --once {name} {type_name} "{{angular: {{z: 0.5}}}}"'), robot)


def test_limits_reach_into_lists():
    check_command(path(points=[{'x': 0.0}, {'x': 1.0}, {}], speeds=[0.1, 0.9]), ARM)
    for wrong in ({'points': [{'x': 0.5}, {'x': 1.5}]}, {'speeds': [0.5, 1.0]}):
        with pytest.raises(LimitError):
            check_command(path(**{'points': [], 'speeds': [], **wrong}), ARM)


def test_a_field_left_out_is_sent_as_zero():
    check_command(path(speeds=[0.5]), ARM)
    with pytest.raises(LimitError, match='speeds is left out, and 0 is outside'):
        check_command(path(), ARM)
    check_command(grip(mode=None), ARM)
    with pytest.raises(LimitError, match='side is left out, not one of left, right'):
        check_command(grip(side=None), ARM)


def test_choices():
    check_command(grip(), ARM)
    check_command(grip(mode=1.0), ARM)
    for wrong in ({'side': 'top'}, {'mode': 2}, {'mode': True}, {'hold': 1}, {'side': ['top']}):
        with pytest.raises(LimitError, match='not one of'):
            check_command(grip(**wrong), ARM)


def test_an_empty_robot_accepts_everything():
    check_command(TopicPublication('/a', 'b/msg/C', {'data': 1e9}), EMPTY_ROBOT)


def test_a_robot_that_offers_nothing_accepts_nothing():
    with pytest.raises(NotOfferedError, match='bare has no topic /a'):
        check_command(TopicPublication('/a', 'b/msg/C', {}), RobotDescription(robot='bare'))


DEFAULTS = 'uint8 cups 1\nstring size "small"\n---\nbool ok\n'


@pytest.mark.parametrize('rules, is_right', [
    ({'limits': {'/brew': {'cups': (1, 4)}}}, True),
    ({'limits': {'/brew': {'cups': (2, 4)}}}, False),
    ({'choices': {'/brew': {'size': ('small', 'large')}}}, True),
    ({'choices': {'/brew': {'size': ('medium', 'large')}}}, False)])
def test_a_field_left_out_is_sent_as_its_default(rules, is_right):
    robot = RobotDescription('bar', services={'/brew': 'bar_msgs/srv/Brew'},
                             definitions={'bar_msgs/srv/Brew': DEFAULTS}, **rules)
    command = ServiceCall('/brew', 'bar_msgs/srv/Brew', {})
    if is_right:
        check_command(command, robot)
    else:
        with pytest.raises(LimitError, match='left out'):
            check_command(command, robot)
