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

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
import random
from typing import TypeVar

from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.training.examples import Example
from ros2_nl_commander.training.synthesis.devices import device_interfaces
from ros2_nl_commander.training.synthesis.robots import make_robot

_Rule = TypeVar('_Rule')


@dataclass(frozen=True, slots=True)
class Extra:
    """
    An interface that joins a robot.

    :param origin: the robot that describes it
    :param known_as: its name there
    """

    noun: str
    name: str
    type_name: str
    origin: RobotDescription
    known_as: str


Extras = Callable[[RobotDescription], Iterator[Extra]]


def hide_examples(examples: Sequence[Example], count: int, extras: Extras) -> list[Example]:
    """Hide every robot once among others; examples of one robot stay examples of one."""
    robots = {id(example.robot): crowded(example.robot, count, extras) for example in examples}
    return [replace(example, robot=robots[id(example.robot)]) for example in examples]


def crowded(robot: RobotDescription, count: int, extras: Extras) -> RobotDescription:
    """
    Add interfaces until there are so many.

    :param count: interfaces of the result; the robot itself if it has as many
    :param extras: gives interfaces without end
    """
    offered = {noun: dict(robot.offered(noun)) for noun in ('topic', 'service', 'action')}
    about, limits, choices = dict(robot.about), dict(robot.limits), dict(robot.choices)
    definitions = dict(robot.definitions)
    for extra in extras(robot):
        if sum(map(len, offered.values())) >= count:
            break
        offered[extra.noun].setdefault(extra.name, extra.type_name)
        origin, known_as = extra.origin, extra.known_as
        if extra.type_name in origin.definitions:
            definitions[extra.type_name] = origin.definitions[extra.type_name]
        about.update(_said(origin.about, known_as, extra.name))
        limits.update(_said(origin.limits, known_as, extra.name))
        choices.update(_said(origin.choices, known_as, extra.name))
    return replace(robot, topics=offered['topic'], services=offered['service'],
                   actions=offered['action'], about=about, limits=limits, choices=choices,
                   definitions=definitions)


def other_robots(robot: RobotDescription) -> Iterator[Extra]:
    """Give interfaces of made robots, each robot under a namespace of its own, without end."""
    number = 0
    while True:
        other = make_robot(random.Random(f'crowd/{robot.robot}/{number}')).description
        for noun in ('topic', 'service', 'action'):
            for name, type_name in other.offered(noun).items():
                if robot.definitions.get(type_name) in (None, other.definitions.get(type_name)):
                    yield Extra(noun, f'/station_{number}{name}', type_name, other, name)
        number += 1


def own_devices(_robot: RobotDescription) -> Iterator[Extra]:
    """Give what large machines have besides: stacks, and devices without end."""
    nothing = RobotDescription()
    for noun, name, type_name in device_interfaces():
        yield Extra(noun, name, type_name, nothing, name)


def _said(section: Mapping[str, _Rule], known_as: str, name: str) -> dict[str, _Rule]:
    """Give what a section says about an interface, under another name."""
    return {name: section[known_as]} if known_as in section else {}
