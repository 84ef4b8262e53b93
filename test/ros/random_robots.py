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


"""Robots drawn at random: every installed type, types of their own, limits, choices, places."""

from __future__ import annotations

import importlib

from ros2_nl_commander.language.definition_text import interface_schema
from ros2_nl_commander.language.errors import FieldError
from ros2_nl_commander.language.fields import check_fields
from ros2_nl_commander.language.interfaces import (
    ArrayType, BoolType, FieldSchema, FloatType, IntegerType, MessageSchema, SCALAR_TYPES,
    TextType)
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.robot_sections import Place

PACKAGES = ('geometry_msgs', 'nav_msgs', 'sensor_msgs', 'std_msgs', 'std_srvs', 'test_msgs')
FOLDERS = {'topic': 'msg', 'service': 'srv', 'action': 'action'}
#: Each begins like another, or reads like something else.
NAMES = ('/a', '/a/b', '/ab', '/a_b', '/cmd_vel', '/stop', '/no', '/x1/y2/z3')
PLACES = ('dock', 'dock 2', 'ward 1', 'ward 12', 'true', '7', 'höhe', 'stop')
WORDS = ('left', 'left 2', 'right', 'yes', 'off', '1e3', 'a', 'ä')
SCALARS = (*SCALAR_TYPES, 'string<=1', 'string<=5', 'wstring<=4', 'string<=300')
SUFFIXES = ('', '', '', '[]', '[<=2]', '[3]', '[20]')
PARTS = ('geometry_msgs/Point', 'geometry_msgs/Pose', 'geometry_msgs/Twist', 'std_msgs/Header',
         'builtin_interfaces/Duration', 'std_msgs/ColorRGBA', 'std_msgs/Empty')


def installed_types(noun):
    """List every type of the packages above that topics, services or actions can have."""
    inner = {'topic': 'SLOT_TYPES', 'service': 'Request', 'action': 'Goal'}[noun]
    folder = FOLDERS[noun]
    found = []
    for package in PACKAGES:
        try:
            module = importlib.import_module(f'{package}.{folder}')
        except ModuleNotFoundError:
            continue
        found += [f'{package}/{folder}/{name}' for name, one in vars(module).items()
                  if hasattr(one, inner)]
    return sorted(found)


def make_random_robot(source, types):
    """
    Draw a robot.

    :param types: installed types that it has to have, by noun
    """
    definitions = _definitions(source)
    offered = {noun: {} for noun in FOLDERS}
    for noun, folder in FOLDERS.items():
        own = [name for name in definitions if f'/{folder}/' in name]
        for index, type_name in enumerate((*types[noun], *own)):
            name = source.choice(NAMES)
            offered[noun][name if name not in offered[noun] else f'{name}{index}'] = type_name
    rules = [(name, _rules(source, interface_schema(type_name, definitions)))
             for noun in FOLDERS for name, type_name in offered[noun].items()]
    return RobotDescription(
        robot='drawn', topics=offered['topic'], services=offered['service'],
        actions=offered['action'], definitions=definitions,
        places={name: Place('map', source.uniform(-9, 9), 1.0, 0.5)
                for name in source.sample(PLACES, source.randint(0, 4))},
        limits={name: limits for name, (limits, _) in rules if limits},
        choices={name: choices for name, (_, choices) in rules if choices})


def _definitions(source):
    """Define types that hold each other, three deep."""
    texts = {}
    for depth in range(3):
        below = [*PARTS, *(name.replace('/msg/', '/') for name in texts)]
        texts[f'odd_msgs/msg/Part{depth}'] = _definition(source, below)
    parts = [name.replace('/msg/', '/') for name in texts]
    texts['odd_msgs/srv/Ask'] = f'{_definition(source, parts)}---\nbool success\n'
    texts['odd_msgs/action/Go'] = f'{_definition(source, parts)}---\n---\n'
    return texts


def _definition(source, parts):
    lines = [f'uint8 F{index}_ON={index}' for index in range(source.randint(0, 2))]
    for index in range(source.randint(1, 6)):
        kind = source.choice(parts) if source.random() < 0.3 else source.choice(SCALARS)
        suffix = source.choice(SUFFIXES)
        default = {'float64': ' 0.5', 'int8': ' -3'}.get(kind, '') if not suffix else ''
        lines.append(f'{kind}{suffix} f{index}{source.choice(("", "_cm", "_deg"))}{default}')
    return '\n'.join((*lines, ''))


def _rules(source, schema):
    """Draw limits and choices for some of the fields."""
    limits, choices = {}, {}
    paths = list(_scalars(schema, ''))
    for path, kind in source.sample(paths, min(len(paths), source.randint(0, 3))):
        if isinstance(kind, (IntegerType, FloatType)) and source.random() < 0.6:
            low = source.choice((-1.5, 0, 0, -0.1, 3, -100))
            limits[path] = (low, low + source.choice((0.25, 1, 80)))
        elif not isinstance(kind, FloatType):
            choices[path] = tuple(_held(kind, source))
    return limits, {path: values for path, values in choices.items() if values}


def _scalars(schema, prefix):
    for field in schema.fields:
        kind = field.type.item if isinstance(field.type, ArrayType) else field.type
        if isinstance(kind, MessageSchema):
            yield from _scalars(kind, f'{prefix}{field.name}.')
        elif isinstance(kind, (BoolType, IntegerType, FloatType, TextType)):
            yield f'{prefix}{field.name}', kind


def _held(kind, source):
    """Give a few values that a type can hold."""
    values = {BoolType: (True, False), TextType: WORDS}.get(type(kind), (0, 1, 2, 12, -1))
    for value in source.sample(values, 2):
        try:
            check_fields({'f': value}, MessageSchema('a/msg/B', (FieldSchema('f', kind),), ()))
        except FieldError:
            continue
        yield value
