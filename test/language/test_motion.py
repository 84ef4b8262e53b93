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

"""Motion in the short form: what was said becomes a motion that ends where it was said to end."""

from __future__ import annotations

import math
from pathlib import Path
import re

import pytest
from ros2_nl_commander.language.annotations import load_annotations
from ros2_nl_commander.language.answer import read_answer
from ros2_nl_commander.language.codec import format_command
from ros2_nl_commander.language.errors import CommandSyntaxError, LimitError
from ros2_nl_commander.language.robot import RobotDescription

TWIST, STAMPED = 'geometry_msgs/msg/Twist', 'geometry_msgs/msg/TwistStamped'
WHEELS = RobotDescription('wheels', topics={'/cmd': TWIST}, limits={
    '/cmd': {'linear.x': (-0.3, 0.5), 'angular.z': (-1.0, 1.0)}})
FREE = RobotDescription('free', topics={'/cmd': TWIST, '/stamped': STAMPED})


def ask(text, robot=WHEELS):
    return read_answer(f'/cmd {text}', robot)


def seconds(command):
    return command.times / command.rate_hz


@pytest.mark.parametrize('text, path, amount', [
    ('forward 2 m', 'linear.x', 2.0), ('backward 65 cm', 'linear.x', -0.65),
    ('forward 3 ft', 'linear.x', 0.9144), ('forward 350 mm fast', 'linear.x', 0.35),
    ('turn left 90 deg', 'angular.z', math.pi / 2), ('turn right 53 deg', 'angular.z',
                                                     -math.radians(53)),
    ('turn left 2 turns slowly', 'angular.z', 4 * math.pi),
    ('turn right 1.57 rad at 20 deg/s', 'angular.z', -1.57),
    ('forward 3.7 m at 0.25 m/s', 'linear.x', 3.7), ('forward 2 m in 8 s', 'linear.x', 2.0),
    ('backward at 0.1 m/s for 1.5 min', 'linear.x', -9.0), ('forward a bit', 'linear.x', 0.2),
])
def test_messages_times_speed_is_the_amount(text, path, amount):
    command = ask(text)
    group, axis = path.split('.')
    velocity = command.fields[group][axis]
    assert seconds(command) * velocity == pytest.approx(amount, rel=1e-4)
    low, high = WHEELS.limits['/cmd'][path]
    assert low <= velocity <= high
    assert command.times > 1, 'a stated amount is never an endless speed'


def test_a_speed_that_was_said_is_kept():
    assert ask('forward 3.7 m at 0.25 m/s').fields == {'linear': {'x': 0.25}}
    assert ask('forward at 1 km/h').fields['linear']['x'] == pytest.approx(0.277778)


def test_without_a_speed_the_rate_is_a_round_number():
    assert ask('forward 2 m').rate_hz == 10 and ask('turn left 90 deg').rate_hz == 10


def test_a_direction_alone_is_published_once():
    assert format_command(ask('forward')) == (
        'ros2 topic pub --once /cmd geometry_msgs/msg/Twist "{linear: {x: 0.2}}"')


def test_stopping_is_all_zeros():
    assert format_command(ask('stop')).endswith('"{}"')


def test_several_axes_move_at_once_and_arrive_together():
    command = ask('forward 1 m, turn left 90 deg')
    assert seconds(command) * command.fields['linear']['x'] == pytest.approx(1, rel=1e-4)
    assert seconds(command) * command.fields['angular']['z'] == pytest.approx(
        math.pi / 2, rel=1e-4)


@pytest.mark.parametrize('limits, text, reason', [
    ({'linear.x': (0, 0.5), 'angular.z': (0, 1)}, 'circle right', 'angular.z is 0 to 1'),
    ({'linear.x': (-0.5, 0), 'angular.z': (-1, 1)}, 'circle left', 'linear.x is -0.5 to 0'),
    ({'linear.x': (-20, 20), 'angular.z': (-1, 1)}, 'forward 1 mm at 10 m/s', 'too short'),
    ({'linear.x': (-20, 20), 'angular.z': (-1, 1)}, 'forward for 5 ms', 'too short'),
    ({'linear.x': (-20, 20), 'angular.z': (-1, 1)}, 'forward 0.1 mm in 3000 s', 'too slow')])
def test_limits_that_end_at_zero_and_extremes_are_refused(limits, text, reason):
    with pytest.raises(LimitError, match=reason):
        ask(text, RobotDescription('r', topics={'/cmd': TWIST}, limits={'/cmd': limits}))


@pytest.mark.parametrize('text, length', [
    ('forward for 0.25 s', 0.25), ('forward for 20 ms', 0.02), ('forward for 1.01 s', 1.01),
    ('forward 5 cm in 0.25 s', 0.25)])
def test_a_time_that_was_said_is_kept(text, length):
    assert seconds(ask(text)) == pytest.approx(length, rel=1e-4)
    assert ask(text).rate_hz <= 50


