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

"""Commands by example: what is read, how it is written, and what is refused with which words."""

import math
import time

import pytest

from ros2_nl_commander.language.codec import format_command, parse_command
from ros2_nl_commander.language.command import ActionGoal, ServiceCall, TopicPublication
from ros2_nl_commander.language.errors import CommandSyntaxError

TWIST = 'geometry_msgs/msg/Twist'
PUBLISH = f'ros2 topic pub --once /cmd_vel {TWIST} '


def nested(depth):
    """Make fields of so many levels."""
    fields = {}
    for _ in range(depth - 1):
        fields = {'a': fields}
    return fields


@pytest.mark.parametrize(('command', 'text'), [
    (TopicPublication('/cmd_vel', TWIST, {'linear': {'x': 0.2}}),
     f'ros2 topic pub --once /cmd_vel {TWIST} "{{linear: {{x: 0.2}}}}"'),
    (TopicPublication('/cmd_vel', TWIST, {}, times=20, rate_hz=10.0),
     f'ros2 topic pub --times 20 --rate 10 /cmd_vel {TWIST} "{{}}"'),
    (TopicPublication('/cmd_vel', TWIST, {}, times=1, rate_hz=2.5),
     f'ros2 topic pub --times 1 --rate 2.5 /cmd_vel {TWIST} "{{}}"'),
    (TopicPublication('/cmd_vel', TWIST, {}, times=None),
     f'ros2 topic pub /cmd_vel {TWIST} "{{}}"'),
    (ServiceCall('/siren', 'std_srvs/srv/SetBool', {'data': True}),
     'ros2 service call /siren std_srvs/srv/SetBool "{data: true}"'),
    (ActionGoal('/patrol', 'test_msgs/action/Fibonacci', {'order': 3}, feedback=True),
     'ros2 action send_goal --feedback /patrol test_msgs/action/Fibonacci "{order: 3}"'),
    (ServiceCall('/a', 'b/srv/C', {'name': 'hello', 'off': ['off', 'ward 3', '3', 1e22, 1e-5]}),
     'ros2 service call /a b/srv/C '
     '"{name: hello, \'off\': [\'off\', ward 3, \'3\', 1.0e+22, 1.0e-05]}"'),
    (ServiceCall('/a', 'b/srv/C', {'data': "it's"}),
     'ros2 service call /a b/srv/C "{data: \'it\'\'s\'}"'),
    (ServiceCall('/a', 'b/srv/C', {'data': 'a\nb\u202e'}),
     'ros2 service call /a b/srv/C \'{data: "a\\nb\\u202E"}\''),
])
def test_canonical_form(command, text):
    assert format_command(command) == text
    assert parse_command(text) == command


@pytest.mark.parametrize('text', [
    f"ros2 topic pub -t 3 -r 10 /cmd_vel {TWIST} 'linear: {{x: 1.0}}'",
    f'  ros2 topic pub /cmd_vel --times=3 {TWIST} "{{linear: {{x: 1.}}}}" --rate=1.0e1\n',
    f'ros2 topic pub /cmd_vel {TWIST} \\{{"linear: {{\'x\': 1.0}}"\'}}\' --times 3 -r=10',
])
def test_other_spellings(text):
    assert parse_command(text) == TopicPublication(
        '/cmd_vel', TWIST, {'linear': {'x': 1.0}}, times=3, rate_hz=10.0)


@pytest.mark.parametrize('values', ['', '{}', '"{}"', "'{ }'"])
def test_values_may_be_left_out(values):
    text = f'ros2 service call /dock std_srvs/srv/Trigger {values}'
    assert parse_command(text) == ServiceCall('/dock', 'std_srvs/srv/Trigger', {})


