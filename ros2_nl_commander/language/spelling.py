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
From a command back to what a model shall spell for it: the way that training data goes.

Numbers are spelt as the sentence says them where they mean the same; so people can write their
data as plain ``ros2`` lines, and the model still learns to copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
import math

from ros2_nl_commander.language.codec import format_command
from ros2_nl_commander.language.command import Command, TopicPublication, Value
from ros2_nl_commander.language.equality import same_effect, values_equal
from ros2_nl_commander.language.errors import CommandSyntaxError, NlCommanderError
from ros2_nl_commander.language.forms.colours import ColourForm, COLOURS
from ros2_nl_commander.language.forms.durations import DurationForm
from ros2_nl_commander.language.forms.fields import BracedForm, FieldsForm, ListForm, ValueForm
from ros2_nl_commander.language.forms.interface import body_form, BodyForm
from ros2_nl_commander.language.forms.motion import MotionForm, STOP
from ros2_nl_commander.language.forms.number import NumberForm
from ros2_nl_commander.language.forms.poses import PoseForm
from ros2_nl_commander.language.forms.scalars import ChoiceForm, TextForm
from ros2_nl_commander.language.forms.scanner import Scanner
from ros2_nl_commander.language.forms.velocity import Axis
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.said.quantities import quantities_said
from ros2_nl_commander.language.short_form import Decline, entrances, parse_answer

_TOLERANCE = 1e-3


def spell_command(command: Command, robot: RobotDescription, instruction: str) -> str:
    """
    Spell a command: a whole line for an empty robot, else the short form.

    :param command: one that the robot accepts
    :param instruction: the sentence that it answers; its numbers and units are used
    :raises CommandSyntaxError: if the short form has no way to say this
    """
    if robot.is_empty:
        return format_command(command)
    said = quantities_said(instruction)
    for entrance in entrances(robot):
        if entrance.name == command.name:
            form = body_form(entrance.name, entrance.noun, robot)
            for body in _bodies(command, form, said):
                text = f'{entrance.label} {body}'.strip()
                if _means(text, command, robot):
                    return text
    raise CommandSyntaxError(f'the short form cannot say {format_command(command)}')


def _means(text: str, command: Command, robot: RobotDescription) -> bool:
    try:
        answer = parse_answer(text, robot)
    except NlCommanderError:
        return False  # one of several tries
    return not isinstance(answer, Decline) and same_effect(answer, command)


def _bodies(command: Command, form: BodyForm, said: Sequence[str]) -> Iterator[str]:
    """Give what may stand behind the name, the likeliest first."""
    if isinstance(form, MotionForm):
        if isinstance(command, TopicPublication):
            yield from _motions(command, form, said)
        return
    body = spell_value(form, command.fields, said) or ''
    yield body
    if isinstance(command, TopicPublication) and (command.times or 1) > 1:
        rate = command.rate_hz or 1.0
        yield f'{body} {command.times} times at {rate:g} Hz'


def spell_value(form: ValueForm, value: Value, said: Sequence[str]) -> str | None:
    """Spell a value of a field; None if none of the ways to say it gives it back."""
    for text in _values(form, value, said):
        scanner = Scanner(text)
        try:
            read = form.read(scanner)
        except NlCommanderError:
            continue  # one of several tries
        if scanner.is_at_end and values_equal(read, value, _TOLERANCE):
            return text
    return None


