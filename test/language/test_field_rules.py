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

"""Limits and choices that fit no field are none: they are refused, where the types are known."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.annotations import (
    annotations_that_fit_nothing, load_annotations)
from ros2_nl_commander.language.errors import RobotDescriptionError
from ros2_nl_commander.language.robot import parse_robot, RobotDescription

pytest.importorskip('rosidl_adapter')
pytest.importorskip('geometry_msgs')

ROBOT = """\
robot: a
topics:
  /vel: geometry_msgs/msg/Twist
  /stamped: geometry_msgs/msg/TwistStamped
  /goal: geometry_msgs/msg/PoseStamped
  /lift: std_msgs/msg/Float64
  /say: std_msgs/msg/String
  /gear: std_msgs/msg/Int8
  /bits: std_msgs/msg/Byte
  /names: a/msg/Names
  /unknown: nobody/msg/Knows
  /both: std_msgs/msg/String
services: {/lamp: std_srvs/srv/SetBool, /both: std_srvs/srv/SetBool}
definitions: {a/msg/Names: "string[] names"}
"""
WRONG = [
    ('limits', '/vel: {linear_x: [-1, 1]}',
     'geometry_msgs/msg/Twist has no number linear_x: its numbers, closest first, are linear.x,'),
    ('limits', '/vel: {linear: [-1, 1]}', 'has no number linear: its numbers, closest first, are'),
    ('limits', '/stamped: {angular_z: [-1, 1]}', 'closest first, are twist.angular.z,'),
    ('limits', '/goal: {position.x: [-5, 5]}', 'closest first, are pose.position.x,'),
    ('limits', '/lift: {height: [0, 1]}', 'number height: its numbers, closest first, are data'),
    ('limits', '/say: {data: [0, 1]}', 'only the string data: it has no number at all'),
    ('limits', '/lamp: {data: [0, 1]}', 'only the bool data: it has no number at all'),
    ('limits', '/gear: {data: [200, 300]}', 'data is int8, which holds -128 to 127'),
    ('choices', '/gear: {gear: [1, 2]}', 'no value gear: its values, closest first, are data'),
    ('choices', '/gear: {data: [1, 200]}', 'data is int8, which cannot be 200'),
    ('choices', '/say: {data: [on, off]}',
     'data is text, and true is none: quote the words on, off, yes and no if they are text'),
    ('choices', '/say: {data: [yes, no, maybe]}', 'has true among text: quote the words on'),
    ('choices', '/unknown: {data: [off, eco]}', 'has false among text: quote the words on'),
    ('choices', '/say: {data: [1, 2]}', 'text, and 1 is none: quote it, "1", if it is text'),
    ('choices', '/lamp: {data: [left]}', "data is bool, which cannot be 'left'"),
    ('choices', '/gear: {data: [1, 9]}\nlimits: {/gear: {data: [0, 5]}}',
     '9 is outside the limits [0, 5] of the same field'),
    ('choices', '/unknown: {a: [1, 9]}\nlimits: {/unknown: {a: [0, 5]}}', '9 is outside the'),
]


def section(key, rules):
    first, *more = rules.split('\n')
    return '\n'.join([f'{key}: {{{first}}}', *more])


@pytest.mark.parametrize('key, rules, reason', WRONG)
def test_a_rule_that_fits_no_field_is_refused(key, rules, reason):
    with pytest.raises(RobotDescriptionError) as raised:
        parse_robot(ROBOT + section(key, rules), 'x.yaml')
    name, path = rules.split(': ')[0], rules.split('{')[1].split(':')[0]
    assert f': {key} > {name} > {path}: ' in str(raised.value)
    assert str(raised.value).startswith('x.yaml:') and reason in str(raised.value)


@pytest.mark.parametrize('key, rules', [
    ('limits', '/vel: {linear.x: [-1, 1]}'), ('limits', '/stamped: {linear.x: [-1, 1]}'),
    ('limits', '/stamped: {twist.linear.x: [-1, 1]}'), ('limits', '/bits: {data: [0, 9]}'),
    ('limits', '/unknown: {whatever: [0, 9]}'), ('choices', '/bits: {data: [0, 9]}'),
    ('choices', '/both: {data: [left, right]}'), ('choices', '/both: {data: [true]}'),
    ('choices', '/names: {names: [a, b]}'), ('choices', '/lift: {data: [1, 2.5]}'),
    ('choices', '/gear: {data: [1, 2]}\nlimits: {/gear: {data: [0, 5]}}')])
def test_a_rule_that_fits_is_accepted(key, rules):
    parse_robot(ROBOT + section(key, rules), 'x.yaml')


@pytest.mark.parametrize('type_name, closest', [
    ('geometry_msgs/msg/Twst', 'geometry_msgs/msg/Twist'),
    ('std_srvs/srv/SetBol', 'std_srvs/srv/SetBool')])
def test_a_type_that_its_package_does_not_have_is_refused(type_name, closest):
    key = 'topics' if '/msg/' in type_name else 'services'
    with pytest.raises(RobotDescriptionError) as raised:
        parse_robot(f'robot: a\n{key}: {{/a: {type_name}}}', 'x.yaml')
    assert str(raised.value).startswith(f'x.yaml:2: {key} > /a: ')
    assert f'no {type_name}, the closest is {closest}' in str(raised.value)
    definition = 'int8 x' if key == 'topics' else '---'
    parse_robot(f'robot: a\n{key}: {{/a: {type_name}}}\n'
                f'definitions: {{{type_name}: "{definition}"}}', 'x.yaml')


@pytest.fixture
def load(tmp_path):
    def load_text(text):
        (tmp_path / 'known.yaml').write_text(text)
        return load_annotations(tmp_path / 'known.yaml')
    return load_text


def test_annotations_that_fit_nothing_are_told(load):
    robot = RobotDescription('a', topics={'/vel': 'geometry_msgs/msg/Twist'})
    known = load('limits: {/vel: {linear_x: [0, 1], linear.y: [0, 0]}, /later: {x: [0, 1]}}\n'
                 'choices: {/vel: {angular.z: [fast]}}')
    limit, choice = annotations_that_fit_nothing(robot, known)
    assert limit.startswith('limits > /vel > linear_x: geometry_msgs/msg/Twist has no number')
    assert choice.startswith('choices > /vel > angular.z: angular.z is float64, which cannot be')
    assert not annotations_that_fit_nothing(robot, load('limits: {/vel: {linear.x: [0, 1]}}'))


@pytest.mark.parametrize('text, reason', [
    ('limits: {vel: {linear.x: [0, 1]}}', "known.yaml:1: limits > vel: 'vel' is not an absolute"),
    ('about: {~/vel: drives}', "known.yaml:1: about > ~/vel: '~/vel' is not an absolute"),
    ('choices: {/a: {b: [7]}}\nlimits: {/a: {b: [0, 5]}}', 'choices > /a > b: 7 is outside'),
    ('definitions: {a/msg/B: flaot}', 'known.yaml: definitions: a/msg/B: no definition'),
    ('[]', 'known.yaml: the values must be a mapping of keys such as places, about')])
def test_mistakes_in_annotations_are_named(load, text, reason):
    with pytest.raises(RobotDescriptionError) as raised:
        load(text)
    assert reason in str(raised.value)
