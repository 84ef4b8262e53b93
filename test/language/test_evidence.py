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
    ('rotate 45 degrees', '/cmd_vel turn left at 45 deg/s', 'angle'),
    ('drive two metres per the map', '/cmd_vel forward at 2 m/s', 'length'),
    ('drive 2 m at full speed', '/cmd_vel forward at 2 m/s', 'length'),
    ('drive forward 2 metres', '/cmd_vel forward', '2 m, and this motion would not end'),
    ('drive forward 2 metres', '/cmd_vel (topic) forward slowly', 'would not end'),
    ('turn 90° left', '/cmd_vel turn left slowly', '90 deg, and this motion'),
    ('two revs to the left', '/cmd_vel turn left', 'would not end'),
    ('drive 2 in forward', '/cmd_vel forward', '2 in, and'),
    ('forward until the wall is 2 m away', '/cmd_vel forward, turn left fast', 'would not end'),
    ('drive 2 metres', '/vel speed: 2', 'speed is a speed'),
    ('drive 2 metres', '/vel speed: 2 m', 'speed is a speed'),
    ('drive 2 metres', '/vel driveVelocity: -2', 'said of a way'),
    ('drive 2 metres', '/vel cmd.linear.x: 2', 'said of a way'),
    ('drive 2 metres', '/belt_speed data: 2 for 5 s', 'said of a way'),
    ('turn the joints 30 degrees', '/joints velocities: [0, 30]', 'said of a way')])
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
    ('2 metres in 4 seconds', '/cmd_vel forward 2 m in 4 s'),
    ('forward at half a metre a second', '/cmd_vel forward at 0.5 m/s'),
    ('2 m ahead at 2 m/s', '/cmd_vel forward 2 m at 2 m/s'),
    ('2 m ahead at 2', '/drive distance: 2 m, speed: 2'),
    ('backwards, 0.3 in the local frame', '/cmd_vel backward at 0.3 m/s'),
    ('a thousand revs', '/shaft speed_rpm: 1000'),
    ('let out 3.5 m of line', '/winch/travel data: 3.5'),
    ('clear the sign', '/sign data: ""'),
    ('full volume on speaker 2', '/speaker number: 2, volume: 100 %')])
def test_what_was_said_or_left_open_passes(sentence, answer):
    check_said(sentence, answer)


@pytest.mark.parametrize('sentence, answer', [
    ('drive a circle with a radius of 60 cm', '/cmd_vel turn left 60 deg'),
    ('turn 30 degrees', '/cmd_vel forward 30 cm')])
def test_a_length_is_no_angle(sentence, answer):
    with pytest.raises(UnsaidError, match='and this would be'):
        check_said(sentence, answer)
