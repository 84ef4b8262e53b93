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

"""What inputs start from: hostile commands, those of the data, and made ones."""

from __future__ import annotations

from collections.abc import Callable
import json
from pathlib import Path
from random import Random

from ros2_nl_commander.language.answer import read_answer
from ros2_nl_commander.language.codec import format_command
from ros2_nl_commander.language.command import ActionGoal, ServiceCall, TopicPublication
from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.language.robot import load_robot
from ros2_nl_commander.language.short_form import Decline
import yaml

ROOT = Path(__file__).parents[2]
#: Longer seeds cost more than they find; the mutations make long texts now and then.
LONGEST_SEED = 2000

CHARACTERS = (
    '\ud800', '\udfff', '\x00', '\x1b', '\x7f', '\x85', '\xa0', '\xad', '\u200b', '\u200e',
    '\u2028', '\u2029', '\u202e', '\u2066', '\u2069', '\ufeff', '\ufffd', '\uffff', '\U0001f600',
    '\U000e0041', '\u0430', '\uff0f', '\u0301', '\u1e9e', '\U0010ffff', 'ß', '日')


def seeds() -> list[str]:
    """Read the corpus: hostile commands, those of the data, and one for each kind of field."""
    attacks = yaml.safe_load((ROOT / 'test/data/attacks.yaml').read_text(encoding='utf-8'))
    hostile = [attack['text'] for attack in attacks['commands']]
    return [text for text in (*hostile, *_commands_of_the_data(), *made(Random(0), 300))
            if len(text) <= LONGEST_SEED]


def _commands_of_the_data():
    robot = load_robot(ROOT / 'config/robots/demo_robot.yaml')
    for line in (ROOT / 'data/porter_train.jsonl').read_text(encoding='utf-8').splitlines():
        said = json.loads(line)['command']
        try:
            answer = read_answer(said or '', robot)
        except NlCommanderError:
            continue  # it is there to be declined
        if not isinstance(answer, Decline):
            yield format_command(answer)


def made(random: Random, count: int):
    """Make lines for the robot of the fuzzer."""
    for _ in range(count):
        try:
            yield format_command(make_command(random))
        except NlCommanderError:
            continue  # what cannot be written is no seed


def make_command(random: Random):
    """Make a command for the robot of the fuzzer, most of them with numbers near the limits."""
    name, make = random.choice(list(_MAKERS.items()))
    type_name, fields = make(random)
    if '/srv/' in type_name:
        return ServiceCall(name, type_name, fields)
    if '/action/' in type_name:
        return ActionGoal(name, type_name, fields, random.random() < 0.2)
    times = random.choice((1, 1, 2, 5, 10, 50, 100, 651, 1_000_000, None))
    rate = random.choice((None, 0.5, 1.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1e-3, 1e9))
    return TopicPublication(name, type_name, fields, times, rate)


def _number(random):
    return random.choice((
        0.0, 0, 1, 1.0, -1.0, random.uniform(-1.2, 1.2), random.uniform(-1e-3, 1e-3),
        random.randint(-3, 12), random.uniform(-1e3, 1e3), 0.5, -0.3, 2.0, 3.0, 1e300, 5e-324))


def _some(random, **makers: Callable):
    """Leave some of the fields out."""
    return {name: make(random) for name, make in makers.items() if random.random() < 0.75}


def _vector(random):
    return {axis: _number(random) for axis in 'xyz' if random.random() < 0.4}


def _twist(random):
    return _some(random, linear=_vector, angular=_vector)


def _text(random):
    return ''.join(random.choice(('a', 'map', ' ', 'Ä', *CHARACTERS))
                   for _ in range(random.choice((0, 1, 3, 8)))).encode(
        'utf-8', 'ignore').decode()


def _several(make):
    return lambda random: [make(random) for _ in range(random.choice((0, 1, 2, 3, 4)))]


def _duration(random):
    return {key: random.choice((0, 1, 2, 9, 10, -1)) for key in ('sec', 'nanosec')
            if random.random() < 0.7}


def _header(random):
    return _some(random, frame_id=_text)


def _point(random):
    return _some(random, positions=_several(_number), velocities=_several(_number),
                 time_from_start=_duration)


def _data(make):
    return lambda random: {'data': make(random)}


_MAKERS: dict[str, Callable] = {
    '/porter/cmd_vel': lambda r: ('geometry_msgs/msg/Twist', _twist(r)),
    '/r/cmd_vel': lambda r: ('geometry_msgs/msg/Twist', _twist(r)),
    '/r/cmd_vel_stamped': lambda r: (
        'geometry_msgs/msg/TwistStamped', _some(r, header=_header, twist=_twist)),
    '/r/velocity': lambda r: ('geometry_msgs/msg/VelocityStamped', _some(
        r, body_frame_id=_text, velocity=_twist)),
    '/r/flight': lambda r: ('trajectory_msgs/msg/MultiDOFJointTrajectory', _some(
        r, joint_names=_several(_text), points=_several(lambda r: _some(
            r, velocities=_several(_twist), time_from_start=_duration)))),
    '/r/drive': lambda r: ('ackermann_msgs/msg/AckermannDriveStamped', _some(
        r, header=_header,
        drive=lambda r: _some(r, speed=_number, steering_angle=_number, jerk=_number))),
    '/porter/goal_pose': lambda r: ('geometry_msgs/msg/PoseStamped', _some(
        r, header=_header, pose=lambda r: _some(r, position=_vector, orientation=_vector))),
    '/porter/lift_height': lambda r: ('std_msgs/msg/Float64', _data(_number)(r)),
    '/porter/say': lambda r: ('std_msgs/msg/String', _data(_text)(r)),
    '/porter/volume': lambda r: (
        'std_msgs/msg/UInt8', _data(lambda r: r.choice((0, 1, 9, 10, 99, 255, 256)))(r)),
    '/r/arm/trajectory': lambda r: ('trajectory_msgs/msg/JointTrajectory', _some(
        r, header=_header, joint_names=_several(_text), points=_several(_point))),
    '/r/arm/positions': lambda r: (
        'std_msgs/msg/Float64MultiArray', _data(_several(_number))(r)),
    '/r/defaults': lambda r: ('test_msgs/msg/Defaults', _some(
        r, float64_value=_number, uint8_value=lambda r: r.randint(0, 60),
        bool_value=lambda r: r.random() < 0.5)),
    '/r/bounded': lambda r: ('test_msgs/msg/BoundedSequences', _some(
        r, float64_values=_several(_number), string_values=_several(_text))),
    '/porter/siren': lambda r: ('std_srvs/srv/SetBool', _data(lambda r: r.random() < 0.5)(r)),
    '/porter/dock': lambda r: ('std_srvs/srv/Trigger', {}),
    '/r/set': lambda r: ('rcl_interfaces/srv/SetParameters', {
        'parameters': [{'name': _text(r), 'value': {'double_value': _number(r)}}]}),
    '/porter/patrol': lambda r: (
        'test_msgs/action/Fibonacci', {'order': r.choice((0, 1, 2, 20, 21, -1))}),
    '/r/spin': lambda r: ('nav2_msgs/action/Spin', _some(
        r, target_yaw=_number, time_allowance=_duration)),
}
