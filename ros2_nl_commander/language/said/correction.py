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
Puts right what a model copied nearly right out of the sentence, one kind of slip after the other.

The short form copies: ``3 cl`` and not ``3`` for a field in millilitres, a text letter by letter.
A small model at times drops a unit or a field, retells a text, or cannot work out a fraction. What
was meant then stands in the sentence, so the program takes it from there. What cannot be found
there is left as it is, for ``evidence`` to judge.
"""

from __future__ import annotations

from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.said.amounts import with_numbers_said
from ros2_nl_commander.language.said.clock_times import with_clock_time
from ros2_nl_commander.language.said.directions import with_direction_said
from ros2_nl_commander.language.said.left_out import with_what_was_left_out
from ros2_nl_commander.language.said.motions import with_motion_said
from ros2_nl_commander.language.said.shares import with_share_flag
from ros2_nl_commander.language.said.texts import with_texts
from ros2_nl_commander.language.said.units import with_units
from ros2_nl_commander.language.short_form import DECLINES


def as_said(sentence: str, answer: str, robot: RobotDescription) -> str:
    """
    Put an answer as the sentence has it, where it is nearly so.

    :param sentence: the instruction
    :param answer: what the model spelt, in the short form of this robot
    :returns: the answer, changed only where what was said fits the field as well
    """
    if answer.startswith(DECLINES):
        return answer
    answer = with_clock_time(sentence, with_texts(sentence, answer))
    answer = with_numbers_said(sentence, answer, robot)
    answer = with_units(sentence, answer, robot)
    answer = with_motion_said(sentence, answer, robot)
    answer = with_share_flag(sentence, with_direction_said(sentence, answer, robot), robot)
    return with_what_was_left_out(sentence, answer, robot)
