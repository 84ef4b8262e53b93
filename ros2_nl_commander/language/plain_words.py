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

"""
What a command will do, in words for a person who has to approve it.

Says what this package does when it carries the command out: a motion ends in zero velocity.
Nothing is left out: a field that there are no better words for is named with its value.
"""

from __future__ import annotations

from collections.abc import Mapping
import math

from ros2_nl_commander.language.command import (
    ActionGoal, Command, ServiceCall, TopicPublication, Value)
from ros2_nl_commander.language.forms.velocity import AXIS_WORDS
from ros2_nl_commander.language.plain_fields import fields_in_words
from ros2_nl_commander.language.policy_limits import DEFAULT_RATE_HZ
from ros2_nl_commander.language.robot import EMPTY_ROBOT, RobotDescription
from ros2_nl_commander.language.velocities import is_velocity, only_stops, velocity_in


def in_plain_words(command: Command, robot: RobotDescription = EMPTY_ROBOT) -> str:
    """
    Say what a command will do, in one line without a full stop.

    :param robot: whose units, places and remarks are used, as far as it knows the interface
    """
    said = fields_in_words(command, robot)
    if isinstance(command, TopicPublication) and is_velocity(
            command.type_name, robot.definitions):
        return f'{_repetition(command)} to {command.name}: {_motion(command, said, robot)}'
    about = robot.about.get(command.name)
    return _plain(command, said) + (f' - {about}' if about else '')


def _plain(command: Command, said: str) -> str:
    if isinstance(command, ServiceCall):
        return f'call the service {command.name}' + (f' with {said}' if said else '')
    if isinstance(command, ActionGoal):
        return f'send the goal {said or "without values"} to the action {command.name}'
    return f'{_repetition(command)} to {command.name}: {said or "a message without values"}'


def _repetition(command: TopicPublication) -> str:
    rate = f'at {command.rate_hz or DEFAULT_RATE_HZ:g} Hz'
    if command.times is None:
        return f'publish {rate} without end'
    return 'publish once' if command.times == 1 else f'publish {command.times} times {rate}'


def _motion(command: TopicPublication, said: str, robot: RobotDescription) -> str:
    """Say what a velocity does to the base, and how far it leads where that is known."""
    if only_stops(command, robot.definitions):
        return 'zero velocity, the base stands still'
    if command.times is None:
        return f'{said}, until it is stopped'
    seconds = command.times / (command.rate_hz or DEFAULT_RATE_HZ)
    twist = velocity_in(command.fields, command.type_name, robot.definitions)
    ways = _ways(twist, seconds)
    way = ' and '.join(ways) + (', at once' if len(ways) > 1 else '')
    return f'{said} for {seconds:.4g} s, then stop' + (f' ({way})' if way else '')


def _ways(twist: Value, seconds: float) -> list[str]:
    """Give distance or angle along and about each axis of a Twist."""
    ways = []
    for path, words in AXIS_WORDS.items():
        speed = _at(twist, path)
        if isinstance(speed, (int, float)) and speed:
            word, amount = words[speed < 0], abs(speed) * seconds
            ways.append(f'{amount:.4g} m {word.removeprefix("strafe ")}'
                        if path.startswith('linear')
                        else f'{word} {math.degrees(amount):.4g} degrees')
    return ways


def _at(value: Value, path: str) -> Value:
    for name in path.split('.'):
        value = value.get(name, 0) if isinstance(value, Mapping) else 0
    return value
