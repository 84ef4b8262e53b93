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

"""Answers that plainly say something else than the sentence are refused; right ones are not."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.errors import UnsaidError
from ros2_nl_commander.language.said.evidence import check_said


@pytest.mark.parametrize('sentence, answer, because', [
    ('proceed to pylon 14', '/fly_to pose: pylon 12', 'you said 14, and this would be 12'),
    ('crank the music to 100 percent', '/volume data: 80', 'you said 100'),
    ('turn 70 degrees left', '/cmd_vel turn left 90 deg', 'you said 70'),
    ('open a tab', '/tab guest: "no name"', 'nobody said'),
    ('go to theatre 1', '/navigate pose: theatre 1, behavior_tree: "text"', 'nobody said'),
    ('drive 2 metres forward', '/cmd_vel forward at 2 m/s', 'length'),
    ('creep back twenty centimetres', '/cmd_vel backward at 20 cm/s', 'length'),
    ('rotate 45 degrees', '/cmd_vel turn left at 45 deg/s', 'angle')])
def test_what_nobody_said_is_refused(sentence, answer, because):
    with pytest.raises(UnsaidError, match=because):
        check_said(sentence, answer)


@pytest.mark.parametrize('sentence, answer', [
    ('turn around', '/cmd_vel turn left 180 deg'),
    ('half of the 40 lamps', '/dim data: 20'),
    ('go 1 metre 20', '/cmd_vel forward 1.2 m'),
    ('wait 1 minute 30', '/wait seconds: 90 s'),
    ('code 77 31 without the space', '/lock pin: "7731"'),
    ('wake me at half past nine', '/alarm time: "09:30"'),
    ('valve 12 on for 3 min', '/valve/open valve: 12'),
    ('at 2 m per second', '/cmd_vel forward at 2 m/s'),
    ('30 degrees a second to the left', '/cmd_vel turn left at 30 deg/s'),
    ('clear the sign', '/sign data: ""'),
    ('full volume on speaker 2', '/speaker number: 2, volume: 100 %')])
def test_what_was_said_or_left_open_passes(sentence, answer):
    check_said(sentence, answer)
