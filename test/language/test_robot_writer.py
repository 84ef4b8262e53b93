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

"""Robot descriptions as text: what is written reads back as the same description."""

from dataclasses import replace
import importlib.util
from pathlib import Path

from hypothesis import given, settings, strategies as st
from language_strategies import floats, integers, names, scalars, texts, types
import pytest

from ros2_nl_commander.language.errors import CommandSyntaxError, RobotDescriptionError
from ros2_nl_commander.language.names import check_spoken
from ros2_nl_commander.language.robot import load_robot, parse_robot, RobotDescription
from ros2_nl_commander.language.robot_sections import Place
from ros2_nl_commander.language.robot_writer import write_robot

DEMO_ROBOT = Path(__file__).parents[2] / 'config' / 'robots' / 'demo_robot.yaml'


def _can_be_spoken(text):
    try:
        check_spoken(text)
    except CommandSyntaxError:
        return False
    return True


not_blank = texts.filter(str.strip)
paths = st.from_regex(r'[a-z]{1,4}(\.[a-z]{1,4})?', fullmatch=True)
bounds = st.lists(integers | floats, min_size=2, max_size=2).map(sorted).map(tuple)
yaws = st.floats(-6.28, 6.28)
frames = not_blank.filter(lambda text: text[0] != '/')
spoken = texts.filter(_can_be_spoken)
choices = st.lists(
    scalars.filter(lambda value: not isinstance(value, str) or _can_be_spoken(value)),
    min_size=1, max_size=3).map(tuple).filter(
        lambda values: not {bool, str} <= {type(value) for value in values})
definition_texts = not_blank | st.lists(
    texts | st.sampled_from(('float32 x', '---', '', '  int8 A=1  # b', '\tstring s')),
    min_size=1, max_size=5).map('\n'.join).map(lambda text: text + '\n').filter(str.strip)


def _is_unknown(type_name):
    """Rules for a known type would have to fit its fields, and its text would have to be one."""
    return not importlib.util.find_spec(type_name.partition('/')[0])


def interfaces(folder):
    return st.dictionaries(names, types(folder).filter(_is_unknown), max_size=4)


@st.composite
def robots(draw):
    topics, services, actions = (draw(interfaces(kind)) for kind in ('msg', 'srv', 'action'))
    there = sorted({*topics, *services, *actions})

    def by_name(content):
        return draw(st.dictionaries(st.sampled_from(there), content, max_size=3)) if there else {}

    return RobotDescription(
        robot=draw(not_blank), topics=topics, services=services, actions=actions,
        places=draw(st.dictionaries(
            spoken, st.builds(Place, frames, floats, floats, yaws), max_size=3).filter(
                lambda places: len({name.casefold() for name in places}) == len(places))),
        about=by_name(not_blank),
        # Of a field that also has limits, the choices would have to be in them.
        choices=by_name(st.dictionaries(paths.map('c.{}'.format), choices, max_size=2)),
        limits=by_name(st.dictionaries(paths, bounds, max_size=2)),
        definitions=draw(st.dictionaries(
            (types('msg') | types('action')).filter(lambda name: name not in (
                *topics.values(), *actions.values())), definition_texts, max_size=3)))


@settings(deadline=None)
@given(robots())
def test_what_is_written_reads_back(robot):
    text = write_robot(robot)
    assert parse_robot(text, 'written') == robot
    assert write_robot(parse_robot(text, 'written')) == text


def test_the_robot_of_the_demo_reads_back():
    robot = load_robot(DEMO_ROBOT)
    assert parse_robot(write_robot(robot), 'written') == robot


def test_is_sorted():
    names_and_types = {'/b': 'p/srv/B', '/a': 'p/srv/A'}
    forwards = RobotDescription('r', services=names_and_types)
    backwards = replace(forwards, services=dict(reversed(names_and_types.items())))
    assert write_robot(forwards) == write_robot(backwards)


def test_definitions_stand_as_they_are():
    text = 'float32 target_yaw  # rad\n\n---\n---\n'
    robot = RobotDescription(
        'r', actions={'/spin': 'p/action/Spin'}, definitions={'p/action/Spin': text})
    assert ('  p/action/Spin: |\n    float32 target_yaw  # rad\n\n    ---\n    ---\n'
            in write_robot(robot))


def test_sections_to_fill_in_work_when_their_comments_are_taken_away():
    text = write_robot(RobotDescription('porter', {
        '/cmd_vel': 'geometry_msgs/msg/Twist', '/lift_height': 'std_msgs/msg/Float64',
        '/tray/open': 'p/msg/Side'}))
    assert all(f'# {key}:  # fill in' in text for key in ('places', 'about', 'choices', 'limits'))
    begin = text.index('# places:')
    filled_in = parse_robot(text[:begin] + text[begin:].replace('\n# ', '\n')[2:], 'filled in')
    assert filled_in.places == {'ward 3': Place('map', 8.5, 2.0, 1.5708)}
    assert set(filled_in.about) == {'/lift_height'}
    assert filled_in.choices == {'/tray/open': {'side': ('left', 'right')}}
    assert filled_in.limits['/cmd_vel']['linear.x'] == (-0.5, 0.5)


def test_a_robot_without_a_name_is_refused():
    with pytest.raises(RobotDescriptionError, match='no name'):
        write_robot(RobotDescription(topics={'/a': 'p/msg/A'}))


def test_what_no_file_can_hold_is_refused():
    with pytest.raises(CommandSyntaxError):
        write_robot(RobotDescription('\ud800'))
