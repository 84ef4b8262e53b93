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

"""From a command back to the short form, with the numbers and units of the sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from ros2_nl_commander.language.codec import format_command, parse_command
from ros2_nl_commander.language.equality import same_effect
from ros2_nl_commander.language.errors import CommandSyntaxError
from ros2_nl_commander.language.robot import EMPTY_ROBOT, load_robot, RobotDescription
from ros2_nl_commander.language.said.quantities import quantities_said
from ros2_nl_commander.language.short_form import parse_answer
from ros2_nl_commander.language.spelling import spell_command

PORTER = load_robot(Path(__file__).parents[2] / 'config' / 'robots' / 'demo_robot.yaml')
TWIST = '/porter/cmd_vel geometry_msgs/msg/Twist'


@pytest.mark.parametrize('sentence, said', [
    ('raise it to 65cm', '65 cm'), ('turn ninety degrees', '90 deg'),
    ('two and a half metres', '2.5 m'), ('half a metre', '0.5 m'),
    ('one hundred and ten degrees', '110 deg'), ('a hundred cm', '100 cm'),
    ('twenty-five percent', '25 %'), ('0.3 m/s', '0.3 m/s'),
    ('20 degrees per second', '20 deg/s'), ('a metre and a half', '1 m'),
    ('spin twice', '2'), ('90° left', '90 deg')])
def test_numbers_are_found_with_their_units(sentence, said):
    assert said in quantities_said(sentence)


def test_a_sentence_without_numbers_states_none():
    assert quantities_said('switch the lights on') == ()


@pytest.mark.parametrize('sentence, line, short', [
    ('65 cm ahead', f'ros2 topic pub --times 65 --rate 20 {TWIST} "{{linear: {{x: 0.2}}}}"',
     '/porter/cmd_vel forward 65 cm'),
    ('turn ninety degrees clockwise',
     f'ros2 topic pub --times 90 --rate 20 {TWIST} "{{angular: {{z: -0.349066}}}}"',
     '/porter/cmd_vel turn right 90 deg'),
    ('at 0.3 m/s for 4 s', f'ros2 topic pub --times 80 --rate 20 {TWIST} "{{linear: {{x: 0.3}}}}"',
     '/porter/cmd_vel forward at 0.3 m/s for 4 s'),
    ('stop', f'ros2 topic pub --once {TWIST} "{{}}"', '/porter/cmd_vel stop'),
    ('lift to 35 centimetres',
     'ros2 topic pub --once /porter/lift_height std_msgs/msg/Float64 "{data: 0.35}"',
     '/porter/lift_height data: 35 cm'),
    ('lift all the way',
     'ros2 topic pub --once /porter/lift_height std_msgs/msg/Float64 "{data: 1.2}"',
     '/porter/lift_height data: 1.2'),
    ('siren off', 'ros2 service call /porter/siren std_srvs/srv/SetBool "{}"',
     '/porter/siren data: false'),
    ('dock', 'ros2 service call /porter/dock std_srvs/srv/Trigger "{}"', '/porter/dock'),
    ('to ward 3', 'ros2 topic pub --once /porter/goal_pose geometry_msgs/msg/PoseStamped '
     '"{header: {frame_id: map}, pose: {position: {x: 8.5, y: 2.0}, '
     'orientation: {z: 0.7071, w: 0.7071}}}"', '/porter/goal_pose ward 3'),
    ('say "hi" thrice', 'ros2 topic pub --times 3 --rate 2 /porter/say std_msgs/msg/String '
     '"{data: hi}"', '/porter/say data: "hi" 3 times at 2 Hz'),
])
def test_a_line_is_spelt_as_the_sentence_says_it(sentence, line, short):
    command = parse_command(line)
    assert spell_command(command, PORTER, sentence) == short
    assert same_effect(parse_answer(short, PORTER), command)


@pytest.mark.parametrize('fields, short', [
    ('time: {sec: 1, nanosec: 500000000}', 'time: 1.5 s'), ('time: {sec: 90}', 'time: 90 s'),
    ('time: {nanosec: 250000000}', 'time: 0.25 s'),
    ('colour: {r: 0.5, a: 0.25}', 'colour: {r: 0.5, a: 0.25}'),
    ('colour: {r: 1.0, a: 1.0}', 'colour: red')])
def test_times_and_colours_are_spelt(fields, short):
    robot = RobotDescription(services={'/glow': 'acme/srv/Glow'}, definitions={
        'acme/srv/Glow': 'builtin_interfaces/Duration time\nstd_msgs/ColorRGBA colour\n---\n'})
    command = parse_command(f'ros2 service call /glow acme/srv/Glow "{{{fields}}}"')
    assert spell_command(command, robot, 'glow') == f'/glow {short}'


def test_an_empty_robot_is_answered_in_whole_lines():
    line = 'ros2 service call /a std_srvs/srv/SetBool "{data: true}"'
    assert spell_command(parse_command(line), EMPTY_ROBOT, 'on') == line
    assert format_command(parse_command(line)) == line


def test_what_has_no_short_form_is_refused():
    line = ('ros2 topic pub --once /porter/cmd_vel geometry_msgs/msg/Twist '
            '"{linear: {y: 0.2}}"')
    with pytest.raises(CommandSyntaxError, match='cannot say'):
        spell_command(parse_command(line), PORTER, 'sideways')
