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

"""How long a stop takes, measured over DDS: from the call of ``~/stop`` to a zero at the robot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import random
import tempfile
import threading
import time
from typing import Any

from geometry_msgs.msg import Twist
import rclpy
from rclpy.context import Context
from rclpy.node import Node
from rclpy.parameter import Parameter
from ros2_nl_commander.language.command import TopicPublication
from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.language.generation import (
    Generation, GeneratorSettings, StopCheck, TextListener)
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.ros.node import NlCommander
from ros2_nl_commander.ros.spinning import BackgroundSpinner, switch_threads_often
from std_msgs.msg import String
from std_srvs.srv import Trigger

TIMEOUT_SEC = 20.0
_DRIVE = TopicPublication('/porter/cmd_vel', 'geometry_msgs/msg/Twist', {'linear': {'x': 0.2}},
                          400, 20.0)
#: What the node may do while it is measured.
POLICY = 'rules: {/porter/cmd_vel: {tier: auto, limits: {linear.x: [-1, 1]}}}'


def measure_stops(count: int) -> list[float]:
    """
    Drive and stop again and again, with a node that thinks in pure Python besides.

    :returns: seconds from the call to the zero velocity, for each stop
    :raises NodeError: if something does not happen in time
    """
    switch_threads_often()  # as the node's own program does
    context = Context()
    rclpy.init(args=[], context=context, domain_id=1 + os.getpid() % 100)
    base, user = _Base(context), Node('user', context=context)
    try:
        with _commander(context) as commander, BackgroundSpinner(base, context=context), \
                BackgroundSpinner(user, context=context):
            sender = user.create_publisher(String, 'nl_command', 10)
            stop: Any = user.create_client(Trigger, 'nl_commander/stop')
            _until(lambda: stop.service_is_ready() and sender.get_subscription_count()
                   and not commander.why_inactive)
            return [_measure(base, sender.publish, lambda: stop.call_async(Trigger.Request()))
                    for _ in range(count)]
    finally:
        base.destroy_node()
        user.destroy_node()
        context.try_shutdown()


class _Base(Node):
    """Notes when it was told to move, and when to stand."""

    def __init__(self, context: Context) -> None:
        super().__init__('base', context=context)
        self.is_moving = False
        self.stood_at = 0.0
        self.create_subscription(Twist, '/porter/cmd_vel', self._on_velocity, 10)

    def _on_velocity(self, message: Twist) -> None:
        if self.is_moving and not message.linear.x:
            self.stood_at = time.monotonic()
        self.is_moving = bool(message.linear.x)


class _Driver:
    """Always drives, and keeps a thread as busy as a model's Python code would."""

    def __init__(self, _settings: GeneratorSettings) -> None:
        self._busy = threading.Thread(target=self._think, daemon=True)
        self.ended = threading.Event()
        self._busy.start()

    def use_robot(self, robot: RobotDescription) -> None:
        """Take any."""

    def describe(self) -> dict[str, str]:
        """Say nothing."""
        return {}

    def generate(
        self, instruction: str, should_stop: StopCheck, on_text: TextListener | None = None
    ) -> Generation:
        """Drive."""
        return Generation(instruction, _DRIVE, None, 0.0)

    def _think(self) -> None:
        while not self.ended.is_set():
            sum(range(10_000))


@contextmanager
def _commander(context: Context) -> Iterator[NlCommander]:
    drivers: list[_Driver] = []

    def make(settings: GeneratorSettings) -> _Driver:
        drivers.append(_Driver(settings))
        return drivers[-1]

    with tempfile.TemporaryDirectory() as folder:
        policy = Path(folder) / 'policy.yaml'
        policy.write_text(POLICY, encoding='utf-8')
        given = {'robot': str(share_file('config', 'robots', 'demo_robot.yaml')),
                 'execute': 'auto', 'policy': str(policy), 'audit_log': f'{folder}/audit.jsonl'}
        node = NlCommander(make, context=context, parameter_overrides=[
            Parameter(name, value=value) for name, value in given.items()])
        try:
            with BackgroundSpinner(node, context=context):
                yield node
                node.close()
        finally:
            for driver in drivers:
                driver.ended.set()
            node.destroy_node()


def _measure(
    base: _Base, send: Callable[[String], None], stop: Callable[[], object]
) -> float:
    send(String(data='drive'))
    _until(lambda: base.is_moving)
    time.sleep(random.uniform(0.0, 0.2))  # anywhere between two messages
    called_at = time.monotonic()
    stop()
    _until(lambda: not base.is_moving)
    stood_at = base.stood_at
    time.sleep(0.5)  # the zeros that follow belong to this stop
    if base.is_moving:
        raise NodeError('the base was told to move again after a stop')
    return stood_at - called_at


def _until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + TIMEOUT_SEC
    while not condition():
        if time.monotonic() > deadline:
            raise NodeError(f'nothing happened within {TIMEOUT_SEC:g} s')
        time.sleep(0.001)
