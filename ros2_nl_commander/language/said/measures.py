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
Refuses amounts whose measure gets lost: two gallons are no 2 litres, two ounces of rum no 2 ml.

Gallons, quarts, pints and fluid ounces are a fifth more in one country than in another. With the
country ("two US gallons") they are units like others; without it nobody knows how much is meant,
nor how much a cup or a spoon is, so the sentence is refused where the field is one for volumes or
masses. A field may also count glasses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import re

from ros2_nl_commander.language.errors import UnsaidError
from ros2_nl_commander.language.quantities import UNITS
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.said.plain_numbers import with_plain_numbers
from ros2_nl_commander.language.said.possible import is_possible_but_for_limits
from ros2_nl_commander.language.said.quantities import stated
from ros2_nl_commander.language.said.texts import TEXT

#: The first differ between countries, the others between kitchens.
_VAGUE = re.compile(r'\b(?:(?P<national>fluid ounces?|fl\.? ?oz|gal(?:lon)?s?|quarts?|pints?)|'
                    r'cups?|(?:table|tea)spoon(?:ful)?s?|tbsp|tsp|drops?|shots?)\b')
#: By a unit of each, which tells whether a field holds it.
_DIMENSIONS = {'mass': 'kg', 'volume': 'l'}
_UNIT = '|'.join(symbol for symbol, unit in UNITS.items() if unit.dimension in _DIMENSIONS)
_SPELT = re.compile(
    rf'(?:(?<=: )|(?<=\[)|(?<=, ))(?P<number>\d+(?:\.\d+)?)(?: (?P<unit>{_UNIT}))?(?=$|[,\]}}])')


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount as it was said; no dimension where its size is not known."""

    number: float
    dimension: str
    words: str
    advice: str = ''


def check_measures(sentence: str, answer: str, robot: RobotDescription) -> None:
    """
    Refuse an amount that would be one of something else, or nobody knows how much.

    :param answer: a command in the short form of this robot
    :raises UnsaidError: says what was said and what the answer has
    """
    said = list(_said(sentence))
    texts = [match.span() for match in TEXT.finditer(answer)] if said else []
    for match in _SPELT.finditer(answer) if said else ():
        alike = [one for one in said if one.number == float(match['number'])]
        if len(alike) != 1 or any(start <= match.start() < end for start, end in texts):
            continue
        dimension = (UNITS[match['unit']].dimension if match['unit']
                     else _dimension(answer, match, robot))
        if dimension and dimension != alike[0].dimension:
            raise UnsaidError(
                f'you said {alike[0].words}, and this would be {match[0]}'
                f'{"" if match["unit"] else f" of {dimension}"}{alike[0].advice}')


def _said(sentence: str) -> Iterator[_Amount]:
    """Give the amounts of mass and volume, and those of which the country is missing."""
    plain = with_plain_numbers(sentence)
    for one in stated(sentence):
        if one.unit and one.unit.dimension in _DIMENSIONS:
            yield _Amount(one.number, one.unit.dimension, str(one))
    for match in _VAGUE.finditer(plain):
        before = stated(plain[:match.start()])
        number = before[-1].number if before and before[-1].unit is None else 1.0
        yield _Amount(number, '', f'{number:g} {match[0]}', (
            f': say US or UK {match[0]}, or litres' if match['national']
            else ': say how much that is'))


def _dimension(answer: str, match: re.Match[str], robot: RobotDescription) -> str:
    """Tell whether a field holds masses or volumes; a field of no known unit holds anything."""
    def takes(unit: str) -> bool:
        return is_possible_but_for_limits(
            f'{answer[:match.end()]} {unit}{answer[match.end():]}', robot)

    return '' if takes('m') else next(
        (dimension for dimension, unit in _DIMENSIONS.items() if takes(unit)), '')
