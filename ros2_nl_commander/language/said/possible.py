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

"""What a corrected answer may hold: nothing is put into a field that cannot hold it."""

from __future__ import annotations

from collections.abc import Iterator
import re

from ros2_nl_commander.language.answer import read_answer
from ros2_nl_commander.language.errors import CommandSyntaxError, FieldError, LimitError
from ros2_nl_commander.language.forms.fields import FieldsForm, ValueForm
from ros2_nl_commander.language.forms.interface import body_form
from ros2_nl_commander.language.names import TYPE_FOLDERS
from ros2_nl_commander.language.robot import RobotDescription

_NEXT_FIELD = re.compile(r', (?=[A-Za-z_][\w.]*: )')


def is_possible(answer: str, robot: RobotDescription) -> bool:
    """
    Tell whether a robot takes an answer.

    :param answer: in the short form, of an interface that the robot has
    """
    try:
        read_answer(answer, robot)
    except (CommandSyntaxError, FieldError, LimitError):
        return False
    return True


def is_possible_but_for_limits(answer: str, robot: RobotDescription) -> bool:
    """Tell whether a robot takes an answer, or would if it had no limits."""
    try:
        read_answer(answer, robot)
    except LimitError:
        return True
    except (CommandSyntaxError, FieldError):
        return False
    return True


def noun_of(name: str, robot: RobotDescription) -> str | None:
    """Tell whether a name is that of a topic, a service or an action, if of any."""
    return next((noun for noun in TYPE_FOLDERS if name in robot.offered(noun)), None)


def fields_of(name: str, robot: RobotDescription) -> tuple[tuple[str, ValueForm], ...]:
    """Give path and form of what can be spelt behind a name; of poses, motions, ... nothing."""
    noun = noun_of(name, robot)
    form = None if noun is None else body_form(name, noun, robot)
    return form.entries if isinstance(form, FieldsForm) else ()


def with_field(answer: str, addition: str, robot: RobotDescription) -> str:
    """
    Add a field to an answer, or leave the answer as it is where the robot does not take it.

    :param addition: ``path: value``
    """
    return next((changed for changed in _insertions(answer, addition)
                 if is_possible(changed, robot)), answer)


def _insertions(answer: str, addition: str) -> Iterator[str]:
    """Give an answer with one more field, in every place: only one is in the right order."""
    name, _, body = answer.partition(' ')
    if not body:
        yield f'{name} {addition}'
        return
    yield f'{name} {addition}, {body}'
    for match in _NEXT_FIELD.finditer(body):
        yield f'{name} {body[:match.start()]}, {addition}{body[match.start():]}'
    yield f'{name} {body}, {addition}'
