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

"""Robot descriptions: what a file may say, and how a mistake in it is reported."""

from pathlib import Path

import pytest

from ros2_nl_commander.language.annotations import Annotations
from ros2_nl_commander.language.errors import RobotDescriptionError
from ros2_nl_commander.language.robot import (
    EMPTY_ROBOT, load_robot, parse_robot, Place, RobotDescription)

DEMO_ROBOT = Path(__file__).parents[2] / 'config' / 'robots' / 'demo_robot.yaml'
FULL = """\
robot: porter
topics: {/porter/cmd_vel: geometry_msgs/msg/Twist}
services: {/porter/siren: std_srvs/srv/SetBool}
actions: {/porter/spin: nav2_msgs/action/Spin}
places:
  ward 3: {frame: odom, x: 8.5, y: 2, yaw: 1.5708}
  door: {x: 1, y: -1}
about: {/porter/siren: "on: true"}
choices: {/porter/siren: {data: [true, false]}}
limits: {/porter/cmd_vel: {linear.x: [-0.5, 0.5], angular.z: [-1, 1]}}
definitions:
  nav2_msgs/action/Spin: |
    float32 target_yaw
    ---
    ---
"""


def test_the_robot_of_the_demo_loads():
    robot = load_robot(DEMO_ROBOT)
    assert robot.robot == 'porter'
    assert robot.topics['/porter/cmd_vel'] == 'geometry_msgs/msg/Twist'
    assert robot.places['ward 3'] == Place('map', 8.5, 2.0, 1.5708)
    assert robot.limits['/porter/cmd_vel'] == {'linear.x': (-0.5, 0.5), 'angular.z': (-1.0, 1.0)}
    assert robot.limits['/porter/volume'] == {'data': (0, 100)}
    assert set(robot.about) == {*robot.topics, *robot.services, *robot.actions}


def test_every_key():
    assert parse_robot(FULL, 'porter.yaml') == RobotDescription(
        robot='porter',
        topics={'/porter/cmd_vel': 'geometry_msgs/msg/Twist'},
        services={'/porter/siren': 'std_srvs/srv/SetBool'},
        actions={'/porter/spin': 'nav2_msgs/action/Spin'},
        places={'ward 3': Place('odom', 8.5, 2.0, 1.5708), 'door': Place('map', 1.0, -1.0, 0.0)},
        about={'/porter/siren': 'on: true'},
        choices={'/porter/siren': {'data': (True, False)}},
        limits={'/porter/cmd_vel': {'linear.x': (-0.5, 0.5), 'angular.z': (-1, 1)}},
        definitions={'nav2_msgs/action/Spin': 'float32 target_yaw\n---\n---\n'})


def test_only_an_unknown_robot_is_empty():
    assert EMPTY_ROBOT.is_empty
    assert not parse_robot('robot: porter', 'porter.yaml').is_empty
    assert not RobotDescription(services={'/a': 'b/srv/C'}).is_empty


@pytest.mark.parametrize(('text', 'message'), [
    ('', 'x.yaml: the values must be a mapping'),
    ('robot: [a\n\nb: 1', 'x.yaml: line 3'),
    ('robot: a\nrobot: b', "x.yaml: line 2, column 1: key 'robot' appears twice"),
    ('robot: a\nservices:', 'x.yaml: line 2'),
    ('topics: {}', 'x.yaml: robot is missing'),
    ('robot: 7', 'x.yaml:1: robot: must be text'),
    ('robot: " "', 'x.yaml:1: robot: must not be blank'),
    ('robot: a\ntopic: {}', 'x.yaml:2: topic: unknown key'),
    ('robot: a\ntopics: []', 'x.yaml:2: topics: must be a mapping'),
    ('robot: a\ntopics: {cmd_vel: a/msg/B}', "x.yaml:2: topics > cmd_vel: 'cmd_vel' is not an"),
    ('robot: a\ntopics: {/a: a/srv/B}', "x.yaml:2: topics > /a: 'a/srv/B' is not the type of"),
    ('robot: a\ntopics: {/a: 3}', 'x.yaml:2: topics > /a: must be text'),
    ('robot: a\nplaces: {k: {x: 1}}', 'x.yaml:2: places > k: y is missing'),
    ('robot: a\nplaces: {k: {x: 1, y: b}}', 'x.yaml:2: places > k > y: must be a number'),
    ('robot: a\nplaces: {k: {x: 1, y: true}}', 'x.yaml:2: places > k > y: must be a number'),
    ('robot: a\nplaces: {k: {x: 1, y: 2, z: 3}}', 'x.yaml:2: places > k > z: unknown key'),
    ('robot: a\nabout: {/a: text}', 'x.yaml:2: about > /a: is none of the topics'),
    ('robot: a\nlimits: {/a: {data: [0, 1]}}', 'x.yaml:2: limits > /a: is none of the topics'),
    ('robot: a\nchoices: {/a: {data: [0, 1]}}', 'x.yaml:2: choices > /a: is none of the topics'),
    ('robot: a\ndefinitions: {Spin: text}', "x.yaml:2: definitions > Spin: 'Spin' is not a type"),
])
def test_mistakes_name_file_and_key(text, message):
    with pytest.raises(RobotDescriptionError) as raised:
        parse_robot(text, 'x.yaml')
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(('section', 'message'), [
    ('limits: {/a: {data: [1, 0]}}', 'x.yaml:3: limits > /a > data: is an empty range'),
    ('limits: {/a: {data: [0]}}', 'x.yaml:3: limits > /a > data: must be [lowest, highest]'),
    ('limits: {/a: {data: 1}}', 'x.yaml:3: limits > /a > data: must be a list'),
    ('limits: {/a: {data: [0, b]}}', 'x.yaml:3: limits > /a > data: must be a number'),
    ('limits: {/a: {"a b": [0, 1]}}', "x.yaml:3: limits > /a > a b: 'a b' is not a field"),
    ('limits: {/a: [0, 1]}', 'x.yaml:3: limits > /a: must be a mapping'),
    ('choices: {/a: {data: []}}', 'x.yaml:3: choices > /a > data: must name at least one'),
    ('choices: {/a: {data: [[1]]}}', 'x.yaml:3: choices > /a > data: must list plain values'),
    ('choices: {/a: {data: left}}', 'x.yaml:3: choices > /a > data: must be a list'),
])
def test_mistakes_in_rules_name_the_field(section, message):
    with pytest.raises(RobotDescriptionError) as raised:
        parse_robot(f'robot: a\ntopics: {{/a: a/msg/B}}\n{section}', 'x.yaml')
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(('place', 'message'), [
    ('{x: 1, y: 2, yaw: 90}', 'k > yaw: must be in radians, not degrees: 90 degrees are 1.5708'),
    ('{x: 1, y: 2, yaw: -6.3}', 'k > yaw: must be in radians'),
    ('{x: 1, y: 2, yaw: 90 deg}',
     "k > yaw: must be a number of radians without a unit or anything else, not '90 deg'"),
    ('{x: 1e3, y: 2}', 'k > x: must be a number of metres: write 1.0e+3 or 1000, YAML reads 1e3'),
    ('{x: 1, y: 2, frame: /map}', 'k > frame: tf2 knows no frame with a leading slash: write map'),
    ('{x: 1, y: 2}, K: {x: 1, y: 2}', 'K: differs from k only in capitals'),
])
def test_mistakes_in_places_say_what_to_write(place, message):
    with pytest.raises(RobotDescriptionError) as raised:
        parse_robot(f'robot: a\nplaces: {{k: {place}}}', 'x.yaml')
    assert str(raised.value).startswith(f'x.yaml:2: places > {message}')


