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
Does an answer say what the sentence said? Refuses the few ways in which it plainly does not.

A model that cannot give what is asked for likes to give the next best: pylon 12 for 14, 80 percent
for 100, a made-up guest for a missing one, two metres a second for two metres. Each is valid on
the robot, and nobody asked for it. The short form copies numbers, units and texts, so this can be
told without a model. Where a sentence leaves room for arithmetic, numbers pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations
import math
import re

from ros2_nl_commander.language.errors import UnsaidError
from ros2_nl_commander.language.names import excerpt
from ros2_nl_commander.language.quantities import convert, UNITS, units_like
from ros2_nl_commander.language.said.identifiers import is_called, name_as_said
from ros2_nl_commander.language.said.motions import check_motion
from ros2_nl_commander.language.said.namesakes import check_namesakes
from ros2_nl_commander.language.said.opposites import check_opposites
from ros2_nl_commander.language.said.quantities import quantities_said, Quantity, stated
from ros2_nl_commander.language.said.signs import check_signs
from ros2_nl_commander.language.said.spoken import spoken_numbers
from ros2_nl_commander.language.said.sums import sums_of
from ros2_nl_commander.language.said.texts import stands_in, TEXT
from ros2_nl_commander.language.said.ways import check_ways, dimension_of, is_halved
from ros2_nl_commander.language.unit_names import unit_of_word

_WAYS = '|'.join(symbol for symbol, unit in UNITS.items()
                 if unit.dimension in ('length', 'angle'))
_NUMBER = re.compile(r'\d+(?:\.\d+)?')
_WITH_UNIT = re.compile(rf'({_NUMBER.pattern})(?: ([A-Za-z/%]+))?')
_EXPONENT = re.compile(r'(?<![\w.])\d+(?:\.\d+)?e[+-]?\d{1,2}(?!\w)')
_LETTER = re.compile(r'[^\W\d_]')
#: Two numbers that may be one: "2 metres 30", "77 31", "1,000", "9:30".
_PAIR = re.compile(r'(?=(?<!\d)(\d+)(?!\d)\W*(?:([a-z]+)\W+)?(\d+))')
_SPELT = re.compile(rf'(?<![\w.])(\d+(?:\.\d+)?) ({_WAYS})(?![\w/])')
#: A number where a field has one, with no unit behind it.
_BARE = re.compile(r'(?:(?<=: )|(?<=: -)|(?<=\[)|(?<=\[-)|(?<=, )|(?<=, -))'
                   r'(\d+(?:\.\d+)?)(?=$|[,\]}])')
#: A bare digit, as messages number their choices.
_CODE = re.compile(r'(?<=: )\d(?=$|,)')
_ARITHMETIC = re.compile(
    r'\b(?:half|halves|quarters?|thirds?|fourths?|(?:fif|six|eigh|ten)ths?|dozen|'
    r'double|twice|triple|pair|couple|hundreds|thousand|minus|plus|more|less|k|pi)\b|'
    r'\bout of (?:\d|two|three|four|five|six|seven|eight|nine|ten|twenty|a hundred)|'
    r'\d (?:hundred\b|/ ?\d)|\d(?:k\b|/\d)|[½¼¾+π]')


def check_said(sentence: str, answer: str, robot_name: str = '') -> None:
    """
    Refuse an answer that puts something else in the place of what was said.

    :param sentence: the instruction
    :param answer: a command in the short form
    :param robot_name: the number in "TurtleBot 4, turn round" is none that must be spelt
    :raises UnsaidError: if a text was made up, if a number was said and another one is spelt, if
        a numbered name or a word became another one, or if a distance or an angle became a speed
        or a motion without an end
    """
    name, _, body = answer.partition(' ')
    _check_texts(sentence, body)
    plain = TEXT.sub('""', body)
    unnamed = name_as_said(robot_name.lower()).sub(' ', sentence.lower())
    _check_numbers(_without_exponents(unnamed), name, body)
    _check_dimensions(sentence, plain)
    _check_units(sentence, plain)
    check_signs(sentence, plain)
    check_namesakes(sentence, plain)
    check_opposites(sentence, plain)
    check_motion(sentence, plain)
    check_ways(sentence, name, plain)


