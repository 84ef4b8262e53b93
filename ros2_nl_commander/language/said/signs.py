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

"""A sign that was said is kept: "set x to -2" is no 2."""

from __future__ import annotations

from collections.abc import Iterator
import re

from ros2_nl_commander.language.errors import UnsaidError
from ros2_nl_commander.language.said.quantities import Quantity, stated
from ros2_nl_commander.language.unit_names import unit_of_word

#: Before a number, and not between two: "90 degrees minus 5" is arithmetic, and 3-5 a range.
_SIGN = re.compile(
    r'(?:(?P<before>[^\W\d_]+|\d+(?:\.\d+)?)?\s+|(?<=[(\[,:=])|^)'
    r'(?:[-\u2212](?=\.?\d)|(?:minus|negative) )(?P<number>.*)', re.DOTALL)
_SPELT = re.compile(r'(?:(?<=: )|(?<=\[)|(?<=, ))(?P<sign>-?)(?P<number>\d+(?:\.\d+)?)'
                    r'(?=$|[ ,\]}])')


def check_signs(sentence: str, body: str) -> None:
    """
    Refuse a number whose sign was said and is lost, in a field or a list.

    Words carry the sign of a motion; and a sign that nobody said may come from one ("right").

    :param body: what is spelt behind the name of an interface, without its texts
    :raises UnsaidError: says which number
    """
    spelt = [(match['sign'], float(match['number'])) for match in _SPELT.finditer(body)]
    negative = list(_negative(sentence.lower()))
    for one in negative:
        is_said_otherwise = sum(
            other.number == one.number for other in stated(sentence)) > len(
                [other for other in negative if other.number == one.number])
        if ('', one.number) in spelt and ('-', one.number) not in spelt and (
                not is_said_otherwise):
            raise UnsaidError(f'you said -{one}, and this would be {one}')


def _negative(sentence: str) -> Iterator[Quantity]:
    position = 0
    while (match := _SIGN.search(sentence, position)) is not None:
        position = match.start('number')
        before = match['before']
        if before is None or not (before[0].isdigit() or unit_of_word(before)):
            yield from stated(match['number'])[:1]
