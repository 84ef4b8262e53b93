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
Puts a number that was said in several words in the place of one that nobody said.

The short form copies numbers, but "an eighth of a turn" or "two hundred and ten" is beyond a small
model at times. Where the sentence states one such number that the answer lacks, and the answer has
one that the sentence lacks, the first was meant. Digits a model copies: those are left to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
import re

from ros2_nl_commander.language.quantities import UNITS
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.said.possible import is_possible
from ros2_nl_commander.language.said.quantities import quantities_said, Quantity, stated
from ros2_nl_commander.language.said.texts import TEXT

_UNIT = '|'.join(re.escape(symbol) for symbol in sorted(UNITS, key=len, reverse=True))
#: A number where one can stand: in a field, in a list, in a motion. Not in a text or a name.
_SPELT = re.compile(
    r'(?:(?<=: )|(?<=: -)|(?<=\[)|(?<=\[-)|(?<=[a-z] ))(?P<number>\d+(?:\.\d+)?)'
    rf'(?: (?P<unit>{_UNIT}))?(?=$|[,\]}}]| (?:at|for|in|slowly|fast)\b)')
_NUMBER = re.compile(r'\d+(?:\.\d+)?')
#: Words with which a number may be worked out, or meant otherwise than it was said.
_ARITHMETIC = re.compile(
    r'\b(?:double|dozen|plus|minus|less|more|times|out of|every|each|per|not|no|instead|rather|'
    r'wrong|now|from|than|twice|thrice|pair|both|full|all the way)\b|'
    r'(?<!\bfor)(?<!\bin)(?<!\bof) an? (?:second|minute|hour)\b')
#: From here on a number without a unit is taken for what was meant: less is too often a count, or
#: of a unit that is not known here.
_LARGE = 100
#: Numbers that are implied as often as said: none, one, compass points, angles, "half".
_IMPLIED = (0.0, 1.0, 45.0, 50.0, 90.0, 100.0, 135.0, 180.0, 225.0, 270.0, 315.0, 360.0)


@dataclass(frozen=True, slots=True)
class _Spelt:
    """A number of an answer, and where it stands."""

    quantity: Quantity
    start: int
    end: int


def with_numbers_said(sentence: str, answer: str, robot: RobotDescription) -> str:
    """
    Replace the one number that was not said by the one that was, or its unit.

    :param answer: in the short form of this robot; changed only if the robot takes it then
    """
    said = stated(sentence)
    spelt = list(_spelt(answer))
    for one in spelt:
        meant = _in_another_unit(one.quantity, said)
        if meant is not None:
            return _replaced(answer, one, str(meant), robot)
    # "One twenty second burst" may be one of twenty.
    readings = quantities_said(sentence)
    foreign = [one for one in spelt if one.quantity.number not in _IMPLIED
               and not (one.quantity.unit and str(one.quantity) in readings)
               and not any(one.quantity.is_same(other) for other in said)]
    missing = [one for one in said if not any(one.is_same(other.quantity) for other in spelt)
               and one.number not in map(float, _NUMBER.findall(answer))]
    if len(foreign) != 1 or len(missing) != 1 or _ARITHMETIC.search(sentence.lower()):
        return answer
    found, meant = foreign[0], missing[0]
    if not meant.takes_work or (meant.unit is None and meant.number < _LARGE):
        return answer
    unit = found.quantity.unit if meant.unit is None else meant.unit
    return _replaced(answer, found, str(Quantity(meant.number, unit)), robot)


def _spelt(answer: str) -> Iterator[_Spelt]:
    texts = [match.span() for match in TEXT.finditer(answer)]
    for match in _SPELT.finditer(answer):
        if not any(start <= match.start() < end for start, end in texts):
            unit = UNITS[match['unit']] if match['unit'] else None
            yield _Spelt(Quantity(float(match['number']), unit), *match.span())


def _in_another_unit(spelt: Quantity, said: Sequence[Quantity]) -> Quantity | None:
    """Find what was said with the same number and another unit of the same dimension."""
    alike = [one for one in said if one.number == spelt.number]
    if len(alike) != 1 or spelt.unit is None or alike[0].unit is None:
        return None
    is_other = (alike[0].unit.dimension == spelt.unit.dimension
                and alike[0].unit != spelt.unit)
    return alike[0] if is_other else None


def _replaced(answer: str, found: _Spelt, text: str, robot: RobotDescription) -> str:
    changed = f'{answer[:found.start]}{text}{answer[found.end:]}'
    return changed if is_possible(changed, robot) else answer
