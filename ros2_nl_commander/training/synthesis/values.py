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

"""Values as people say them, and as the short form spells them: numbers, units, texts, places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
import random

_ONES = ('zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen '
         'fifteen sixteen seventeen eighteen nineteen').split()
_TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split()

#: What people call each unit; the first ones are said most.
_UNIT_WORDS = {
    'm': ('m', 'metres', 'meters', 'meter', 'm'), 'cm': ('cm', 'centimetres', 'centimeters', 'cm'),
    'mm': ('mm', 'millimetres', 'millimeters'), 'in': ('inches', 'in', 'inch'),
    'ft': ('feet', 'ft', 'foot'), 'deg': ('degrees', 'deg', '°', 'degrees'),
    'rad': ('rad', 'radians'), 'turns': ('turns', 'revolutions', 'rotations'),
    's': ('seconds', 's', 'sec'), 'min': ('minutes', 'min'), 'h': ('hours',),
    'ms': ('ms', 'milliseconds'), 'm/s': ('m/s', 'metres per second', 'meters per second', 'm/s'),
    'cm/s': ('cm/s', 'centimetres per second'), 'km/h': ('km/h', 'kilometres per hour', 'kph'),
    'rad/s': ('rad/s', 'radians per second'),
    'deg/s': ('deg/s', 'degrees per second', 'degrees a second'), 'rpm': ('rpm',),
    '%': ('percent', '%', ' %', 'per cent'), 'N': ('newtons', 'N', 'newton'),
    'ml': ('ml', 'millilitres'),
    'l': ('litres', 'l'), 'kg': ('kg', 'kilos', 'kilograms'), 'g': ('grams', 'g'),
    'C': ('degrees', 'degrees Celsius', '°C', 'C'),
}
_TEXT_STARTS = ('welcome', 'good morning', 'please step back', 'caution', 'lunch is ready',
                'hello',
                'the doctor will see you now', 'mind the gap', 'happy birthday', 'I am here',
                'delivery for you', "don't touch", 'thank you', 'back in 5 minutes', 'Guten Tag',
                'bonjour', 'buenos dias', 'out of order', 'follow me', 'batch', 'fragile',
                "it's done", 'wet floor', 'left turn ahead', 'test', 'all clear', 'battery low',
                'the museum closes at six', 'your order is ready', 'no entry', 'OK', 'Achtung')
_TEXT_ENDS = ('', '', '', '!', ', everyone', ' Anna', ' to our guests', ' 42', ', please', '?',
              ' B-17', ' and goodbye', ' - thanks', ' sir', ' from table 4', ' (again)', '...',
              ', my friend', ' #3', ' at 10:30', " it's over there")
_TEXT_QUOTES = ('{}', '{}', '{}', '"{}"', "'{}'")


@dataclass(frozen=True, slots=True)
class SaidValue:
    """
    A value.

    :param said: in a sentence
    :param spelt: in the short form
    """

    said: str
    spelt: str


def number_in_words(number: float) -> str | None:
    """Write 0 to 99, and halves of small numbers, in words; None for all others."""
    if number == 0.5:
        return 'half a'
    if number % 1 == 0.5 and number < 12:
        return f'{_ONES[int(number)]} and a half'
    if number % 1 or not 0 <= number < 100:
        return None
    whole = int(number)
    if whole < 20:
        return _ONES[whole]
    tens, ones = _TENS[whole // 10 - 2], whole % 10
    return f'{tens}-{_ONES[ones]}' if ones else tens


def quantity(source: random.Random, number: float, unit: str) -> SaidValue:
    """Say a number with a unit, in digits or in words."""
    words = number_in_words(number) if source.random() < 0.3 else None
    name = source.choice(_UNIT_WORDS[unit])
    if words == 'half a':
        said = f'half a {name.removesuffix("s")}' if len(name) > 2 else f'0.5 {name}'
    elif words is not None:
        said = f'{words} {name.strip()}'
    else:
        glued = name in ('°', '%', '°C') or (len(name) <= 4 and source.random() < 0.3)
        said = f'{number:g}{name}' if glued else f'{number:g} {name.strip()}'
    if number == 1 and source.random() < 0.3 and len(name) > 2 and '/' not in name:
        said = f'a {name.removesuffix("s")}'
    return SaidValue(said, f'{number:g} {unit}')


def _pick(source: random.Random, *ways: tuple[str, tuple[float, ...]]) -> SaidValue:
    unit, numbers = source.choice(ways)
    return quantity(source, source.choice(numbers), unit)


def _some(source: random.Random, low: float, high: float, digits: int) -> float:
    return round(source.uniform(low, high), source.randint(0, digits))


def _length(source: random.Random) -> SaidValue:
    unit = source.choice(('m', 'm', 'cm', 'cm', 'mm'))
    number = {'m': _some(source, 0.1, 1.5, 2) or 1, 'cm': round(source.uniform(5, 150)),
              'mm': round(source.uniform(50, 1200), -1)}[unit]
    if unit == 'm' and source.random() < 0.1:
        return SaidValue(f'{number:g}', f'{number:g}')
    return quantity(source, number, unit)


def _distance(source: random.Random) -> SaidValue:
    return _pick(source, ('m', (0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 0.8, 1.2, 3.5, 7, 10, 0.3)),
                 ('m', tuple(_some(source, 0.2, 9, 2) or 2 for _ in range(4))),
                 ('cm', tuple(float(source.randint(3, 180)) for _ in range(4))),
                 ('mm', (200, 350, 80, 500)), ('ft', (2, 3, 5, 10)), ('in', (4, 6, 12, 20)))


def _angle(source: random.Random) -> SaidValue:
    return _pick(source, ('deg', (90, 45, 30, 180, 60, 15, 120, 270, 10, 5, 360)),
                 ('deg', tuple(float(source.randint(2, 350)) for _ in range(6))),
                 ('rad', (1.57, 0.5, 3.14, 1, 0.785, 2)), ('turns', (2, 3, 0.5, 1.5)))


def _signed(source: random.Random) -> SaidValue:
    number = float(source.randint(3, 90))
    minus = source.random() < 0.4
    if source.random() < 0.15:
        radians = round(source.uniform(0.1, 1.5), 1)
        text = f'{"-" if minus else ""}{radians:g}'
        return SaidValue(text, text)
    plain = quantity(source, number, 'deg')
    return SaidValue(f'{source.choice(("-", "minus "))}{plain.said}', f'-{plain.spelt}') \
        if minus else plain


def _bare(source: random.Random, low: int, high: int) -> SaidValue:
    number = source.randint(low, high)
    words = number_in_words(number) if source.random() < 0.4 else None
    return SaidValue(words or str(number), str(number))


def _percent(source: random.Random) -> SaidValue:
    number = source.choice((0, 5, 10, 15, 20, 25, 30, 35, 40, 50, 60, 70, 75, 80, 90, 100,
                            source.randint(1, 99)))
    if source.random() < 0.08:
        return SaidValue('half', '50 %')
    return quantity(source, number, '%') if source.random() < 0.8 else SaidValue(
        str(number), str(number))


def _speed(source: random.Random) -> SaidValue:
    return _pick(source, ('m/s', (0.1, 0.2, 0.25, 0.3, 0.15, 0.4, 0.5)),
                 ('cm/s', (5, 10, 15, 20, 30, 35)), ('km/h', (0.5, 1, 1.5)))


def _angular(source: random.Random) -> SaidValue:
    return _pick(source, ('deg/s', (5, 10, 15, 20, 30, 40, 25)), ('rad/s', (0.2, 0.3, 0.5, 0.4)))


def _duration(source: random.Random) -> SaidValue:
    return _pick(source, ('s', (2, 3, 4, 5, 8, 10, 15, 20, 30, 45, 1.5)), ('min', (1, 2, 5)))


def _text(source: random.Random) -> SaidValue:
    text = source.choice(_TEXT_STARTS) + source.choice(_TEXT_ENDS)
    if source.random() < 0.3:
        text = text.capitalize()
    return SaidValue(source.choice(_TEXT_QUOTES).format(text), f'"{text}"')


VALUES: dict[str, Callable[[random.Random], SaidValue]] = {
    'percent': _percent, 'length': _length, 'distance': _distance, 'turn': _angle,
    'signed_angle': _signed, 'speed': _speed, 'angular': _angular, 'duration': _duration,
    'text': _text,
    'byte': lambda source: _bare(source, 0, 255),
    'count': lambda source: _bare(source, 1, 12),
    'small_length': lambda source: _pick(
        source, ('cm', (1, 2, 3, 4, 5, 6, 8)), ('mm', (5, 12, 25, 30, 40, 55, 80))),
    'altitude': lambda source: _pick(
        source, ('m', (2, 3, 5, 8, 10, 12, 15, 20, 2.5, 30)), ('ft', (10, 20, 30))),
    'angle': lambda source: quantity(source, source.choice(
        (5, 10, 15, 20, 30, 45, 60, 75, 90, 120, 180, 225, 270)), 'deg'),
    'temperature': lambda source: quantity(source, source.randint(16, 80), 'C'),
    'rpm': lambda source: quantity(source, source.randrange(50, 6000, 50), 'rpm'),
    'force': lambda source: quantity(source, source.randint(2, 60), 'N'),
    'volume': lambda source: _pick(source, ('ml', (5, 10, 20, 50, 75, 100, 250, 330)),
                                   ('l', (0.5, 1, 2))),
    'mass': lambda source: _pick(source, ('kg', (0.5, 1, 2, 5, 10, 12, 1.5)),
                                 ('g', (100, 250, 500, 750))),
    'number': lambda source: SaidValue(*[f'{_some(source, 1, 8, 1):g}'] * 2),
}
