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
A way that was said has an end: a distance or an angle is neither a speed nor an endless motion.

"Two metres" is a way, "two metres a second" is none. A motion that leaves out the one way that was
said is given it; everything else that would not end, or would be a speed, is refused.
"""

from __future__ import annotations

import re

from ros2_nl_commander.language.errors import UnsaidError
from ros2_nl_commander.language.forms.interface import VELOCITY_TYPES
from ros2_nl_commander.language.forms.velocity import AXIS_WORDS
from ros2_nl_commander.language.quantities import UNITS
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.said.possible import is_possible_but_for_limits
from ros2_nl_commander.language.said.quantities import Quantity, stated

#: What a way becomes by mistake, and what the way along or about an axis is.
_WAY_OF_RATE = {'speed': 'length', 'angular speed': 'angle'}
_WAY_OF_AXIS = {'linear': 'length', 'angular': 'angle'}
#: A unit for each second, minute or hour, and "and a half" between the two.
_RATE = re.compile(
    r'[a-z°]+(?P<part> and a (?:half|quarter))?\s*(?:/|\b(?:per|an?|each|every)\s)\s*'
    r'(?:sec|secs|seconds?|s|min|minutes?|h|hr|hours?)\b')
#: "Take a turn to the left" says no angle, and "0.2 in the map" no inches.
_NO_WAY = re.compile(
    r'(?<!half )(?<!of )\ban? turn\b(?! and a)|'
    r'(?<=\d) ?\bin\b(?!\.?$|[,;]| (?:forward|ahead|back|straight|to the|at)\b)')
_SPEED = rf'(?: slowly| fast| at \d+(?:\.\d+)? (?:{"|".join(map(re.escape, UNITS))}))?'
_STEPS = {word: _WAY_OF_AXIS[path.split('.')[0]]
          for path, words in AXIS_WORDS.items() for word in words}
_WORDS = '|'.join(_STEPS)
_STEP = re.compile(rf'(?P<word>{_WORDS}){_SPEED}')
_ENDLESS = re.compile(
    rf'(?:\(topic\) )?(?:{_WORDS}){_SPEED}(?:, (?:{_WORDS}){_SPEED})*')
#: Ways up to something: how far it is from here is not said. Nor which way round "minus" is.
_FROM_ELSEWHERE = re.compile(
    r'\b(?:until|till|from|before|within|away|minus|to (?!the (?:left|right)\b))|-\s?\d')
_FIELD = re.compile(r'(?:^|[ {])(?P<path>[A-Za-z_][\w.]*): (?P<value>\[[^\]]*\]|[^,\]}]*)')
_OF_SPEED = re.compile(
    r'(?<![A-Za-z])(?:speed|velocity|velocities|vel)(?![a-z])|Speed|Velocit|Vel(?![a-z])|'
    r'\b(?:linear|angular)\.[xyz]$')
_QUANTITY = re.compile(r'(?<![\w.])(?P<number>\d+(?:\.\d+)?)(?: (?P<symbol>[A-Za-z/%]+))?')


def with_way_said(sentence: str, answer: str, robot: RobotDescription) -> str:
    """
    Give an endless motion the way that was said, if it was one, for one of its directions.

    :param answer: in the short form of this robot; changed only if the robot takes it then
    """
    name, _, body = answer.partition(' ')
    ways, _ = _ways_and_rates(sentence)
    if (robot.topics.get(name) not in VELOCITY_TYPES or not _ENDLESS.fullmatch(body)
            or len(ways) != 1 or _FROM_ELSEWHERE.search(sentence.lower())):
        return answer
    steps = [match for match in _STEP.finditer(body)
             if _STEPS[match['word']] == _dimension(ways[0])]
    # A speed of the same number is the way once more.
    if len(steps) != 1 or any(float(match['number']) == ways[0].number
                              for match in _QUANTITY.finditer(body)):
        return answer
    end = steps[0].end('word')
    changed = f'{name} {body[:end]} {ways[0]}{body[end:]}'
    return changed if is_possible_but_for_limits(changed, robot) else answer


def check_ways(sentence: str, name: str, body: str) -> None:
    """
    Refuse a way that became a speed, and a motion without an end where a way was said.

    :param sentence: the instruction
    :param name: of the interface
    :param body: what is spelt behind it, without its texts
    :raises UnsaidError: says what the way would have become
    """
    _check_rates(sentence, body)
    ways, _ = _ways_and_rates(sentence)
    if ways and _ENDLESS.fullmatch(body):
        raise UnsaidError(f'you said {ways[0]}, and this motion would not end')
    # Of a shaft, "a thousand revs" are revolutions a minute.
    ways, rates = _ways_and_rates(sentence.replace('revs', 'rpm'))
    for field in _FIELD.finditer(body):
        path = field['path']
        if _OF_SPEED.search(name.rsplit('/', 1)[-1] if path in ('data', 'value') else path):
            _check_speed(field['value'], path, ways, rates)


def _check_rates(sentence: str, body: str) -> None:
    ways, rates = _ways_and_rates(sentence.replace('revs', 'rpm'))
    for match in _QUANTITY.finditer(body):
        unit = UNITS.get(match['symbol'])
        mistaken = _WAY_OF_RATE.get(unit.dimension) if unit else None
        number = float(match['number'])
        if number not in rates and any(
                way.number == number and _dimension(way) == mistaken for way in ways):
            raise UnsaidError(
                f'{number:g} was said of {mistaken}, and {match["symbol"]} is none')


def _check_speed(
    value: str, path: str, ways: tuple[Quantity, ...], rates: tuple[float, ...]
) -> None:
    """Check what a field that holds a speed is given."""
    for match in _QUANTITY.finditer(value):
        unit, number = UNITS.get(match['symbol']), float(match['number'])
        if unit is None and number not in rates and any(way.number == number for way in ways) or (
                unit is not None and unit.dimension in _WAY_OF_RATE.values()):
            raise UnsaidError(f'{path} is a speed, and {number:g} was said of a way')


def _ways_and_rates(sentence: str) -> tuple[tuple[Quantity, ...], tuple[float, ...]]:
    """Give the lengths and angles that a sentence states, and all its other numbers."""
    # Which rate it is does not matter here, only that it is one.
    plain = _NO_WAY.sub(' ', _RATE.sub(r' m/s\g<part> ', sentence.lower()))
    said = stated(plain)
    ways = tuple(one for one in said if _dimension(one) in _WAY_OF_AXIS.values())
    return ways, tuple(one.number for one in said if one not in ways)


def _dimension(quantity: Quantity) -> str | None:
    return quantity.unit.dimension if quantity.unit else None