@pytest.mark.parametrize(('text', 'reason'), [
    ('', 'starts with'),
    ('ls', 'starts with'),
    ('ros2 topic echo /a', 'starts with'),
    ('Sure! ros2 topic pub', 'in quotes'),
    ('ros2 topic pub', 'got 0'),
    (PUBLISH + '"{}" "{}"', 'got 4'),
    (PUBLISH + '{linear: {x: 0.2}}', 'in quotes'),
    (PUBLISH + '"{}"\nls', 'one line'),
    (PUBLISH + '"{}"; ls', 'in quotes'),
    (PUBLISH + '"{}" && ls', 'in quotes'),
    (PUBLISH + '"{}" > log', 'in quotes'),
    (PUBLISH + '"{a: $HOME}"', 'expand'),
    (PUBLISH + '"{a: `id`}"', 'expand'),
    (PUBLISH + '"{}', 'not closed'),
    (PUBLISH + "'{}", 'not closed'),
    (PUBLISH + '\\', 'backslash'),
    (PUBLISH + '"{}" # once', 'in quotes'),
    (PUBLISH + '"\x00"', 'control character'),
    (PUBLISH + '"{a: \ud800}"', 'surrogate'),
    (PUBLISH.replace('--once', '--qos-depth 1'), 'not accepted'),
    (PUBLISH.replace('--once', '--onc'), 'not accepted'),
    (PUBLISH.replace('--once', '-1 --once'), 'twice'),
    (PUBLISH.replace('--once', '--once=1'), 'no value'),
    (PUBLISH.replace('--once', '--once --rate 1'), 'neither'),
    (PUBLISH.replace('--once', '--once --times 1'), 'neither'),
    (PUBLISH.replace('--once', '--times 0'), '--times'),
    (PUBLISH.replace('--once', '--times 1000001'), '--times'),
    (PUBLISH.replace('--once', '--times 1.0'), '--times'),
    (PUBLISH.replace('--once', '--times -1'), '--times'),
    (PUBLISH + '--times', 'neither'),
    (f'ros2 topic pub /cmd_vel {TWIST} --times', '--times'),
    (PUBLISH.replace('--once', '--rate 0'), '--rate'),
    (PUBLISH.replace('--once', '--rate nan'), '--rate'),
    (PUBLISH.replace('--once', '--rate 1e999'), '--rate'),
    ('ros2 service call --once /a b/srv/C', 'not accepted'),
    ('ros2 topic pub cmd_vel std_msgs/msg/Empty', 'absolute'),
    ('ros2 topic pub /cmd_vel/ std_msgs/msg/Empty', 'absolute'),
    ('ros2 topic pub /a__b std_msgs/msg/Empty', 'absolute'),
    ('ros2 topic pub //a std_msgs/msg/Empty', 'absolute'),
    ('ros2 topic pub /1a std_msgs/msg/Empty', 'absolute'),
    ('ros2 topic pub /' + 'a' * 255 + ' std_msgs/msg/Empty', '255'),
    ('ros2 topic pub /a std_msgs/Empty', 'in full'),
    ('ros2 topic pub /a std_msgs/msg/empty', 'in full'),
    ('ros2 topic pub /a std_srvs/srv/Empty', 'not the type of a topic'),
    ('ros2 action send_goal /a std_srvs/srv/Empty', 'not the type of an action'),
])
def test_refused_text(text, reason):
    with pytest.raises(CommandSyntaxError, match=reason):
        parse_command(text)


