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
Fields that count parts of a unit, as drivers do to send whole numbers.

"In 0.1 deg", "1/10 mm", "tenths of a second", "degrees * 1E7", "in 10 ms units": what such words
make of the unit that they stand beside.
"""

from __future__ import annotations

from fractions import Fraction
import re

from ros2_nl_commander.language.quantities import Unit

_TENTHS = {'tenths': 10, 'hundredths': 100, 'thousandths': 1000}
#: "tenths of a millimetre"; "a tenth of a degree" is how precise something is.
_PART = re.compile(rf'(?<![-\w])({"|".join(_TENTHS)}) of (?:an? )?$', re.I)
_NUMBER = r'(?P<above>\d+(?:\.\d+)?(?P<power>e[-+]?\d+)?)(?:/(?P<below>\d+))?'
_BEFORE = re.compile(
    r'(?P<named>\b(?:in(?:\s+units\s+of)?|units?(?:\s+(?:is|are|of))?|lsb|scale)[\s:=]*)?'
    rf'(?:(?<![\w.])|(?<=[\[(])){_NUMBER}\s*(?P<times>\*\s*|x\s+)?$', re.I)
#: The number before the unit is the whole of it: "0.1 deg", "[0.01 m]", "yaw, 1/10 deg".
_ALONE = re.compile(r'(?:^|[\[(,;])\s*$')
_END = re.compile(r'\s*(?:$|[\]),;.])')
_UNITS = re.compile(r'\s*-?(?:units?|counts?|ticks?)\b', re.I)
_STEPS = re.compile(r'\s*-?(?:steps?|increments?|resolution)\b', re.I)
#: Where numbers are of something else than the unit.
_ASIDE = re.compile(r'\b(?:accura|toleran|precis|default|step|within|up to|usual|typical|'
                    r'at (?:most|least)|min|max|off by|every)', re.I)
_BEHIND = re.compile(
    r'\s*[\])]?\s*[\[(]?\s*(?:\*|×|\bx|times|multiplied by)\s*(?P<factor>10+|1e\d+|'
    r'10(?:\^|\*\*)(?P<zeros>\d+))(?![\w.])|e(?P<digits>\d)\b', re.I)


def scaled(unit: Unit, scale: Fraction) -> Unit:
    """Give the unit of fields that count so many of one, or parts of it."""
    if scale == 1:
        return unit
    return Unit(f'{float(scale):g} {unit.symbol}', unit.dimension, unit.factor * scale,
                unit.offset)


def scale_of(before: str, behind: str) -> tuple[Fraction | None, bool]:
    """
    Tell how many of a unit a field counts, by the words beside it.

    :returns: the scale, None if no words tell one; and whether they cannot mean anything else
    """
    if part := _PART.search(before):
        return Fraction(1, _TENTHS[part[1].lower()]), True
    if factor := _BEHIND.match(behind):
        zeros = factor['zeros'] or factor['digits']
        return 1 / (Fraction(10) ** int(zeros) if zeros else Fraction(factor['factor'])), True
    match = _BEFORE.search(before)
    return (None, False) if match is None else _of_number(match, before, behind)


def _of_number(
    match: re.Match[str], before: str, behind: str
) -> tuple[Fraction | None, bool]:
    """Tell an amount from a scale: "in 0.1 deg" is one, "accurate to 0.1 deg" is none."""
    number = Fraction(match['above']) / (int(match['below'] or 1) or 1)
    is_part = number < 1 and number.numerator == 1 and (
        match['below'] is not None or str(number.denominator).strip('0') == '1')
    if match['times'] and number > 0:
        return number if is_part else 1 / number, True
    if match['named']:
        if match['power'] and number > 1:
            return 1 / number, True  # "in 1E7 degrees" are degrees times 1E7
        if _UNITS.match(behind) or (_END.match(behind) and (
                is_part or number == 1 or 'unit' in match['named'].lower())):
            return number or None, True
        return (number if is_part and _STEPS.match(behind) else None), False
    is_alone = _ALONE.search(before[:match.start()]) and _END.match(behind)
    if is_part and is_alone and not _ASIDE.search(before + behind):
        return number, True
    return None, False
