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

"""Whatever a model prefers, on any robot: what the grammar lets out can be carried out."""

from __future__ import annotations

from collections import Counter
import importlib
import random

import pytest
from random_robots import FOLDERS, installed_types, make_random_robot
from ros2_nl_commander.language.answer import read_answer
from ros2_nl_commander.language.errors import LimitError
from ros2_nl_commander.language.grammar import grammar_from_robot
from ros2_nl_commander.language.lark import lark_from_grammar
from ros2_nl_commander.language.short_form import Decline
from ros2_nl_commander.model.constraint import GrammarEngine
from ros2_nl_commander.model.runner import likeliest
from ros2_nl_commander.training.synthesis.robots import make_robot
import torch

pytest.importorskip('rclpy')

#: In all 2,000 answers; every fifth robot is one of the training data's kind.
ROBOTS, ANSWERS = 100, 20


@pytest.fixture(scope='module')
def engine(tiny_backbone):
    return GrammarEngine(tiny_backbone, {tiny_backbone.tokenizer.eos_token_id})


def random_answer(matching, tokenizer, generator, beginning=''):
    ids = tokenizer.encode(beginning)
    for token in ids:
        matching.accept(token)
    while True:
        ids += matching.forced()
        if matching.is_over:
            return tokenizer.decode([token for token in ids if token != tokenizer.eos_token_id])
        token = likeliest(torch.rand(288, generator=generator), *matching.masks([]))
        matching.accept(token)
        ids.append(token)


def ros_class(type_name):
    """Import what holds the fields; None where the type is not installed."""
    package, folder, name = type_name.split('/')
    try:
        found = getattr(importlib.import_module(f'{package}.{folder}'), name)
    except (AttributeError, ModuleNotFoundError):
        return None
    return {'msg': found, 'srv': getattr(found, 'Request', None),
            'action': getattr(found, 'Goal', None)}[folder]


def fill(message, fields):
    """Set fields; rclpy's own setters refuse what the type cannot hold."""
    kinds = message.get_fields_and_field_types()
    for name, value in fields.items():
        current = getattr(message, name)
        if isinstance(value, dict):
            fill(current, value)
        elif isinstance(value, (list, tuple)) and value and isinstance(value[0], dict):
            kind = ros_class(kinds[name].split('<')[-1].split('[')[0].split(',')[0].rstrip('>')
                             .replace('/', '/msg/'))
            setattr(message, name, [fill(kind(), item) for item in value])
        else:
            setattr(message, name, float(value) if isinstance(current, float) else value)
    return message


def draw_robot(seed):
    source = random.Random(f'random/{seed}')
    if seed % 5 == 0:
        return make_robot(source).description
    return make_random_robot(source, {noun: types_of(seed, noun) for noun in FOLDERS})


def types_of(seed, noun):
    """Give a robot some installed types; all robots together have every type."""
    types = installed_types(noun)
    return [types[(seed * 3 + index * 61) % len(types)] for index in range(3)]


def test_all_installed_types_are_drawn():
    for noun in FOLDERS:
        assert {name for seed in range(ROBOTS) if seed % 5 for name in types_of(seed, noun)} == {
            *installed_types(noun)}


@pytest.mark.parametrize('seed', range(ROBOTS))
def test_random_answers_can_be_carried_out(seed, engine, tiny_tokenizer):
    robot = draw_robot(seed)
    constraint = engine.compile(lark_from_grammar(grammar_from_robot(robot)))
    generator = torch.Generator().manual_seed(seed)
    ends = Counter()
    for index in range(ANSWERS):
        # Left to chance, half of all answers would decline.
        beginning = '/' if index else ''
        text = random_answer(constraint.start(), tiny_tokenizer, generator, beginning)
        try:
            answer = read_answer(text, robot)
        except LimitError:
            ends['refused'] += 1  # numbers are copied as said, and refused when out of range
            continue
        if isinstance(answer, Decline):
            ends['declined'] += 1
            continue
        noun = {'msg': 'topic', 'srv': 'service', 'action': 'action'}[
            answer.type_name.split('/')[1]]
        assert robot.offered(noun)[answer.name] == answer.type_name, text
        found = ros_class(answer.type_name)
        if found:
            fill(found(), answer.fields)
        ends['commands'] += 1
    assert ends['commands'], ends