@pytest.mark.parametrize(('values', 'reason'), [
    ('1', 'must be a mapping'),
    ('', 'must be a mapping'),
    ('[1]', 'must be a mapping'),
    ('{a: [1}', 'column 7: not YAML'),
    ('{a: 1} b', 'not YAML'),
    ('{a: &x 1}', 'anchors'),
    ('{a: *x}', 'anchors'),
    ('{a: !!str 1}', 'tags'),
    ('{a: !!binary aGk=}', 'tags'),
    ('{<<: {a: 1}}', 'merge key'),
    ('{a: 1, a: 2}', 'twice'),
    ('{off: 1}', "'off' reads as true or false: quote the key"),
    ('{1: 1}', 'quote the key'),
    ('{[a]: 1}', 'plain text'),
    ('{a: }', 'null'),
    ('{a: ~}', 'null'),
    ('{a}', 'null'),
    ('{a: 2001-01-01}', 'date'),
    ('{a: .inf}', 'finite'),
    ('{a: .nan}', 'finite'),
    ('{a: 1.0e+999}', 'finite'),
    ('{a: 0x_}', 'not a number'),
    ('{a: 18446744073709551616}', '64 bits'),
    ('{a: -9223372036854775809}', '64 bits'),
    ('{a: "\\ud800"}', 'surrogate'),
    ('{a: "\\UFFFFFFFF"}', 'not YAML'),
    ('{' + 'a' * 101 + ': 1}', '100 characters'),
    ('{a: ' * 33 + '1' + '}' * 33, 'deeper than 32'),
])
def test_refused_values(values, reason):
    with pytest.raises(CommandSyntaxError, match=reason):
        parse_command(f"{PUBLISH}'{values}'")


@pytest.mark.parametrize('fields', [
    {'a': None}, {'a': math.nan}, {'a': math.inf}, {'a': 2 ** 64}, {'a': 10 ** 5000}, {1: 'a'},
    {'a': '\udc80'}, {'\udc80': 1}, {'a': b'x'}, {'a': {1, 2}}, {'a': object()}, [1], None,
    {'a' * 101: 1}, nested(33),
])
def test_fields_that_cannot_be_written(fields):
    with pytest.raises(CommandSyntaxError):
        format_command(ServiceCall('/a', 'b/srv/C', fields))


def test_fields_that_hold_themselves_cannot_be_written():
    fields = {}
    fields.update(a=fields, b=fields)
    with pytest.raises(CommandSyntaxError, match='deeper'):
        format_command(ServiceCall('/a', 'b/srv/C', fields))


@pytest.mark.parametrize(('times', 'rate_hz'), [
    (0, None), (True, None), (1_000_001, None), (3, 0.0), (3, -1.0), (3, math.nan), (3, math.inf),
    (3, True),
])
def test_repetitions_that_cannot_be_written(times, rate_hz):
    with pytest.raises(CommandSyntaxError):
        format_command(TopicPublication('/a', 'b/msg/C', {}, times, rate_hz))


@pytest.mark.parametrize('command', [
    ServiceCall('a', 'b/srv/C', {}), ServiceCall('/a', 'b/msg/C', {}),
    ServiceCall('/a; ls', 'b/srv/C', {}), ServiceCall('/a', 'b/srv/C -x', {}),
    ActionGoal('/a', 'b/srv/C', {}), TopicPublication('/a\n', 'b/msg/C', {}),
])
def test_names_that_cannot_be_written(command):
    with pytest.raises(CommandSyntaxError):
        format_command(command)


def test_long_text_is_neither_read_nor_written():
    with pytest.raises(CommandSyntaxError, match='bytes'):
        parse_command(PUBLISH + '"{a: ' + 'a' * 65536 + '}"')
    with pytest.raises(CommandSyntaxError, match='bytes'):
        format_command(ServiceCall('/a', 'b/srv/C', {'a': 'ä' * 32768}))


def test_the_deepest_fields_read_back():
    command = ServiceCall('/a', 'b/srv/C', nested(32))
    assert parse_command(format_command(command)) == command


def test_tuples_are_lists():
    text = format_command(ServiceCall('/a', 'b/srv/C', {'data': (1, 2)}))
    assert parse_command(text).fields == {'data': [1, 2]}


def test_long_hostile_text_is_refused_quickly():
    started = time.process_time()
    for piece in ('[', '{a: ', '"', '\\', '- ', '? ', "''", '/a', ' ,'):
        for quote in ('', "'", '"'):
            with pytest.raises(CommandSyntaxError):
                parse_command(PUBLISH + quote + piece * (60000 // len(piece)) + quote)
    assert time.process_time() - started < 5
