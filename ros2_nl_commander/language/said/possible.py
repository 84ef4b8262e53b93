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

"""Whether a corrected answer is one: nothing is put into a field that cannot hold it."""

from __future__ import annotations

from ros2_nl_commander.language.answer import read_answer
from ros2_nl_commander.language.errors import CommandSyntaxError, FieldError, LimitError
from ros2_nl_commander.language.robot import RobotDescription


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
