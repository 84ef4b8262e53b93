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
A user in a process of its own, so that sentences and commands really pass through DDS.

Takes sentences from standard input, one JSON text a line; answers each with a JSON object:
``sent`` and ``heard`` are times of the clock that all processes share, ``heard`` None where no
command came. Started by ``journeys``.
"""

from __future__ import annotations

import json
import queue
import sys
import time

import rclpy
from rclpy.context import Context
from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.ros import qos
from ros2_nl_commander.ros.client import CommanderClient
from ros2_nl_commander.ros.spinning import BackgroundSpinner
from std_msgs.msg import String

#: A real model on a busy machine is slow [s].
TIMEOUT_SEC = 120.0


class Traveller(CommanderClient):
    """
    Notes when commands arrive.

    :param context: rclpy context
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context=context)
        self._heard: queue.Queue[float] = queue.Queue()
        self.create_subscription(String, 'ros2_command', self._on_command, qos.COMMAND)

    def is_connected_to_commands(self) -> bool:
        """Tell whether commands would arrive."""
        return self.count_publishers('ros2_command') > 0

    def travel(self, sentence: str) -> dict[str, float | None]:
        """Send a sentence, and tell when that was and when its command came."""
        sent = time.monotonic()
        answer = self.ask(sentence, TIMEOUT_SEC)
        if not answer.command:
            return {'sent': sent, 'heard': None}
        try:
            return {'sent': sent, 'heard': self._heard.get(timeout=TIMEOUT_SEC)}
        except queue.Empty:
            raise NodeError(f'the command of {sentence!r} did not arrive') from None

    def _on_command(self, _message: String) -> None:
        self._heard.put(time.monotonic())


def main() -> int:
    """Answer standard input until it ends."""
    context = Context()
    rclpy.init(args=[], context=context)
    traveller = Traveller(context)
    try:
        with BackgroundSpinner(traveller, context=context):
            traveller.wait_until_active(TIMEOUT_SEC)
            for line in sys.stdin:
                print(json.dumps(traveller.travel(json.loads(line))), flush=True)
    finally:
        traveller.destroy_node()
        context.try_shutdown()
    return 0


if __name__ == '__main__':
    sys.exit(main())
