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

_HOURS = {word: hour for hour, word in enumerate(
    'one two three four five six seven eight nine ten eleven twelve'.split(), 1)}
_HOUR = rf'(?P<hour>1?\d|2[0-3]|{"|".join(_HOURS)})'
_PART_OF_DAY = (r"(?: o'?clock)?,?(?: ?(?P<am>a\.?m\b\.?)| (?P<morning>in the morning)|"
                r' ?(?P<pm>p\.?m\b\.?)| (?P<evening>in the (?:afternoon|evening)|tonight)|'
                r' (?P<night>at night))?')
_FORMS = tuple(re.compile(form, re.IGNORECASE) for form in (
    rf'(?P<minutes>quarter|half|[a-z]+(?:[- ][a-z]+)?|\d\d?)(?: minutes?)? '
    rf'(?P<side>past|to) {_HOUR}\b(?![:.]\d){_PART_OF_DAY}',
    rf'\bhalf (?P<half>){_HOUR}\b{_PART_OF_DAY}',
    rf'\b{_HOUR}[:.](?P<digits>[0-5]\d)\b{_PART_OF_DAY}',
    rf"\b{_HOUR}(?= ?o'?clock| ?[ap]\.?m\b| in the (?:morning|afternoon|evening)| at night)"
    rf'{_PART_OF_DAY}'))
_NOON = re.compile(r'\b(?P<noon>noon|midday)\b|\bmidnight\b', re.IGNORECASE)
_TEXT = re.compile(r'"(\d{1,2}):(\d{2})(?::\d{2})?"')
_PARTS = {'quarter': 15, 'half': 30}


def with_clock_time(sentence: str, answer: str) -> str:
    """
    Put the time that a sentence states in the place of another one.

    :param answer: in the short form; changed only if it has one time, and the sentence one
    """
    texts = list(_TEXT.finditer(answer))
    times = set(_times(sentence))
    if len(texts) != 1 or len(times) != 1 or texts[0][0].strip('"') in sentence:
        return answer
    hour, minute, is_certain = times.pop()
    spelt = int(texts[0][1]), int(texts[0][2])
    if spelt == (hour, minute) or (
            not is_certain and spelt[1] == minute and (spelt[0] - hour) % 12 == 0):
        return answer
    return f'{answer[:texts[0].start()]}"{hour:02}:{minute:02}"{answer[texts[0].end():]}'


def _times(sentence: str) -> Iterator[tuple[int, int, bool]]:
    """Give hour, minute and whether the half of the day is certain, each time once."""
    for form in _FORMS:
        found = [time for match in form.finditer(sentence) if (time := _time(match)) is not None]
        if found:
            yield from found
            return
    for match in _NOON.finditer(sentence):
        yield 12 if match['noon'] else 0, 0, True


def _time(match: re.Match[str]) -> tuple[int, int, bool] | None:
    said = match['hour'].lower()
    hour = _HOURS[said] if said in _HOURS else int(said)
    groups = match.groupdict()
    minute = 30 if groups.get('half') is not None else int(groups.get('digits') or 0)
    if groups.get('side'):
        minutes = _minutes(match['minutes'])
        if minutes is None:
            return None
        minute = minutes if match['side'].lower() == 'past' else 60 - minutes
        hour -= match['side'].lower() == 'to'
    is_late = bool(match['pm'] or match['evening'] or (match['night'] and 6 <= hour < 12))
    is_certain = is_late or bool(match['am'] or match['morning'] or match['night']) or hour > 12
    if is_certain and hour <= 12:
        hour = hour % 12 + 12 * is_late
    return hour % 24, minute, is_certain


def _minutes(said: str) -> int | None:
    word = said.lower().split()[-1]
    if word in _PARTS:
        return _PARTS[word]
    numbers = stated(said)
    is_minute = len(numbers) == 1 and numbers[0].unit is None and 0 < numbers[0].number < 60
    return int(numbers[0].number) if is_minute else None
