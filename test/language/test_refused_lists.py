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


"""What a robot refuses can be spelt, inside lists too; and no time at all is a time."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.answer import read_answer
from ros2_nl_commander.language.errors import LimitError
from ros2_nl_commander.language.grammar import grammar_from_robot
from ros2_nl_commander.language.grammar_matching import matches
from ros2_nl_commander.language.robot import RobotDescription

ROBOT = RobotDescription(
    'arm', {'/joints': 'arm_msgs/msg/Joints', '/wait': 'arm_msgs/msg/Wait'},
    limits={'/joints': {'positions': (0.0, 3.14)}},
    definitions={'arm_msgs/msg/Joints': 'float64[] positions # radians',
                 'arm_msgs/msg/Wait': 'builtin_interfaces/Duration time'})
GRAMMAR = grammar_from_robot(ROBOT)


@pytest.mark.parametrize('text', [
    '/joints positions: [-30 deg', '/joints positions: [40 deg, -30 deg'])
def test_a_list_ends_with_a_number_out_of_range(text):
    assert matches(GRAMMAR, text)
    assert not matches(GRAMMAR, f'{text}]')
    with pytest.raises(LimitError, match='-30 deg is outside 0 to 3.14 rad'):
        read_answer(text, ROBOT)


def test_no_time_at_all_is_a_time():
    assert matches(GRAMMAR, '/wait time: 0 s')
    assert read_answer('/wait time: 0 s', ROBOT).fields == {'time': {'sec': 0}}
