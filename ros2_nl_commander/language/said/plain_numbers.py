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

"""Numbers in digits as people write them, put into the one way that the other modules read."""

from __future__ import annotations

import re
import unicodedata

from ros2_nl_commander.language.unit_names import with_plain_signs

#: A comma before exactly three digits; any other stands for a point.
_THOUSANDS = re.compile(r'(?<=\d),(?=\d{3}(?![\d.,]))')
#: Not in "10,20,30", which are three numbers.
_DECIMAL_COMMA = re.compile(r'(?<![\d.,-])(\d+),(\d+)(?![\d.,])')
_SLASHED = re.compile(r'(?<![\w./])(?:(\d{1,3}) )?(\d{1,2})/(\d{1,2})(?![\w/])')
#: Symbols that would be another unit, or none, in small letters: 5 kN are no 5 knots.
_CAPITALS = {'kN': 'kilonewtons', 'mW': 'milliwatts', 'mV': 'millivolts', 'mA': 'milliamperes',
             'kA': 'kiloamperes'}
_CAPITAL = re.compile(rf'(?<=\d)\s?({"|".join(_CAPITALS)})(?!\w)')
#: Miles an hour are a unit of their own, which is spelt in one word.
_MPH = re.compile(r'\b(?:miles?|mi)\s*(?:/|\b(?:per|an)\b)\s*(?:h|hrs?|hours?)\b')
#: Measures of volume that two countries have under one name, as the short form spells them.
_MEASURE = re.compile(
    r'\b(?:(?P<us>u\.?s\.?a?\.?|american)|u\.?k\.?|imperial|british)\s+'
    r'(?P<measure>fluid ounces?|fl\.?\s?oz|gal(?:lon)?s?|quarts?|pints?)\b')
_MEASURES = {'f': 'floz', 'g': 'gal', 'q': 'qt', 'p': 'pt'}
#: The marks of feet and inches; a quotation mark that was opened before only ends a quotation.
_FEET_INCHES = re.compile(r"(?<![\w.'])(\d{1,6})\s?['\u2032\u2019]\s?(\d+(?:\.\d+)?)\s?"
                          r"(?:[\"\u2033\u201d]|'')(?!\w)")
_FEET = re.compile(r"(?<=\d)\s?['\u2032\u2019](?![\w'])")
_INCHES = re.compile(r"(?<=\d)\s?(?:[\"\u2033\u201d]|'')(?!\w)")
_OPENED = re.compile(r"[\"\u201c]|(?<!\w)['\u2018]")
_VULGAR = re.compile('[\u00bc-\u00be\u2150-\u215e]')


def with_plain_numbers(sentence: str) -> str:
    """Write numbers in one way, and words small: ``1,5`` and ``1 1/2`` and ``1½`` as ``1.5``."""
    text = _CAPITAL.sub(lambda match: f' {_CAPITALS[match[1]]}',
                        with_plain_signs(_with_marks_in_words(sentence)))
    text = unicodedata.normalize('NFKC', _VULGAR.sub(r' \g<0>', text.lower()))
    text = _THOUSANDS.sub('', text.replace('\u2044', '/'))
    text = _DECIMAL_COMMA.sub(r'\1.\2', text)
    text = _MEASURE.sub(_measure, re.sub(r'(?<![\d.])\.(?=\d)', '0.', text))
    text = _MPH.sub('mph', text)
    return _SLASHED.sub(_decimal, text)


def _decimal(match: re.Match[str]) -> str:
    whole, above, below = int(match[1] or 0), int(match[2]), int(match[3])
    return match[0] if below == 0 else f'{whole + above / below:.6g}'


def _measure(match: re.Match[str]) -> str:
    return f'{"us" if match["us"] else "uk"}{_MEASURES[match["measure"][0]]}'


def _with_marks_in_words(sentence: str) -> str:
    """Write the marks of feet and inches as words: 6' is 6 feet, 5' 10" is 70 inches."""
    found = _FEET_INCHES.search(sentence) or _FEET.search(sentence) or _INCHES.search(sentence)
    if found is None or _OPENED.search(sentence[:found.start()]):
        return sentence
    text = _FEET_INCHES.sub(lambda match: f'{12 * int(match[1]) + float(match[2]):g} inches',
                            sentence)
    return _INCHES.sub(' inches', _FEET.sub(' feet', text))
