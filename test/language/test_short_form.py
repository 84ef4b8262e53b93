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

"""What the model spells, and the command that it stands for."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.answer import read_answer
from ros2_nl_commander.language.errors import (
    CommandSyntaxError, FieldError, LimitError, NotOfferedError)
from ros2_nl_commander.language.forms.number_meaning import whole_of
from ros2_nl_commander.language.quantities import UNITS
from ros2_nl_commander.language.robot import parse_robot
from ros2_nl_commander.language.short_form import Decline

ROBOT = parse_robot("""
robot: box
topics:
  /mast: std_msgs/msg/Float64
  /level: std_msgs/msg/UInt8
  /duty: std_msgs/msg/UInt8
  /permille: std_msgs/msg/UInt16
  /limited: std_msgs/msg/UInt16
  /aside: std_msgs/msg/UInt8
  /valve: std_msgs/msg/Float32
  /brush: std_msgs/msg/Float32
  /fan: std_msgs/msg/Float32
  /pump: std_msgs/msg/UInt8
  /steps: std_msgs/msg/Float32
  /gain: std_msgs/msg/Float32
  /say: std_msgs/msg/String
  /bell: std_msgs/msg/Empty
  /goal: geometry_msgs/msg/PoseStamped
  /start: geometry_msgs/msg/PoseWithCovarianceStamped
  /look: geometry_msgs/msg/PointStamped
  /lamp: std_msgs/msg/ColorRGBA
  /both: std_msgs/msg/Bool
  /joints: sensor_msgs/msg/JointState
  /unknown: acme/msg/Thing
services:
  /siren: std_srvs/srv/SetBool
  /dock: std_srvs/srv/Trigger
  /both: std_srvs/srv/Trigger
  /tray: acme/srv/Tray
  /bow: acme/srv/Bow
  /pen: turtlesim/srv/SetPen
actions:
  /spin: nav2_msgs/action/Spin
  /visit: acme/action/Visit
places:
  ward 1: {x: 1.0, y: 2.0}
  ward 12: {frame: odom, x: 3, y: 4, yaw: 1.570796}
about:
  /mast: height, centimetres
  /level: percent, 0 to 100
  /duty: percent
  /permille: tenths of a percent
  /limited: tenths of a percent
  /aside: percent, 0 to 100 (0-1 is off)
  /valve: opening, between 0.0 and 1.0
  /brush: pressure, 0 (off) to 1 (full)
  /fan: fraction of full speed
  /pump: fraction of full speed
  /steps: 0 to 1,000
  /gain: share, 0..1
choices: {/tray: {side: [left, right]}}
limits: {/mast: {data: [0, 120]}, /duty: {data: [0, 80]}, /limited: {data: [0, 800]}}
definitions:
  acme/srv/Bow:
    "float32 depth  # share of the most, 0 to 1\\nuint16 length  # tenths of a mm\\n---\\n"
  acme/srv/Tray:
    "string side\\nuint8 SLOW=1\\nuint8 FAST=2\\nuint8 pace\\nfloat32 tilt_deg\\n---\\n"
  acme/action/Visit: "geometry_msgs/PoseStamped[] poses\\n---\\n---\\n"
  turtlesim/srv/SetPen: "uint8 r\\nuint8 g\\nuint8 b\\nuint8 width\\nuint8 off\\n---\\n"
  nav2_msgs/action/Spin:
    "float32 target_yaw\\nbuiltin_interfaces/Duration time_allowance\\n---\\n---\\n"
