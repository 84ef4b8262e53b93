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
What a model spelt, read and checked: a command that this robot accepts, or a decline.

Independent of the grammar that decoding was held to: the text that would be published is parsed
and checked again, whatever wrote it.
"""

from __future__ import annotations

from ros2_nl_commander.language.codec import format_command, parse_command
from ros2_nl_commander.language.command import Command
from ros2_nl_commander.language.line_grammar import DECLINE
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.short_form import Decline, parse_answer
from ros2_nl_commander.language.validation import check_command


def read_answer(text: str, robot: RobotDescription) -> Command | Decline:
    """
    Read an answer: the short form for a known robot, a whole line where nothing is known.

    :raises CommandSyntaxError: if it is neither
    :raises NotOfferedError: if the robot has no such interface
    :raises FieldError: if a field does not exist or cannot hold its value
    :raises LimitError: if a value is outside the limits
    """
    if robot.is_empty:
        answer = parse_command(text) if text != DECLINE else Decline(
            'the model knows no command for it')
    else:
        answer = parse_answer(text, robot)
    if isinstance(answer, Decline):
        return answer
    published = parse_command(format_command(answer))
    check_command(published, robot)
    return published
