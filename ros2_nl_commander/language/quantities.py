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
Numbers with units as people say them, and the number that a field holds for them.

A field of a ROS message holds metres, radians, seconds, ... (REP 103) unless its name, its
comment or what is said about it names another unit (``unit_names``). Knows no message.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
import math

from ros2_nl_commander.language.errors import FieldError

#: Digits after the point that are published; finer than any sensor, short enough to read.
DECIMALS = 6
#: Of a number, more than this is not rounded away: 0.3 micrometres are not nothing.
_MOST_ROUNDED = 1e-3


@dataclass(frozen=True, slots=True)
class Unit:
    """
    A unit of measurement.

    :param symbol: how the short form spells it
    :param dimension: what it measures; only units of one dimension convert
    :param factor: what one of it is in the dimension's basic unit
    :param offset: basic units at zero, for temperatures
    """

    symbol: str
    dimension: str
    factor: Fraction
    offset: Fraction = Fraction(0)


def _units(dimension: str, **factors: str | Fraction) -> dict[str, Unit]:
    return {symbol.replace('_', '/'): Unit(symbol.replace('_', '/'), dimension, Fraction(factor))
            for symbol, factor in factors.items()}


_PI = Fraction(math.pi)

#: Every unit of the short form, by symbol. The first of a dimension is the one that ROS uses.
UNITS: dict[str, Unit] = {
    **_units('length', m='1', cm='0.01', mm='0.001', km='1000', um='0.000001', ft='0.3048',
             yd='0.9144', dm='0.1', mi='1609.344'),
    'in': Unit('in', 'length', Fraction('0.0254')),
    **_units('angle', rad='1', deg=_PI / 180, turns=2 * _PI),
    **_units('duration', s='1', ms='0.001', min='60', h='3600'),
    **_units('speed', m_s='1', cm_s='0.01', mm_s='0.001', km_h=Fraction(1000, 3600),
             ft_s='0.3048', mph='0.44704', kn=Fraction(1852, 3600),
             m_min=Fraction(1, 60), cm_min=Fraction(1, 6000), mm_min=Fraction(1, 60000)),
    **_units('angular speed', rad_s='1', deg_s=_PI / 180, rpm=2 * _PI / 60,
             turns_s=2 * _PI),
    '%': Unit('%', 'share', Fraction(1)),
    **_units('mass', kg='1', g='0.001', mg='0.000001', t='1000', lb='0.45359237',
             oz='0.028349523125'),
    **_units('volume', l='1', hl='100', dl='0.1', cl='0.01', ml='0.001', ul='0.000001',
             usgal='3.785411784', usqt='0.946352946', uspt='0.473176473',
             usfloz='0.0295735295625', ukgal='4.54609', ukqt='1.1365225',
             ukpt='0.56826125', ukfloz='0.0284130625'),
    **_units('force', N='1', kN='1000'),
    **_units('torque', Nm='1'),
    **_units('frequency', Hz='1', kHz='1000', MHz='1000000'),
    **_units('voltage', V='1', mV='0.001'),
    **_units('current', A='1', mA='0.001', kA='1000'),
    **_units('power', W='1', kW='1000', mW='0.001'),
    **_units('illuminance', lux='1'),
    **_units('pressure', Pa='1', bar='100000', kPa='1000', hPa='100', mbar='100',
             psi='6894.757293168'),
    **_units('level', dB='1'),
    'C': Unit('C', 'temperature', Fraction(1)),
    'K': Unit('K', 'temperature', Fraction(1), Fraction('-273.15')),
    'F': Unit('F', 'temperature', Fraction(5, 9), Fraction(-160, 9)),
}


def basic_unit(dimension: str) -> Unit:
    """Give the unit that ROS messages hold by convention."""
    return next(unit for unit in UNITS.values() if unit.dimension == dimension)


def units_like(unit: Unit) -> tuple[Unit, ...]:
    """Give the units that convert to and from this one, itself among them."""
    return tuple(one for one in UNITS.values() if one.dimension == unit.dimension)


def convert(number: Fraction, unit: Unit, wanted: Unit) -> Fraction:
    """
    Convert a number from one unit to another, exactly but for pi.

    :raises FieldError: if the two measure different things
    """
    if unit.dimension != wanted.dimension:
        raise FieldError(f'{unit.symbol} measures {unit.dimension}, '
                         f'not {wanted.dimension} ({wanted.symbol})')
    return (number * unit.factor + unit.offset - wanted.offset) / wanted.factor


def published(number: Fraction) -> float:
    """Round to what is published: what is too small for the decimals keeps as many digits."""
    exact = float(number)
    rounded = round(exact, DECIMALS)
    if not math.isclose(rounded, exact, rel_tol=_MOST_ROUNDED):
        rounded = float(f'{exact:.{DECIMALS}g}')
    # Adding 0.0 turns -0.0 into 0.0: a sign nobody means.
    return rounded + 0.0
