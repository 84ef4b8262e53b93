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
Motion in the short form: directions in words, distances and speeds as they were said.

``forward 2 m slowly``, ``turn right 90 deg``, ``forward at 0.2 m/s, turn left at 20 deg/s for
5 s``. Words carry the sign, and the time, the speeds and the number of messages follow from
them, so that a distance or an angle always becomes a motion that ends (see ``velocity``).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
import re

from ros2_nl_commander.language.errors import CommandSyntaxError, LimitError
from ros2_nl_commander.language.forms.number import NUMBER
from ros2_nl_commander.language.forms.repetition import duration_node, read_duration
from ros2_nl_commander.language.forms.rule_book import in_order, NOTHING, optional, RuleBook
from ros2_nl_commander.language.forms.scanner import Scanner
from ros2_nl_commander.language.forms.velocity import (
    Axis, circle, Motion, Part, timed_velocity, TimedVelocity)
from ros2_nl_commander.language.grammar_rules import Choice, Literal, Node, Number, Sequence
from ros2_nl_commander.language.quantities import UNITS

STOP = 'stop'
A_BIT = 'a bit'
_CIRCLE = 'circle'
_SIDES = {'left': 1, 'right': -1}

_AMOUNT_UNITS = {'linear': ('m', 'cm', 'mm', 'km', 'in', 'ft', 'yd', 'dm', 'mi'),
                 'angular': ('deg', 'rad', 'turns')}
_SPEED_UNITS = {'linear': ('m/s', 'cm/s', 'mm/s', 'm/min', 'km/h', 'mph', 'ft/s', 'kn'),
                'angular': ('rad/s', 'deg/s', 'rpm', 'turns/s')}
_LEAST, _MOST = Fraction(1, 1000), 10000
_UNIT = re.compile(r' ([a-z]+(?:/[a-z]+)?|%)(?![A-Za-z/])')


@dataclass(frozen=True, slots=True)
class MotionForm:
    """
    What a topic of velocities accepts.

    :param axes: along and about which it moves, linear ones first
    """

    axes: tuple[Axis, ...]

    def read(self, scanner: Scanner) -> TimedVelocity:
        """
        Read a motion.

        :raises CommandSyntaxError: if it is none, or says too much to be carried out
        :raises LimitError: if a speed is beyond what the robot may do
        """
        if scanner.take(STOP):
            return TimedVelocity({}, 1, None)
        if scanner.take(f'{_CIRCLE} '):
            return self._circle(scanner)
        parts = [self._part(scanner)]
        while scanner.take(', '):
            parts.append(self._part(scanner))
        order = [self.axes.index(part.axis) for part in parts]
        if order != sorted(set(order)):
            raise CommandSyntaxError('directions stand in order, each axis at most once')
        seconds = read_duration(scanner) if scanner.take(' for ') or scanner.take(' in ') else None
        return timed_velocity(Motion(tuple(parts), seconds))

    def _circle(self, scanner: Scanner) -> TimedVelocity:
        side = _SIDES[scanner.one_of(tuple(_SIDES))]
        radius = None
        if scanner.take(' radius'):
            radius = _quantity(scanner, _AMOUNT_UNITS['linear'])
        if len(self._circling) < 2:
            raise CommandSyntaxError('this robot cannot drive and turn at once')
        forward, turning = self._circling
        return circle(forward, turning, side, radius)

    def _part(self, scanner: Scanner) -> Part:
        words = {word: (axis, sign) for axis in self.axes for word, sign in axis.words()}
        axis, sign = words[scanner.one_of(tuple(words))]
        amount: Fraction | None = None
        if scanner.take(f' {A_BIT}'):
            amount = axis.small_amount
        elif re.match(r' \d', scanner.rest):
            amount = _quantity(scanner, _AMOUNT_UNITS[axis.kind])
        is_rough = scanner.sees(' slowly') or scanner.sees(' fast')
        return Part(axis, sign, amount, self._speed(scanner, axis, sign), is_rough)

    def _speed(self, scanner: Scanner, axis: Axis, sign: int) -> Fraction | None:
        if scanner.take(' slowly'):
            return axis.usual_speed(sign) / 2
        if scanner.take(' fast'):
            return axis.top_speed(sign)
        if not scanner.take(' at'):
            return None
        start = scanner.position
        speed = _quantity(scanner, (*_SPEED_UNITS[axis.kind], '%'))
        if scanner.text[:scanner.position].endswith('%'):
            speed = speed * axis.top_speed(sign) / 100
        if not axis.allows(sign * speed):
            said = scanner.text[start:scanner.position].strip()
            raise LimitError(f'{said} is outside {axis.path} {axis.low:g} to {axis.high:g}')
        return speed

    @property
    def _circling(self) -> tuple[Axis, ...]:
        return tuple(axis for axis in self.axes if axis.path in ('linear.x', 'angular.z'))

    def node(self, rules: RuleBook) -> Node:
        """Give what may be spelt."""
        return rules.rule(self, lambda: self._node(rules))

    def _node(self, rules: RuleBook) -> Node:
        parts = tuple(self._part_node(rules, axis) for axis in self.axes)
        duration = Sequence((Choice((Literal(' for '), Literal(' in '))), duration_node(rules)))
        options = [Literal(STOP), in_order(rules, ('motion', self), parts, optional(duration))]
        if len(self._circling) == 2:
            radius = Sequence((Literal(' radius '), _quantity_node(_AMOUNT_UNITS['linear'])))
            side = Choice(tuple(Literal(side) for side in _SIDES))
            options.append(Sequence((Literal(f'{_CIRCLE} '), side, optional(radius))))
        return Choice(tuple(options))

    def _part_node(self, rules: RuleBook, axis: Axis) -> Node:
        words = Choice(tuple(Literal(word) for word, _ in axis.words()))
        amount = Sequence((Literal(' '), _quantity_node(_AMOUNT_UNITS[axis.kind])))
        speed = Sequence((Literal(' at '), _quantity_node((*_SPEED_UNITS[axis.kind], '%'))))
        return Sequence((words, rules.rule(axis.kind, lambda: Sequence((
            Choice((NOTHING, Literal(f' {A_BIT}'), amount)),
            Choice((NOTHING, Literal(' slowly'), Literal(' fast'), speed)))))))

    def hint(self) -> str:
        """Tell the model what stands here."""
        return ', '.join('/'.join(word for word, _ in axis.words()) for axis in self.axes)


def _quantity(scanner: Scanner, symbols: tuple[str, ...]) -> Fraction:
    """Read a positive quantity, in basic units; a share stays what it is."""
    scanner.expect(' ')
    number, unit = scanner.match(NUMBER), scanner.match(_UNIT)
    if number is None or unit is None or unit.strip() not in symbols:
        raise scanner.error(f'a number and one of {", ".join(symbols)}')
    if not _LEAST <= Fraction(number) <= _MOST:
        raise CommandSyntaxError(f'{number} is not between {float(_LEAST)} and {_MOST}')
    return Fraction(number) * UNITS[unit.strip()].factor


def _quantity_node(symbols: tuple[str, ...]) -> Node:
    return Sequence((Number(_LEAST, _MOST),
                     Choice(tuple(Literal(f' {symbol}') for symbol in symbols))))
