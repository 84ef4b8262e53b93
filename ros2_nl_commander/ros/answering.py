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
From a request to its answer: ask the generator, then check the command again before it goes on.

Knows no ROS: what becomes of a command is handed in. The second check does not trust the
generator, so that whatever is published parses and fits this robot.
"""

from __future__ import annotations

from collections.abc import Callable

from ros2_nl_commander.language.codec import format_command, parse_command
from ros2_nl_commander.language.command import Command
from ros2_nl_commander.language.errors import (
    CommandSyntaxError,
    FieldError,
    InstructionError,
    LimitError,
    NlCommanderError,
    NotOfferedError,
)
from ros2_nl_commander.language.generation import Generator
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.validation import check_command
from ros2_nl_commander.ros.request import Request
from ros2_nl_commander.ros.status import Stage


def answer_request(
    request: Request,
    generator: Generator,
    current_robot: Callable[[], RobotDescription],
    deliver: Callable[[Request, str], None],
) -> None:
    """
    Answer one request; it has ended when this returns.

    :param current_robot: gives the robot as it is by then: an interface may have gone meanwhile
    :param deliver: takes the text of a valid command, and ends the request
    """
    if not request.advance(Stage.GENERATING):
        return
    try:
        generation = generator.generate(request.instruction, request.should_stop)
        if request.should_stop():
            return
        if generation.command is None:
            reason = generation.reason or 'the model declined'
            request.advance(Stage.DECLINED, reason=reason)
            return
        text = write_valid_command(generation.command, current_robot())
    except (InstructionError, NotOfferedError, LimitError, FieldError) as error:
        request.advance(Stage.DECLINED, reason=str(error))
    except NlCommanderError as error:
        request.advance(Stage.FAILED, reason=str(error))
    else:
        deliver(request, text)


def write_valid_command(command: Command, robot: RobotDescription) -> str:
    """
    Write a command as text, and check the text as a reader would.

    :returns: the ``ros2`` command line
    :raises CommandSyntaxError: if it cannot be written, or reads as something else
    :raises NotOfferedError: if the robot does not offer it
    :raises LimitError: if a value is outside the limits of the robot
    :raises FieldError: if a field does not exist or cannot hold its value
    """
    text = format_command(command)
    try:
        check_command(parse_command(text), robot)
    except CommandSyntaxError as error:
        raise CommandSyntaxError(f'the command does not read back: {error}') from error
    return text
