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
    ('drive 2 metres forward', '/cmd_vel forward at 2 m/s', 'would not end'),
    ('creep back twenty centimetres', '/cmd_vel backward at 20 cm/s', 'would not end'),
    ('rotate 45 degrees', '/cmd_vel turn left at 45 deg/s', 'would not end'),
    ('drive two metres per the map', '/cmd_vel forward at 2 m/s', 'would not end'),
    ('drive 2 m at full speed', '/cmd_vel forward at 2 m/s', 'would not end'),
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
    ('drive two metres', '/drive_distance distance: 20 m', 'you said 2, and this would be 20'),
    ('drive 2 m', '/drive_distance distance: 2000 m', 'you said 2, and this would be 2000'),
    ('go to ward thirteen', '/navigate pose: ward 3', 'you said 13'),
    ('ox twelve, proceed to bay 4', '/goal_pose bay 12', 'you said bay 4, and this would be bay'),
    ('unit 3: to bay number four', '/navigate pose: bay_3', 'you said bay 4'),
    ('drive forward for 10 seconds', '/cmd_vel forward 10 m', 'you said 10 s'),
    ('drive forward 10 metres', '/cmd_vel forward for 10 s', 'you said 10 m'),
    ('drive 5 m at 0.5 m/s', '/cmd_vel forward at 0.5 m/s for 5 s', 'you said 5 m'),
    ('turn left for 5 seconds', '/cmd_vel turn left 5 deg', 'you said 5 s'),
    ('drive forward a dozen metres', '/cmd_vel forward', 'dozen metres, and this motion'),
    ('go ahead for several minutes', '/cmd_vel forward slowly', 'would not end'),
    ('a circle of 2 m diameter', '/cmd_vel circle left radius 2 m', 'you said 1 m'),
    ('the load out of press 1 to 400 kg', '/load mass: 300 kg', 'you said 400'),
    ('get out of the way, then volume 40', '/volume data: 70', 'you said 40'),
    ('forward for 2 minutes 30', '/cmd_vel forward for 2 min', 'you said 2.5 min'),
    ('run the belt at 2 m/s', '/belt data: 3 m/s', 'you said 2, and this would be 3'),
    ('tug 7, fetch it from Dock no. 2', '/fetch from: dock7, fast: true', 'you said dock 2'),
    ('set x to -2', '/x x: 2', 'you said -2, and this would be 2'),
    ('set x to minus two', '/x x: 2', 'you said -2'),
    ('joints to -30 and 40 degrees', '/joints data: [30 deg, 40 deg]', 'you said -30'),
    ('a 3 mm and b 3 cm', '/x a: 3, b: 3', '3 mm and 3 cm'),
    ('load 1 kg 50 g', '/x w: 1.5 kg', 'you said 50'),
    ('drive two metres forward', '/drive speed: 0.5 m/s', 'you said 2'),
    ('go forward a metre', '/drive speed: 0.5 m/s', 'a speed without an end'),
    ('ahead at 0.5 m/s for 5 s', '/drive speed: 0.5 m/s', 'a speed without an end'),
    ('turn 90 to the left', '/cmd_vel turn left', '90, and this motion would not end'),
    ('do a full turn', '/cmd_vel turn left', 'would not end'),
    ('drive forward for 10 s', '/cmd_vel forward', '10 s, and this motion would not end'),
    ('go forward 2 steps', '/cmd_vel forward', 'would not end'),
    ('drive forward 2 m', '/cmd_vel forward a bit', 'you said 2 m, and this leaves it out'),
    ('back up 2 m at 0.05 m/s', '/cmd_vel backward 2 m', 'you said 0.05 m/s, and this leaves'),
    ('circle of 2 m radius at 0.5 m/s', '/cmd_vel circle left radius 2 m', 'leaves it out'),
    ('dock at station one', '/dock dock_id: "station_2"', 'nobody said'),
    ('move it', '/arm name: "joint_1"', 'nobody said'),
    ('say hello there', '/say data: "hell"', 'nobody said'),
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
    ('load 1 kg 50 g', '/x w: 1.05 kg'), ('load 1 kg 50 g', '/x w: 1050 g'),
    ('1 km 50 m', '/x d: 1.05 km'), ('2 km 500 m', '/x d: 2.5 km'),
    ('raise 10 feet 6 inches', '/x d: 10.5 ft'), ('10 feet 6 inches', '/x d: 126 in'),
    ('wait 1 h 30 min', '/x d: 1.5 h'), ('2 hours and 15 minutes', '/x d: 2.25 h'),
    ('1 h 30 min', '/x d: 5400 s'), ('drive 1 m 50 cm', '/cmd_vel forward 1.5 m'),
    ('set x to 1e-3', '/x x: 0.001'),
    ('turn -90 degrees', '/cmd_vel turn right 90 deg'),
    ('move 3-5 to the right', '/x x: 5'), ('90 degrees minus 5', '/x x: 85 deg'),
    ('all six lights green', '/leds leds: [{green: 255}, {green: 255}]'),
    ('one eighty on the spot', '/spin yaw: 180 deg'),
    ('a third of a turn, so 120 degrees', '/cmd_vel turn left 120 deg'),
    ('robot 2, go forward', '/cmd_vel forward'),
    ('dock at station one', '/dock dock_id: "station_1"'),
    ('dock at charger 2', '/dock dock_id: "charger2"'),
    ('bend the elbow', '/arm name: "elbow_joint"'),
    ('load program wiggle', '/load filename: "wiggle.urp"'),
    ('stabilise mode please', '/mode custom_mode: "STABILIZE"'),
    ('clear the sign', '/sign data: ""'),
    ('full volume on speaker 2', '/speaker number: 2, volume: 100 %'),
    ('ox four, proceed to bay 12', '/goal_pose bay 12'),
    ('go to room two fourteen', '/goal_pose room 214'),
    ('visit ramp 1 and 2', '/follow poses: [ramp 1, ramp 2]'),
    ('ramp 4 and then back to 2', '/goal_pose ramp 2'),
    ('ramp 3 is blocked, go to the fifth ramp', '/goal_pose ramp 5'),
    ('go to the 14th gate, not gate 4', '/goal_pose gate 14'),
    ('dock 2 is occupied, use the other one', '/dock dock_1'),
    ('drive 2 m towards the large diameter pipe', '/cmd_vel forward 2 m'),
    ('a hole of 8 mm diameter at 200 rpm', '/drill diameter: 8 mm, speed: 200 rpm'),
    ('forward, there are some in the way', '/cmd_vel forward'),
    ('a circle of 2 m diameter', '/cmd_vel circle left radius 1 m'),
    ('orbit with 20 m diameter at 2 m/s', '/orbit radius: 10 m, speed: 2 m/s'),
    ('drive forward a few metres', '/cmd_vel forward a bit'),
    ('forward, some people wait', '/cmd_vel forward'),
    ('cap at eight out of ten', '/volume data: 80'), ('spindle to 2k rpm', '/rpm data: 2000 rpm'),
    ('turn right by 2 pi radians', '/cmd_vel turn right 360 deg'),
    ('from bay 4 to bay 12', '/goal_pose bay 12'),
    ('plates from tables 4 and 5', '/collect stops: [table 4, table 5]'),
    ('fifth station, six knots', '/sail_to target: station 5, knots: 6 kn'),
    ('aisles two, three and five', '/count aisles: [aisle 2, aisle 3, aisle 5]'),
    ('open the bay a bit, then number 3', '/open bay: bay 3'),
])
def test_what_was_said_or_left_open_passes(sentence, answer):
    check_said(sentence, answer)


@pytest.mark.parametrize('sentence', [
    'TurtleBot 4, spin twice', 'turtlebot4 spin twice', 'spin twice, turtlebot-4!'])
def test_the_number_in_the_name_of_a_robot_need_not_be_spelt(sentence):
    with pytest.raises(UnsaidError, match='4'):
        check_said(sentence.replace('twice', 'round'), '/cmd_vel turn left 180 deg')
    check_said(sentence.replace('twice', 'round'), '/cmd_vel turn left 180 deg', 'turtlebot4')


@pytest.mark.parametrize('sentence, answer', [
    ('drive a circle with a radius of 60 cm', '/cmd_vel turn left 60 deg'),
    ('turn 30 degrees', '/cmd_vel forward 30 cm')])
def test_a_length_is_no_angle(sentence, answer):
    with pytest.raises(UnsaidError, match='and this would be'):
        check_said(sentence, answer)
