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

import math

import pytest
from ros2_nl_commander.language.context import context_from_robot, pose_text
from ros2_nl_commander.language.robot import EMPTY_ROBOT, parse_robot, Place, RobotDescription


def test_nothing_is_said_about_no_robot():
    assert context_from_robot(EMPTY_ROBOT) == ''


def test_every_interface_is_one_line_with_its_notes():
    robot = parse_robot("""
robot: box
topics: {/speed: std_msgs/msg/Float64, /say: std_msgs/msg/String}
services: {/box/open: example_interfaces/srv/Open}
actions: {/box/go: nav2_msgs/action/NavigateToPose}
places: {home: {frame: map, x: 1.0, y: -2, yaw: 3.1416}}
about:
  /speed: |
    how fast,
    m/s
choices: {/box/open: {side: [left, right], hard: [true, 3]}}
limits: {/speed: {data: [-0.5, 2]}}
""", 'box.yaml')
    assert context_from_robot(robot).splitlines() == [
        'Write the one ros2 command that the robot box is asked for, or null.',
        'topic /speed std_msgs/msg/Float64 # how fast, m/s; data -0.5 to 2',
        'topic /say std_msgs/msg/String',
        'service /box/open example_interfaces/srv/Open'
        ' # side one of left, right; hard one of true, 3',
        'action /box/go nav2_msgs/action/NavigateToPose',
        'place home: frame_id: map, position: {x: 1.0, y: -2.0},'
        ' orientation: {z: 1.0, w: 0.0}',
    ]


def test_a_named_robot_that_offers_nothing_is_still_introduced():
    assert context_from_robot(RobotDescription('stub')).count('\n') == 0


@pytest.mark.parametrize('yaw, z, w', [
    (0.0, 0.0, 1.0), (math.pi / 2, 0.7071, 0.7071), (-math.pi / 2, -0.7071, 0.7071),
    (math.pi, 1.0, 0.0), (-1e-9, 0.0, 1.0)])
def test_a_yaw_becomes_a_quaternion_without_negative_zero(yaw, z, w):
    text = pose_text(Place('odom', 0.5, -1.0, yaw))
    assert text == ('frame_id: odom, position: {x: 0.5, y: -1.0}, '
                    f'orientation: {{z: {z}, w: {w}}}')
