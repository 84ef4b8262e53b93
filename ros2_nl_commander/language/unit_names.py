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
The units that names, comments and sentences about interfaces name, and the words that people say.

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
    'yard': 'yd', 'degree': 'deg', 'radian': 'rad', 'turn': 'turns', 'rev': 'turns',
    'revolution': 'turns', 'rotation': 'turns', 'second': 's', 'sec': 's', 'millisecond': 'ms',
    'msec': 'ms', 'minute': 'min', 'hour': 'h', 'hr': 'h', 'mps': 'm/s', 'kmh': 'km/h',
    'kph': 'km/h', 'rps': 'turns/s', 'percent': '%', 'pct': '%', 'percentage': '%',
    'per cent': '%', 'kilo': 'kg', 'kilogram': 'kg', 'gram': 'g', 'milligram': 'mg', 'tonne': 't',
    'ton': 't', 'pound': 'lb', 'litre': 'l', 'liter': 'l', 'millilitre': 'ml',
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
_COMPOUNDS = (
    (re.compile(r'(radians?|rad)\s*(?:/|per)\s*(?:s\b|sec\b|seconds?)'), 'rad/s'),
    (re.compile(r'(degrees?|deg)\s*(?:/|per|a)\s*(?:s\b|sec\b|seconds?)'), 'deg/s'),
    (re.compile(r'(met(?:re|er)s?|\bm)\s*(?:/|per|a)\s*(?:s\b|sec\b|seconds?)'), 'm/s'),
    (re.compile(r'(millimet(?:re|er)s?|\bmm)\s*(?:/|per|a)\s*(?:s\b|sec\b|seconds?)'), 'mm/s'),
    (re.compile(r'(millimet(?:re|er)s?|\bmm)\s*(?:/|per|a)\s*min'), 'mm/min'),
    (re.compile(r'(\bmet(?:re|er)s?|\bm)\s*(?:/|per|a)\s*min'), 'm/min'),
    (re.compile(r'(\bcentimet(?:re|er)s?|\bcm)\s*(?:/|per|a)\s*min'), 'cm/min'),
    (re.compile(r'(centimet(?:re|er)s?|\bcm)\s*(?:/|per|a)\s*(?:s\b|sec\b|seconds?)'), 'cm/s'),
    (re.compile(r'(kilomet(?:re|er)s?|\bkm)\s*(?:/|per|an)\s*(?:h\b|hours?)'), 'km/h'),
    (re.compile(r'degrees? (?:c\b|celsius)|°\s?c\b|deg c\b'), 'C'),
    (re.compile(r'°'), 'deg'),
)
#: "tenths of a millimetre"; "a tenth of a degree" is how precise something is.
_PARTS = {'tenths': 10, 'hundredths': 100, 'thousandths': 1000}
_PART = re.compile(rf'(?<![-\w])({"|".join(_PARTS)}) of (?:an? )?$')
#: As a prefix of a unit, which is spelt with a ``u`` here: 15 microlitres are no 15 litres.
_MICRO = re.compile('(?<![^\\W\\d_])[\u00b5\u03bc](?=[A-Za-z])')
#: Words that are too short or too common to mean a unit in the middle of a sentence.
_ONLY_AS_SUFFIX = frozenset({'m', 's', 'g', 'l', 'h', 't', 'in', 'min', 'A', 'C', 'F', 'K', 'N',
                             'V', 'W', 'turn', 'second', 'bar', 'a', 'c', 'f', 'k', 'n', 'v', 'w',
                             'rotation', 'foot', 'feet', 'minute', 'kilo', 'pound', 'yard'})
_AMBIGUOUS_SUFFIX = frozenset({'min', 'a', 'v', 'n', 'k', 'f', 't', 'h', 'l', 'in', 'g', 'c', 'w',
                               'turn', 'rotation', 'second', 'bar', 'feet', 'foot', 'rev'})
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
    """Give the unit of ``speed_m_per_s``; of ``rate_ml_per_min`` one that nothing converts to."""
    symbols = [unit.symbol if (unit := unit_of_word(part)) else part for part in (above, below)]
    symbol = '/'.join(symbols)
    return UNITS.get(symbol) or Unit(symbol, symbol, Fraction(1))


def unit_of_field(path: tuple[str, ...]) -> Unit | None:
    """Tell the unit of a field from where it is: by its name, or in a message of ROS's own."""
    return unit_of_name(path[-1]) or _FIELDS.get(path[-1]) or (
        _VECTORS.get(path[-2]) if len(path) > 1 and path[-1] in 'xyz' else None)


def unit_of_text(text: str) -> Unit | None:
    """Tell the unit that a comment or a sentence about an interface names first."""
    text = with_plain_micro(text)
    lowered = text.lower()
    found = [(match.start(), symbol) for pattern, symbol in _COMPOUNDS
             if (match := pattern.search(lowered))]
    for match in re.finditer(r'[A-Za-z%]+', text):
        unit = unit_of_word(match[0])
        if unit is not None and _stands_for_unit(match[0], text, match.start()):
            found.append((match.start(), unit.symbol))
    if not found:
        return None
    start, symbol = min(found, key=lambda one: one[0])
    part = _PART.search(lowered[:start])
    return _part_of(UNITS[symbol], _PARTS[part[1]]) if part else UNITS[symbol]


def _part_of(unit: Unit, parts: int) -> Unit:
    """Give a unit for fields that count tenths of one, as drivers do to send whole numbers."""
    return Unit(f'{1 / parts:g} {unit.symbol}', unit.dimension, unit.factor / parts, unit.offset)


#: What may follow a short word that is a unit; "turns of the drum" is none, "g of salt" is.
_BEHIND = r'\s*(?:$|[\]),;.]|from|above|\d)'
_BEHIND_AMOUNTS = rf'{_BEHIND}|\s*(?:of|each)\b'


def with_plain_micro(text: str) -> str:
    """Spell the sign for micro, of which there are two, as a ``u``."""
    return _MICRO.sub('u', text)


def _stands_for_unit(word: str, text: str, start: int) -> bool:
    if word not in _ONLY_AS_SUFFIX and word.rstrip('s') not in _ONLY_AS_SUFFIX:
        return True
    if _PART.search(text[:start].lower()):
        return True
    # "[m]", "(s)", ", minutes", "0 to 5 m", "in s": set apart as units are.
    behind = _BEHIND_AMOUNTS if word in ('g', 'l') else _BEHIND
    return bool(re.search(r'(?:^|[\[(,;:]|\d|\bin)\s*$', text[:start])
                and re.match(behind, text[start + len(word):]))


def unit_of_word(word: str) -> Unit | None:
    """Tell the unit that a word or a symbol names."""
    if word in UNITS:
        return UNITS[word]
    lowered = word.lower()
    for form in (lowered, lowered.removesuffix('s')):
        if form in _WORDS:
            return UNITS[_WORDS[form]]
        if len(form) > 1 and form in UNITS:
            return UNITS[form]
    return None
