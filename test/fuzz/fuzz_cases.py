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

"""Where inputs come from: a seed corpus, and changes that know what commands are made of."""

from __future__ import annotations

from collections.abc import Callable
import json
from pathlib import Path
from random import Random
import re

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

NUMBERS = (
    '0', '-0', '1', '-1', '0.5', '0.3', '-0.3', '0.30000001', '1.0471975511965976', '1.2', '5',
    '9', '20', '100', '255', '256', '-2147483649', '9223372036854775808', '18446744073709551615',
    '18446744073709551616', '1e308', '1.0e+308', '1.0e+309', '5.0e-324', '1.0e-09', '.inf', '-.inf',
    '.nan', '.NaN', '1_000', '0x1F', '0b11', '017', '1:30', '190:20:30', '+3', '.5', '5.', '1e5',
    '1' + '0' * 400, '0.' + '0' * 300 + '1', '1.7976931348623157e+308', '2.0000000000000004')
PIECES = (
    'ros2', ' ', 'topic', 'pub', 'service', 'call', 'action', 'send_goal', '--once', '-1',
    '--times', '--rate', '-r', '-t', '-f', '--feedback', '=', '"', "'", '{', '}', '[', ']', ': ',
    ', ', 'off', 'null', '~', '&a ', '*a', '!t ', '!!python/object:os.system ', '<<', '$', '`',
    '\\', '\n', '\t', '#', '? ', '- ', '|', '>', '%', '@', '2001-01-01', '0x_', '\\UFFFFFFFF',
    '\\ud800', '\\x00', '\\N', '---', '...', '{}', '[]', "''", '""', '{data: ', 'true', 'now')
CHARACTERS = (
    '\ud800', '\udfff', '\x00', '\x1b', '\x7f', '\x85', '\xa0', '\xad', '\u200b', '\u200e',
    '\u2028', '\u2029', '\u202e', '\u2066', '\u2069', '\ufeff', '\ufffd', '\uffff', '\U0001f600',
    '\U000e0041', '\u0430', '\uff0f', '\u0301', '\u1e9e', '\U0010ffff', 'ß', '日')
NAMES = (
    '/porter/cmd_vel', '/porter/goal_pose', '/porter/lift_height', '/porter/say', '/r/cmd_vel',
    '/r/cmd_vel_stamped', '/r/drive', '/r/arm/trajectory', '/r/arm/positions', '/porter/siren',
    '/porter/patrol', '/r/spin', '/r/set', '/rr/x', '/porter', '//', '/porter/__x', '/r/1a', '~/a')
_NUMBER = re.compile(r'-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?')
_NAME = re.compile(r'(?:/[A-Za-z_]\w*)+')


def seeds() -> list[str]:
    """Read the corpus: hostile commands, those of the data, and one for each kind of field."""
    attacks = yaml.safe_load((ROOT / 'test/data/attacks.yaml').read_text(encoding='utf-8'))
    hostile = [attack['text'] for attack in attacks['commands']]
    return [text for text in (*hostile, *_commands_of_the_data(), *_made(Random(0), 300))
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


def _made(random, count):
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


def mutated(text: str, random: Random, other: str) -> str:
    """
    Change a text in one to three ways.

    :param other: another text, to take parts from
    """
    if random.random() < 0.25:
        text = next(_made(random, 8), text)
    for _ in range(random.choice((0, 1, 1, 1, 2, 3))):
        text = random.choice(_MUTATIONS)(text, random, other)
    return text


def _replace_number(text, random, _other):
    return _replace_match(text, random, _NUMBER, random.choice(NUMBERS))


def _replace_name(text, random, _other):
    return _replace_match(text, random, _NAME, random.choice(NAMES))


def _replace_match(text, random, pattern, new):
    found = list(pattern.finditer(text))
    if not found:
        return text
    match = random.choice(found)
    return text[:match.start()] + new + text[match.end():]


def _splice(text, random, other):
    return text[:random.randint(0, len(text))] + other[random.randint(0, len(other)):]


def _flip_bit(text, random, _other):
    if not text:
        return text
    at = random.randrange(len(text))
    code = ord(text[at]) ^ 1 << random.randrange(7 if ord(text[at]) < 128 else 16)
    return text[:at] + chr(min(code, 0x10ffff)) + text[at + 1:]


def _insert(text, random, _other):
    at = random.randint(0, len(text))
    return text[:at] + random.choice((*PIECES, *CHARACTERS)) + text[at:]


def _delete(text, random, _other):
    at = random.randint(0, len(text))
    return text[:at] + text[at + random.randint(1, 12):]


def _repeat(text, random, _other):
    """Say a part again; now and then so often that it gets long."""
    at = random.randint(0, len(text))
    part = text[at:at + random.randint(1, 20)]
    return text[:at] + part * random.choice((2, 2, 3, 3, 10, 200)) + text[at:]


def _nest(text, random, _other):
    """Wrap a value deeply, in lists or mappings, closed or not."""
    opening, closing = random.choice((('[', ']'), ('{a: ', '}'), ('[{a: ', '}]'), ('"', '"')))
    depth = random.choice((1, 2, 30, 31, 33, 400))
    match = random.choice(list(_NUMBER.finditer(text)) or [re.match('', text)])
    ends = closing * (depth - random.choice((0, 0, 1)))
    return text[:match.start()] + opening * depth + match[0] + ends + text[match.end():]


def _requote(text, random, _other):
    """Change how the values are quoted and spaced, which may not change what they say."""
    start = text.find('"{')
    if start < 0 or not text.endswith('"') or "'" in text:
        return text.replace(', ', random.choice((',', ' ,  ', ',\t')))
    return text[:start] + "'" + text[start + 1:-1] + "'"


_MUTATIONS = (_replace_number, _replace_number, _replace_name, _splice, _flip_bit, _insert,
              _delete, _repeat, _nest, _requote)
