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
from dataclasses import dataclass

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
from ros2_nl_commander.language.generation import Generator, TextListener
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.short_form import REASONS
from ros2_nl_commander.language.steps import split_steps
from ros2_nl_commander.language.validation import check_command
from ros2_nl_commander.ros.request import Request
from ros2_nl_commander.ros.status import Stage

#: Asked for each sentence: who listens may come and go.
DraftsOf = Callable[[Request], TextListener | None]

_SEVERAL = REASONS['one step only']


class _Declined(NlCommanderError):
    """There is no command for a sentence."""


@dataclass(frozen=True, slots=True)
class Answerer:
    """
    Answers requests.

    :param generator: writes the commands
    :param current_robot: gives the robot as it is by then: an interface may have gone meanwhile
    :param deliver: takes the texts of valid commands, one for each step, and ends the request
    :param drafts_of: gives what is told a request's answer as it forms, or None
    :param most_steps: how many commands one sentence may ask for
    """

    generator: Generator
    current_robot: Callable[[], RobotDescription]
    deliver: Callable[[Request, tuple[str, ...]], None]
    drafts_of: DraftsOf
    most_steps: int = 1

    def answer(self, request: Request) -> None:
        """Answer one request; it has ended when this returns."""
        if not request.advance(Stage.GENERATING):
            return
        try:
            texts = self._texts(request)
        except (_Declined, InstructionError, NotOfferedError, LimitError, FieldError) as error:
            request.advance(Stage.DECLINED, reason=str(error))
        except NlCommanderError as error:
            request.advance(Stage.FAILED, reason=str(error))
        else:
            if not request.should_stop():
                self.deliver(request, texts)

    def _texts(self, request: Request) -> tuple[str, ...]:
        """Write the command of a sentence, or of each of its steps: all of them or none."""
        try:
            return (self._text(request, request.instruction),)
        except _Declined as declined:
            steps = split_steps(request.instruction) if self.most_steps > 1 else ()
            if str(declined) != _SEVERAL or len(steps) < 2:
                raise
        if len(steps) > self.most_steps:
            raise _Declined(f'{len(steps)} steps are more than the {self.most_steps} allowed')
        return tuple(self._step(request, number, step) for number, step in enumerate(steps, 1))

    def _step(self, request: Request, number: int, step: str) -> str:
        try:
            return self._text(request, step)
        except _Declined as declined:
            raise _Declined(f'step {number}, {step!r}: {declined}') from declined

    def _text(self, request: Request, sentence: str) -> str:
        generation = self.generator.generate(
            sentence, request.should_stop, self.drafts_of(request))
        # A sentence that is answered in steps was first found to be several: that counts, too.
        before = 1.0 if request.probability is None else request.probability
        request.probability = before * generation.probability
        if generation.command is None:
            raise _Declined(generation.reason or 'the model declined')
        return write_valid_command(generation.command, self.current_robot())


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
