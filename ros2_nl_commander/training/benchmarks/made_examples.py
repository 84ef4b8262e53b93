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

"""Examples that a program makes of what a robot offers, for a model without a trained prompt."""

from __future__ import annotations

from collections.abc import Iterator

from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.language.forms.colours import ColourForm
from ros2_nl_commander.language.forms.fields import FieldsForm, ValueForm
from ros2_nl_commander.language.forms.interface import body_form, BodyForm
from ros2_nl_commander.language.forms.motion import MotionForm
from ros2_nl_commander.language.forms.number import NumberForm
from ros2_nl_commander.language.forms.poses import PoseForm
from ros2_nl_commander.language.forms.scalars import ChoiceForm, FlagForm, TextForm
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.short_form import DECLINES, entrances, parse_answer

#: A sentence, and the answer in the short form.
Pair = tuple[str, str]

_MOTIONS = (('drive one metre forward', 'forward 1 m'), ('back up a bit', 'backward a bit'),
            ('turn 90 degrees to the right', 'turn right 90 deg'), ('halt', 'stop'))
_DECLINED = (('how are you', 'not a request'), ('sing me a song in Latin', 'cannot do that'),
             ('go to the moon', 'unknown place'))


def made_examples(robot: RobotDescription) -> list[Pair]:
    """Give an example of each interface that has an easy one, some motions, and declines."""
    pairs = [(said, f'{entrance.label} {spelt}'.strip()) for entrance in entrances(robot)
             for said, spelt in _bodies(body_form(entrance.name, entrance.noun, robot),
                                        _words_of(entrance.name))]
    declined = [(said, f'{DECLINES}{reason}') for said, reason in _DECLINED]
    return [pair for pair in (*pairs, *declined) if _is_valid(pair[1], robot)]


def _words_of(name: str) -> str:
    return name.rpartition('/')[2].replace('_', ' ')


def _bodies(form: BodyForm, words: str) -> Iterator[Pair]:
    """Give what is said and what is spelt behind the name."""
    if isinstance(form, MotionForm):
        yield from _MOTIONS
    elif isinstance(form, PoseForm):
        yield from ((f'{words}: {place}', place) for place, _pose in form.places[:1])
    elif isinstance(form, ColourForm):
        yield f'{words} in red', 'red'
    elif isinstance(form, FieldsForm) and form.entries:
        path, value = form.entries[0]
        yield from ((said, f'{path}: {spelt}') for said, spelt in _values(value, words))
    elif isinstance(form, FieldsForm):
        yield words, ''


def _values(form: ValueForm, words: str) -> Iterator[Pair]:
    if isinstance(form, FlagForm):
        yield f'switch the {words} on', 'true'
    elif isinstance(form, ChoiceForm):
        yield f'{words}: {form.values[0][0]}', form.values[0][0]
    elif isinstance(form, TextForm):
        yield f'{words}: hello', '"hello"'
    elif isinstance(form, NumberForm):
        number = f'{min(max(1, form.low), form.high):g}'
        yield f'set the {words} to {number}', number
    elif isinstance(form, PoseForm):
        yield from ((f'{words} {place}', place) for place, _pose in form.places[:1])


def _is_valid(answer: str, robot: RobotDescription) -> bool:
    try:
        parse_answer(answer, robot)
    except NlCommanderError:
        return False
    return True
