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

"""When two commands ask for the same."""

from hypothesis import given, settings
from language_strategies import commands, values
import pytest

from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.equality import commands_equal, values_equal

TWIST = '/cmd_vel geometry_msgs/msg/Twist'


def publication(fields, options='--once'):
    """Make a velocity command."""
    return parse_command(f'ros2 topic pub {options} {TWIST} "{fields}"')


@pytest.mark.parametrize(('a', 'b'), [
    ('{linear: {x: 1}}', '{linear: {x: 1.0}}'),
    ('{linear: {x: 1.0}}', '{linear: {x: 1.0005}}'),
    ('{linear: {x: 1000.0}}', '{linear: {x: 1000.9}}'),
    ('{linear: {x: 0.2}}', '{linear: {x: 0.2, y: 0.0}, angular: {z: 0}}'),
    ('{}', '{linear: {}, angular: {x: 0.0}}'),
    ('{angular: {z: 1.0}, linear: {x: 0.2}}', '{linear: {x: 0.2}, angular: {z: 1.0}}'),
    ('{data: [1, 2]}', '{data: [1.0, 2.0]}'),
])
def test_equal_fields(a, b):
    assert commands_equal(publication(a), publication(b))
    assert commands_equal(publication(b), publication(a))


@pytest.mark.parametrize(('a', 'b'), [
    ('{linear: {x: 0.2}}', '{linear: {x: -0.2}}'),
    ('{linear: {x: 0.2}}', '{linear: {y: 0.2}}'),
    ('{linear: {x: 0.2}}', '{}'),
    ('{linear: {x: 1.0}}', '{linear: {x: 1.01}}'),
    ('{data: 1201}', '{data: 1202}'),
    ('{data: true}', '{data: 1}'),
    ('{data: true}', '{data: false}'),
    ('{data: false}', '{data: 0}'),
    ("{data: '1'}", '{data: 1}'),
    ('{data: a}', '{data: A}'),
    ('{data: a}', '{}'),
    ('{data: [1]}', '{data: [1, 0]}'),
    ('{data: [1]}', '{data: 1}'),
    ('{linear: {}}', '{linear: 1}'),
])
def test_different_fields(a, b):
    assert not commands_equal(publication(a), publication(b))
    assert not commands_equal(publication(b), publication(a))


@pytest.mark.parametrize(('a', 'b', 'equal'), [
    ('--once', '--times 1', True),
    ('--times 3', '--times 3 --rate 1', True),
    ('--times 3 --rate 10', '--times 3 --rate 10.001', True),
    ('--times 3 --rate 10', '--times 3 --rate 20', False),
    ('--times 3', '--times 4', False),
    ('--times 3', '', False),
])
def test_repetitions(a, b, equal):
    assert commands_equal(publication('{}', a), publication('{}', b)) is equal


@pytest.mark.parametrize(('a', 'b'), [
    ('ros2 service call /a b/srv/C', 'ros2 service call /b b/srv/C'),
    ('ros2 service call /a b/srv/C', 'ros2 service call /a b/srv/D'),
    ('ros2 service call /a b/srv/C', 'ros2 action send_goal /a b/action/C'),
    ('ros2 action send_goal /a b/action/C', 'ros2 action send_goal -f /a b/action/C'),
])
def test_different_commands(a, b):
    assert not commands_equal(parse_command(a), parse_command(b))


def test_the_tolerance_can_be_chosen():
    a, b = publication('{linear: {x: 1.0}}'), publication('{linear: {x: 1.05}}')
    assert commands_equal(a, b, tolerance=0.1)
    assert not commands_equal(a, publication('{linear: {x: 1.0005}}'), tolerance=1e-6)


@settings(deadline=None, max_examples=100)
@given(commands, commands)
def test_equality_is_reflexive_and_symmetric(a, b):
    assert commands_equal(a, a)
    assert commands_equal(a, b) == commands_equal(b, a)


@settings(deadline=None, max_examples=100)
@given(values, values)
def test_values_compare_either_way(a, b):
    assert values_equal(a, a)
    assert values_equal(a, b) == values_equal(b, a)
