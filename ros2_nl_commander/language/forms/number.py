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
Numbers in the short form: copied from the sentence with their unit, converted here.

``65 cm`` for a field in metres is 0.65, ``-90 deg`` for one in radians -1.570796, ``30 %`` for a
level from 0 to 255 is 76. A constant of the message may stand by its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
import math
import re

from ros2_nl_commander.language.errors import FieldError, LimitError
from ros2_nl_commander.language.forms.rule_book import RuleBook
from ros2_nl_commander.language.forms.scanner import Scanner
from ros2_nl_commander.language.grammar_rules import Choice, Literal, Node, Number, Sequence
from ros2_nl_commander.language.names import excerpt
from ros2_nl_commander.language.quantities import (
    basic_unit, convert, published, Unit, UNITS, units_like)
from ros2_nl_commander.language.unit_names import unit_of_word

NUMBER = re.compile(r'-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?')
_UNIT = re.compile(' (' + '|'.join(
    sorted(map(re.escape, UNITS), key=len, reverse=True)) + r')(?![A-Za-z/%])')
#: What looks like a unit and is none of the short form's: glued to the number, or spelt out.
_WORD = re.compile(r'( ?)([A-Za-z\u00b0\u00b5%][A-Za-z/]*)')
_SLACK = 1e-9
_NAME = re.compile(r'[A-Za-z][A-Za-z0-9_]*')


@dataclass(frozen=True, slots=True)
class NumberForm:
    """
    A number that a field can hold.

    :param low: the least it may be, in the field's unit
    :param high: the most it may be
    :param is_integer: whether only whole numbers fit
    :param unit: what the field holds, None where nothing says so: then ROS's basic units
    :param whole: what 100 % stands for, in the field's unit
    :param constants: names for values
    :param is_limited: whether the range is the robot's and not just the type's
    """

    low: float
    high: float
    is_integer: bool
    unit: Unit | None = None
    whole: float = 100.0
    constants: tuple[tuple[str, int | float], ...] = ()
    is_limited: bool = False

    def read(self, scanner: Scanner) -> int | float:
        """
        Read a number, with its unit if there is one, or the name of a constant.

        :raises CommandSyntaxError: if there is none
        :raises FieldError: if the unit is of another kind
        :raises LimitError: if the number is out of range, or none of the whole ones that fit
        """
        name = scanner.match(_NAME) if self.constants else None
        if name is not None:
            return self._constant(name)
        spelt = scanner.match(NUMBER)
        if spelt is None:
            raise scanner.error('a number')
        unit = scanner.match(_UNIT)
        if unit is None:
            _check_unit(spelt, scanner)
        exact = self._exact(Fraction(spelt), unit.strip() if unit else None)
        # A bound is a float: 1.2 must hold 1.2, and pi 180 degrees.
        if not self.low - _SLACK <= exact <= self.high + _SLACK:
            raise LimitError(f'{spelt}{unit or ""} is outside {self.low:g} to {self.high:g}'
                             f'{" " + self.unit.symbol if self.unit else ""}')
        return self._held(exact)

    def _constant(self, name: str) -> int | float:
        values = dict(self.constants)
        if name not in values:
            raise FieldError(f'no constant {name}; there are {", ".join(values)}')
        return values[name]

    def _exact(self, number: Fraction, symbol: str | None) -> Fraction:
        exact = number if symbol is None else self._converted(number, UNITS[symbol])
        # A share of a whole is rounded; everything else must come out even.
        return Fraction(round(exact)) if symbol == '%' and self.is_integer else exact

    def _held(self, exact: Fraction) -> int | float:
        """Give what is published for a number that is in range."""
        if not self.is_integer:
            # Rounding must not push it over a bound.
            return min(max(published(exact), self.low), self.high)
        if abs(exact - round(exact)) > Fraction(1, 10**6):
            raise LimitError(f'{float(exact):g} is not a whole number')
        return round(exact)

    def _converted(self, number: Fraction, unit: Unit) -> Fraction:
        if unit.symbol == '%':
            if unit not in self.units:
                raise FieldError('per cent of what is not known here: say how much')
            return number * Fraction(self.whole) / 100
        if self.unit is None and self.is_integer:
            raise FieldError(f'a whole number without a unit cannot hold {unit.symbol}')
        return convert(number, unit, self.unit or basic_unit(unit.dimension))

    @property
    def units(self) -> tuple[Unit, ...]:
        """Give the units that may be spelt."""
        share = UNITS['%']
        if self.unit is None:
            return (share,) if self.is_integer else tuple(UNITS.values())
        if self.unit == share:
            return (share,)
        return (*units_like(self.unit), share) if self.is_limited else units_like(self.unit)

    def node(self, rules: RuleBook) -> Node:
        """Give what may be spelt and is in range."""
        return rules.rule(self, lambda: self._either(is_outside=False))

    def refused(self, rules: RuleBook) -> Node | None:
        """
        Give what may be spelt only to be refused, because it is out of range.

        A model that is held to numbers in range turns "5 m" into "1 m" where the mast ends at
        1.2 m. It shall copy what was said; the answer is then a refusal that names the range.
        """
        if not self.is_limited and not self.is_integer:
            return None
        return rules.rule((self, 'refused'), lambda: self._either(is_outside=True))

    def _either(self, is_outside: bool) -> Node:
        plain = Number(self.low, self.high, is_integer=self.is_integer, outside=is_outside)
        names = () if is_outside else tuple(Literal(name) for name, _ in self.constants)
        return Choice((*names, plain, *self._with_units(is_outside)))

    def _with_units(self, is_outside: bool) -> Iterator[Node]:
        """Give numbers with units; only where the field's own is known do they have a range."""
        if self.unit is None:
            if not is_outside:
                yield Sequence((Number(), _any_of(self.units)))
            return
        for unit in self.units:
            low, high = (self._bound_in(unit, bound) for bound in (self.low, self.high))
            yield Sequence((Number(low, high, outside=is_outside), _any_of((unit,))))

    def _bound_in(self, unit: Unit, bound: float) -> Fraction:
        """Express a bound of the range in a unit that may be spelt."""
        if unit.symbol == '%':
            return Fraction(bound) * 100 / Fraction(self.whole)
        return convert(Fraction(bound), self.unit or unit, unit)

    def hint(self) -> str:
        """Tell the model what stands here."""
        unit = f' {self.unit.symbol}' if self.unit else ''
        if self.constants:
            return '|'.join(name for name, _ in self.constants)
        if self.is_limited:
            return f'{self.low:g}..{self.high:g}{unit}'
        return ('integer' if self.is_integer else 'number') + unit


def _check_unit(spelt: str, scanner: Scanner) -> None:
    """Refuse a unit in another spelling: without it the number would be another one."""
    word = _WORD.match(scanner.rest)
    unit = unit_of_word(word[2]) if word else None
    if word and (unit or not word[1]):
        raise scanner.error(f'{excerpt(f"{spelt} {unit.symbol}")}, a unit by its symbol behind a '
                            'blank,' if unit else 'a blank behind the number')


#: A number of a field that nobody knows: copied as it stands.
ANY_NUMBER = NumberForm(-math.inf, math.inf, is_integer=False)


def _any_of(units: tuple[Unit, ...]) -> Node:
    return Choice(tuple(Literal(f' {unit.symbol}') for unit in units))
