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

"""Variants of held-out suites: other robots, the same sentences, the same one right answer."""

from __future__ import annotations

import re

import pytest
from ros2_nl_commander.language.answer import read_answer
from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.errors import LimitError, ParameterError
from ros2_nl_commander.language.grammar import grammar_from_robot
from ros2_nl_commander.language.grammar_matching import matches
from ros2_nl_commander.language.robot import EMPTY_ROBOT, parse_robot, RobotDescription
from ros2_nl_commander.language.robot_writer import write_robot
from ros2_nl_commander.language.shortlist import WHOLE
from ros2_nl_commander.language.unit_texts import unit_of_text
from ros2_nl_commander.training.distractors import add_distractors, COUNT
from ros2_nl_commander.training.examples import Example, load_examples
from ros2_nl_commander.training.renaming import rename_examples, rename_robot
from ros2_nl_commander.training.suites import suite_files
from ros2_nl_commander.training.variants import variant_from_text

NOUNS = ('topic', 'service', 'action')
BOX = parse_robot("""
robot: box
topics: {/box/fridge/setpoint: std_msgs/msg/Float32, /box/freezer/setpoint: std_msgs/msg/Float32,
         /box/cmd_vel: geometry_msgs/msg/Twist}
services: {/box/frontLamp: std_srvs/srv/SetBool, /box/dock: std_srvs/srv/Trigger}
actions: {/box/dock: nav2_msgs/action/Spin}
places: {dock: {frame: map, x: 1.0, y: 0.0}}
about: {/box/fridge/setpoint: degrees Celsius, /box/frontLamp: "lamp at the front, true is on"}
limits: {/box/fridge/setpoint: {data: [1, 8]}}
definitions: {nav2_msgs/action/Spin: "float32 target_yaw\\n---\\n---\\n"}
""", 'box')
LAMP = 'ros2 service call /box/frontLamp std_srvs/srv/SetBool "{data: true}"'
COLD = 'ros2 topic pub --once /box/fridge/setpoint std_msgs/msg/Float32 "{data: 4.0}"'


def to_box(instruction, command=None, answer='no: what value', others=()):
    return Example(instruction, None if command is None else parse_command(command), answer, BOX,
                   tuple(map(parse_command, others)))


EXAMPLES = [
    to_box('light', LAMP, '/box/frontLamp data: true', [COLD]), to_box('cooler'),
    to_box('fridge to 9', None, '/box/fridge/setpoint data: 9 C'),
    to_box('dock', 'ros2 service call /box/dock std_srvs/srv/Trigger "{}"',
           '/box/dock (service)')]


def interfaces(robot):
    return [(noun, name, kind) for noun in NOUNS for name, kind in robot.offered(noun).items()]


def meaning(example):
    """Give what the answer of an example reads as, on its robot."""
    try:
        return read_answer(example.answer, example.robot)
    except LimitError:
        return None


@pytest.mark.parametrize('variant', ['renamed', 'distractors', 'crowd=60', 'devices=60'])
@pytest.mark.parametrize('path', suite_files().values(), ids=suite_files())
def test_every_answer_of_a_variant_is_inside_the_grammar_of_its_robot(variant, path):
    grammars = {}
    for example in variant_from_text(variant)(load_examples(path)):
        if id(example.robot) not in grammars:
            grammars[id(example.robot)] = grammar_from_robot(example.robot)
            parse_robot(write_robot(example.robot), 'written')
        assert matches(grammars[id(example.robot)], example.answer)
    assert len(grammars) == len({id(example.robot) for example in load_examples(path)})


@pytest.mark.parametrize('path', suite_files().values(), ids=suite_files())
def test_renamed_answers_mean_what_they_meant(path):
    examples = load_examples(path)
    for old, new in zip(examples, rename_examples(examples), strict=True):
        names = rename_robot(old.robot).names
        assert new.instruction == old.instruction
        for before, after in ((old.command, new.command), (meaning(old), meaning(new)),
                              *zip(old.others, new.others, strict=True)):
            if hasattr(before, 'fields'):
                assert (after.name, after.type_name) == (names[before.name], before.type_name)
                assert after.fields == before.fields
            else:
                assert after == before


def test_nothing_of_a_name_is_left_and_all_else_is():
    new = rename_robot(BOX)
    assert [kind for _, _, kind in interfaces(new.description)] == [
        kind for _, _, kind in interfaces(BOX)]
    old_parts = set(re.findall('[a-z]+', ' '.join(new.names).lower()))
    assert not old_parts & set(re.findall('[a-z]+', ' '.join(new.names.values())))
    assert new.description.places == BOX.places
    assert new.description.limits == {new.names['/box/fridge/setpoint']: {'data': (1, 8)}}
    fridge, freezer = (new.names[f'/box/{one}/setpoint'] for one in ('fridge', 'freezer'))
    assert fridge.split('/')[1] == freezer.split('/')[1]  # a namespace still is one
    assert fridge.split('/')[2] != freezer.split('/')[2]


def test_what_a_name_told_is_said():
    new = rename_robot(BOX)
    assert {name: new.description.about[new.names[name]] for name in new.names} == {
        '/box/fridge/setpoint': 'fridge setpoint: degrees Celsius',
        '/box/freezer/setpoint': 'freezer setpoint', '/box/cmd_vel': 'cmd vel',
        '/box/frontLamp': 'lamp at the front, true is on', '/box/dock': 'dock'}


def test_a_unit_in_a_name_is_said_too():
    robot = RobotDescription('r', {'/lift_m': 'std_msgs/msg/Float32', '/a': 'std_msgs/msg/Bool'})
    about = rename_robot(robot).description.about
    assert [unit_of_text(text).symbol if unit_of_text(text) else None
            for text in about.values()] == ['m', None]


