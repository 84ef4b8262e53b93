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
From what was said about a motion to velocities, a rate and a number of messages.

Holds the one promise that matters: messages / rate x speed is the distance or the angle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
import math

from ros2_nl_commander.language.command import Fields
from ros2_nl_commander.language.errors import LimitError
from ros2_nl_commander.language.forms.repetition import (
    FASTEST_HZ, LONGEST_SEC, RATE_HZ, times_and_rate)
from ros2_nl_commander.language.quantities import published

#: Speeds where none is said: slow enough for any base [m/s, rad/s].
USUAL_SPEED = {'linear': Fraction('0.2'), 'angular': Fraction('0.5')}
#: What "fast" is where the description sets no limit.
TOP_SPEED = {'linear': Fraction('0.5'), 'angular': Fraction('1')}
#: What "a bit" is [m, rad].
SMALL_AMOUNT = {'linear': Fraction('0.2'), 'angular': Fraction(math.pi) / 12}
#: How far distance, speed and time may disagree where all are said, as a share of the time.
_AGREEMENT = Fraction(1, 20)
#: No base is told to move more slowly [m/s, rad/s]: a millimetre would take minutes.
SLOWEST = Fraction(1, 100000)
#: Radius of a circle of which only the side is said [m].
USUAL_RADIUS = Fraction('0.5')

#: What a robot calls motion along and about its axes (REP 103): positive, negative.
AXIS_WORDS = {
    'linear.x': ('forward', 'backward'),
    'linear.y': ('strafe left', 'strafe right'),
    'linear.z': ('up', 'down'),
    'angular.x': ('roll right', 'roll left'),
    'angular.y': ('pitch down', 'pitch up'),
    'angular.z': ('turn left', 'turn right'),
}


@dataclass(frozen=True, slots=True)
class Axis:
    """
    One axis that a base can move along or about.

    :param path: the field, such as ``linear.x``
    :param low: lowest velocity [m/s or rad/s]; minus infinity for no limit
    :param high: highest velocity
    """

    path: str
    low: float = -math.inf
    high: float = math.inf

    @property
    def kind(self) -> str:
        """Give ``linear`` or ``angular``."""
        return self.path.split('.')[0]

    @property
    def small_amount(self) -> Fraction:
        """Give what "a bit" is [m or rad]."""
        return SMALL_AMOUNT[self.kind]

    def words(self) -> Iterator[tuple[str, int]]:
        """Give the words for the directions that this axis can move in, with their signs."""
        forward, backward = AXIS_WORDS[self.path]
        if self.high > 0:
            yield forward, 1
        if self.low < 0:
            yield backward, -1

    def allows(self, velocity: Fraction) -> bool:
        """Tell whether a velocity is within the limits."""
        # As decimals: the float 0.3 is a little less than three tenths.
        return all(math.isinf(bound) or sign * velocity <= sign * _exact(bound)
                   for bound, sign in ((self.low, -1), (self.high, 1)))

    def top_speed(self, sign: int) -> Fraction:
        """Give the fastest speed in a direction."""
        bound = self.high if sign > 0 else -self.low
        return TOP_SPEED[self.kind] if math.isinf(bound) else _exact(bound)

    def usual_speed(self, sign: int) -> Fraction:
        """Give the speed in a direction where none was said."""
        least = self.low if sign > 0 else -self.high
        usual = min(USUAL_SPEED[self.kind], self.top_speed(sign))
        return usual if least <= usual else _exact(least)


@dataclass(frozen=True, slots=True)
class Part:
    """
    Motion along one axis.

    :param axis: the axis
    :param sign: 1 or -1
    :param amount: distance or angle [m or rad], None where none was said
    :param speed: [m/s or rad/s], None where none was said
    :param is_rough: whether the speed was said in a word, such as "slowly"
    """

    axis: Axis
    sign: int
    amount: Fraction | None
    speed: Fraction | None
    is_rough: bool = False

    @property
    def velocity(self) -> Fraction:
        """Give the velocity, the usual one where none was said."""
        return self.sign * (self.speed or self.axis.usual_speed(self.sign))

    @property
    def seconds(self) -> Fraction:
        """Give how long the amount takes at this velocity."""
        return abs((self.amount or 0) / self.velocity)


