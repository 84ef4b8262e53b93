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

"""What the model reads about a robot."""

from __future__ import annotations

from ros2_nl_commander.language.context import context_from_robot, RobotContext
from ros2_nl_commander.language.robot import EMPTY_ROBOT, parse_robot, RobotDescription

ROBOT = parse_robot("""
robot: box
topics:
  /speed: std_msgs/msg/Float64
  /say: std_msgs/msg/String
  /base/cmd_vel: geometry_msgs/msg/TwistStamped
  /odd: acme/msg/Unknown
services: {/box/open: acme/srv/Open, /dock: std_srvs/srv/Trigger}
actions: {/box/go: acme/action/Go}
places: {home: {x: 1.0, y: -2}, ward 3: {x: 2, y: 2}}
about:
  /speed: |
    how fast,
    m/s
choices: {/box/open: {side: [left, right]}}
limits:
  /speed: {data: [-0.5, 2]}
  /base/cmd_vel: {linear.x: [0, 1], angular.z: [-1, 1]}
definitions:
  acme/srv/Open: "string side\\nuint8 level  # percent\\n---\\n"
  acme/action/Go: "geometry_msgs/PoseStamped pose\\n---\\n---\\n"
""", 'box.yaml')


def test_nothing_is_said_about_no_robot():
    assert context_from_robot(EMPTY_ROBOT).is_empty
    assert str(context_from_robot(EMPTY_ROBOT)) == ''


def test_every_interface_is_one_line_in_the_words_of_the_short_form():
    assert context_from_robot(ROBOT).blocks == (
        '/speed data: -0.5..2 m/s # how fast, m/s\n',
        '/say data: "text"\n',
        '/base/cmd_vel forward, turn left/turn right\n',
        '/odd (Unknown) field: value\n',
        '/box/open (Open) side: left|right, level: integer %\n',
        '/dock\n',
        '/box/go (Go) pose: PLACE|{x, y, yaw}\n',
        'places: home, ward 3\n',
    )
    assert str(context_from_robot(ROBOT)).endswith('yaw}\nplaces: home, ward 3\n')


def test_what_was_read_before_stays_in_front_and_what_is_new_comes_behind_it():
    before = RobotContext('first\n', (
        '/dock\n', '/gone\n', '/say data: "text"\n', 'places: home\n'))
    after = RobotContext('then\n', (
        '/new\n', '/say data: "text"\n', '/dock\n', '/more\n', 'places: home\n'))
    assert after.continuing(before) == RobotContext('then\n', (
        '/dock\n', '/say data: "text"\n', 'places: home\n', '/new\n', '/more\n'))
    assert after.continuing(RobotContext()) == after


def test_a_line_is_the_same_whatever_else_the_robot_offers():
    alone = RobotDescription('other', topics={'/say': 'std_msgs/msg/String'})
    assert context_from_robot(alone).blocks[0] in context_from_robot(ROBOT).blocks
    assert context_from_robot(alone).header == context_from_robot(ROBOT).header


def test_messages_of_many_fields_are_cut_short():
    robot = RobotDescription('r', topics={'/scan': 'sensor_msgs/msg/CameraInfo'})
    (line,) = context_from_robot(robot).blocks
    assert line.endswith(', ...\n') and len(line) < 200


def test_a_named_robot_that_offers_nothing_is_still_introduced():
    assert not context_from_robot(RobotDescription('stub')).is_empty