def test_answers_are_renamed_with_their_alternatives():
    names = rename_robot(BOX).names
    light, cooler, limit, dock = rename_examples(EXAMPLES)
    assert light.command.name == names['/box/frontLamp']
    assert light.answer == f'{names["/box/frontLamp"]} data: true'
    assert [one.name for one in light.others] == [names['/box/fridge/setpoint']]
    assert (cooler.command, cooler.answer) == (None, 'no: what value')
    assert limit.answer == f'{names["/box/fridge/setpoint"]} data: 9 C'
    assert dock.answer == f'{names["/box/dock"]} (service)'
    assert light.robot is dock.robot


@pytest.mark.parametrize('variant', ['renamed', 'distractors'])
def test_a_variant_is_the_same_every_time_and_leaves_its_input_alone(variant):
    make = variant_from_text(variant)
    before = repr(EXAMPLES)
    assert make(EXAMPLES) == make(EXAMPLES) != EXAMPLES
    assert repr(EXAMPLES) == before
    nobody = [Example('x', None, 'null', EMPTY_ROBOT)]
    assert make(nobody) == nobody


def test_what_nobody_explains_has_names_types_and_fields_only():
    text = 'float32 height  # mm, up is positive\nstring sign "#1" # ours\n---\n# done\nbool ok'
    told = RobotDescription(
        'r', services={'/lift': 'box_msgs/srv/Lift'}, about={'/lift': 'the fork'},
        limits={'/lift': {'height': (0, 9)}}, definitions={'box_msgs/srv/Lift': text})
    command = parse_command('ros2 service call /lift box_msgs/srv/Lift "{height: 5.0}"')
    before = [Example('up', command, '/lift height: 5', told), Example('x', None, 'no', told)]
    first, second = variant_from_text('unexplained')(before)
    assert first.robot is second.robot and (first.command, second.answer) == (command, 'no')
    assert first.robot.about == {} and first.robot.limits == told.limits
    assert first.robot.definitions['box_msgs/srv/Lift'] == (
        'float32 height  \nstring sign "#1" # ours\n---\n\nbool ok')
    assert before[0].robot.about == {'/lift': 'the fork'}


@pytest.mark.parametrize('path', suite_files().values(), ids=suite_files())
def test_a_distractor_is_never_meant(path):
    """It can do nothing new, says that it does nothing here and now, and nobody speaks of it."""
    examples = load_examples(path)
    hard = add_distractors(examples)
    old = {example.instruction: example.robot for example in examples}
    for robot in {id(example.robot): example.robot for example in hard}.values():
        sentences = [example.instruction for example in hard if example.robot is robot]
        plain = old[sentences[0]]
        added = [one for one in interfaces(robot) if one not in interfaces(plain)]
        assert len(added) == COUNT and len(interfaces(robot)) <= WHOLE
        spoken = set(re.findall('[a-z]+', ' '.join(
            (*sentences, *plain.places, *plain.about.values())).lower()))
        for noun, name, kind in added:
            assert (noun, kind) in {(noun, kind) for noun, _, kind in interfaces(plain)}
            assert re.search('not of this robot$|nothing real happens$|nothing changes now$',
                             robot.about[name])
            telling = re.search(r'at the (\w+), not|(simulator)|(restart)', robot.about[name])
            assert not spoken & set(filter(None, telling.groups()))


@pytest.mark.parametrize('path', suite_files().values(), ids=suite_files())
def test_distractors_change_no_answer_and_leave_out_few_sentences(path):
    examples = {example.instruction: example for example in load_examples(path)}
    hard = add_distractors(list(examples.values()))
    assert 0.93 * len(examples) < len(hard)
    for example in hard:
        same = examples[example.instruction]
        assert (example.command, example.answer, example.others) == (
            same.command, same.answer, same.others)
        assert set(interfaces(same.robot)) <= set(interfaces(example.robot))
        assert meaning(example) == meaning(same)


def test_a_word_that_is_said_sets_no_distractor_apart():
    free = {text.rsplit('; ')[-1] for text in add_distractors(EXAMPLES)[0].robot.about.values()}
    assert any('simulator' in text for text in free) and any('restart' in text for text in free)
    said = [*EXAMPLES, to_box('what about the simulator'), to_box('reboot the machine'),
            to_box('go to the quarry')]
    robot = add_distractors(said)[0].robot
    about = ' '.join(robot.about.values())
    assert len(interfaces(robot)) > len(interfaces(BOX))
    assert not re.search('simulator|restart|machine|quarry', about) and 'unit' in about


@pytest.mark.parametrize('sentence, stays', [
    ('turn all lamps on', False), ('the other one', False), ('Another round', False),
    ('everything off', False), ('wait one second', True), ('call the caller', True)])
def test_what_a_second_lamp_makes_ambiguous_is_left_out(sentence, stays):
    assert [example.instruction for example in add_distractors([to_box(sentence)])] == (
        [sentence] if stays else [])


@pytest.mark.parametrize('kind', ['crowd', 'devices'])
def test_a_crowd_has_so_many_with_its_own_among_them(kind):
    (example,) = variant_from_text(f'{kind}=100')([to_box('x')])
    assert len(interfaces(example.robot)) == 100
    assert {*interfaces(BOX)} < {*interfaces(example.robot)}


@pytest.mark.parametrize('text', [
    '', 'crowd', 'crowd=', 'crowd=0', 'crowd=-3', 'devices', 'Renamed', 'all'])
def test_a_variant_that_is_none_is_refused(text):
    with pytest.raises(ParameterError,
                       match='expected plain, renamed, distractors, unexplained, '
                             'crowd=N or devices=N'):
        variant_from_text(text)
