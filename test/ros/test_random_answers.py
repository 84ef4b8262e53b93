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

from contextlib import suppress
from functools import cache
import importlib
import random

import pytest
from random_robots import FOLDERS, installed_types, make_random_robot
from ros2_nl_commander.language.answer import read_answer
from ros2_nl_commander.language.definition_text import interface_schema
from ros2_nl_commander.language.errors import LimitError
from ros2_nl_commander.language.grammar import grammar_from_robot
from ros2_nl_commander.language.interfaces import BoolType, MessageSchema, TextType
from ros2_nl_commander.language.lark import lark_from_grammar
from ros2_nl_commander.language.short_form import Decline
from ros2_nl_commander.model.constraint import GrammarEngine
from ros2_nl_commander.model.runner import rank
from ros2_nl_commander.training.synthesis.robots import make_robot
import torch

pytest.importorskip('rclpy')

#: In all 2,000 answers; every fifth robot is one of the training data's kind.
ROBOTS, ANSWERS = 100, 20
#: The least of them that are commands, and values in these that limits and choices are about:
#: four fifths of what the seeds give.
COMMANDS, LIMITED, CHOSEN = 900, 420, 530


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
        token, _ = rank(torch.rand(288, generator=generator), *matching.masks([]))[0]
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


@pytest.fixture(scope='module')
def commands_of(engine, tiny_tokenizer):
    """Give what answers a robot at random; each robot is asked once, whoever wants to know."""
    @cache
    def draw(seed):
        robot = draw_robot(seed)
        constraint = engine.compile(lark_from_grammar(grammar_from_robot(robot)))
        generator = torch.Generator().manual_seed(seed)
        answers = []
        for index in range(ANSWERS):
            # Left to chance, half of all answers would decline.
            text = random_answer(
                constraint.start(), tiny_tokenizer, generator, '/' if index else '')
            with suppress(LimitError):  # numbers are copied as said, and refused out of range
                answers.append(read_answer(text, robot))
        return robot, [answer for answer in answers if not isinstance(answer, Decline)]
    return draw


def sent(value, kind, keys):
    """Give every value that is sent at a path: what was said, or what the definition says."""
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in sent(item, kind, keys)]
    if not keys:
        return [value]
    fields = {field.name: field for field in getattr(kind, 'fields', ())}
    if keys[0] not in fields:
        return []  # the rule is about another kind of interface of the same name
    field = fields[keys[0]]
    kind = getattr(field.type, 'item', field.type)
    zero = {MessageSchema: {}, BoolType: False, TextType: ''}.get(type(kind), 0)
    if kind is not field.type:
        zero = [zero] * field.type.at_least
    default = zero if field.default is None else field.default
    return sent(value.get(keys[0], default), kind, keys[1:])


def ruled(command, robot, rules):
    """Give every value that limits or choices are about, with them."""
    schema = interface_schema(command.type_name, robot.definitions)
    for path, rule in rules.get(command.name, {}).items():
        is_bare = command.type_name.endswith('/TwistStamped') and not path.startswith('twist.')
        for leaf in sent(command.fields, schema, f'{"twist." * is_bare}{path}'.split('.')):
            yield path, leaf, rule


def within_limits(command, robot):
    """Give the numbers that limits are about, each in them."""
    for path, leaf, (low, high) in ruled(command, robot, robot.limits):
        if isinstance(leaf, (int, float)) and not isinstance(leaf, bool):
            assert low <= leaf <= high, (command, path)
            yield leaf


def of_choices(command, robot):
    """Give the values that choices are about, each one of them."""
    for path, leaf, choices in ruled(command, robot, robot.choices):
        if not isinstance(leaf, dict):
            assert (type(leaf), leaf) in [(type(one), one) for one in choices], (command, path)
            yield leaf


@pytest.mark.parametrize('seed', range(ROBOTS))
def test_random_answers_can_be_carried_out(seed, commands_of):
    robot, commands = commands_of(seed)
    for command in commands:
        noun = {'msg': 'topic', 'srv': 'service', 'action': 'action'}[
            command.type_name.split('/')[1]]
        assert robot.offered(noun)[command.name] == command.type_name, command
        found = ros_class(command.type_name)
        if found:
            fill(found(), command.fields)
        tuple(within_limits(command, robot))
        tuple(of_choices(command, robot))
    assert commands


def test_many_random_answers_are_commands_and_hold_values_with_rules(commands_of):
    """What is always refused would be carried out without a failure, too."""
    drawn = [(command, robot) for robot, commands in map(commands_of, range(ROBOTS))
             for command in commands]
    limited = sum(len(tuple(within_limits(*one))) for one in drawn)
    chosen = sum(len(tuple(of_choices(*one))) for one in drawn)
    assert len(drawn) >= COMMANDS
    assert limited >= LIMITED and chosen >= CHOSEN
