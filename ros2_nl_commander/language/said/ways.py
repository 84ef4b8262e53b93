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
A way that was said is no speed: "two metres" is a way, "two metres a second" is none.

Says what a sentence states of a motion, and refuses a way in the place of a speed, or a speed
alone where a way was said. What a motion is made of stands in ``motions``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import re

from ros2_nl_commander.language.errors import UnsaidError
from ros2_nl_commander.language.quantities import UNITS
from ros2_nl_commander.language.said.quantities import Quantity, stated
from ros2_nl_commander.language.said.sums import stands_among

#: What a way becomes by mistake.
_WAY_OF_RATE = {'speed': 'length', 'angular speed': 'angle'}
#: A unit for each second, minute or hour, and "and a half" between the two.
_RATE = re.compile(
    r'[a-z°]+(?P<part> and a (?:half|quarter))?\s*(?:/|\b(?:per|an?|each|every)\s)\s*'
    r'(?:sec|secs|seconds?|s|min|minutes?|h|hr|hours?)\b')
#: "Take a turn to the left" says no angle, and "0.2 in the map" no inches.
_NO_WAY = re.compile(
    r'(?<!half )(?<!of )\ban? turn\b(?! and a)|'
    r'(?<=\d) ?\bin\b(?!\.?$|[,;]| (?:forward|ahead|back|straight|to the|at)\b)')
#: "A full turn" does say one, and so do angles that have a name.
_WHOLE_TURN = re.compile(
    r'\b(?:an? )?(?:full|complete|whole|entire) (?:turn|rotation|revolution|circle|spin)\b')
_NAMED_ANGLES = ((_WHOLE_TURN, '360 degrees'),
                 (re.compile(r'\b(?:an? )?(?:u|about)-turn\b'), '180 degrees'),
                 (re.compile(r'\b(?:an? )?right angle\b'), '90 degrees'),
                 (re.compile(r'\bof a circle\b'), 'of a turn'),
                 (re.compile(r'(?:\bpi|π) ?/ ?2\b'), '90 degrees'))
#: Between a number and its unit: "one more metre", "two full turns".
_BETWEEN = re.compile(r'\b(?:more|further|extra|additional|full|complete|whole)\s+(?=[a-z])')
_FIELD = re.compile(r'(?:^|[ {])(?P<path>[A-Za-z_][\w.]*): (?P<value>\[[^\]]*\]|[^,\]}]*)')
_OF_SPEED = re.compile(
    r'(?<![A-Za-z])(?:speed|velocity|velocities|vel)(?![a-z])|Speed|Velocit|Vel(?![a-z])|'
    r'\b(?:linear|angular)\.[xyz]$')
_QUANTITY = re.compile(r'(?<![\w.])(?P<number>\d+(?:\.\d+)?)(?: (?P<symbol>[A-Za-z/%]+))?')


@dataclass(frozen=True, slots=True)
class SaidOfMotion:
    """
    What a sentence states, by what it is to a motion.

    :param ways: lengths and angles
    :param times: how long
    :param speeds: rates whose unit is known
    :param bare: what has no unit
    :param numbers: the numbers of all but the ways
    """

    ways: tuple[Quantity, ...]
    times: tuple[Quantity, ...]
    speeds: tuple[Quantity, ...]
    bare: tuple[Quantity, ...]
    numbers: tuple[float, ...]

    @property
    def is_any(self) -> bool:
        """Tell whether anything is stated."""
        return bool(self.ways or self.numbers)


def said_of_motion(sentence: str) -> SaidOfMotion:
    """Sort what a sentence states."""
    text = with_plain_angles(sentence)
    # Which rate it is does not matter for the ways, only that it is one.
    said = stated(_NO_WAY.sub(' ', _RATE.sub(r' m/s\g<part> ', text)))
    ways = tuple(_measuring(said, 'length', 'angle'))
    return SaidOfMotion(
        ways, tuple(_measuring(said, 'duration')),
        tuple(_measuring(stated(_NO_WAY.sub(' ', text)), *_WAY_OF_RATE)),
        tuple(one for one in said if one.unit is None),
        tuple(one.number for one in said if one not in ways))


def with_plain_angles(sentence: str) -> str:
    """Put angles that have a name in degrees or turns, in small letters, units behind numbers."""
    text = sentence.lower()
    for pattern, degrees in _NAMED_ANGLES:
        text = pattern.sub(f' {degrees} ', text)
    return _BETWEEN.sub('', text)


def _measuring(said: tuple[Quantity, ...], *dimensions: str) -> Iterator[Quantity]:
    return (one for one in said if dimension_of(one) in dimensions)


def dimension_of(quantity: Quantity) -> str | None:
    """Tell what a quantity measures; None without a unit."""
    return quantity.unit.dimension if quantity.unit else None


def is_halved(sentence: str, body: str) -> bool:
    """Tell whether an answer spells a radius where a diameter was said."""
    return 'diameter' in sentence.lower() and 'radius' in body


def spelt_quantities(text: str) -> tuple[Quantity, ...]:
    """Give the numbers of a part of an answer, with their units."""
    return tuple(Quantity(float(match['number']), UNITS.get(match['symbol']))
                 for match in _QUANTITY.finditer(text))


def check_ways(sentence: str, name: str, body: str) -> None:
    """
    Refuse a way that became a speed, and a speed alone where a way or a time was said.

    :param sentence: the instruction
    :param name: of the interface
    :param body: what is spelt behind it, without its texts
    :raises UnsaidError: says what the way would have become
    """
    # Of a shaft, "a thousand revs" are revolutions a minute.
    said = said_of_motion(sentence.replace('revs', 'rpm'))
    _check_rates(said, body)
    fields = [match for match in _FIELD.finditer(body) if _OF_SPEED.search(
        name.rsplit('/', 1)[-1] if match['path'] in ('data', 'value') else match['path'])]
    for field in fields:
        _check_speed(field['value'], field['path'], said)
    if not is_halved(sentence, body) and any(spelt_quantities(field['value']) for field in fields):
        _check_end(sentence, body, said)


def _check_rates(said: SaidOfMotion, body: str) -> None:
    for one in spelt_quantities(body):
        mistaken = _WAY_OF_RATE.get(dimension_of(one) or '')
        if one.unit is not None and one.number not in said.numbers and any(
                way.number == one.number and dimension_of(way) == mistaken for way in said.ways):
            raise UnsaidError(
                f'{one.number:g} was said of {mistaken}, and {one.unit.symbol} is none')


def _check_speed(value: str, path: str, said: SaidOfMotion) -> None:
    """Check what a field that holds a speed is given."""
    for one in spelt_quantities(value):
        is_a_way = one.number not in said.numbers and any(
            way.number == one.number for way in said.ways)
        if one.unit is None and is_a_way or dimension_of(one) in _WAY_OF_RATE.values():
            raise UnsaidError(f'{path} is a speed, and {one.number:g} was said of a way')


def _check_end(sentence: str, body: str, said: SaidOfMotion) -> None:
    """Check that a speed does not stand for a length or a time: it would not end."""
    # An angle may be a temperature, and a time how long ago something was.
    times = said.times if re.search(r'\bfor\b', sentence.lower()) else ()
    ends = (*_measuring(said.ways, 'length'), *times)
    for end in ends:
        if not stands_among(end, ends, spelt_quantities(body)):
            raise UnsaidError(f'you said {end}, and this is a speed without an end')
