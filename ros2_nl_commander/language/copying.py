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
Puts right what a model copied nearly right out of the sentence: units left out, texts retold.

The short form copies: ``3 cl`` and not ``3`` for a field in millilitres, a text letter by letter.
A small model at times drops the unit or writes "5 min" inside a text where "five minutes" was
said. What was meant then stands in the sentence, so the program takes it from there. What cannot
be found there is left as it is, for ``evidence`` to judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
import re

from ros2_nl_commander.language.errors import CommandSyntaxError, FieldError, LimitError
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.said import quantities_said
from ros2_nl_commander.language.short_form import parse_answer

TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_BARE = re.compile(r'(?<![\w./])\d+(?:\.\d+)?(?![\w.%]| (?:[A-Za-z%]))')
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
#: "to 10, -20 and 30 degrees": numbers in a row share the unit behind the last one.
_ROW = re.compile(r'((?:-?\d+(?:\.\d+)?(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s+))+)-?\d+(?:\.\d+)?\s*'
                  r'(?P<unit>[a-zA-Z°%]+)')
_ALIKE = 0.7
_TIE = 0.02


def as_said(sentence: str, answer: str, robot: RobotDescription) -> str:
    """
    Put units and texts of an answer as the sentence has them, where they are nearly so.

    :param sentence: the instruction
    :param answer: what the model spelt, in the short form of this robot
    :returns: the answer, changed only where what was said fits the field as well
    """
    return _with_units(sentence, _with_texts(sentence, answer), robot)


def has_text(sentence: str, text: str) -> bool:
    """Tell whether a text stands in a sentence, but for case and punctuation."""
    # Not all scripts put spaces between words.
    return (f' {_words(text)} ' in f' {_words(sentence)} '
            or (not text.isascii() and text.casefold() in sentence.casefold()))


def _words(text: str) -> str:
    return ' '.join(_WORD.findall(text.casefold()))


def _with_texts(sentence: str, answer: str) -> str:
    def as_spoken(match: re.Match[str]) -> str:
        text = re.sub(r'\\(.)', r'\1', match[1])
        if not re.search(r'[^\W\d_]', text) or has_text(sentence, text):
            return match[0]
        spoken = _likest(sentence, text)
        return match[0] if spoken is None else f'"{_escaped(spoken)}"'
    return TEXT.sub(as_spoken, answer)


def _likest(sentence: str, text: str) -> str | None:
    """Give the part of a sentence that is most like a text, if any is."""
    words = list(_WORD.finditer(sentence))
    count = len(_WORD.findall(text))
    parts = [sentence[words[start].start():words[start + length - 1].end()]
             for length in (count - 1, count, count + 1) if length > 0
             for start in range(len(words) - length + 1)]
    ratios = [(SequenceMatcher(None, part.casefold(), text.casefold()).ratio(), part)
              for part in parts]
    best = max(ratios, default=(0.0, ''))[0]
    # Of parts that are as good the longest: "in five" is as much like "in 5 min" as "in five min".
    return max((part for ratio, part in ratios if ratio >= max(_ALIKE, best - _TIE)),
               key=len, default=None)


def _escaped(text: str) -> str:
    return text.replace('\\', '\\\\').replace('"', '\\"')


def _with_units(sentence: str, answer: str, robot: RobotDescription) -> str:
    """Give numbers the unit that they were said with, from the last to the first."""
    units = dict(_units_said(sentence))
    in_rows = _units_of_rows(sentence)
    texts = [match.span() for match in TEXT.finditer(answer)]
    for match in reversed(list(_BARE.finditer(answer))):
        if any(start <= match.start() < end for start, end in texts):
            continue
        number = float(match[0])
        unit = units.get(number)
        if unit is None and answer[:match.start()].count('[') > answer[:match.start()].count(']'):
            unit = in_rows.get(number)
        if unit is not None:
            changed = f'{answer[:match.end()]} {unit}{answer[match.end():]}'
            answer = changed if _is_possible(changed, robot) else answer
    return answer


def _is_possible(answer: str, robot: RobotDescription) -> bool:
    try:
        parse_answer(answer, robot)
    except LimitError:
        return True  # what was said is out of range; without its unit it would be something else
    except (CommandSyntaxError, FieldError):
        return False
    return True


def _units_said(sentence: str) -> Iterator[tuple[float, str]]:
    """Give the numbers that were said once, with their unit."""
    pairs = [quantity.partition(' ') for quantity in quantities_said(sentence)]
    for value in {value for value, _, _ in pairs}:
        units = {unit for other, _, unit in pairs if other == value and unit}
        is_said_twice = len(re.findall(rf'(?<![\d.]){re.escape(value)}(?![\d.])', sentence)) > 1
        if len(units) == 1 and not is_said_twice and _is_unit(
                unit := units.pop(), sentence.lower()):
            yield float(value), unit


def _is_unit(symbol: str, sentence: str) -> bool:
    """Rule out "25 in the local frame" and "red 0.2 g 0.5"."""
    if symbol == 'in':
        return 'inch' in sentence
    return len(symbol) > 1 or not re.search(rf'\d ?{symbol} \d', sentence)


def _units_of_rows(sentence: str) -> dict[float, str]:
    rows = {}
    for match in _ROW.finditer(sentence.lower()):
        unit = next((quantity.partition(' ')[2] for quantity in quantities_said(
            f'1 {match["unit"]}') if ' ' in quantity), None)
        if unit is not None:
            rows.update({float(number): unit
                         for number in re.findall(r'\d+(?:\.\d+)?', match[1])})
    return rows
