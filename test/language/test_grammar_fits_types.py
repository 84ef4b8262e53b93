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


"""What a type cannot hold, or would hold twice, is in no grammar either."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.grammar import grammar_from_robot
from ros2_nl_commander.language.grammar_matching import matches
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.robot_sections import Place

pytest.importorskip('rosidl_adapter', reason='needs ROS 2')
ROBOT = RobotDescription(
    robot='narrow', places={'bar': Place('map', 1.0, 2.0, 0.0)},
    topics={'/tag': 'a_msgs/msg/Tag', '/go': 'a_msgs/msg/Go'},
    services={'/go': 'a_msgs/srv/Go'},
    choices={'/go': {'point': ('left', 'right')}}, limits={'/tag': {'few': (-20.0, -5.0)}},
    definitions={'a_msgs/msg/Tag': 'string<=5 text\nwstring<=3 wide\nuint8 few\n',
                 'a_msgs/msg/Go': 'geometry_msgs/Point point\n',
                 'a_msgs/srv/Go': 'string point\n---\n'})


@pytest.fixture(scope='module')
def grammar():
    return grammar_from_robot(ROBOT)


@pytest.mark.parametrize('text', [
    '/tag text: ""', '/tag text: "abcde"', '/tag text: "aäö"', '/tag text: "日ab"',
    '/tag text: "a\\"\\\\bc"', '/tag text: "a🤖"', '/tag wide: "日🤖"', '/tag wide: "äöü"',
    '/go (topic) point: bar', '/go (topic) point.x: 3, point.y: 2', '/go (service) point: left'])
def test_what_the_type_holds_may_be_spelt(grammar, text):
    assert matches(grammar, text)


@pytest.mark.parametrize('text', [
    '/tag text: "abcdef"', '/tag text: "äöü"', '/tag text: "日abc"', '/tag text: "ab🤖"',
    '/tag wide: "🤖🤖"', '/tag wide: "abcd"', '/tag few: 3', '/tag few: -6',
    '/go (topic) point: bar, point.x: 3', '/go (topic) point: {x: 1}, point.y: 2',
    '/go (topic) point: left', '/go (service) point: bar'])
def test_nothing_else_may(grammar, text):
    assert not matches(grammar, text)
