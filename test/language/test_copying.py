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


"""Units that were left out and texts that were retold are put as the sentence has them."""

from __future__ import annotations

from pathlib import Path

import pytest
from ros2_nl_commander.language.answer import read_answer
from ros2_nl_commander.language.copying import as_said, has_text
from ros2_nl_commander.language.equality import same_effect
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.training.examples import load_examples

DATA = Path(__file__).parents[2] / 'data'
ROBOT = RobotDescription(
    robot='pourer',
    topics={'/say': 'std_msgs/msg/String', '/mast': 'std_msgs/msg/Float64',
            '/joints': 'std_msgs/msg/Float64MultiArray', '/lamp': 'std_msgs/msg/ColorRGBA'},
    services={'/pour': 'pour_msgs/srv/Pour'}, about={'/mast': 'height in metres'},
    limits={'/mast': {'data': (0.0, 2.0)}},
    definitions={'pour_msgs/srv/Pour': 'int32 bottle\nfloat64 ml\n---\nbool success'})


@pytest.mark.parametrize('sentence, spelt, meant', [
    ('pour 3 cl from bottle 2', '/pour bottle: 2, ml: 3', '/pour bottle: 2, ml: 3 cl'),
    ('pour 30 ml', '/pour ml: 30', '/pour ml: 30 ml'),
    ('mast to 65 centimetres', '/mast data: 65', '/mast data: 65 cm'),  # refused: 65 m is not
    ('joints to 0, -90 and 45 degrees', '/joints data: [0, -90, 45]',
     '/joints data: [0 deg, -90 deg, 45 deg]'),
    ('say Room 12 in five minutes', '/say data: "Room 12 in 5 min"',
     '/say data: "Room 12 in five minutes"'),
    ('say helo to "Bob"', '/say data: "hello to Bob"', '/say data: "helo to \\"Bob"'),
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
    ('what a day', '/say data: "nothing like it"')])
def test_everything_else_stays_as_it_is(sentence, spelt):
    assert as_said(sentence, spelt, ROBOT) == spelt


@pytest.mark.parametrize('name', ['general_train.jsonl', 'porter_train.jsonl'])
def test_no_right_answer_is_changed_for_the_worse(name):
    for example in load_examples(DATA / name):
        if example.command is not None and not example.robot.is_empty:
            text = as_said(example.instruction, example.answer, example.robot)
            answer = read_answer(text, example.robot)
            assert same_effect(answer, example.command), (example.instruction, text)


def test_a_text_is_found_but_for_case_and_punctuation():
    assert has_text('Say: Hello, World!', 'hello world')
    assert not has_text('say hello there', 'hell')
    assert has_text('说你好', '你好')
