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
How a command is held to numbers: fields, rate, duration, distance, sizes of lists and texts.

A limit counts wherever its path ends a field's path: ``linear.x`` holds for a Twist, for the twist
in a TwistStamped and for every one of a list, so that no wrapping gets around it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
import math

from ros2_nl_commander.language.command import Command, TopicPublication, Value
from ros2_nl_commander.language.errors import LimitError
from ros2_nl_commander.language.interfaces import MessageSchema
from ros2_nl_commander.language.names import excerpt, MISLEADING
from ros2_nl_commander.language.velocities import (
    axes_of, Path, speed, steers, velocities_in)

#: What ``ros2 topic pub`` publishes at where no rate is said [Hz].
DEFAULT_RATE_HZ = 1.0
#: The longest list and text where the policy does not say.
MAX_ITEMS, MAX_TEXT = 100, 500

#: The longest publication where the policy does not say [s], and how often it may repeat [Hz].
MAX_DURATION_SEC, MAX_RATE_HZ = 60.0, 100.0

#: Numbers are compared a little loosely: 0.1 x 3 must fit 0.3.
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Range:
    """
    Lowest and highest value, both allowed.

    :param low: lowest
    :param high: highest
    """

    low: float
    high: float

    def has(self, number: float) -> bool:
        """Tell whether a number is in the range."""
        return self.low - _SLACK <= number <= self.high + _SLACK

    def nearest(self, number: float) -> float:
        """Give the closest number in the range; a whole one for a whole one, if there is any."""
        if isinstance(number, int):
            return min(max(number, math.ceil(self.low)), math.floor(self.high))
        return min(max(number, self.low), self.high)

    def __str__(self) -> str:
        """Say it to a person."""
        return f'{self.low:g} to {self.high:g}'


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What a command may say.

    :param fields: ranges by path, in ROS's basic units
    :param rate_hz: messages a second, at most ``MAX_RATE_HZ`` if None
    :param max_duration_sec: how long a publication may last, ``MAX_DURATION_SEC`` if None
    :param max_distance_m: how far a timed velocity of a base may lead
    :param max_angle_rad: how far it may turn
    :param max_items: longest list, ``MAX_ITEMS`` if None
    :param max_text: longest text [characters], ``MAX_TEXT`` if None
    """

    fields: Mapping[Path, Range] = field(default_factory=dict)
    rate_hz: Range | None = None
    max_duration_sec: float | None = None
    max_distance_m: float | None = None
    max_angle_rad: float | None = None
    max_items: int | None = None
    max_text: int | None = None

    def applied_to(
        self, command: Command, schema: MessageSchema, clamps: bool
    ) -> tuple[Command, str]:
        """
        Hold a command to the limits.

        :param schema: of the type of the command
        :param clamps: bring numbers to their bounds; sizes, and what is missing, cannot be
        :returns: the command, and what was changed in words; empty where nothing was
        :raises LimitError: if it breaks a limit
        """
        keeper = _Keeper(clamps, axes_of(schema))
        held: set[Path] = set()
        fields = {key: self._value(value, (key,), keeper, held)
                  for key, value in command.fields.items()}
        for path, limit in self.fields.items():
            if path not in held and not limit.has(0):
                raise LimitError(f'{_spelt(path)} is left out, and zero is not {limit}')
        command = replace(command, fields=fields)
        if isinstance(command, TopicPublication):
            command = self._timed(command, schema, keeper)
        return command, '; '.join(keeper.changes)

    def covers(self, path: Path) -> bool:
        """Tell whether a limit is about a field."""
        return any(path[-len(known):] == known for known in self.fields)

    def _value(self, value: Value, path: Path, keeper: _Keeper, held: set[Path]) -> Value:
        """Hold whatever stands at a path to its limits; note which limits had their say."""
        limits = {known: limit for known, limit in self.fields.items()
                  if path[-len(known):] == known}
        if isinstance(value, str):
            _check_size(path, len(value), MAX_TEXT if self.max_text is None else self.max_text)
            if MISLEADING.search(value):
                raise LimitError(f'{_spelt(path)} has control characters')
        elif isinstance(value, Mapping) and not limits:
            return {key: self._value(item, (*path, key), keeper, held)
                    for key, item in value.items()}
        elif isinstance(value, Sequence):
            _check_size(path, len(value), MAX_ITEMS if self.max_items is None else self.max_items)
            return self._items(value, path, keeper, held)
        held.update(limits)
        if isinstance(value, (bool, str, Mapping)):
            if limits:
                raise LimitError(f'{_spelt(path)} must be a number, not {excerpt(value)}')
            return value
        return self._number(value, path, limits.values(), keeper)

    def _items(
        self, items: Sequence[Value], path: Path, keeper: _Keeper, held: set[Path]
    ) -> list[Value]:
        """Hold every item of a list; what must not be zero must not be left out of any."""
        each: list[set[Path]] = [set() for _ in items]
        values = [self._value(item, path, keeper, said) for item, said in zip(items, each)]
        held.update(*each)
        for limit in (limit for limit in held if not self.fields[limit].has(0)):
            if any(limit not in said for said in each) and any(limit in said for said in each):
                raise LimitError(f'{_spelt(limit)} is left out of an item of {_spelt(path)}')
        return values

    def _number(
        self, value: Value, path: Path, limits: Collection[Range], keeper: _Keeper
    ) -> Value:
        if not isinstance(value, (int, float)) or not math.isfinite(value):
            raise LimitError(f'{_spelt(path)} is {excerpt(value)}')
        if value and not limits and path in keeper.axes:
            raise LimitError(f'{_spelt(path)} is an axis that the policy does not name')
        for limit in limits:
            value = keeper.held(_spelt(path), value, limit)
        # Brought into one range it may have left another: some ranges do not meet.
        if not all(limit.has(value) for limit in limits):
            raise LimitError(f'{_spelt(path)} cannot be in all its ranges')
        return value

    def _timed(
        self, command: TopicPublication, schema: MessageSchema, keeper: _Keeper
    ) -> TopicPublication:
        """Hold rate, duration and the way that follows from them to the limits."""
        if command.times is None:
            raise LimitError('it publishes without end: say how often or how long')
        rate = command.rate_hz or DEFAULT_RATE_HZ
        if command.times > 1 or command.rate_hz is not None:
            kept = keeper.held('the rate', rate, self.rate_hz or Range(0, MAX_RATE_HZ))
            times = command.times
            if kept != rate and any(velocities_in(command.fields, schema)):
                # It drives as long as before: as many messages at another rate lead elsewhere.
                as_long = times * kept / rate
                if not math.isfinite(as_long):
                    raise LimitError(f'a message every {1 / rate:g} s is no motion')
                times = max(1, math.floor(as_long + _SLACK))
                keeper.changes.append(f'the messages brought from {command.times} to {times}')
            rate, command = kept, replace(command, rate_hz=kept, times=times)
        seconds = (command.times or 0) / rate
        longest = min(self._durations(command, schema))
        if seconds <= longest + _SLACK:
            return command
        kept = keeper.held('the duration in seconds', seconds, Range(0, longest))
        times = math.floor(kept * rate + _SLACK)
        if times < 1:
            raise LimitError(f'the first message alone leads beyond {longest:g} s')
        return replace(command, times=times)

    def _durations(self, command: TopicPublication, schema: MessageSchema) -> Iterator[float]:
        """Give how long it may last by each of the bounds [s]."""
        yield MAX_DURATION_SEC if self.max_duration_sec is None else self.max_duration_sec
        drives = velocities_in(command.fields, schema)
        if self.max_angle_rad is not None and steers(drives):
            raise LimitError(f'how far a {command.type_name} turns is not known: limit its '
                             'steering angle, and no max_angle')
        for group, most in (('linear', self.max_distance_m), ('angular', self.max_angle_rad)):
            pace = speed(drives, group)
            if most is not None and pace > 0:
                yield most / pace


class _Keeper:
    """
    Keeps numbers in their ranges, or refuses them; remembers what it changed.

    :param clamps: whether it keeps them
    :param axes: the fields that must be zero where no range is theirs
    """

    def __init__(self, clamps: bool, axes: frozenset[Path]) -> None:
        self._clamps, self.axes = clamps, axes
        self.changes: list[str] = []

    def held(self, name: str, number: float, limit: Range) -> float:
        """
        Give a number that is in the range.

        :raises LimitError: if it is not, and is not to be clamped or cannot
        """
        if limit.has(number):
            return number
        nearest = limit.nearest(number)
        if not self._clamps or not limit.has(nearest):
            raise LimitError(f'{name} = {number:g} is not in {limit}')
        self.changes.append(f'{name} brought from {number:g} to {nearest:g}')
        return nearest


def _check_size(path: Path, size: int, most: int) -> None:
    if size > most:
        raise LimitError(f'{_spelt(path)} has {size} items or characters, more than {most}')


def _spelt(path: Path) -> str:
    return '.'.join(path)
