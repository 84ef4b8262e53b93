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

"""From a whole answer to a command or a reason that helps a person."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.robot_sections import Place
from ros2_nl_commander.language.short_form import REASONS
from ros2_nl_commander.language.suggestions import misspelt_in
from ros2_nl_commander.language.verdict import command_or_reason

ROBOT = RobotDescription(
    'nellie', {'/goal_pose': 'geometry_msgs/msg/PoseStamped', '/side': 'std_msgs/msg/String'},
    places={'bedroom': Place('map', 1.0, 2.0, 0.0), 'sun_room': Place('map', 0.0, 2.0, 0.0)},
    choices={'/side': {'data': ('starboard', 'port')}})
UNKNOWN = REASONS['unknown place']


@pytest.mark.parametrize('sentence, meant', [
    ('off to the bedrom with you', 'bedroom'), ('go to the SUN-ROM', 'sun_room'),
    ('look to starbord', 'starboard')])
def test_a_name_that_was_nearly_said_is_suggested(sentence, meant):
    assert command_or_reason(sentence, 'no: unknown place', ROBOT) == (
        None, f'{UNKNOWN}: did you mean {meant}?')


@pytest.mark.parametrize('sentence', ['go to the moon', 'go to the bedroom of Anna', 'bed', ''])
def test_nothing_is_suggested_where_nothing_is_misspelt(sentence):
    assert command_or_reason(sentence, 'no: unknown place', ROBOT) == (None, UNKNOWN)


def test_other_reasons_stay_as_they_are():
    assert command_or_reason('clean the bedrom', 'no: cannot do that', ROBOT) == (
        None, REASONS['cannot do that'])


def test_names_without_a_letter_or_digit_are_no_words():
    assert misspelt_in('go to -- now', ('--', '')) is None


def test_numbers_without_end_are_refused_and_texts_are_not():
    robot = RobotDescription('nellie', {
        '/say': 'std_msgs/msg/String', '/cmd_vel': 'geometry_msgs/msg/Twist'})
    endless = '9' * 400
    for text in (f'/cmd_vel forward {endless} m', f'/say data: "x" {endless} times'):
        command, reason = command_or_reason('go on', text, robot)
        assert command is None and 'digits' in reason
    assert command_or_reason(f'say {"9" * 40}', f'/say data: "{"9" * 40}"', robot)[0] is not None


@pytest.mark.parametrize('sentence', ['show A1\u00b2', '9' * 400 + '\' 6" forward', '\u00b2' * 9])
def test_numbers_that_are_none_are_no_error(sentence):
    robot = RobotDescription('nellie', {'/say': 'std_msgs/msg/String'})
    command_or_reason(sentence, '/say data: "A1\u00b2"', robot)
