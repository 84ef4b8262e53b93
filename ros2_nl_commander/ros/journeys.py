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
How long sentences travel: from a user's process through DDS to the node, and a command back.

The node runs in this process, with the generator that is handed in. Knows no model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
import json
import os
from pathlib import Path
import subprocess
import sys
import time
from typing import Any

from rclpy.context import Context
from rclpy.impl.logging_severity import LoggingSeverity
from rclpy.logging import set_logger_level
from rclpy.parameter import Parameter
from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.language.generation import (
    Generation, Generator, GeneratorFactory, GeneratorSettings, StopCheck, TextListener)
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.ros.node import NlCommander
from ros2_nl_commander.ros.quiet_context import quiet_context
from ros2_nl_commander.ros.spinning import BackgroundSpinner
from std_msgs.msg import String

#: Seconds of each leg of a journey, by name.
Legs = dict[str, float]


@dataclass(slots=True)
class _Times:
    """When one sentence passed what lies in this process."""

    received: float = 0.0
    asked: float = 0.0
    answered: float = 0.0
    published: float = 0.0


@dataclass(slots=True)
class _Log:
    """The times of every sentence, the last one being under way."""

    times: list[_Times] = field(default_factory=list)

    def note(self, event: str) -> None:
        setattr(self.times[-1], event, time.monotonic())


def travel(
    make: GeneratorFactory, sentences: Sequence[str], robot_file: Path
) -> list[Legs | None]:
    """
    Send sentences one after the other.

    :param make: loads the generator
    :param robot_file: the robot that the node is for
    :returns: for each sentence the seconds from the user's process to the node (``DDS in``), to
        the generator (``queue``), in the ``generator``, of the second check (``handing on``) and
        back to the user's process (``DDS out``); None where no command came
    :raises NodeError: if the node or the user fails
    """
    log = _Log()
    context = quiet_context()
    set_logger_level('nl_commander', LoggingSeverity.FATAL)
    node = _TimedCommander(log, make, context, robot_file)
    try:
        with BackgroundSpinner(node, context=context) as spinner:
            with _user(context.get_domain_id()) as user:
                legs = [_legs(_send(user, sentence, log), log.times[-1])
                        for sentence in sentences]
            node.close()
        if spinner.error is not None:
            raise NodeError(f'a callback failed: {spinner.error}') from spinner.error
        return legs
    finally:
        node.destroy_node()
        context.try_shutdown()


class _TimedGenerator:
    """Notes when an answer begins and ends."""

    def __init__(self, generator: Generator, log: _Log) -> None:
        self._generator = generator
        self._log = log

    def use_robot(self, robot: RobotDescription) -> None:
        self._generator.use_robot(robot)

    def generate(
        self, instruction: str, should_stop: StopCheck, on_text: TextListener | None = None
    ) -> Generation:
        self._log.note('asked')
        generation = self._generator.generate(instruction, should_stop, on_text)
        self._log.note('answered')
        return generation

    def describe(self) -> dict[str, str]:
        return self._generator.describe()


class _TimedCommander(NlCommander):
    """The node, noting when instructions come and commands go."""

    def __init__(
        self, log: _Log, make: GeneratorFactory, context: Context, robot_file: Path
    ) -> None:
        self._log_of_times = log

        def timed(settings: GeneratorSettings) -> Generator:
            return _TimedGenerator(make(settings), log)

        super().__init__(timed, context=context, parameter_overrides=[
            Parameter('robot', value=str(robot_file))])

    def _on_instruction(self, message: String) -> None:
        self._log_of_times.note('received')
        super()._on_instruction(message)

    def create_publisher(self, msg_type: Any, topic: str, *args: Any, **options: Any) -> Any:
        publisher = super().create_publisher(msg_type, topic, *args, **options)
        if topic == 'ros2_command':
            publish, log = publisher.publish, self._log_of_times

            def noted(message: Any) -> None:
                log.note('published')
                publish(message)

            publisher.publish = noted  # type: ignore[assignment, method-assign]
        return publisher


@contextmanager
def _user(domain: int) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, 'ROS_DOMAIN_ID': str(domain)}
    command = [sys.executable, '-m', 'ros2_nl_commander.ros.traveller']
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          env=environment) as user:
        try:
            yield user
        finally:
            with suppress(BrokenPipeError):  # it has ended already, and ``_send`` said so
                if user.stdin is not None:
                    user.stdin.close()  # ends it


def _send(user: Any, sentence: str, log: _Log) -> dict[str, float | None]:
    log.times.append(_Times())
    try:
        user.stdin.write(json.dumps(sentence) + '\n')
        user.stdin.flush()
        line = user.stdout.readline()
    except BrokenPipeError:
        line = ''
    if not line:
        raise NodeError(f'the user ended before {sentence!r} was answered')
    answer: dict[str, float | None] = json.loads(line)
    return answer


def _legs(seen: dict[str, float | None], times: _Times) -> Legs | None:
    sent, heard = seen['sent'], seen['heard']
    if sent is None or heard is None:
        return None
    return {'DDS in': times.received - sent, 'queue': times.asked - times.received,
            'generator': times.answered - times.asked,
            'handing on': times.published - times.answered,
            'DDS out': heard - times.published}
