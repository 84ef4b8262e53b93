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
The units that names of fields and interfaces end in, and the words that people say.

A number in the wrong unit is a wrong number: where a word may mean something else, it is no unit.
"""

from __future__ import annotations

from fractions import Fraction
import re

from ros2_nl_commander.language.quantities import Unit, UNITS

#: What names, comments and people call the units.
_WORDS: dict[str, str] = {
    'metre': 'm', 'meter': 'm', 'centimetre': 'cm', 'centimeter': 'cm', 'millimetre': 'mm',
    'millimeter': 'mm', 'kilometre': 'km', 'kilometer': 'km', 'micrometre': 'um',
    'micrometer': 'um', 'micron': 'um', 'inch': 'in', 'inche': 'in', 'foot': 'ft', 'feet': 'ft',
    'yard': 'yd', 'mile': 'mi', 'decimetre': 'dm', 'decimeter': 'dm', 'mtr': 'm',
    'degree': 'deg', 'radian': 'rad', 'turn': 'turns', 'rev': 'turns',
    'revolution': 'turns', 'rotation': 'turns', 'second': 's', 'sec': 's', 'millisecond': 'ms',
    'msec': 'ms', 'minute': 'min', 'hour': 'h', 'hr': 'h', 'mps': 'm/s', 'kmh': 'km/h',
    'kph': 'km/h', 'rps': 'turns/s', 'percent': '%', 'pct': '%', 'percentage': '%',
    'per cent': '%', 'kilo': 'kg', 'kilogram': 'kg', 'gram': 'g', 'milligram': 'mg', 'tonne': 't',
    'ton': 't', 'pound': 'lb', 'ounce': 'oz', 'litre': 'l', 'liter': 'l', 'millilitre': 'ml',
    'milliliter': 'ml', 'centilitre': 'cl', 'centiliter': 'cl', 'decilitre': 'dl',
    'deciliter': 'dl', 'hectolitre': 'hl', 'hectoliter': 'hl', 'microlitre': 'ul',
    'microliter': 'ul', 'newton': 'N', 'hertz': 'Hz',
    'hz': 'Hz', 'khz': 'kHz', 'mhz': 'MHz', 'knot': 'kn', 'pascal': 'Pa', 'kilopascal': 'kPa',
    'hectopascal': 'hPa', 'millibar': 'mbar', 'kpa': 'kPa', 'hpa': 'hPa', 'kw': 'kW',
    'volt': 'V', 'amp': 'A', 'ampere': 'A',
    'watt': 'W', 'milliwatt': 'mW', 'millivolt': 'mV', 'milliampere': 'mA',
    'milliamp': 'mA', 'kiloampere': 'kA', 'kilonewton': 'kN', 'celsius': 'C', 'centigrade': 'C',
    'fahrenheit': 'F', 'kelvin': 'K', 'bar': 'bar', 'decibel': 'dB',
    'degc': 'C', 'degf': 'F', 'nm': 'Nm',
}
#: What a unit of something for each unit of time is called, where that is no "m/s".
_RATES = {('turns', 'min'): 'rpm', ('mi', 'h'): 'mph'}
_SPEEDS = {'length': 'speed', 'angle': 'angular speed'}
#: As a prefix of a unit, which is spelt with a ``u`` here: 15 microlitres are no 15 litres.
_MICRO = re.compile('(?<![^\\W\\d_])[\u00b5\u03bc](?=[A-Za-z])')
#: The ordinal sign and the ring above are typed for the sign of degrees.
_DEGREE = re.compile('[\u00ba\u02da]')
#: Words that are too short or too common to mean a unit in the middle of a sentence.
IS_ALSO_A_WORD = frozenset({'m', 's', 'g', 'l', 'h', 't', 'in', 'min', 'A', 'C', 'F', 'K', 'N',
                            'V', 'W', 'turn', 'second', 'bar', 'a', 'c', 'f', 'k', 'n', 'v', 'w',
                            'rotation', 'foot', 'feet', 'minute', 'kilo', 'pound', 'yard', 'mi',
                            'mtr'})
_AMBIGUOUS_SUFFIX = frozenset({'min', 'a', 'v', 'n', 'k', 'f', 't', 'h', 'l', 'in', 'g', 'c', 'w',
                               'turn', 'rotation', 'second', 'bar', 'feet', 'foot', 'rev',
                               'mi', 'mtr', 'mtrs'})  # a motor, too
#: Of one or two letters, these alone can be nothing else.
_WHOLE_NAMES = frozenset({'ml', 'cl', 'dl', 'kg', 'mg', 'mm', 'cm', 'km', 'ms', 'hz', 'kw'})
#: Short words that are a unit behind these words only: ``led_g`` is no mass.
_TEMPERATURES = frozenset({'temp', 'temperature', 'heat', 'setpoint'})
_LETTERS = {
    'g': frozenset({'amount', 'weight', 'mass', 'dose', 'quantity', 'portion', 'load'}),
    'l': frozenset({'amount', 'volume', 'quantity'}), 'c': _TEMPERATURES, 'f': _TEMPERATURES,
    'bar': frozenset({'pressure'}), 'h': frozenset({'duration', 'time', 'delay'}),
    't': frozenset({'weight', 'mass', 'load'}),
    # The least of something, far more often than minutes.
    'min': frozenset({'duration', 'time', 'delay', 'timeout', 'wait', 'period', 'interval'}),
    'mw': frozenset({'power'}), 'mv': frozenset({'voltage'}),
    'ma': frozenset({'current'}), 'ka': frozenset({'current'}),
}
#: Names are written small, these units are not.
_CAPITALS = {'c': 'C', 'f': 'F', 'mw': 'mW', 'mv': 'mV', 'ma': 'mA', 'ka': 'kA'}

#: Fields of ROS's common messages that say by their place what they are measured in (REP 103).
_VECTORS = {'linear': UNITS['m/s'], 'angular': UNITS['rad/s'], 'position': UNITS['m'],
            'translation': UNITS['m']}
_FIELDS = {'steering_angle': UNITS['rad'], 'steering_angle_velocity': UNITS['rad/s'],
           'target_yaw': UNITS['rad']}


def unit_of_name(name: str) -> Unit | None:
    """Tell the unit that a field's or an interface's name ends in, such as ``height_mm``."""
    parts = re.split(r'[_/]', re.sub(r'(?<=[a-z])(?=[A-Z])', '_', name))
    if len(parts) > 2 and parts[-2] == 'per':
        return _unit_per(parts[-3], parts[-1])
    if parts[-1] in _LETTERS and set(map(str.lower, parts[:-1])) & _LETTERS[parts[-1]]:
        return UNITS[_CAPITALS.get(parts[-1], parts[-1])]
    if parts[-1] in _AMBIGUOUS_SUFFIX or (
            len(parts) < 2 and len(parts[-1]) < 3 and parts[-1] not in _WHOLE_NAMES):
        return None
    if parts[-1].lower() == 's' and parts[-2].lower() in ('m', 'rad', 'deg', 'mm', 'cm'):
        return UNITS[f'{parts[-2].lower()}/s']
    return unit_of_word(parts[-1])


def _unit_per(above: str, below: str) -> Unit:
    """Give the unit of ``speed_m_per_s``; of ``beats_per_min`` one that nothing converts to."""
    units = unit_of_word(above), unit_of_word(below)
    if units[0] is not None and units[1] is not None:
        return rate_of(units[0], units[1])
    symbols = (unit.symbol if unit else part for unit, part in zip(units, (above, below)))
    return own_unit('/'.join(symbols))


def rate_of(above: Unit, below: Unit) -> Unit:
    """Give the unit of so much for each of another: millilitres a minute."""
    symbol = f'{above.symbol}/{below.symbol}'
    symbol = _RATES.get((above.symbol, below.symbol), symbol)
    dimension = f'{above.dimension} per {below.dimension}'
    if below.dimension == 'duration':
        dimension = _SPEEDS.get(above.dimension, dimension)
    return UNITS.get(symbol) or Unit(symbol, dimension, above.factor / below.factor)


def own_unit(symbol: str) -> Unit:
    """Give a unit that nothing converts to."""
    return Unit(symbol, symbol, Fraction(1))


def unit_of_field(path: tuple[str, ...]) -> Unit | None:
    """Tell the unit of a field from where it is: by its name, or in a message of ROS's own."""
    return unit_of_name(path[-1]) or _FIELDS.get(path[-1]) or (
        _VECTORS.get(path[-2]) if len(path) > 1 and path[-1] in 'xyz' else None)


def with_plain_signs(text: str) -> str:
    """Spell the sign for micro, of which there are two, as a ``u``, and degrees with one sign."""
    return _MICRO.sub('u', _DEGREE.sub('°', text))


def unit_of_word(word: str) -> Unit | None:
    """Tell the unit that a word or a symbol names, or two of them: "deg/sec"."""
    if word in UNITS:
        return UNITS[word]
    if word.count('/') == 1:
        above, below = map(unit_of_word, word.split('/', 1))
        return UNITS.get(rate_of(above, below).symbol) if above and below else None
    lowered = word.lower()
    for form in (lowered, lowered.removesuffix('s')):
        if form in _WORDS:
            return UNITS[_WORDS[form]]
        if len(form) > 1 and form in UNITS:
            return UNITS[form]
    return None
