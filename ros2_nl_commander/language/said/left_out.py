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
Adds what the sentence names and a small model leaves out of its answer.

A value out of a field's choices ("... for room 21"), and how often ("three beeps"): both stand in
the sentence word for word. What could belong to two fields is left to the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import re

from ros2_nl_commander.language.command import Value
from ros2_nl_commander.language.forms.fields import FieldsForm
from ros2_nl_commander.language.forms.interface import body_form, VELOCITY_TYPES
from ros2_nl_commander.language.forms.poses import PoseForm
from ros2_nl_commander.language.names import TYPE_FOLDERS
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.said.possible import is_possible
from ros2_nl_commander.language.said.quantities import stated
from ros2_nl_commander.language.said.texts import has_text, TEXT

#: More than that is a number of something else.
MOST_TIMES = 20

#: nav2_msgs/action/DockRobot takes it only where use_dock_id is false.
_UNUSED_POSES = ('dock_pose',)
_PATH = re.compile(r'(?:^|, )([A-Za-z_][\w.]*): ')
_NUMBERED = re.compile(r'\d| for | at ')
_NEGATION = r"(?:\b(?:not|no|without|except|than|but|instead of)|n't)\W+(?:\w+\W+)?"


def with_what_was_left_out(sentence: str, answer: str, robot: RobotDescription) -> str:
    """
    Add a choice that was named, and a number of times that was said.

    :param answer: in the short form of this robot; changed only if the robot takes it then
    """
    return _with_times(sentence, _with_choice(sentence, answer, robot), robot)


def _with_choice(sentence: str, answer: str, robot: RobotDescription) -> str:
    name, _, body = answer.partition(' ')
    said_paths = _PATH.findall(TEXT.sub('""', body))
    found = [(path, value) for path, values in _nameable(name, robot)
             if path not in said_paths
             for value in values if _is_named(value, sentence) and not _stands(value, body)]
    if len(found) != 1:
        return answer
    path, value = found[0]
    return next((changed for changed in _insertions(name, body, f'{path}: {value}')
                 if is_possible(changed, robot)), answer)


def _nameable(name: str, robot: RobotDescription) -> Iterator[tuple[str, Iterable[Value]]]:
    """Give the fields whose values have names: choices, and poses, which places stand for."""
    yield from robot.choices.get(name, {}).items()
    noun = next((noun for noun in TYPE_FOLDERS if name in robot.offered(noun)), None)
    form = None if noun is None else body_form(name, noun, robot)
    if isinstance(form, FieldsForm):
        for path, value_form in form.entries:
            if isinstance(value_form, PoseForm) and path not in _UNUSED_POSES:
                yield path, robot.places


def _is_named(value: Value, sentence: str) -> bool:
    if isinstance(value, str):
        spoken = value.replace('_', ' ')
        return (len(value) > 1 and has_text(sentence, spoken) and not re.search(
            _NEGATION + re.escape(spoken), sentence, re.IGNORECASE))
    return not isinstance(value, bool) and any(
        one.unit is None and one.number == value for one in stated(sentence))


def _stands(value: Value, body: str) -> bool:
    return re.search(rf'(?<![\w.]){re.escape(str(value))}(?![\w.])', body) is not None


def _insertions(name: str, body: str, addition: str) -> Iterator[str]:
    """Give an answer with one more field, in every place: only one is in the right order."""
    if not body:
        yield f'{name} {addition}'
        return
    yield f'{name} {addition}, {body}'
    for match in re.finditer(r', (?=[A-Za-z_][\w.]*: )', body):
        yield f'{name} {body[:match.start()]}, {addition}{body[match.start():]}'
    yield f'{name} {body}, {addition}'


def _with_times(sentence: str, answer: str, robot: RobotDescription) -> str:
    name, _, body = answer.partition(' ')
    type_name = robot.topics.get(name)
    if type_name is None or type_name in VELOCITY_TYPES or '"' in body or _NUMBERED.search(body):
        return answer
    counts = [one.number for one in stated(sentence) if one.unit is None and one.number > 1]
    if len(counts) != 1 or not counts[0].is_integer() or counts[0] > MOST_TIMES or (
            re.search(rf'(?<!\d){counts[0]:g}(?!\d)', name)):
        return answer
    changed = f'{answer} {counts[0]:g} times'
    return changed if is_possible(changed, robot) else answer