def test_a_whole_turn_is_a_heading():
    robot = parse_robot('robot: a\nplaces: {k: {x: 1, y: 2, yaw: 6.2832}}', 'x.yaml')
    assert robot.places['k'].yaw == 6.2832


@pytest.mark.parametrize(('text', 'message'), [
    ('', 'x.yaml: the values must be a mapping of keys such as robot, topics'),
    ('- robot: a', 'x.yaml: the values must be a mapping of keys such as robot, topics'),
    ('robot: a\nplaces:\n# k: {x: 1}\n', "x.yaml: line 2, column 1: key 'places' has no value"),
    ('robot: a\nplaces:\nk: {x: 1, y: 2}', "x.yaml: line 2, column 1: key 'places' has no value"),
    ('robot: a\nplaces: {k: {x: 012, y: 2}}', "x.yaml: line 2, column 17: '012' reads as 10"),
    ('robot: a\nplaces: {k: {x: 12:30, y: 2}}', "x.yaml: line 2, column 17: '12:30' reads as 750"),
])
def test_what_yaml_takes_for_something_else_is_said(text, message):
    with pytest.raises(RobotDescriptionError) as raised:
        parse_robot(text, 'x.yaml')
    assert str(raised.value).startswith(message)


def test_a_definition_that_cannot_be_read_is_named_with_its_file(capfd):
    pytest.importorskip('rosidl_adapter')
    with pytest.raises(RobotDescriptionError) as raised:
        parse_robot('robot: a\ntopics: {/a: a/msg/B}\n'
                    'definitions: {a/msg/B: "a/C c", a/msg/C: "flaot x"}', 'x.yaml')
    assert str(raised.value).startswith('x.yaml: definitions: a/msg/C: no definition: ')
    assert capfd.readouterr() == ('', '')


def test_files_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(RobotDescriptionError, match='missing.yaml: No such file'):
        load_robot(tmp_path / 'missing.yaml')
    (tmp_path / 'latin.yaml').write_bytes(b'robot: caf\xe9')
    with pytest.raises(RobotDescriptionError, match='latin.yaml: not UTF-8'):
        load_robot(tmp_path / 'latin.yaml')


def test_annotations_add_to_what_a_robot_file_says_and_count_where_both_do():
    robot = Annotations(
        places={'door': Place('map', 5, 5, 0), 'bed': Place('map', 1, 1, 0)},
        about={'/porter/siren': 'loud', '/porter/sirn': 'misspelt'},
        limits={'/porter/cmd_vel': {'angular.z': (-2.0, 2.0)}},
        definitions={'a/msg/B': 'int8 b'}).applied_to(parse_robot(FULL, 'x.yaml'))
    assert list(robot.places) == ['ward 3', 'door', 'bed'] and robot.places['door'].x == 5
    assert robot.about == {'/porter/siren': 'loud'}
    assert robot.choices == {'/porter/siren': {'data': (True, False)}}
    assert robot.limits == {
        '/porter/cmd_vel': {'linear.x': (-0.5, 0.5), 'angular.z': (-2.0, 2.0)}}
    assert set(robot.definitions) == {'nav2_msgs/action/Spin', 'a/msg/B'}
