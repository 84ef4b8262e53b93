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
The fields of a command in words: with the unit that each holds, poses by the name of the place.

Knows units and poses from the forms in which a model spells them, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
import json
import math

from ros2_nl_commander.language.command import (
    Command, Fields, ServiceCall, TopicPublication, Value)
from ros2_nl_commander.language.forms.durations import DurationForm
from ros2_nl_commander.language.forms.fields import FieldsForm, ListForm, ValueForm
from ros2_nl_commander.language.forms.interface import body_form
from ros2_nl_commander.language.forms.motion import MotionForm
from ros2_nl_commander.language.forms.number import NumberForm
from ros2_nl_commander.language.forms.poses import PoseForm
from ros2_nl_commander.language.quantities import Unit, UNITS
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.robot_sections import Place
from ros2_nl_commander.language.yaml_writer import write_mapping

_SPEEDS = {'linear': UNITS['m/s'], 'angular': UNITS['rad/s']}
_INSIDE = ('pose.pose.', 'pose.', '')
#: How far a pose may be from a place that it is called by [m, rad].
_NEAR, _TURNED = 1e-3, 1e-2


def fields_in_words(command: Command, robot: RobotDescription) -> str:
    """
    Name every field of a command with its value and unit; empty where it has none.

    :param robot: knows units and places
    """
    return ', '.join(_spoken(command.fields, '', _forms(command, robot)))


def _forms(command: Command, robot: RobotDescription) -> Mapping[str, ValueForm | MotionForm]:
    """Give the forms of the fields that have one, by path; '' stands for the whole message."""
    noun = {TopicPublication: 'topic', ServiceCall: 'service'}.get(type(command), 'action')
    if robot.offered(noun).get(command.name) != command.type_name:
        alone = {command.name: command.type_name}
        robot = replace(robot, topics=alone, services=alone, actions=alone)
    form = body_form(command.name, noun, robot)
    if isinstance(form, FieldsForm):
        return dict(form.entries)
    return {'': form}


def _spoken(
    value: Value, path: str, forms: Mapping[str, ValueForm | MotionForm]
) -> Iterator[str]:
    form = forms.get(path)
    if isinstance(form, PoseForm) and isinstance(value, Mapping):
        pose, rest = _pose(form, value)
        yield f'{path} {pose}'.strip()
        yield from (_leaf(f'{path}.{name}'.strip('.'), item) for name, item in rest.items())
    elif isinstance(form, DurationForm) and isinstance(value, Mapping):
        yield _leaf(path, _number(value, 'sec') + _number(value, 'nanosec') / 1e9, UNITS['s'])
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _spoken(item, f'{path}.{name}'.strip('.'), forms)
    else:
        yield _leaf(path, value, _unit(path, form or forms.get('')))


def _unit(path: str, form: ValueForm | MotionForm | None) -> Unit | None:
    """Tell the unit of a field from its own form, or from that of the whole message."""
    if isinstance(form, MotionForm):
        return next((unit for group, unit in _SPEEDS.items() if group in path.split('.')), None)
    form = form.item if isinstance(form, ListForm) else form
    return form.unit if isinstance(form, NumberForm) else None


def _leaf(path: str, value: Value, unit: Unit | None = None) -> str:
    if isinstance(value, str):
        return f'{path}: {json.dumps(value, ensure_ascii=False)}'
    text = (f'{value:.10g}' if isinstance(value, float)
            else write_mapping({'value': value}).removeprefix('{value: ').removesuffix('}'))
    if unit is None or isinstance(value, bool):
        return f'{path}: {text}'
    turned = (f' ({math.degrees(value):.4g} degrees{unit.symbol.removeprefix("rad")})'
              if unit.symbol.startswith('rad') and isinstance(value, (int, float)) else '')
    return f'{path} {text} {unit.symbol}{turned}'


def _pose(form: PoseForm, fields: Fields) -> tuple[str, dict[str, Value]]:
    """Say a pose; give besides, by path, what it holds that these words do not cover."""
    rest = dict(_leaves(fields, ''))
    frame = rest.pop('header.frame_id', '')
    at, turn = _parts(form.kind, rest)
    spot = {axis: _number({axis: rest.pop(f'{at}{axis}')}, axis)
            for axis in 'xyz' if f'{at}{axis}' in rest}
    yaw = _yaw(rest, turn)
    words = [f'{axis} {number:.6g} m' for axis, number in spot.items()]
    words += [] if yaw is None else [f'facing {math.degrees(yaw) + 0.0:.4g} degrees']
    words += [f'frame {frame}'] if frame else []
    named = next((name for name, place in form.places if spot and _is_at(place, spot, yaw, frame)),
                 '')
    return (f'{named} ({", ".join(words)})' if named else ', '.join(words)), rest


def _parts(kind: str, leaves: Mapping[str, Value]) -> tuple[str, str]:
    """Give what stands before the coordinates and before those of the quaternion; '-' is none."""
    if kind in ('planar', 'point'):
        return '', 'theta' if kind == 'planar' else '-'
    if kind == 'rotation':
        return '-', ''
    inside = next((prefix for prefix in _INSIDE if any(
        path.startswith((f'{prefix}position.', f'{prefix}orientation.')) for path in leaves)), '')
    return f'{inside}position.', f'{inside}orientation.'


def _yaw(rest: dict[str, Value], turn: str) -> float | None:
    """Take the heading out of what is left; a quaternion that also tilts stays there [rad]."""
    if turn == 'theta':
        return _number({'theta': rest.pop('theta', 0)}, 'theta')
    names = [f'{turn}{axis}' for axis in 'xyzw']
    x, y, z, w = (_number(rest, name) for name in names)
    if x or y or not (z or w):
        return None
    for name in names:
        rest.pop(name, None)
    return 2 * math.atan2(z, w)


def _is_at(
    place: Place, spot: Mapping[str, float], yaw: float | None, frame: Value
) -> bool:
    """Tell whether a pose is the one of a place; a point has no heading, a plane no frame."""
    x, y, z = (spot.get(axis, 0.0) for axis in 'xyz')
    way = math.hypot(x - place.x, y - place.y, z)
    turn = 0.0 if yaw is None else math.remainder(yaw - place.yaw, math.tau)
    return way < _NEAR and abs(turn) < _TURNED and frame in ('', place.frame)


def _leaves(value: Value, path: str) -> Iterator[tuple[str, Value]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(item, f'{path}.{name}'.strip('.'))
    else:
        yield path, value


def _number(fields: Mapping[str, Value], name: str) -> float:
    value = fields.get(name, 0)
    return float(value) if isinstance(value, (int, float)) else 0.0