""", 'box.yaml')


@pytest.mark.parametrize('text, fields', [
    ('/siren data: true', {'data': True}),
    ('/dock', {}),
    ('/bell', {}),
    ('/mast data: 65 cm', {'data': 65.0}),
    ('/mast data: 0.65 m', {'data': 65.0}),
    ('/mast data: 65', {'data': 65.0}),
    ('/mast data: 50 %', {'data': 60.0}),
    ('/level data: 30 %', {'data': 30}),
    ('/duty data: 50 %', {'data': 50}),  # of a hundred, though 80 is the most
    ('/gain data: 50 %', {'data': 0.5}),
    ('/permille data: 50 %', {'data': 500}),
    ('/limited data: 50 %', {'data': 500}),
    ('/aside data: 50 %', {'data': 50}),
    ('/valve data: 80 %', {'data': 0.8}),
    ('/brush data: 80 %', {'data': 0.8}),
    ('/fan data: 80 %', {'data': 0.8}),
    ('/pump data: 80 %', {'data': 80}),  # a whole number of one would be all or nothing
    ('/steps data: 50 %', {'data': 500.0}),
    ('/bow depth: 80 %, length: 2 cm', {'depth': 0.8, 'length': 200}),
    ('/say data: "it\'s \\"fine\\", Anna"', {'data': 'it\'s "fine", Anna'}),
    ('/lamp red', {'r': 1.0, 'g': 0.0, 'b': 0.0, 'a': 1.0}),
    ('/lamp {r: 0.5, a: 20 %}', {'r': 0.5, 'g': 0.0, 'b': 0.0, 'a': 0.2}),
    ('/tray side: left, pace: FAST, tilt_deg: 0.5 rad',
     {'side': 'left', 'pace': 2, 'tilt_deg': 28.64789}),
    ('/spin target_yaw: -90 deg, time_allowance: 1.5 s',
     {'target_yaw': -1.570796, 'time_allowance': {'sec': 1, 'nanosec': 500000000}}),
    ('/pen width: 3, off: 1', {'width': 3, 'off': 1}),
    ('/joints name: ["a", "b"], position: [30 deg, -0.5]',
     {'name': ['a', 'b'], 'position': [0.523599, -0.5]}),
    ('/unknown a.b: 1, c: [true, "x"]', {'a': {'b': 1.0}, 'c': [True, 'x']}),
    ('/pen', {}),
])
def test_fields_are_what_was_said(text, fields):
    assert read_answer(text, ROBOT).fields == fields


def test_a_place_becomes_its_pose():
    assert read_answer('/goal ward 12', ROBOT).fields == {
        'header': {'frame_id': 'odom'},
        'pose': {'position': {'x': 3.0, 'y': 4.0}, 'orientation': {'z': 0.707107, 'w': 0.707107}}}
    assert read_answer('/start ward 1', ROBOT).fields['pose']['pose']['position'] == {
        'x': 1.0, 'y': 2.0}


def test_a_pose_may_be_spelt_out():
    fields = read_answer('/goal {x: 2 m, y: -50 cm, yaw: 180 deg, frame: base}', ROBOT).fields
    assert fields['header'] == {'frame_id': 'base'}
    assert fields['pose']['position'] == {'x': 2.0, 'y': -0.5}
    assert fields['pose']['orientation'] == {'z': 1.0, 'w': 0.0}


def test_a_quaternion_of_all_three_angles_has_length_one():
    turned = read_answer('/goal {z: 1, roll: 30 deg, pitch: -40 deg, yaw: 1 rad}', ROBOT)
    parts = turned.fields['pose']['orientation']
    assert set(parts) == set('xyzw')
    assert sum(part ** 2 for part in parts.values()) == pytest.approx(1, abs=1e-5)


def test_lists_of_places():
    poses = read_answer('/visit poses: [ward 1, {x: 1}]', ROBOT).fields['poses']
    assert [pose['pose']['position']['x'] for pose in poses] == [1.0, 1.0]


def test_a_point_may_be_a_place_or_coordinates():
    assert read_answer('/look point: ward 1', ROBOT).fields == {'point': {'x': 1.0, 'y': 2.0}}
    assert read_answer('/look point.x: 1 m, point.z: 20 cm', ROBOT).fields == {
        'point': {'x': 1.0, 'z': 0.2}}


@pytest.mark.parametrize('text, times, rate', [
    ('/bell', 1, None), ('/bell 3 times', 3, 1.0), ('/bell for 2 s', 20, 10.0),
    ('/say data: "a" 5 times at 2 Hz', 5, 2.0), ('/siren data: true', None, None)])
def test_publications_may_be_repeated(text, times, rate):
    command = read_answer(text, ROBOT)
    assert (getattr(command, 'times', None), getattr(command, 'rate_hz', None)) == (times, rate)


def test_a_name_of_two_kinds_says_which():
    assert type(read_answer('/both (service)', ROBOT)).__name__ == 'ServiceCall'
    assert read_answer('/both (topic) data: true', ROBOT).fields == {'data': True}
    with pytest.raises(NotOfferedError):
        read_answer('/both data: true', ROBOT)


def test_declining_gives_a_reason_for_people():
    answer = read_answer('no: unknown place', ROBOT)
    assert isinstance(answer, Decline) and 'place' in answer.reason


@pytest.mark.parametrize('text, error', [
    ('/nothing', NotOfferedError), ('siren data: true', NotOfferedError), ('', NotOfferedError),
    ('no: idea', CommandSyntaxError), ('/siren', CommandSyntaxError),
    ('/siren data: yes', CommandSyntaxError), ('/siren on: true', FieldError),
    ('/siren data: true now', CommandSyntaxError), ('/mast data: 121', LimitError),
    ('/mast data: -1 mm', LimitError), ('/mast data: 1.21 m', LimitError),
    ('/level data: 256', LimitError), ('/level data: -1', LimitError),
    ('/level data: 1.5', LimitError), ('/level data: 0x10', CommandSyntaxError),
    ('/mast data: 30 deg', FieldError), ('/mast data: nan', CommandSyntaxError),
    ('/mast data: 1e1', CommandSyntaxError), ('/tray side: middle', CommandSyntaxError),
    ('/tray pace: 1, side: left', FieldError), ('/tray pace: LAZY', FieldError),
    ('/say data: hello', CommandSyntaxError), ('/say data: "a\nb"', CommandSyntaxError),
    ('/say data: "$(reboot)" ; ls', CommandSyntaxError), ('/goal ward 3', CommandSyntaxError),
    ('/goal {}', CommandSyntaxError), ('/bell 0 times', CommandSyntaxError),
    ('/bell 9999 times', CommandSyntaxError), ('/bell for 2 h', CommandSyntaxError),
    ('/siren data: true 3 times', CommandSyntaxError), ('/pen off: 1, off: 2', FieldError),
])
def test_everything_else_is_refused(text, error):
    with pytest.raises(error):
        read_answer(text, ROBOT)


@pytest.mark.parametrize('words, unit, whole', [
    ('0-1023 PWM', None, 1023), ('0..4095', None, 4095), ('0.0 closed to 0.8 open', None, 0.8),
    ('throttle from -1.0 to 1.0', None, 1), ('-1.0 (full left) to 1.0 (full right)', None, 1),
    ('[-1, 1]', None, 1), ('between 0 and 5', None, 5), ('0 to 180 degrees', 'deg', 180),
    ('0 to 800 mm', 'm', 0.8), ('0-100', None, 100), ('percent, 0-80', '%', 100),
    ('0, 50, 100', None, 100), ('0x00 to 0xFF', None, 100),
    ('0 to 90 deg in 0 to 200 s', 'deg', 90),
    ('1 to 10', None, 100), ('', None, 100)])
def test_a_hundred_percent_is_the_upper_end_of_the_range_that_is_said(words, unit, whole):
    assert whole_of(None, words, UNITS[unit] if unit else None, True) == pytest.approx(whole)


def test_ranges_that_may_be_of_another_field_are_left_alone():
    assert whole_of(None, 'force', None, False, shared='opens 0 to 80 mm') == 100
    assert whole_of(None, 'red', None, True, shared='each from 0 to 255') == 255
