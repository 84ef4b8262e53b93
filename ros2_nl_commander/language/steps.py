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
Cuts a sentence that asks for several things, one after the other, into its steps.

Only for sentences that the model finds to be several: where the cuts are is told by words alone
("then", "after that", "and"), and a text to be spoken may have all of them. Knows no robot:
whether every step is a command is for the model to say.
"""

from __future__ import annotations

import re

#: What is said between two steps; the stronger marks are tried first.
_THEN = re.compile(
    r'[,;.]?\s+(?:and\s+)?(?:then|afterwards|after\s+(?:that|which)|next(?!\s+to\b)|finally|'
    r'(?:when|once|as\s+soon\s+as)\s+(?:you\s+are|you\'re|that\s+is|that\'s|it\s+is|it\'s)\s+'
    r'(?:done|finished|there|over))\b,?\s*|\s*;\s*', re.IGNORECASE)
#: Not inside a number: "1,5 m", "a hundred and twenty", "two and a half", "and three quarters".
_AND = re.compile(
    r'\s*,\s*and\s+|(?<!\bhundred)(?<!\bthousand)\s+and\s+'
    r'(?!(?:a|an|one|two|three)\s+(?:half|halves|thirds?|quarters?|eighths?)\b)|\s*,(?!\d)\s*',
    re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|“[^”]*”|(?<!\w)\'[^\']*\'(?!\w)|‘[^’]*’(?!\w)')
#: Words that only say in which order.
_FILLERS = re.compile(r'^(?:and|first(?:ly)?|then|to begin with)\b[\s,:]*|[\s,.;]+$|'
                      r'[\s,]+(?:first|next|afterwards|after that)[\s.!]*$', re.IGNORECASE)


def split_steps(sentence: str) -> tuple[str, ...]:
    """
    Cut a sentence into steps.

    :returns: the steps in order; the sentence alone if nothing tells where to cut
    """
    for mark in (_THEN, _AND):
        steps = tuple(filter(None, map(_bare, _cut(sentence, mark))))
        if len(steps) > 1:
            return steps
    return (sentence,)


def _cut(sentence: str, mark: re.Pattern[str]) -> list[str]:
    """Cut at every mark that is not inside a quoted text."""
    quoted = [match.span() for match in _QUOTED.finditer(sentence)]
    parts, start = [], 0
    for match in mark.finditer(sentence):
        if not any(first <= match.start() < last for first, last in quoted):
            parts.append(sentence[start:match.start()])
            start = match.end()
    return [*parts, sentence[start:]]


def _bare(step: str) -> str:
    before = None
    while step != before:
        before, step = step, _FILLERS.sub('', step.strip())
    return step
