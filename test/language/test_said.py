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


"""What was left out, retold or worked out wrongly is put as the sentence has it."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.answer import read_answer
from ros2_nl_commander.language.equality import same_effect
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.robot_sections import Place
from ros2_nl_commander.language.said.clock_times import with_clock_time
from ros2_nl_commander.language.said.correction import as_said
from ros2_nl_commander.language.said.quantities import stated
from ros2_nl_commander.language.said.texts import has_text
from shipped_data import shipped_examples, TRAINING

ROBOT = RobotDescription(
    robot='pourer',
    topics={'/say': 'std_msgs/msg/String', '/mast': 'std_msgs/msg/Float64',
            '/joints': 'std_msgs/msg/Float64MultiArray', '/lamp': 'std_msgs/msg/ColorRGBA',
            '/bell': 'std_msgs/msg/Bool', '/bell2': 'std_msgs/msg/Empty',
            '/cmd_vel': 'geometry_msgs/msg/Twist', '/vel': 'pour_msgs/msg/Speed'},
    services={'/pour': 'pour_msgs/srv/Pour', '/open_at': 'pour_msgs/srv/OpenAt',
              '/bring': 'pour_msgs/srv/Bring', '/hand': 'pour_msgs/srv/Hand',
              '/lift': 'pour_msgs/srv/Lift', '/spin': 'pour_msgs/srv/Spin',
              '/turn': 'pour_msgs/srv/Turn'},
    places={'bar': Place('map', 1.0, 2.0, 0.0), 'room 21': Place('map', 3.0, 4.0, 0.0)},
    about={'/mast': 'height in metres'}, limits={'/mast': {'data': (0.0, 2.0)}},
    choices={'/bring': {'item': ('pillow', 'gin_tonic')},
             '/hand': {'item': ('pillow', 'gin_tonic'), 'side': ('left', 'right')},
             '/lift': {'door': (1, 2, 3)}},
    definitions={'pour_msgs/msg/Speed': 'float64 speed',
                 'pour_msgs/srv/Pour': 'int32 bottle\nfloat64 ml\n---\nbool success',
                 'pour_msgs/srv/OpenAt': 'string time\n---\nbool success',
                 'pour_msgs/srv/Bring': 'string item\nint32 count\ngeometry_msgs/Pose to\n'
                                        '---\nbool success',
                 'pour_msgs/srv/Hand': 'string item\nstring side\n---\nbool success',
                 'pour_msgs/srv/Turn': 'float32 target_yaw\n---\nbool success',
                 'pour_msgs/srv/Spin': 'float64 yaw # radians\n---\nbool success',
                 'pour_msgs/srv/Lift': 'bool open\nuint8 door\n---\nbool success'})


@pytest.mark.parametrize('sentence, spelt, meant', [
    ('pour 3 cl from bottle 2', '/pour bottle: 2, ml: 3', '/pour bottle: 2, ml: 3 cl'),
    ('pour 30 ml', '/pour ml: 30', '/pour ml: 30 ml'),
    ('mast to 65 centimetres', '/mast data: 65', '/mast data: 65 cm'),  # refused: 65 m is not
    ('joints to 0, -90 and 45 degrees', '/joints data: [0, -90, 45]',
     '/joints data: [0 deg, -90 deg, 45 deg]'),
    ('say Room 12 in five minutes', '/say data: "Room 12 in 5 min"',
     '/say data: "Room 12 in five minutes"'),
    ('three eighths of a litre', '/pour ml: 3', '/pour ml: 0.375 l'),
    ('an eighth of a turn to the right', '/cmd_vel turn right 8 turns',
     '/cmd_vel turn right 0.125 turns'),
    ('mast to a metre eighty', '/mast data: 0.18 m', '/mast data: 1.8 m'),
    ('eighty yards ahead', '/cmd_vel forward 80 ft', '/cmd_vel forward 80 yd'),
    ('back two hundred and ten mm', '/cmd_vel backward 200.1 mm', '/cmd_vel backward 210 mm'),
    ('open at quarter to eight in the evening', '/open_at time: "08:45"',
     '/open_at time: "19:45"'),
    ('three rings', '/bell data: true', '/bell data: true 3 times'),
    ('a couple of rings', '/bell data: true', '/bell data: true 2 times'),
    ('room 21 wants two pillows', '/bring item: pillow, count: 2',
     '/bring item: pillow, count: 2, to: room 21'),
    ('a gin tonic, left hand', '/hand side: left', '/hand item: gin_tonic, side: left'),
    ('door two may open', '/lift open: true', '/lift open: true, door: 2'),
    ('drive forward 2 metres', '/cmd_vel forward', '/cmd_vel forward 2 m'),
    ('turn 90 degrees left', '/cmd_vel turn left', '/cmd_vel turn left 90 deg'),
    ('forward two metres at 0.3 m/s, curving left', '/cmd_vel forward at 0.3 m/s, turn left',
     '/cmd_vel forward 2 m at 0.3 m/s, turn left'),
    ('5 km ahead', '/cmd_vel forward', '/cmd_vel forward 5 km'),  # refused: takes hours
    ('slowly half a turn to the right', '/cmd_vel turn right slowly',
     '/cmd_vel turn right 0.5 turns slowly'),
    ('drive on at two metres a second', '/cmd_vel forward', '/cmd_vel forward at 2 m/s'),
    ('back up 2 m at 0.05 m/s', '/cmd_vel backward 2 m', '/cmd_vel backward 2 m at 0.05 m/s'),
    ('forward for 10 s', '/cmd_vel forward', '/cmd_vel forward for 10 s'),
    ('turn to port', '/cmd_vel turn left 90 deg', '/cmd_vel turn left'),
    ('sidestep to the left', '/cmd_vel strafe left for 1 s', '/cmd_vel strafe left'),
    ('drive forward at 0.3 m/s for 5 s', '/cmd_vel forward at 0.3 m/s',
     '/cmd_vel forward at 0.3 m/s for 5 s'),
    ('turn 90 to the left', '/cmd_vel turn left', '/cmd_vel turn left 90 deg'),
    ('do a 180', '/cmd_vel turn left', '/cmd_vel turn left 180 deg'),
    ('do a full turn', '/cmd_vel turn left', '/cmd_vel turn left 360 deg'),
    ('turn left a quarter', '/cmd_vel turn left', '/cmd_vel turn left 90 deg'),
    ('turn an eighth of a circle to the left', '/cmd_vel turn left',
     '/cmd_vel turn left 0.125 turns'),
    ('turn an eighth of a circle to the left', '/cmd_vel turn left 8 turns slowly',
     '/cmd_vel turn left 0.125 turns slowly'),
    ('drive forward 3 metres', '/cmd_vel forward 30 m', '/cmd_vel forward 3 m'),
    ('drive half of 3 metres', '/cmd_vel forward 1.5 m', '/cmd_vel forward 1.5 m'),
    ('turn 40 degrees to port', '/cmd_vel turn left', '/cmd_vel turn left 40 deg'),
    ('I want you rotated a hundred and ten degrees clockwise', '/cmd_vel turn right',
     '/cmd_vel turn right 110 deg'),
    ('make a u-turn', '/cmd_vel turn left', '/cmd_vel turn left 180 deg'),
    ('turn by pi/2', '/cmd_vel turn left', '/cmd_vel turn left 90 deg'),
    ('go forward one more metre', '/cmd_vel forward', '/cmd_vel forward 1 m'),
    ('spin 90', '/spin yaw: 90', '/spin yaw: 90 deg'),
    ('spin 90', '/turn target_yaw: -90', '/turn target_yaw: -90 deg'),  # of no known unit
    ('say helo to "Bob"', '/say data: "hello to Bob"', '/say data: "helo to \\"Bob"'),
    ('forward one point twenty five metres', '/cmd_vel forward', '/cmd_vel forward 1.25 m'),
    ('spin 30 degrees for a photo', '/spin yaw: 30', '/spin yaw: 30 deg'),
    ('take the next shot facing 90', '/turn target_yaw: 90', '/turn target_yaw: 90 deg'),
    ('turn at 30 degrees/second', '/cmd_vel turn left at 30 rad/s',
     '/cmd_vel turn left at 30 deg/s'),
])
def test_what_was_said_is_taken_from_the_sentence(sentence, spelt, meant):
    assert as_said(sentence, spelt, ROBOT) == meant


@pytest.mark.parametrize('sentence, spelt', [
    ('mast to 1.5', '/mast data: 1.5'),
    ('mast to 1 in a moment', '/mast data: 1'),
    ('pour 3 cl and then 3 more ml', '/pour ml: 3'),  # which of the two is not told
    ('lamp red 0.2 g 0.5', '/lamp r: 0.2, g: 0.5'),
    ('from bottle 3 cl please', '/pour bottle: 3'),  # a count has no litres
    ('say 3 cl', '/say data: "3 cl"'),
    ('code 7 7', '/say data: "77"'),
    ('say row A 1', '/say data: "row A1"'),
    ('mast to half its height', '/mast data: 1'),
    ('three times as loud, plus 10 cm', '/mast data: 0.5'),
    ('mast to ten metres', '/mast data: 1.5'),  # outside the limits: the model is not overruled
    ('open at six thirty', '/open_at time: "18:30"'),
    ('open at half past six', '/open_at time: "18:30"'),  # in the evening, for all that is said
    ('between five to six and ten past six', '/open_at time: "05:00"'),
    ('ring bell 2', '/bell2'),
    ('ring 500 of them', '/bell data: true'),
    ('ring 2 or 3 times', '/bell data: true'),
    ('a pillow, but not the left hand', '/hand item: pillow'),
    ('two pillows to room 21', '/bring item: pillow, count: 2, to: room 21'),
    ('two pillows out of room 21', '/bring item: pillow, count: 2'),
    ('left or right, a pillow', '/hand item: pillow'),
    ('bell for room 3', '/bell data: true'),
    ('it is eleven already', '/bell data: true'),
    ('drive 1,5 m', '/cmd_vel forward 1.5 m'),
    ('drive .5 m', '/cmd_vel forward 0.5 m'),
    ('drive 1/2 m', '/cmd_vel forward 0.5 m'),
    ('drive 1½ m', '/cmd_vel forward 1.5 m'),
    ('drive 1,000 ft', '/cmd_vel forward 1000 ft'),
    ('mast all the way up, it is at a metre ten', '/mast data: 2'),
    ('half of the twelve hundred millimetres', '/mast data: 0.6'),
    ('open from six to eight in the evening', '/open_at time: "18:00"'),
    ('not at 7 am but at 8', '/open_at time: "08:00"'),
    ('mast to ' + '9' * 320 + ' m', '/mast data: 1'),
    ('quarter to nine', 'no: not a request'),
    ('at a foot and a half per second', '/cmd_vel forward'),
    ('take a turn to the left', '/cmd_vel turn left'),
    ('forward until the wall is 2 metres away', '/cmd_vel forward'),  # how far is not said
    ('turn to 90 degrees', '/cmd_vel turn left'),
    ('drive forward 2 metres', '/cmd_vel forward at 2 m/s'),  # the way, taken for a speed
    ('drive forward 2 metres and turn 90 degrees', '/cmd_vel forward, turn left'),
    ('drive forward 2 metres', '/cmd_vel forward for 5 s'),
    ('drive forward 2 metres', '/cmd_vel turn left'),
    ('drive forward, the wall is 3 m ahead', '/cmd_vel forward'),
    ('drive forward and keep 1 m distance', '/cmd_vel forward'),
    ('drive slowly under the 2 m high gate', '/cmd_vel forward slowly'),
    ('in 2 m go up', '/cmd_vel up'),
    ('turn around', '/cmd_vel turn left 180 deg'),
    ('nudge left', '/cmd_vel turn left a bit'),
    ('turn left until you face the door', '/cmd_vel turn left 90 deg'),
    ('drive forward in 10 seconds', '/cmd_vel forward'),
    ('the belt runs at 2 m/s, drive 1 m', '/cmd_vel forward 1 m'),
    ('spin 90', '/mast data: 90'),
    ('spin 2', '/spin yaw: 2'),
    ('set it to 90', '/spin yaw: 90'),
    ('announce station one', '/say data: "station_1"'),
    ('load program wiggle', '/say data: "wiggle.urp"'),
    ('stabilise mode please', '/say data: "STABILIZE"'),
    ('what a day', '/say data: "nothing like it"'),
    ('mast to point seven five metres', '/mast data: 0.75 m'),
    ('pour one seventy five ml', '/pour ml: 175 ml'),
    ('pour two, one fifteen ml glass and another', '/pour ml: 15 ml'),
    ('joints to 0.1, 0.2 and 0.3 in that order', '/joints data: [0.1, 0.2, 0.3]'),
    ('lamp r 1, g 0.5, b=0', '/lamp {r: 1, g: 0.5, b: 0}'),
    ('pour 12.50 ml for 6 am', '/open_at time: "06:00"'),
    ('open at 6 in the morning for the 7:15 group', '/open_at time: "06:00"'),
    ('heat the next hot shot to 30 degrees', '/spin yaw: 30')])
def test_everything_else_stays_as_it_is(sentence, spelt):
    assert as_said(sentence, spelt, ROBOT) == spelt


@pytest.mark.parametrize('name', TRAINING)
def test_no_right_answer_is_changed_for_the_worse(name):
    for example in shipped_examples(name):
        if example.command is not None and not example.robot.is_empty:
            text = as_said(example.instruction, example.answer, example.robot)
            answer = read_answer(text, example.robot)
            assert same_effect(answer, example.command), (example.instruction, text)


def test_a_text_is_found_but_for_case_and_punctuation():
    assert has_text('Say: Hello, World!', 'hello world')
    assert not has_text('say hello there', 'hell')
    assert has_text('说你好', '你好')


@pytest.mark.parametrize('sentence, numbers', [
    ('three eighths of a litre of hexane', ['0.375 l']),
    ('a quarter of a knot for eight seconds', ['0.25 kn', '8 s']),
    ('two and three quarter inches', ['2.75 in']),
    ('a metre and a half', ['1.5 m']),
    ('one metre seventy', ['1.7 m']),
    ('one metre, seventy degrees', ['1 m', '70 deg']),
    ('two thousand eight hundred millibar', ['2800 mbar']),
    ('a hundred and five', ['105']),
    ('steer one five zero', ['150']),
    ('five point two volts', ['5.2 V']),
    ('point seven five metres', ['0.75 m']), ('nought point oh five m', ['0.05 m']),
    ('1 point 5 m, or one point twenty five m', ['1.5 m', '1.25 m']),
    ('go to the point 5 metres ahead', ['5 m']), ('go to point five', ['5']),
    ('move 1.5, point two is blocked', ['1.5', '2']), ('a 1000000 point five', ['1e+06']),
    ('one eighty degrees', ['180 deg']), ('two oh five metres', ['205 m']),
    ('a forty metres line', ['40 m']),
    ('for two minutes thirty please', ['2.5 min']),
    ('ahead at point two m/s', ['0.2 m/s']), ('in 2 h 30 boxes', ['2 h', '30']),
    ('20 cm/sec or 10 km/hr', ['20 cm/s', '10 km/h']), ('5 revs/sec', ['5 turns/s']),
    ('robot 4, turn round', ['4']),
    ('30 degrees a second for a minute', ['30 deg/s', '1 min']),
    ('thrice', ['3']),
    ('eight and a half metres of wire a minute', ['8.5 m/min']),
    ('two litres of water in a minute', ['2 l', '1 min']),
    ('raise it 5 cm, a minute later lower it', ['5 cm', '1 min']),
    ('raise it 5 cm, min speed', ['5 cm']),
    ('3 metres a second', ['3 m/s']),
    ('3 feet. A second later stop', ['3 ft', '1 s']),
    ('grip with 5 kN at 5 kn', ['5 kN', '5 kn']),
    ('5 mW and 3kA', ['5 mW', '3 kA']),
    ('15 \u00b5l and 3 \u03bcm', ['15 ul', '3 um']),
    ('15 \u00f8l', ['15']),
    ('1,5 m or 1½ m, then 3/4 of a turn', ['1.5 m', '1.5 m', '0.75 turns']),
    ('12,000 lux', ['12000 lux']),
    ('12,5 cm and 10,20,30', ['12.5 cm', '10', '20', '30']),
    ('3:30 minutes, room B12', []),
    ('the third floor of a building, row B2', []),
    ('half a mile at 20 miles per hour', ['0.5 mi', '20 mph']),
    ('go 6\' ahead, raise it 2"', ['6 ft', '2 in']), ('5\'10" up', ['70 in']),
    ('90\u00ba, then 45\u02da', ['90 deg', '45 deg']),
    ('3 mtrs and 5 decimetres', ['3 m', '5 dm']),
    ('say "take 2", then \'level 6\'', ['2', '6']),
    ('and', []),
])
def test_what_a_sentence_states(sentence, numbers):
    assert [str(one) for one in stated(sentence)] == numbers


@pytest.mark.parametrize('sentence, time', [
    ('at 7 am', '07:00'), ('six forty-five in the evening', '18:45'), ('ten to midnight', '23:50'),
    ('six oh five in the morning', '06:05'), ('ten minutes past midnight', '00:10'),
    ('12 a.m.', '00:00'), ('at 6:30 pm', '18:30'), ('at 19.05', '19:05'),
    ("nine o'clock in the evening", '21:00'), ('half five in the morning', '05:30'),
    ('twenty-five to three in the afternoon', '14:35'), ('ten at night', '22:00'),
    ('half past twelve at night', '00:30'), ('at noon', '12:00'), ('at midnight', '00:00')])
def test_clock_times(sentence, time):
    assert with_clock_time(sentence, '/open time: "01:01"') == f'/open time: "{time}"'
    assert with_clock_time(sentence, '/open time: "01:01:00"') == f'/open time: "{time}:00"'
