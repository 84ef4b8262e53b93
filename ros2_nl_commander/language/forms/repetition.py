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
How often and how long a message is published: ``3 times``, ``for 5 s``, ``at 2 Hz``.

The counts and rates of ``ros2 topic pub`` are worked out here.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
import math
import re

from ros2_nl_commander.language.errors import CommandSyntaxError, LimitError
from ros2_nl_commander.language.forms.number import NUMBER
from ros2_nl_commander.language.forms.rule_book import NOTHING, optional, RuleBook
from ros2_nl_commander.language.forms.scanner import Scanner
from ros2_nl_commander.language.grammar_rules import Choice, Literal, Node, Number, Sequence
from ros2_nl_commander.language.quantities import UNITS

#: Rate of what is published for a while, where none was said [Hz].
RATE_HZ = 10.0
#: Rate of what is published some times over.
TIMES_RATE_HZ = 1.0
#: Longest publication [s]; whoever wants more asks again.
LONGEST_SEC = 3600
MOST_TIMES = 1000
HIGHEST_RATE_HZ = 100
#: Highest rate that is chosen here, so that a short time is kept [Hz].
FASTEST_HZ = 50

DURATIONS = ('s', 'ms', 'min', 'h')
_DURATION_UNIT = re.compile(r' (s|ms|min|h)(?![A-Za-z])')
_COUNT = re.compile(r' ([1-9][0-9]*) times')


@dataclass(frozen=True, slots=True)
class Repetition:
    """
    What stands behind the fields of a publication.

    :param times: messages
    :param rate_hz: messages a second; None for a single one
    """

    times: int = 1
    rate_hz: float | None = None


def read_repetition(scanner: Scanner) -> Repetition:
    """
    Read how often and how long; nothing stands for once.

    :raises CommandSyntaxError: if it is more than is allowed
    :raises LimitError: if it is too short
    """
    counted = scanner.match(_COUNT)
    seconds = read_duration(scanner) if not counted and scanner.take(' for ') else None
    rate = _rate(scanner) if counted or seconds else None
    if seconds is not None:
        if rate is None:
            return Repetition(*times_and_rate(seconds))
        return Repetition(max(1, math.ceil(round(float(seconds) * rate, 6))), rate)
    if counted is None or (times := int(counted.split()[0])) == 1:
        return Repetition()
    if times > MOST_TIMES:
        raise CommandSyntaxError(f'{times} times is more than {MOST_TIMES}')
    return Repetition(times, rate or TIMES_RATE_HZ)


def times_and_rate(seconds: Fraction) -> tuple[int, float]:
    """
    Choose how many messages last a time, and their rate [Hz]: a round one if it keeps the time.

    :raises LimitError: if the time is too short for one message
    """
    times = max(1, math.ceil(round(seconds * Fraction(RATE_HZ), 6)))
    rate = round(float(times / seconds), 6)
    if rate > FASTEST_HZ:
        raise LimitError(f'takes {float(seconds):g} s, too short: at least '
                         f'{1 / FASTEST_HZ:g} s')
    return times, rate


def _rate(scanner: Scanner) -> float | None:
    if not scanner.take(' at '):
        return None
    rate = float(scanner.match(NUMBER) or 'nan')
    scanner.expect(' Hz')
    if not 0 < rate <= HIGHEST_RATE_HZ:
        raise CommandSyntaxError(f'{rate:g} Hz is not above 0 and at most {HIGHEST_RATE_HZ} Hz')
    return rate


def read_duration(scanner: Scanner, longest: int = LONGEST_SEC) -> Fraction:
    """
    Read a length of time [s].

    :param longest: the most it may be [s]
    :raises CommandSyntaxError: if there is none, or it is too long
    """
    number, unit = scanner.match(NUMBER), scanner.match(_DURATION_UNIT)
    if number is None or unit is None:
        raise scanner.error('a duration such as 5 s')
    seconds = Fraction(number) * UNITS[unit.strip()].factor
    if not 0 < seconds <= longest:
        raise CommandSyntaxError(f'{number}{unit} is not above 0 and at most {longest} seconds')
    return seconds


def repetition_node(rules: RuleBook) -> Node:
    """Give what may stand behind the fields of a publication."""
    def build() -> Node:
        rate = optional(Sequence((
            Literal(' at '), Number(Fraction(1, 100), HIGHEST_RATE_HZ), Literal(' Hz'))))
        counted = Sequence((
            Literal(' '), Number(1, MOST_TIMES, is_integer=True), Literal(' times'), rate))
        lasting = Sequence((Literal(' for '), duration_node(rules), rate))
        return Choice((NOTHING, counted, lasting))

    return rules.rule('repetition', build)


def duration_node(rules: RuleBook, longest: int = LONGEST_SEC) -> Node:
    """Give the lengths of time that may be spelt."""
    def build() -> Node:
        return Choice(tuple(
            Sequence((Number(Fraction(1, 1000), longest / UNITS[unit].factor),
                      Literal(f' {unit}'))) for unit in DURATIONS))

    return rules.rule(('duration', longest), build)
