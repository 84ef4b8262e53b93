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

"""Units that an answer left out, taken from the sentence: a field in millilitres, 3 cl, no 3."""

from __future__ import annotations

from collections.abc import Iterator
import re

from ros2_nl_commander.language.answer import read_answer
from ros2_nl_commander.language.command import Command
from ros2_nl_commander.language.errors import CommandSyntaxError, FieldError, LimitError
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.said.motions import is_round_angle
from ros2_nl_commander.language.said.possible import is_possible_but_for_limits
from ros2_nl_commander.language.said.quantities import quantities_said, stated
from ros2_nl_commander.language.said.texts import TEXT
from ros2_nl_commander.language.short_form import Decline

_BARE = re.compile(r'(?<![\w./])\d+(?:\.\d+)?(?![\w.%]| (?:[A-Za-z%]))')
#: "to 10, -20 and 30 degrees": numbers in a row share the unit behind the last one.
_ROW = re.compile(r'((?:-?\d+(?:\.\d+)?(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s+))+)-?\d+(?:\.\d+)?\s*'
                  r'(?P<unit>[a-zA-Z°%]+)')
_TURNING = re.compile(
    r'\b(?:spin|turn|rotate|yaw)(?:s|ning|ing)?\b|\b(?:rotating|facing)\b', re.I)
_ANGLE_FIELD = re.compile(r'(?:yaw|angle|theta|heading|angular)(?:_[a-z]+)?: -?$', re.I)
_WARMTH = re.compile(
    r'(?<![a-z])(?:temp|(?:pre|re|over)?heat|hot(?!el)|warm|cool|cold|oven|fridge|freez|boil|'
    r'celsius|thermo|bake|vault)')
_CAMEL = re.compile(r'(?<=[a-z])(?=[A-Z])')


def with_units(sentence: str, answer: str, robot: RobotDescription) -> str:
    """Give numbers the unit that they were said with, from the last to the first."""
    units = dict(_units_said(sentence))
    in_rows = _units_of_rows(sentence)
    bare = _round_angles(sentence)
    texts = [match.span() for match in TEXT.finditer(answer)]
    for match in reversed(list(_BARE.finditer(answer))):
        if any(start <= match.start() < end for start, end in texts):
            continue
        number = float(match[0])
        unit = units.get(number)
        if unit is None and answer[:match.start()].count('[') > answer[:match.start()].count(']'):
            unit = in_rows.get(number)
        if unit is None and number in bare and _is_in_radians(answer, match, robot):
            unit = 'deg'
        if unit == 'deg' and _WARMTH.search(_CAMEL.sub(' ', f'{sentence} {answer}').lower()):
            unit = None  # of which scale is not told
        if unit is not None:
            changed = f'{answer[:match.end()]} {unit}{answer[match.end():]}'
            # What was said may be out of range; without its unit it would be something else.
            answer = changed if is_possible_but_for_limits(changed, robot) else answer
    return answer


def _round_angles(sentence: str) -> set[float]:
    """Give the numbers that can only be degrees: "spin 90" is no 14 turns."""
    if not _TURNING.search(sentence):
        return set()
    said = stated(sentence)
    with_unit = {one.number for one in said if one.unit}
    return {one.number for one in said if is_round_angle(one.number)} - with_unit


def _is_in_radians(answer: str, match: re.Match[str], robot: RobotDescription) -> bool:
    """Tell whether the field that holds a number holds radians, by what it takes."""
    def with_number(text: str) -> Command | Decline | None:
        try:
            return read_answer(f'{answer[:match.start()]}{text}{answer[match.end():]}', robot)
        except (CommandSyntaxError, FieldError, LimitError):
            return None

    plain = with_number('1')
    # A field of no known unit takes metres as well; its name may still tell.
    is_angle = with_number('1 m') is None or _ANGLE_FIELD.search(answer[:match.start()])
    return plain is not None and plain == with_number('1 rad') and bool(is_angle)


def _units_said(sentence: str) -> Iterator[tuple[float, str]]:
    """Give the numbers that were said once, with their unit."""
    pairs = [quantity.partition(' ') for quantity in quantities_said(sentence)]
    for value in {value for value, _, _ in pairs}:
        units = {unit for other, _, unit in pairs if other == value and unit}
        is_said_twice = len(re.findall(rf'(?<![\d.]){re.escape(value)}(?![\d.])', sentence)) > 1
        if len(units) == 1 and not is_said_twice and _is_unit(
                unit := units.pop(), sentence.lower()):
            yield float(value), unit


def _is_unit(symbol: str, sentence: str) -> bool:
    """Rule out "25 in the local frame", "red 0.2, g 0.5" and "10 min and 20 max"."""
    if symbol == 'in':
        return 'inch' in sentence
    if symbol == 'min' and 'minute' not in sentence:
        return re.search(r'\d ?max\b|\bmax(?:imum)?[\s:=]*\d', sentence) is None
    return len(symbol) > 1 or not re.search(rf'\d[\s,;]*{symbol}[\s:=]*\d', sentence)


def _units_of_rows(sentence: str) -> dict[float, str]:
    rows = {}
    for match in _ROW.finditer(sentence.lower()):
        unit = next((quantity.partition(' ')[2] for quantity in quantities_said(
            f'1 {match["unit"]}') if ' ' in quantity), None)
        if unit is not None and _is_unit(unit, sentence.lower()):
            rows.update({float(number): unit
                         for number in re.findall(r'\d+(?:\.\d+)?', match[1])})
    return rows
