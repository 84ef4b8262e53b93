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

"""Robots with very many interfaces: one that sentences are known for, among those of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
import random
from typing import TypeVar

from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.training.examples import Example
from ros2_nl_commander.training.synthesis.robots import make_robot

_Rule = TypeVar('_Rule')


def hide_examples(examples: Sequence[Example], count: int) -> list[Example]:
    """Hide every robot once among others; examples of one robot stay examples of one."""
    robots = {id(example.robot): crowded(example.robot, count) for example in examples}
    return [replace(example, robot=robots[id(example.robot)]) for example in examples]


def crowded(robot: RobotDescription, count: int) -> RobotDescription:
    """
    Add interfaces of made robots until there are so many.

    :param count: interfaces of the result; the robot itself if it has as many
    """
    offered = {noun: dict(robot.offered(noun)) for noun in ('topic', 'service', 'action')}
    about, limits, choices = dict(robot.about), dict(robot.limits), dict(robot.choices)
    definitions = dict(robot.definitions)
    for name, noun, type_name, other, known_as in _others(robot):
        if sum(map(len, offered.values())) >= count:
            break
        offered[noun][name] = type_name
        if type_name in other.definitions:
            definitions[type_name] = other.definitions[type_name]
        about.update(_said(other.about, known_as, name))
        limits.update(_said(other.limits, known_as, name))
        choices.update(_said(other.choices, known_as, name))
    return replace(robot, topics=offered['topic'], services=offered['service'],
                   actions=offered['action'], about=about, limits=limits, choices=choices,
                   definitions=definitions)


def _others(
    robot: RobotDescription
) -> Iterator[tuple[str, str, str, RobotDescription, str]]:
    """Give interfaces of made robots, each robot under a namespace of its own, without end."""
    number = 0
    while True:
        other = make_robot(random.Random(f'crowd/{robot.robot}/{number}')).description
        for noun in ('topic', 'service', 'action'):
            for name, type_name in other.offered(noun).items():
                if robot.definitions.get(type_name) in (None, other.definitions.get(type_name)):
                    yield f'/station_{number}{name}', noun, type_name, other, name
        number += 1


def _said(section: Mapping[str, _Rule], known_as: str, name: str) -> dict[str, _Rule]:
    """Give what a section says about an interface, under another name."""
    return {name: section[known_as]} if known_as in section else {}
