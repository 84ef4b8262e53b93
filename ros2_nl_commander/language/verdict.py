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
What becomes of a whole answer: mended where it copied the sentence badly, read, checked.

The one way from a model's text to a command, whoever ran the model: what does not pass is a
decline with its reason.
"""

from __future__ import annotations

import re

from ros2_nl_commander.language.answer import read_answer
from ros2_nl_commander.language.command import Command
from ros2_nl_commander.language.errors import (
    CommandSyntaxError, FieldError, LimitError, NotOfferedError, UnsaidError)
from ros2_nl_commander.language.names import excerpt
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.said.correction import as_said
from ros2_nl_commander.language.said.evidence import check_said
from ros2_nl_commander.language.said.measures import check_measures
from ros2_nl_commander.language.said.texts import TEXT
from ros2_nl_commander.language.short_form import Decline, REASONS
from ros2_nl_commander.language.suggestions import misspelt_in

#: What is not held to the grammar may go on and on; the greatest whole number has 20 digits.
_ENDLESS_NUMBER = re.compile(r'\d{30}')


def command_or_reason(
    sentence: str, text: str, robot: RobotDescription
) -> tuple[Command | None, str | None]:
    """
    Read and check a whole answer, whoever wrote it.

    :param sentence: what was asked
    :param text: the answer without its end
    :param robot: what the answer was written for
    :returns: a command that this robot accepts and None, or None and the reason why not
    """
    try:
        if _ENDLESS_NUMBER.search(TEXT.sub('""', text)):
            raise CommandSyntaxError('a number has more digits than any field holds')
        if not robot.is_empty:
            text = as_said(sentence, text, robot)
        answer = read_answer(text, robot)
        if isinstance(answer, Decline):
            return None, _with_suggestion(answer.reason, sentence, robot)
        if not robot.is_empty:
            check_said(sentence, text, robot.robot)
            check_measures(sentence, text, robot)
    except (CommandSyntaxError, NotOfferedError, LimitError, FieldError) as error:
        return None, f'not possible: {error}'
    except UnsaidError as error:
        return None, f'not sure: {error}'
    return answer, None


def _with_suggestion(reason: str, sentence: str, robot: RobotDescription) -> str:
    """
    Ask a person who misspelt a place or a choice whether it is meant.

    It is not taken by itself: a robot that drives to the garden for "the warden" would be worse.
    """
    if reason != REASONS['unknown place']:
        return reason
    choices = (str(value) for fields in robot.choices.values()
               for values in fields.values() for value in values)
    meant = misspelt_in(sentence, (*robot.places, *choices))
    return reason if meant is None else f'{reason}: did you mean {excerpt(meant)[1:-1]}?'