@dataclass(frozen=True, slots=True)
class Motion:
    """
    What was said: parts that happen at once, and how long they take.

    :param parts: one for an axis
    :param seconds: None where it was not said
    """

    parts: tuple[Part, ...]
    seconds: Fraction | None


@dataclass(frozen=True, slots=True)
class TimedVelocity:
    """
    What is published.

    :param fields: the Twist
    :param times: messages
    :param rate_hz: messages a second; None for a single one
    """

    fields: Fields
    times: int
    rate_hz: float | None


def timed_velocity(motion: Motion, is_time_said: bool = True) -> TimedVelocity:
    """
    Work out speeds, rate and number of messages.

    :param is_time_said: whether the time of the motion, if it has one, was said and is to be kept
    :raises LimitError: if the time asks for more speed than the robot has, if it takes too long
        or not long enough, or if distance, speed and time are all said and do not agree
    """
    bounded = [part for part in motion.parts if part.amount is not None]
    if motion.seconds is None and not bounded:
        return TimedVelocity(_twist(motion.parts, None), 1, None)
    seconds = motion.seconds or max(part.seconds for part in bounded)
    # "Slowly" is no speed that a time could contradict.
    if any(part.speed is not None and not part.is_rough
           and abs(part.seconds - seconds) > _AGREEMENT * seconds
           for part in bounded if motion.seconds is not None):
        raise LimitError('distance, speed and time contradict each other: two of them are enough')
    if seconds > LONGEST_SEC:
        raise LimitError(f'takes {float(seconds):g} s, more than {LONGEST_SEC} s')
    is_kept = is_time_said and motion.seconds is not None
    if not is_kept and all(part.speed is None or part.is_rough for part in bounded):
        # The time is ours, so that a motion of a millimetre may take longer.
        seconds = max(seconds, Fraction(1) / FASTEST_HZ)
    times, rate = times_and_rate(seconds)
    # A time or a speed that was said is kept, and the rate made to fit; else the rate is round.
    if not is_kept and all(part.speed is None for part in motion.parts):
        rate = RATE_HZ
    return TimedVelocity(_twist(motion.parts, times / Fraction(rate)), times, rate)


def circle(forward: Axis, turning: Axis, side: int, radius: Fraction | None) -> TimedVelocity:
    """
    Drive once round a circle.

    :param side: 1 to the left, -1 to the right
    :param radius: [m], None for the usual one
    :raises LimitError: if the base cannot drive forward, or not turn to that side
    """
    for axis, sign in ((forward, 1), (turning, side)):
        if axis.top_speed(sign) <= 0:
            raise LimitError(f'no circle to the {"left" if side > 0 else "right"}: {axis.path} '
                             f'is {axis.low:g} to {axis.high:g}')
    radius = radius or USUAL_RADIUS
    speed = min(forward.usual_speed(1), radius * turning.top_speed(side))
    seconds = 2 * Fraction(math.pi) * radius / speed
    parts = (Part(forward, 1, seconds * speed, None),
             Part(turning, side, 2 * Fraction(math.pi), None))
    return timed_velocity(Motion(parts, seconds), is_time_said=False)


def _twist(parts: tuple[Part, ...], seconds: Fraction | None) -> Fields:
    """Give the fields; an amount is spread over the time."""
    fields: dict[str, dict[str, float]] = {}
    for part in parts:
        velocity = part.velocity
        if part.amount is not None and seconds is not None:
            velocity = part.sign * part.amount / seconds
        if not (part.axis.allows(velocity) or part.axis.allows(Fraction(published(velocity)))):
            raise LimitError(f'{part.axis.path} would be {float(velocity):.3g}, outside '
                             f'{part.axis.low:g} to {part.axis.high:g}')
        if abs(velocity) < SLOWEST:
            raise LimitError(f'{part.axis.path} would be {float(velocity):.3g}, too slow for a '
                             f'base: at least {float(SLOWEST):g}')
        group, name = part.axis.path.split('.')
        # Rounding must not push it over a limit.
        fields.setdefault(group, {})[name] = min(
            max(published(velocity), part.axis.low), part.axis.high)
    return fields


def _exact(number: float) -> Fraction:
    return Fraction(str(number))
