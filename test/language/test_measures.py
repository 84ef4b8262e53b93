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

"""Ounces, pints and gallons: units with their country, refused without it, as are spoons."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.answer import read_answer
from ros2_nl_commander.language.command import Command
from ros2_nl_commander.language.errors import UnsaidError
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.said.measures import check_measures
from ros2_nl_commander.language.said.quantities import stated
from ros2_nl_commander.language.verdict import command_or_reason
from shipped_data import shipped_examples, TRAINING

ROBOT = RobotDescription(
    robot='barman', services={'/pour': 'bar_msgs/srv/Pour', '/serve': 'bar_msgs/srv/Serve',
                              '/weigh': 'bar_msgs/srv/Weigh'},
    definitions={'bar_msgs/srv/Pour': 'string bottle\nfloat32 ml\n---\n',
                 'bar_msgs/srv/Serve': 'int32 glasses\n---\n',
                 'bar_msgs/srv/Weigh': 'float32 grams\n---\n'})


@pytest.mark.parametrize('sentence, amount', [
    ('two US fluid ounces of rum', '2 usfloz'), ('3 u.s. gallons', '3 usgal'),
    ('half an imperial pint', '0.5 ukpt'), ('1.5 UK quarts', '1.5 ukqt'),
    ('8 oz of flour', '8 oz'), ('two and a half ounces', '2.5 oz'), ('2 gallons', '2')])
def test_what_a_sentence_states(sentence, amount):
    assert [str(one) for one in stated(sentence)] == [amount]


@pytest.mark.parametrize('sentence, spelt, field, value', [
    ('two US fluid ounces of "rum"', '/pour bottle: "rum", ml: 2', 'ml', 59.147059),
    ('a quarter of a US gallon of "rum"', '/pour bottle: "rum", ml: 0.25 l', 'ml', 946.352946),
    ('an eighth of a UK pint of "rum"', '/pour bottle: "rum", ml: 0.125 ukpt', 'ml', 71.032656),
    ('eight ounces', '/weigh grams: 8', 'grams', 226.796185),
    ('eight ounces', '/weigh grams: 8 g', 'grams', 226.796185),
    ('two pints, please', '/serve glasses: 2', 'glasses', 2)])
def test_an_amount_is_taken_as_it_was_said(sentence, spelt, field, value):
    command, reason = command_or_reason(sentence, spelt, ROBOT)
    assert isinstance(command, Command), reason
    assert command.fields[field] == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize('sentence, spelt', [
    ('two gallons', '/pour ml: 2 l'), ('two gallons', '/pour ml: 2'),
    ('half a pint', '/pour ml: 0.5 l'), ('a pint', '/pour ml: 1 l'),
    ('3 fl. oz', '/pour ml: 3 usfloz'), ('two ounces', '/pour ml: 2'),
    ('two ounces', '/pour ml: 2 ml'), ('two tablespoons of it', '/weigh grams: 2'),
    ('a cup', '/pour ml: 1 l'), ('50 g', '/pour ml: 50'), ('5 l', '/weigh grams: 5 kg')])
def test_an_amount_of_something_else_is_refused(sentence, spelt):
    assert isinstance(read_answer(spelt, ROBOT), Command)
    with pytest.raises(UnsaidError, match='you said'):
        check_measures(sentence, spelt, ROBOT)


@pytest.mark.parametrize('name', TRAINING)
def test_no_right_answer_is_refused(name):
    for example in shipped_examples(name):
        if example.command is not None:
            check_measures(example.instruction, example.answer, example.robot)
