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
What the model spells for a known robot, and the command that it stands for.

``/porter/mast data: 65 cm`` becomes ``ros2 topic pub --once /porter/mast std_msgs/msg/Float64
"{data: 0.65}"``. The name decides kind and type; the forms below ``forms`` read the rest. An
answer that begins with ``no: `` declines. ``docs/short_form.md`` describes it for people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ros2_nl_commander.language.command import (
    ActionGoal, Command, Fields, ServiceCall, TopicPublication)
from ros2_nl_commander.language.errors import CommandSyntaxError, NotOfferedError
from ros2_nl_commander.language.forms.fields import FieldsForm
from ros2_nl_commander.language.forms.interface import body_form, BodyForm
from ros2_nl_commander.language.forms.motion import MotionForm
from ros2_nl_commander.language.forms.repetition import read_repetition
from ros2_nl_commander.language.forms.scanner import Scanner
from ros2_nl_commander.language.names import excerpt, TYPE_FOLDERS
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.validation import closest_offered

DECLINES = 'no: '
#: Why an instruction is declined, as the model spells it, and as people are told.
REASONS = {
    'not a request': 'this asks nothing of the robot',
    'cannot do that': 'this robot has nothing that does that',
    'unknown place': 'this robot knows no such place or thing',
    'what value': 'a value is missing: say how much, which or where',
    'one step only': 'this takes more than one command: ask for one step at a time',
    'unsafe': 'this is unsafe',
}


@dataclass(frozen=True, slots=True)
class Decline:
    """
    The answer that there is no command.

    :param reason: why, for a person
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Entrance:
    """
    One interface as it is addressed.

    :param label: its name; with its kind in brackets where two kinds share the name
    :param name: its name
    :param noun: ``topic``, ``service`` or ``action``
    """

    label: str
    name: str
    noun: str


def entrances(robot: RobotDescription) -> Iterator[Entrance]:
    """Give every interface of a robot and how it is addressed."""
    for noun in TYPE_FOLDERS:
        for name in robot.offered(noun):
            shared = sum(name in robot.offered(other) for other in TYPE_FOLDERS) > 1
            yield Entrance(f'{name} ({noun})' if shared else name, name, noun)


def parse_answer(text: str, robot: RobotDescription) -> Command | Decline:
    """
    Read what the model spelt for a known robot.

    :raises CommandSyntaxError: if it is no short form
    :raises NotOfferedError: if the robot has no such interface
    :raises FieldError: if a field does not exist or cannot hold its value
    :raises LimitError: if a value is outside the limits
    :raises RobotDescriptionError: if the definition of the type cannot be read
    """
    if text.startswith(DECLINES):
        reason = text.removeprefix(DECLINES)
        if reason not in REASONS:
            raise CommandSyntaxError(f'{excerpt(reason)} is no reason to decline')
        return Decline(REASONS[reason])
    entrance = _entrance(text, robot)
    scanner = Scanner(text)
    scanner.expect(entrance.label)
    command = _command(entrance, robot, scanner)
    if not scanner.is_at_end:
        raise scanner.error('the end')
    return command


def _entrance(text: str, robot: RobotDescription) -> Entrance:
    """Find the interface that a text begins with."""
    name, _, rest = text.partition(' ')
    kinds = [noun for noun in TYPE_FOLDERS if name in robot.offered(noun)]
    if len(kinds) == 1:
        return Entrance(name, name, kinds[0])
    for noun in kinds:
        if rest.startswith(f'({noun})'):
            return Entrance(f'{name} ({noun})', name, noun)
    raise NotOfferedError(f'{robot.robot or "this robot"} has no {excerpt(name)}'
                          f'{closest_offered(name, robot)}')


def _command(entrance: Entrance, robot: RobotDescription, scanner: Scanner) -> Command:
    name, type_name = entrance.name, robot.offered(entrance.noun)[entrance.name]
    form = body_form(name, entrance.noun, robot)
    if isinstance(form, MotionForm):
        scanner.expect(' ')
        motion = form.read(scanner)
        stamped = type_name.endswith('Stamped')
        return TopicPublication(name, type_name, {'twist': motion.fields} if stamped and
                                motion.fields else motion.fields, motion.times, motion.rate_hz)
    fields = _fields(form, entrance.noun, scanner)
    if entrance.noun == 'service':
        return ServiceCall(name, type_name, fields)
    if entrance.noun == 'action':
        return ActionGoal(name, type_name, fields)
    repetition = read_repetition(scanner)
    return TopicPublication(name, type_name, fields, repetition.times, repetition.rate_hz)


def _fields(form: BodyForm, noun: str, scanner: Scanner) -> Fields:
    if isinstance(form, FieldsForm) and not form.entries:
        return {}
    if scanner.is_at_end and not needs_fields(form, noun):
        return {}
    scanner.expect(' ')
    if isinstance(form, MotionForm):
        raise scanner.error('fields')
    return form.read(scanner)


def needs_fields(form: BodyForm, noun: str) -> bool:
    """
    Tell whether a value must be spelt.

    A request or a goal with several fields may leave all of them at their defaults; a message
    without any value, or a request that leaves its only one open, says nothing.
    """
    if not isinstance(form, FieldsForm):
        return True
    return len(form.paths) == 1 or (noun == 'topic' and bool(form.entries))