def _values(form: ValueForm, value: Value, said: Sequence[str]) -> Iterator[str]:
    """Give ways to spell a value, the likeliest first."""
    if isinstance(form, FieldsForm) and isinstance(value, Mapping):
        yield _fields(form, value, said)
    elif isinstance(form, BracedForm) and isinstance(value, Mapping):
        yield f'{{{_fields(form.fields, value, said)}}}'
    elif isinstance(form, ListForm) and isinstance(value, Sequence):
        yield f'[{", ".join(spell_value(form.item, item, said) or "" for item in value)}]'
    elif isinstance(form, NumberForm):
        yield from (name for name, _ in form.constants)
        yield from (f'{sign}{text}' for text in said for sign in ('', '-'))
        yield f'{value:g}' if isinstance(value, (int, float)) else ''
    elif isinstance(form, TextForm):
        yield '"' + str(value).replace('\\', '\\\\').replace('"', '\\"') + '"'
    elif isinstance(form, ChoiceForm):
        yield from (text for text, _ in form.values)
    elif isinstance(form, PoseForm):
        yield from (name for name, _ in form.places)
        yield from _coordinates(value, said)
    elif isinstance(form, ColourForm):
        yield from COLOURS
        if isinstance(value, Mapping):
            yield f'{{{", ".join(f"{part}: {amount}" for part, amount in value.items())}}}'
    elif isinstance(form, DurationForm) and isinstance(value, Mapping):
        yield from said
        yield f'{_seconds(value)} s'
    else:
        yield 'true' if value is True else 'false'


def _seconds(duration: Mapping[str, Value]) -> str:
    sec, nanosec = (int(str(duration.get(part, 0))) for part in ('sec', 'nanosec'))
    return f'{sec}.{nanosec:09d}'.rstrip('0').rstrip('.')


def _fields(form: FieldsForm, fields: Mapping[str, Value], said: Sequence[str]) -> str:
    spelt = []
    for path, inner in form.entries:
        value = _at(fields, path)
        if value is None and len(form.paths) == 1:
            value = False
        text = None if value is None else spell_value(inner, value, said)
        if text is not None:
            spelt.append(f'{path}: {text}')
    return ', '.join(spelt)


def _at(value: Value, path: str) -> Value | None:
    for name in path.split('.'):
        if not isinstance(value, Mapping) or name not in value:
            return None
        value = value[name]
    return value


def _coordinates(value: Value, said: Sequence[str]) -> Iterator[str]:
    """Spell out a pose on the floor."""
    pose = next((inner for path in ('pose.pose', 'pose') if (inner := _at(value, path))), value)
    x, y, z, w = (_at(pose, path) or 0.0 for path in (
        'position.x', 'position.y', 'orientation.z', 'orientation.w'))
    if not all(isinstance(number, (int, float)) for number in (x, y, z, w)):
        return
    degrees = math.degrees(2 * math.atan2(float(z), float(w) or 1.0))  # type: ignore[arg-type]
    yaw = f', yaw: {degrees:.4g} deg' if abs(degrees) > 0.01 else ''
    yield f'{{x: {x:g}, y: {y:g}{yaw}}}'


def _motions(
    command: TopicPublication, form: MotionForm, said: Sequence[str]
) -> Iterator[str]:
    """Spell a motion along one axis, or several at once."""
    twist = command.fields.get('twist', command.fields)
    moving = [(axis, float(speed)) for axis in form.axes
              if isinstance(speed := _at(twist, axis.path), (int, float)) and speed]
    if not moving:
        yield STOP
        return
    seconds = (command.times or 1) / (command.rate_hz or 1.0)
    words = [_word(axis, speed) for axis, speed in moving]
    speeds = ', '.join(f'{word} at {abs(speed):g} {_unit(axis, "/s")}'
                       for word, (axis, speed) in zip(words, moving))
    if (command.times or 1) > 1:
        if len(moving) == 1:
            axis, speed = moving[0]
            yield from (f'{words[0]} at {one} for {other}' for one in said for other in said)
            yield from (f'{words[0]} {text}' for text in said)
            yield from (f'{words[0]} for {text}' for text in said)
            yield f'{words[0]} {abs(speed) * seconds:.6g} {_unit(axis)}'
        yield f'{speeds} for {seconds:g} s'
        return
    yield ', '.join(words)
    if len(moving) == 1:
        yield from (f'{words[0]} at {text}' for text in said)
    yield speeds


def _word(axis: Axis, speed: float) -> str:
    return next(word for word, sign in axis.words() if sign * speed > 0)


def _unit(axis: Axis, per: str = '') -> str:
    return ('m' if axis.kind == 'linear' else 'rad') + per
