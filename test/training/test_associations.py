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

"""Which words people say for which words of interfaces."""

from __future__ import annotations

import json

from ros2_nl_commander.language.associations import FILE, shipped_associations
from ros2_nl_commander.language.command import ServiceCall
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.shortlist import InterfaceIndex
from ros2_nl_commander.training.associations import learn_associations, write_associations
from ros2_nl_commander.training.examples import Example
from shipped_data import shipped_examples, TRAINING

SWITCH = 'std_srvs/srv/SetBool'


def said(robot, name, *sentences):
    description = RobotDescription(robot, services={
        f'/{robot}/lamp': SWITCH, f'/{robot}/fan': SWITCH})
    command = ServiceCall(f'/{robot}/{name}', SWITCH, {'data': True})
    return [Example(sentence, command, 'x', description) for sentence in sentences]


def learned(*robots):
    return learn_associations([
        example for robot in robots for example in (
            *said(robot, 'lamp', 'it is dark', 'too dark here', 'dark again', 'dark'),
            *said(robot, 'fan', 'it is hot', 'too hot here', 'hot again', 'hot'))])


def test_what_several_robots_have_in_common_is_learned():
    associations = learned('ada', 'bob', 'cy')
    assert associations['dark'] == {'lamp': 0.69} and associations['hot'] == {'fan': 0.69}
    assert set(associations) == {'dark', 'hot'}, 'what is said of both is said of neither'


def test_the_words_of_one_robot_are_not():
    assert learned('ada') == {}


def test_what_is_written_is_read_back(tmp_path):
    path = tmp_path / 'a.json'
    write_associations(learned('ada', 'bob', 'cy'), path)
    assert json.loads(path.read_text()) == learned('ada', 'bob', 'cy')


def test_a_word_finds_what_it_is_said_for():
    many = RobotDescription('many', services={
        **{f'/part_{number}/enable': SWITCH for number in range(50)}, '/lamp': SWITCH})
    associations = learned('ada', 'bob', 'cy')
    found = InterfaceIndex(many, 8, 40, associations=associations).shortlist('dark')
    assert '/lamp' in found.services
    assert '/lamp' not in InterfaceIndex(many, 8, 40, associations={}).shortlist('dark').services


def test_what_ships_is_what_the_data_teach():
    data = [example for name in TRAINING for example in shipped_examples(name)]
    assert learn_associations(data) == shipped_associations(), f'learn {FILE} again: docs/data.md'
