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
Poses in the short form: a place by its name, or coordinates and angles.

``ward 3`` or ``{x: 2 m, y: 1 m, yaw: 90 deg, frame: odom}``. Headers and quaternions are worked
out here, so that nobody has to spell them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
import math
import re

from ros2_nl_commander.language.command import Fields
from ros2_nl_commander.language.forms.number import NumberForm
from ros2_nl_commander.language.forms.rule_book import in_order, optional, RuleBook
from ros2_nl_commander.language.forms.scanner import Scanner
from ros2_nl_commander.language.grammar_rules import Choice, Literal, Node, Pattern, Sequence
from ros2_nl_commander.language.quantities import DECIMALS, UNITS
from ros2_nl_commander.language.robot_sections import Place

_FARTHEST = 1e6
_LENGTH = NumberForm(-_FARTHEST, _FARTHEST, is_integer=False, unit=UNITS['m'])
_ANGLE = NumberForm(-_FARTHEST, _FARTHEST, is_integer=False, unit=UNITS['rad'])
_FRAME = re.compile(r'[A-Za-z][A-Za-z0-9_/]{0,30}')

#: The keys of a pose that is spelt out, in their order.
_LENGTHS = ('x', 'y', 'z')
_ANGLES = ('roll', 'pitch', 'yaw')

#: How each type holds a pose.
POSE_TYPES = {
    'geometry_msgs/msg/Pose': 'pose',
    'geometry_msgs/msg/PoseStamped': 'stamped',
    'geometry_msgs/msg/PoseWithCovariance': 'covariance',
    'geometry_msgs/msg/PoseWithCovarianceStamped': 'covariance stamped',
    'geometry_msgs/msg/Pose2D': 'planar',
    'geometry_msgs/msg/Quaternion': 'rotation',
    'geometry_msgs/msg/Point': 'point',
}
_KEYS = {
    'pose': (*_LENGTHS, *_ANGLES),
    'stamped': (*_LENGTHS, *_ANGLES, 'frame'),
    'covariance': (*_LENGTHS, *_ANGLES),
    'covariance stamped': (*_LENGTHS, *_ANGLES, 'frame'),
    'planar': ('x', 'y', 'yaw'),
    'rotation': _ANGLES,
    'point': _LENGTHS,
}


@dataclass(frozen=True, slots=True)
class PoseForm:
    """
    A pose, wherever a message holds one.

    :param kind: how the type holds it, one of the values of ``POSE_TYPES``
    :param places: names that stand for a pose
    :param frame: where a pose is meant that does not say
    """

    kind: str
    places: tuple[tuple[str, Place], ...] = ()
    frame: str = 'map'

    def read(self, scanner: Scanner) -> Fields:
        """
        Read a place or coordinates.

        :raises CommandSyntaxError: if there is neither
        """
        if scanner.sees('{'):
            return self._fields(self._spelt_out(scanner))
        places = dict(self.places)
        place = places[scanner.one_of(tuple(places))] if places else None
        if place is None or self.kind == 'rotation':
            raise scanner.error('{x: ..., y: ..., yaw: ...}')
        return self._fields(_Spot({'x': place.x, 'y': place.y, 'yaw': place.yaw}, place.frame))

    def _spelt_out(self, scanner: Scanner) -> _Spot:
        spot = _Spot({}, self.frame)
        scanner.expect('{')
        for key in _KEYS[self.kind]:
            start = scanner.position
            if (spot.said and not scanner.take(', ')) or not scanner.take(f'{key}: '):
                scanner.position = start
            elif key == 'frame':
                spot = _Spot(spot.said, _frame(scanner))
            else:
                form = _ANGLE if key in _ANGLES else _LENGTH
                spot = _Spot({**spot.said, key: form.read(scanner)}, spot.frame)
        scanner.expect('}')
        if not spot.said:
            raise scanner.error('at least one coordinate')
        return spot

    def _fields(self, spot: _Spot) -> Fields:
        header: Fields = {'header': {'frame_id': spot.frame}}
        pose: Fields = {'position': spot.position, 'orientation': spot.orientation}
        if self.kind == 'planar':
            return {'x': spot.get('x'), 'y': spot.get('y'), 'theta': spot.get('yaw')}
        return {
            'pose': pose,
            'stamped': {**header, 'pose': pose},
            'covariance': {'pose': pose},
            'covariance stamped': {**header, 'pose': {'pose': pose}},
            'rotation': spot.orientation,
            'point': spot.position,
        }[self.kind]

    def node(self, rules: RuleBook) -> Node:
        """Give what may be spelt."""
        names = () if self.kind == 'rotation' else tuple(
            Literal(name) for name, _ in self.places)
        coordinates = rules.rule(('pose', _KEYS[self.kind]), lambda: self._coordinates(rules))
        return Choice((*names, coordinates))

    def _coordinates(self, rules: RuleBook) -> Node:
        keys = _KEYS[self.kind]
        items = tuple(
            Sequence((Literal(f'{key}: '), (_ANGLE if key in _ANGLES else _LENGTH).node(rules)))
            for key in keys if key != 'frame')
        frame = Sequence((Literal(', frame: '), Pattern(_FRAME.pattern)))
        end = Sequence((optional(frame), Literal('}'))) if 'frame' in keys else Literal('}')
        return Sequence((Literal('{'), in_order(rules, ('pose', keys), items, end)))

    def hint(self) -> str:
        """Tell the model what stands here."""
        keys = ', '.join(_KEYS[self.kind][:2] if 'x' in _KEYS[self.kind] else _ANGLES)
        tail = ', yaw' if self.kind not in ('point', 'rotation') else ''
        return f'PLACE|{{{keys}{tail}}}' if self.places else f'{{{keys}{tail}}}'


@dataclass(frozen=True, slots=True)
class _Spot:
    """Coordinates that were said, by key, and the frame that they are in."""

    said: Mapping[str, float] = field(default_factory=dict)
    frame: str = 'map'

    def get(self, key: str) -> float:
        return float(self.said.get(key, 0.0))

    @property
    def position(self) -> Fields:
        """Give x and y, and z where it was said."""
        keys = [key for key in _LENGTHS if key in self.said or key != 'z']
        return {key: self.get(key) for key in keys}

    @property
    def orientation(self) -> Fields:
        """
        Turn roll, pitch and yaw into a quaternion, about the fixed axes x, y, z (REP 103).

        Without roll and pitch only z and w are given; the others are zero.
        """
        (sr, cr), (sp, cp), (sy, cy) = (
            (math.sin(self.get(key) / 2), math.cos(self.get(key) / 2)) for key in _ANGLES)
        turned = {
            'x': sr * cp * cy - cr * sp * sy, 'y': cr * sp * cy + sr * cp * sy,
            'z': cr * cp * sy - sr * sp * cy, 'w': cr * cp * cy + sr * sp * sy}
        flat = not (self.get('roll') or self.get('pitch'))
        return {key: round(value, DECIMALS) + 0.0 for key, value in turned.items()
                if key in 'zw' or not flat}


def _frame(scanner: Scanner) -> str:
    frame = scanner.match(_FRAME)
    if frame is None:
        raise scanner.error('a frame such as map')
    return frame