def _check_dimensions(sentence: str, body: str) -> None:
    """Refuse a length that became an angle, or the other way round: "60 cm" is no 60 deg."""
    said = stated(sentence)
    for number, symbol in _SPELT.findall(body):
        alike = [one for one in said if one.number == float(number)]
        dimensions = {one.unit.dimension if one.unit else '' for one in alike}
        if alike and dimensions | {UNITS[symbol].dimension} == {'length', 'angle'} and (
                UNITS[symbol].dimension not in dimensions):
            raise UnsaidError(f'you said {alike[0]}, and this would be {number} {symbol}')


def _check_units(sentence: str, body: str) -> None:
    """Refuse a number without a unit that was said with two: one of the two would be lost."""
    said = stated(sentence)
    for number in map(float, _BARE.findall(body)):
        alike = [one for one in said if one.unit and one.number == number]
        for one, other in combinations(alike, 2):
            if one.unit != other.unit and dimension_of(one) == dimension_of(other):
                raise UnsaidError(
                    f'you said {one} and {other}, and this would be {number:g} without a unit')


def _check_texts(sentence: str, body: str) -> None:
    for text in TEXT.findall(body):
        # Numbers may have been put together: half past six is 06:30.
        if _LETTER.search(text) and not stands_in(sentence, text) and not is_called(
                sentence, text):
            raise UnsaidError(f'nobody said {excerpt(text)}: say what the text is')


def _without_exponents(sentence: str) -> str:
    return _EXPONENT.sub(lambda match: f'{float(match[0]):.15f}'.rstrip('0').rstrip('.'), sentence)


def _check_numbers(sentence: str, name: str, body: str) -> None:
    if is_halved(sentence, body) or _ARITHMETIC.search(sentence):
        return
    said = stated(sentence)
    in_digits, in_words = _numbers(sentence), tuple(spoken_numbers(sentence))
    known = in_digits | set(_readings(sentence, said))
    amounts = tuple(_amounts(sentence, said))
    answered = _numbers(name) | _numbers(body) | {1.0}
    made_up = {number for number, symbol in _with_units(TEXT.sub('', body))
               if number != 1 and not any(
                   math.isclose(number, other, rel_tol=1e-4)
                   for other in (*known, *_in_unit(amounts, symbol)))}
    dropped = in_digits - answered
    # Words may count the items of a list: "all six lights".
    if not dropped and '[' not in body:
        dropped = {one.number for one in in_words} - answered
        if all(one.unit for one in in_words):
            # "The twelve volts" may be source 2 by the definition of the message.
            made_up -= {float(code) for code in _CODE.findall(body)}
    if dropped and made_up:
        raise UnsaidError(f'you said {min(dropped):g}, and this would be {min(made_up):g}')


def _amounts(sentence: str, said: Sequence[Quantity]) -> Iterator[Quantity]:
    """Give all that a sentence may state, and the sums that it makes of it."""
    for quantity in quantities_said(sentence):
        number, _, symbol = quantity.partition(' ')
        yield Quantity(float(number), UNITS.get(symbol))
    yield from said
    yield from (whole for _, whole in sums_of(said))


def _in_unit(amounts: Sequence[Quantity], symbol: str) -> Iterator[float]:
    """
    Give the numbers of amounts, also as they are in another unit: 5 cm is 0.05 m.

    :param symbol: of that unit; any unit if it is none, because a field's own is not known here
    """
    for amount in amounts:
        yield amount.number
        for other in units_like(amount.unit) if amount.unit else ():
            if symbol not in UNITS or other.symbol == symbol:
                yield float(convert(Fraction(amount.number), amount.unit or other, other))


def _readings(sentence: str, said: Sequence[Quantity]) -> Iterator[float]:
    """Give what two numbers beside each other may be: "1 m 20" is 1.2, "1 min 20" is 80."""
    with_units = {one.number for one in said if one.unit}
    for first, between, second in _PAIR.findall(sentence):
        one, other = float(first), float(second)
        # "1 kg 50 g" is a sum, and not 1.5 kg.
        if not (between and unit_of_word(between) and other in with_units):
            yield from (one + other / 10, one + other / 100, 60 * one + other,
                        100 * one + other, float(first + second))


def _with_units(body: str) -> Iterator[tuple[float, str]]:
    """Give the numbers of an answer, each with the word behind it, which may be its unit."""
    return ((float(number), symbol) for number, symbol in _WITH_UNIT.findall(body))


def _numbers(text: str) -> set[float]:
    return {float(number) for number in _NUMBER.findall(text)}
