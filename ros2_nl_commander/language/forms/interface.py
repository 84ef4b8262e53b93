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
From what a robot offers to how commands for it are spelt: one form for each interface.

Left out of the short form, so that nothing has to be spelt that nobody says: headers, times,
covariances and other long fixed arrays, and raw bytes. They keep their defaults.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
import math

from ros2_nl_commander.language.definition_text import interface_schema
from ros2_nl_commander.language.errors import UnknownTypeError
from ros2_nl_commander.language.fields import fits
from ros2_nl_commander.language.forms.colours import ColourForm
from ros2_nl_commander.language.forms.durations import DurationForm
from ros2_nl_commander.language.forms.fields import (
    BracedForm, FieldsForm, ListForm, LONGEST_LIST, ValueForm)
from ros2_nl_commander.language.forms.free import FreeFieldsForm
from ros2_nl_commander.language.forms.motion import MotionForm
from ros2_nl_commander.language.forms.number import NumberForm
from ros2_nl_commander.language.forms.number_meaning import constants_of, whole_of
from ros2_nl_commander.language.forms.poses import POSE_TYPES, PoseForm
from ros2_nl_commander.language.forms.scalars import (
    choice_form, FlagForm, LONGEST_TEXT, TextForm)
from ros2_nl_commander.language.forms.velocity import Axis, AXIS_WORDS
from ros2_nl_commander.language.interfaces import (
    ArrayType, BoolType, ByteType, FieldSchema, FloatType, IntegerType, ItemType, MessageSchema,
    ScalarType, TextType)
from ros2_nl_commander.language.quantities import Unit
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.unit_texts import unit_said

BodyForm = FieldsForm | PoseForm | ColourForm | MotionForm | FreeFieldsForm

#: Types of topics that move a base.
VELOCITY_TYPES = ('geometry_msgs/msg/Twist', 'geometry_msgs/msg/TwistStamped')
#: Fixed arrays that are longer are covariances, matrices, images.
LONGEST_FIXED = 16
DEEPEST = 4

_DURATION = 'builtin_interfaces/msg/Duration'
_COLOUR = 'std_msgs/msg/ColorRGBA'
_UNSPOKEN = ('builtin_interfaces/msg/Time', 'std_msgs/msg/Header',
             'unique_identifier_msgs/msg/UUID')
#: What Python gives messages without fields.
_FILLER = 'structure_needs_at_least_one_member'


def body_form(name: str, noun: str, robot: RobotDescription) -> BodyForm:
    """
    Build the form of what follows an interface's name.

    :param name: the interface
    :param noun: ``topic``, ``service`` or ``action``
    :raises RobotDescriptionError: if the description's definition of its type cannot be read
    """
    type_name = robot.offered(noun)[name]
    if noun == 'topic' and type_name in VELOCITY_TYPES:
        return MotionForm(_axes(robot.limits.get(name, {})))
    try:
        schema = interface_schema(type_name, robot.definitions)
    except UnknownTypeError:
        return FreeFieldsForm()
    maker = _FormMaker(name, schema, robot)
    whole = maker.whole(schema)
    if isinstance(whole, (PoseForm, ColourForm)):
        return whole
    return FieldsForm(tuple(maker.entries(schema, '')))


def _axes(limits: Mapping[str, tuple[float, float]]) -> tuple[Axis, ...]:
    """
    Give the axes of a base.

    Limits that name a linear and an angular axis are taken as the whole picture: the base cannot
    move along the others.
    """
    bounds = {path.removeprefix('twist.'): bound for path, bound in limits.items()}
    kinds = {path.split('.')[0] for path in bounds}
    if kinds >= {'linear', 'angular'}:
        return tuple(Axis(path, *bounds[path]) for path in AXIS_WORDS if path in bounds)
    usual = ('linear.x', 'linear.y', 'linear.z', 'angular.z')
    return tuple(Axis(path, *bounds.get(path, (-math.inf, math.inf)))
                 for path in AXIS_WORDS if path in bounds or path in usual)


