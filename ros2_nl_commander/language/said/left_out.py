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

A choice without which the answer is none, a place that something is to go to ("... for room 21"),
and how often ("three beeps"). What could belong to two fields is left to the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import re

from ros2_nl_commander.language.command import Value
from ros2_nl_commander.language.forms.interface import VELOCITY_TYPES
from ros2_nl_commander.language.forms.poses import PoseForm
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.said.possible import fields_of, is_possible, with_field
from ros2_nl_commander.language.said.quantities import stated
from ros2_nl_commander.language.said.texts import has_text, TEXT

#: nav2_msgs/action/DockRobot takes it only where use_dock_id is false.
_UNUSED_POSES = ('dock_pose',)
_PATH = re.compile(r'(?:^|, )([A-Za-z_][\w.]*): ')
_NUMBERED = re.compile(r'\d| for | at ')
_NEGATION = (r'(?:\b(?:not|no|without|except|than|but|instead of|from|out of|off|away from|near|'
             r"past|behind|outside)|n't)\W+(?:\w+\W+)?")
#: A place is filled in only if it is said to be where something goes.
_TOWARDS = r'\b(?:to|into|for)\W+(?:the\W+|my\W+|our\W+)?'
_ORIGIN = re.compile(r'(?:^|_)(?:from|pick\w*|start|source|origin)(?:$|_)')
_TARGET = re.compile(r'(?:^|_)(?:to|into|goal|target|dest\w*|deliver\w*)(?:$|_)')
_COUNT = r'(?P<count>\d{1,2}|[a-z]+)'
#: "beep 3 times", "ring twice", or a sentence that is nothing else: "three rings, please".
_TIMES = re.compile(
    rf'(?<!\bor )\b{_COUNT}(?: times\b| ?x\b)|\b(?P<adverb>twice|thrice)\b|'
    r'^(?:give (?:me|us) )?(?:a )?(?P<things>\d{1,2}|[a-z]+)(?: of)? [a-z]+s'
    r'(?: (?:of|on) the [a-z]+)?(?:,? please)?\W*$', re.IGNORECASE)


def with_what_was_left_out(sentence: str, answer: str, robot: RobotDescription) -> str:
    """
    Add a choice that was named, and a number of times that was said.

    :param answer: in the short form of this robot; changed only if the robot takes it then
    """
    return _with_times(sentence, _with_choice(sentence, answer, robot), robot)


def _with_choice(sentence: str, answer: str, robot: RobotDescription) -> str:
    name, _, body = answer.partition(' ')
    said_paths = _PATH.findall(TEXT.sub('""', body))
    is_whole = is_possible(answer, robot)
    found = [(path, value) for path, values, is_place in _nameable(name, robot)
             if path not in said_paths
             for value in values if _is_named(value, sentence) and not _stands(value, body)
             and (_is_target(path, str(value), sentence) if is_place else not is_whole)]
    if len(found) != 1:
        return answer
    path, value = found[0]
    return with_field(answer, f'{path}: {value}', robot)


def _is_target(path: str, place: str, sentence: str) -> bool:
    if _ORIGIN.search(path):
        return False
    return _TARGET.search(path) is not None or re.search(
        _TOWARDS + re.escape(place) + r'\b', sentence, re.IGNORECASE) is not None


def _nameable(
    name: str, robot: RobotDescription
) -> Iterator[tuple[str, Iterable[Value], bool]]:
    """Give the fields whose values have names, and whether these are places, for poses."""
    for path, values in robot.choices.get(name, {}).items():
        yield path, values, False
    for path, value_form in fields_of(name, robot):
        if isinstance(value_form, PoseForm) and path not in _UNUSED_POSES:
            yield path, robot.places, True


def _is_named(value: Value, sentence: str) -> bool:
    if isinstance(value, str):
        spoken = value.replace('_', ' ')
        return (len(value) > 1 and has_text(sentence, spoken) and not re.search(
            _NEGATION + re.escape(spoken), sentence, re.IGNORECASE))
    return not isinstance(value, bool) and any(
        one.unit is None and one.number == value for one in stated(sentence))


def _stands(value: Value, body: str) -> bool:
    return re.search(rf'(?<![\w.]){re.escape(str(value))}(?![\w.])', body) is not None


def _with_times(sentence: str, answer: str, robot: RobotDescription) -> str:
    name, _, body = answer.partition(' ')
    type_name = robot.topics.get(name)
    if type_name is None or type_name in VELOCITY_TYPES or '"' in body or _NUMBERED.search(body):
        return answer
    match = _TIMES.search(sentence)
    said = match and (match['count'] or match['adverb'] or match['things'])
    counts = stated(said) if said else ()
    if len(counts) != 1 or counts[0].number <= 1 or not counts[0].number.is_integer():
        return answer
    changed = f'{answer} {counts[0].number:g} times'
    return changed if is_possible(changed, robot) else answer
