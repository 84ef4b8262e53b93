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
Talking to a running ``nl_commander`` node: sentences in, answers out, over its public topics.

For ``demo`` and ``console``. Knows nothing of the node but its contract.
"""

from __future__ import annotations

from dataclasses import dataclass
import queue
import time

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.context import Context
from rclpy.node import Node
from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.ros import qos
from ros2_nl_commander.ros.status import Stage, TERMINAL_STAGES
from std_msgs.msg import String

POLL_SEC = 0.05

#: Stages in which there is no command yet.
BEFORE_COMMAND = (Stage.RECEIVED.value, Stage.GENERATING.value)


@dataclass(frozen=True, slots=True)
class Answer:
    """
    How an instruction ended.

    :param instruction: the sentence
    :param stage: the terminal stage
    :param command: the command, or empty
    :param reason: why there is none, or empty
    :param seconds: from arrival at the node to the end [s]
    :param thinking_seconds: from arrival to the command, carrying it out left out [s]
    """

    instruction: str
    stage: Stage
    command: str
    reason: str
    seconds: float
    thinking_seconds: float


class CommanderClient(Node):
    """
    Asks one instruction at a time; spin it in another thread.

    Publishers: ``nl_command`` (std_msgs/String)

    Subscriptions: ``nl_commander/status`` (diagnostic_msgs/DiagnosticStatus), ``/diagnostics``

    :param context: rclpy context; the default one if None
    """

    def __init__(self, *, context: Context | None = None) -> None:
        super().__init__('nl_commander_client', context=context)
        self._statuses: queue.Queue[DiagnosticStatus] = queue.Queue()
        self._state: DiagnosticStatus | None = None
        self._publisher = self.create_publisher(String, 'nl_command', qos.INSTRUCTION)
        self.create_subscription(
            DiagnosticStatus, 'nl_commander/status', self._statuses.put, qos.STATUS)
        self.create_subscription(
            DiagnosticArray, '/diagnostics', self._on_diagnostics, qos.DIAGNOSTICS)
        self._commander = f"{self.get_namespace().rstrip('/')}/nl_commander:"

    def wait_until_active(self, timeout_sec: float) -> None:
        """
        Wait until the node is there and listens.

        :raises NodeError: if it is not in time, or says that it cannot
        """
        deadline = time.monotonic() + timeout_sec
        while time.monotonic() < deadline:
            state = self._state
            if state is not None and state.level == DiagnosticStatus.ERROR:
                raise NodeError(f'the node cannot work: {state.message}')
            if state is not None and state.message == 'active' and self._is_connected():
                return
            time.sleep(POLL_SEC)
        last = 'never heard of it' if self._state is None else self._state.message
        raise NodeError(f'the node is not active after {timeout_sec:.0f} s ({last})')

    def ask(self, instruction: str, timeout_sec: float) -> Answer:
        """
        Send an instruction and wait for its end.

        :raises NodeError: if it does not end in time
        """
        self._publisher.publish(String(data=instruction))
        deadline = time.monotonic() + timeout_sec
        identifier, thinking = '', 0.0
        while (status := self._next_status(deadline)) is not None:
            values = {pair.key: pair.value for pair in status.values}
            if status.message == Stage.RECEIVED.value and values['instruction'] == instruction:
                identifier = status.name
            if status.name != identifier:
                continue
            if not thinking and status.message not in BEFORE_COMMAND:
                thinking = float(values['seconds'])
            if status.message in TERMINAL_STAGES:
                return Answer(instruction, Stage(status.message), values['command'],
                              values['reason'], float(values['seconds']), thinking)
        raise NodeError(f'no answer to {instruction!r} within {timeout_sec:.0f} s')

    def _next_status(self, deadline: float) -> DiagnosticStatus | None:
        try:
            return self._statuses.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return None

    def _is_connected(self) -> bool:
        return (self._publisher.get_subscription_count() > 0
                and self.count_publishers('nl_commander/status') > 0)

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            if status.name.startswith(self._commander):
                self._state = status