@dataclass(frozen=True, slots=True)
class _FormMaker:
    """Makes the forms of one interface's fields."""

    name: str
    schema: MessageSchema
    robot: RobotDescription

    def entries(self, schema: MessageSchema, prefix: str) -> Iterator[tuple[str, ValueForm]]:
        """Give path and form of every field that can be spelt."""
        for field in schema.fields:
            path = f'{prefix}{field.name}'
            form = self._form(field, path, schema)
            if form is not None:
                yield path, form
            if isinstance(field.type, MessageSchema) and (
                    form is None or field.type.type_name == 'geometry_msgs/msg/Point'):
                if field.type.type_name not in _UNSPOKEN and path.count('.') < DEEPEST:
                    yield from self.entries(field.type, f'{path}.')

    def whole(self, schema: MessageSchema) -> ValueForm | None:
        """Give the form of a message that is spelt as one value; None if it is spelt by fields."""
        name = schema.type_name
        if name in POSE_TYPES:
            places = tuple(self.robot.places.items())
            if POSE_TYPES[name] == 'point' and not places:
                return None
            frame = places[0][1].frame if places else 'map'
            return PoseForm(POSE_TYPES[name], places, frame)
        if name == _DURATION:
            return DurationForm()
        return ColourForm() if name == _COLOUR else None

    def _form(self, field: FieldSchema, path: str, inside: MessageSchema) -> ValueForm | None:
        if field.name == _FILLER:
            return None
        kind = field.type
        if isinstance(kind, ArrayType):
            return self._list(field, kind, path, inside)
        return self.whole(kind) if isinstance(kind, MessageSchema) else self._scalar(
            field, kind, path, inside)

    def _list(
        self, field: FieldSchema, kind: ArrayType, path: str, inside: MessageSchema
    ) -> ValueForm | None:
        if kind.at_least > LONGEST_FIXED or isinstance(kind.item, ByteType):
            return None
        item = self._item(field, kind.item, path, inside)
        if item is None:
            return None
        most = LONGEST_LIST if kind.at_most is None else min(kind.at_most, LONGEST_LIST)
        return ListForm(item, kind.at_least, most)

    def _item(
        self, field: FieldSchema, kind: ItemType, path: str, inside: MessageSchema
    ) -> ValueForm | None:
        if not isinstance(kind, MessageSchema):
            return self._scalar(field, kind, path, inside)
        if kind.type_name in _UNSPOKEN:
            return None
        whole = self.whole(kind)
        if whole is not None:
            return whole
        entries = tuple((inner.removeprefix(f'{path}.'), form)
                        for inner, form in self.entries(kind, f'{path}.'))
        return BracedForm(FieldsForm(entries)) if entries else None

    def _scalar(
        self, field: FieldSchema, kind: ScalarType, path: str, inside: MessageSchema
    ) -> ValueForm | None:
        # Not all fit: another kind of interface may have the same name.
        choices = tuple(value for value in self.robot.choices.get(self.name, {}).get(path, ())
                        if fits(value, kind))
        if choices:
            return choice_form(choices)
        if isinstance(kind, BoolType):
            return FlagForm()
        if isinstance(kind, TextType):
            if kind.bound is None:
                return TextForm()
            return TextForm(min(kind.bound, LONGEST_TEXT), 'utf-16-le' if kind.wide else 'utf-8')
        if isinstance(kind, (IntegerType, FloatType)):
            return self._number(field, kind, path, inside)
        return None

    def _number(
        self, field: FieldSchema, kind: IntegerType | FloatType, path: str,
        inside: MessageSchema,
    ) -> NumberForm | None:
        limits = self.robot.limits.get(self.name, {}).get(path)
        is_integer = isinstance(kind, IntegerType)
        lowest = kind.lowest if isinstance(kind, IntegerType) else -kind.highest
        low, high = limits or (lowest, kind.highest)
        if low > kind.highest or high < lowest:
            return None  # the type holds nothing that is allowed
        about = self.robot.about.get(self.name, '')
        unit = self._unit(field, about)
        return NumberForm(
            max(low, lowest), min(high, kind.highest), is_integer, unit,
            whole=whole_of(limits, f'{field.comment}; {about if self._is_only_number else ""}',
                           unit, is_integer, shared=about),
            constants=constants_of(field, kind, inside), is_limited=limits is not None)

    def _unit(self, field: FieldSchema, about: str) -> Unit | None:
        """Tell what a field holds: its name says, or its comment, or what is said about it."""
        unit = unit_said(field.name, field.comment)
        return unit or (unit_said(self.name, about) if self._is_only_number else None)

    @property
    def _is_only_number(self) -> bool:
        numbers = [field for field in self.schema.fields
                   if isinstance(field.type, (IntegerType, FloatType, MessageSchema, ArrayType))]
        return len(numbers) == 1
