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

"""Texts of an answer, put as the sentence has them: letter by letter, not retold."""

from __future__ import annotations

from difflib import SequenceMatcher
import re

from ros2_nl_commander.language.said.identifiers import is_identifier

TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LETTERS = re.compile(r'[^\W_]+')
_ALIKE = 0.7
_TIE = 0.02


def has_text(sentence: str, text: str) -> bool:
    """Tell whether a text stands in a sentence, but for case and punctuation."""
    # Not all scripts put spaces between words.
    return (f' {_words(text)} ' in f' {_words(sentence)} '
            or (not text.isascii() and text.casefold() in sentence.casefold()))


def stands_in(sentence: str, text: str) -> bool:
    """Tell whether a text stands in a sentence, but for the spaces: charger2 for "charger 2"."""
    return has_text(sentence, text) or _is_row_of_words(
        [word.casefold() for word in _LETTERS.findall(sentence)],
        ''.join(_LETTERS.findall(text)).casefold())


def _is_row_of_words(words: list[str], text: str) -> bool:
    """Tell whether whole words in a row make a text."""
    for start, first in enumerate(words):
        end, row = start + 1, first
        while len(row) < len(text) and end < len(words) and text.startswith(row):
            row += words[end]
            end += 1
        if row == text and text:
            return True
    return False


def _words(text: str) -> str:
    return ' '.join(_WORD.findall(text.casefold()))


def with_texts(sentence: str, answer: str) -> str:
    """Put every text that nearly stands in a sentence as it stands there."""
    def as_spoken(match: re.Match[str]) -> str:
        text = re.sub(r'\\(.)', r'\1', match[1])
        # A name of a program is known to the model from elsewhere: it is not for people to spell.
        if not re.search(r'[^\W\d_]', text) or is_identifier(text):
            return match[0]
        spoken = _but_for_case(sentence, text)
        if spoken is None and (has_text(sentence, text)
                               or _unspaced(text) in _unspaced(sentence)):  # "row A 1" may be A1
            return match[0]
        spoken = spoken or _likest(sentence, text)
        return match[0] if spoken is None else f'"{_escaped(spoken)}"'
    return TEXT.sub(as_spoken, answer)


def _but_for_case(sentence: str, text: str) -> str | None:
    """Give a text in the letters of a sentence: BAY 7 for "bay 7" if that is how it was said."""
    found = re.search(rf'(?<!\w){re.escape(text)}(?!\w)', sentence, re.IGNORECASE)
    return None if text in sentence or found is None else found[0]


def _unspaced(text: str) -> str:
    return ''.join(text.casefold().split())


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
