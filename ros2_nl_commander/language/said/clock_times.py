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
Clock times as people say them, put as ``HH:MM`` where an answer has another one.

"Quarter to eight in the evening" is 19:45; a small model writes 08:45 at times.
"""

from __future__ import annotations

from collections.abc import Iterator
import re

from ros2_nl_commander.language.said.quantities import stated
from ros2_nl_commander.language.unit_names import unit_of_word

_HOURS = {**{word: hour for hour, word in enumerate(
    'one two three four five six seven eight nine ten eleven twelve'.split(), 1)},
    'noon': 12, 'midday': 12, 'midnight': 24}
_HOUR = rf'(?<![\w-])(?P<hour>1?\d|2[0-3]|{"|".join(_HOURS)})'
_TENS = 'twenty|thirty|forty|fifty'
_DIGITS = 'one|two|three|four|five|six|seven|eight|nine'
_TEENS = 'ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen'
#: Minutes in words: "oh five", "fifteen", "forty-five".
_MINUTES = rf'(?:oh|o) (?:{_DIGITS})|(?:{_TENS})(?:[- ](?:{_DIGITS}))?|{_TEENS}'
_PART_OF_DAY = (r"(?: o'?clock)?,?(?: ?(?P<am>a\.?m\b\.?)| (?P<morning>in the morning)|"
                r' ?(?P<pm>p\.?m\b\.?)| (?P<evening>in the (?:afternoon|evening)|tonight)|'
                r' (?P<night>at night))?')
_HAS_PART_OF_DAY = r' ?[ap]\.?m\b|,? in the (?:morning|afternoon|evening)|,? at night|,? tonight'
_FORMS = tuple(re.compile(form, re.IGNORECASE | re.ASCII) for form in (
    # Only these are said without the word minutes; "six to eight" is a range.
    r'\b(?P<minutes>quarter|half|five|ten|twenty(?:[- ]five)?|5|10|20|25|\w+(?= minutes)) '
    rf'(?:minutes )?(?P<side>past|to) {_HOUR}\b(?![:.]\d){_PART_OF_DAY}',
    rf'\bhalf (?P<half>){_HOUR}\b{_PART_OF_DAY}',
    rf'{_HOUR} (?P<words>{_MINUTES})(?={_HAS_PART_OF_DAY}){_PART_OF_DAY}',
    rf'{_HOUR}[:.](?P<digits>[0-5]\d)\b{_PART_OF_DAY}',
    rf"{_HOUR}(?= ?o'?clock|{_HAS_PART_OF_DAY}){_PART_OF_DAY}",
    r'\b(?P<hour>noon|midday|midnight)\b' + _PART_OF_DAY))
#: Where a time may be another one than it seems: ranges, corrections, offsets.
_OTHERWISE = re.compile(r"\b(?:before|after|not|no|from|between|until|till|instead|than)\b|n't\b",
                        re.IGNORECASE)
_TEXT = re.compile(r'"(\d{1,2}):(\d{2})(:\d{2})?"')
_WORDS_FOR_MINUTES = {'quarter': 15, 'half': 30}


def with_clock_time(sentence: str, answer: str) -> str:
    """
    Put the time that a sentence states in the place of another one.

    :param answer: in the short form; changed only if it has one time, and the sentence one
    """
    texts = list(_TEXT.finditer(answer))
    times = set(_times(sentence))
    if (len(texts) != 1 or len(times) != 1 or texts[0][0].strip('"') in sentence
            or _OTHERWISE.search(sentence)):
        return answer
    hour, minute, is_certain = times.pop()
    spelt = int(texts[0][1]), int(texts[0][2])
    if spelt == (hour, minute) or (
            not is_certain and spelt[1] == minute and (spelt[0] - hour) % 12 == 0):
        return answer
    text = f'"{hour:02}:{minute:02}{":00" if texts[0][3] else ""}"'
    return f'{answer[:texts[0].start()]}{text}{answer[texts[0].end():]}'


def _times(sentence: str) -> Iterator[tuple[int, int, bool]]:
    """
    Give hour, minute and whether the half of the day is certain.

    What a form has read, the forms behind it do not read again: "seven" of "half past seven".
    """
    read: list[tuple[int, int]] = []
    for form in _FORMS:
        for match in form.finditer(sentence):
            start, end = match.span()
            if any(start < other_end and other_start < end for other_start, other_end in read):
                continue
            if (time := _time(match)) is not None and not _is_amount(match):
                read.append((start, end))
                yield time


def _is_amount(match: re.Match[str]) -> bool:
    """Tell whether it is a number with decimals and a unit: 12.50 kg."""
    behind = re.match(r' ?([a-z%]+)', match.string[match.end():], re.IGNORECASE)
    return '.' in match[0] and behind is not None and unit_of_word(behind[1]) is not None


def _time(match: re.Match[str]) -> tuple[int, int, bool] | None:
    groups = match.groupdict()
    said = match['hour'].lower()
    hour = _HOURS[said] if said in _HOURS else int(said)
    minute = int(groups.get('digits') or 0)
    if groups.get('half') is not None:  # empty, and there only in "half six"
        minute = 30
    elif groups.get('words'):
        minute = _minutes(match['words']) or 0
    elif groups.get('side'):
        minutes = _minutes(match['minutes'])
        if minutes is None:
            return None
        minute = minutes if match['side'].lower() == 'past' else 60 - minutes
        hour = hour if match['side'].lower() == 'past' else hour - 1
    is_late = bool(match['pm'] or match['evening'] or (match['night'] and 6 <= hour < 12))
    is_certain = (is_late or bool(match['am'] or match['morning'] or match['night'])
                  or hour > 12 or said in ('noon', 'midday', 'midnight'))
    if hour <= 12 and (is_late or match['am'] or match['morning'] or match['night']):
        hour = hour % 12 + (12 if is_late else 0)
    return hour % 24, minute, is_certain


def _minutes(said: str) -> int | None:
    if said.lower() in _WORDS_FOR_MINUTES:
        return _WORDS_FOR_MINUTES[said.lower()]
    numbers = stated(re.sub(r'^(?:oh|o) ', '', said.lower()))
    is_minute = len(numbers) == 1 and numbers[0].unit is None and 0 < numbers[0].number < 60
    return int(numbers[0].number) if is_minute else None