@pytest.mark.parametrize('text', ['forward 1 mm', 'forward 1 mm slowly', 'forward 5 mm fast'])
def test_a_short_way_without_a_speed_takes_longer(text):
    assert seconds(ask(text)) * ask(text).fields['linear']['x'] == pytest.approx(
        0.005 if 'fast' in text else 0.001, rel=1e-4)


def test_a_circle_closes():
    command = ask('circle right radius 1 m')
    speed, turn = command.fields['linear']['x'], command.fields['angular']['z']
    assert speed / -turn == pytest.approx(1, rel=1e-4)
    assert seconds(command) * turn == pytest.approx(-2 * math.pi, rel=1e-4)


def test_stamped_velocities_have_their_twist_inside():
    command = read_answer('/stamped forward', FREE)
    assert command.fields == {'twist': {'linear': {'x': 0.2}}}


def test_shares_of_the_top_speed():
    assert ask('forward at 50 %').fields == {'linear': {'x': 0.25}}
    assert ask('backward fast').fields == {'linear': {'x': -0.3}}


@pytest.mark.parametrize('limit', ['0.3', '0.6', '0.7', '1.2', '0.1'])
def test_a_limit_itself_may_be_asked_for(limit):
    """As a float some of them are a little less than they are written."""
    robot = RobotDescription('wheels', topics={'/cmd': TWIST}, limits={
        '/cmd': {'linear.x': (-float(limit), float(limit)), 'angular.z': (-1.0, 1.0)}})
    for text, sign in ((f'forward at {limit} m/s', 1), (f'backward at {limit} m/s', -1),
                       ('backward at 100 %', -1)):
        assert ask(text, robot).fields == {'linear': {'x': sign * float(limit)}}
    with pytest.raises(LimitError, match='outside'):
        ask(f'forward at {limit}1 m/s', robot)


@pytest.mark.parametrize('text, reason', [
    ('forward 9999 km', 'takes'), ('forward 2 m at 0.1 m/s in 3 s', 'contradict')])
def test_what_cannot_be_is_refused_with_its_reason(text, reason):
    with pytest.raises(LimitError, match=reason):
        ask(text)


def test_distance_speed_and_time_may_all_be_said_where_they_agree():
    assert ask('forward 1 m at 0.2 m/s for 5 s') == ask('forward 1 m at 0.2 m/s')


def test_slowly_is_no_speed_that_a_time_contradicts():
    assert ask('forward 1 m slowly in 20 s') == ask('forward 1 m in 20 s')


@pytest.mark.parametrize('text', ['forward at 0.51 m/s', 'backward at 31 cm/s',
                                  'turn left at 60 deg/s', 'forward 10 m in 1 s'])
def test_too_fast_is_refused_by_name(text):
    with pytest.raises(LimitError, match='outside'):
        ask(text)


@pytest.mark.parametrize('text', [
    'strafe left 1 m', 'up 1 m', 'forwards', 'forward 2', 'forward -2 m', 'forward 0 m',
    'turn left 2 m', 'forward 90 deg', 'stop now',
    'turn left, forward', 'forward, forward', 'forward, backward', '',
    'forward 2 m at 5', 'circle left radius', 'forward 1 parsec'])
def test_what_is_no_motion_is_refused(text):
    with pytest.raises(CommandSyntaxError):
        ask(text)


@pytest.mark.parametrize('text', ['strafe left 1 m', 'up 20 cm', 'forward, strafe right, up'])
def test_without_limits_a_robot_may_move_any_way(text):
    assert ask(text, FREE).times >= 1


@pytest.fixture
def readme_robot(tmp_path):
    """Give a base the annotations that the README shows, as a reader would copy them."""
    readme = (Path(__file__).parents[2] / 'README.md').read_text(encoding='utf-8')
    block, = re.findall(r'```yaml\n(places:.*?)```', readme, re.DOTALL)
    (tmp_path / 'my_robot.yaml').write_text(block, encoding='utf-8')
    annotations = load_annotations(tmp_path / 'my_robot.yaml')
    return annotations.applied_to(RobotDescription('porter', topics={'/porter/cmd_vel': TWIST}))


def test_the_annotations_of_the_readme_let_a_base_drive_and_turn(readme_robot):
    assert read_answer('/porter/cmd_vel forward 1 m', readme_robot).fields == {
        'linear': {'x': pytest.approx(0.2)}}
    assert read_answer('/porter/cmd_vel turn left 90 deg', readme_robot).times > 1


@pytest.mark.parametrize('text, error', [
    ('up 1 m', CommandSyntaxError), ('strafe left 1 m', CommandSyntaxError),
    ('turn left at 2 rad/s', LimitError), ('forward at 0.6 m/s', LimitError)])
def test_the_annotations_of_the_readme_refuse_the_rest(text, error, readme_robot):
    with pytest.raises(error):
        read_answer(f'/porter/cmd_vel {text}', readme_robot)
