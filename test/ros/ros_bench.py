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


"""Helpers for tests with real rclpy: a fake generator, and a user that talks to the node."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import signal
import threading
import time
from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.client import Client
from rclpy.context import Context
from rclpy.node import Node
from rclpy.parameter import Parameter
from ros2_nl_commander.language.command import Command, ServiceCall
from ros2_nl_commander.language.generation import (
    Generation,
    GeneratorSettings,
    StopCheck,
    TextListener,
)
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.ros.node import NlCommander
from ros2_nl_commander.ros.spinning import BackgroundSpinner
from ros2_nl_commander.ros.status import Stage
from std_msgs.msg import String

ROBOT_FILE = Path(__file__).parents[2] / 'config' / 'robots' / 'demo_robot.yaml'
SIREN_ON = ServiceCall('/porter/siren', 'std_srvs/srv/SetBool', {'data': True})

#: Discovery alone was seen to take 3 s.
TIMEOUT_SEC = 20.0

#: All that a test can send: this user counts what came, and may itself be late by a second.
LISTENING_DEPTH = 5000


def wait_until(condition: Callable[[], Any], timeout_sec: float = TIMEOUT_SEC) -> Any:
    """Return the first true value of a condition, or fail."""
    deadline = time.monotonic() + timeout_sec
    while not (value := condition()):
        assert time.monotonic() < deadline, 'it did not happen in time'
        time.sleep(0.005)
    return value


class FakeGenerator:
    """Answers as told: a command, None to decline, or an exception; works until released."""

    def __init__(self) -> None:
        self.answer: Command | Exception | None = SIREN_ON
        #: For sentences that have an answer of their own; a text is a reason to decline.
        self.answers: dict[str, Command | str] = {}
        #: How likely it finds its answers, 0 to 1.
        self.probability = 1.0
        self.asked: list[str] = []
        self.robot: RobotDescription | None = None
        self.settings: GeneratorSettings | None = None
        self.load_error: Exception | None = None
        self.may_load = threading.Event()
        self.may_load.set()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.is_deaf = False
        #: Told one after the other, and the last one again until it is released.
        self.drafts: list[str] = []
        self.has_listener: list[bool] = []
        self.on_robot: Callable[[RobotDescription], None] = lambda robot: None

    def load(self, settings: GeneratorSettings) -> FakeGenerator:
        self.settings = settings
        assert self.may_load.wait(TIMEOUT_SEC)
        if self.load_error is not None:
            raise self.load_error
        return self

    def use_robot(self, robot: RobotDescription) -> None:
        self.on_robot(robot)
        self.robot = robot

    def generate(
        self, instruction: str, should_stop: StopCheck, on_text: TextListener | None = None
    ) -> Generation:
        self.asked.append(instruction)
        self.has_listener.append(on_text is not None)
        for draft in self.drafts if on_text is not None else ():
            on_text(draft)
        while not self.may_answer.wait(0.005):
            if self.drafts and on_text is not None:
                on_text(self.drafts[-1])
            if not self.is_deaf and should_stop():
                return Generation(instruction, None, 'interrupted', 0.0)
        answer = self.answers.get(instruction, self.answer)
        if isinstance(answer, Exception):
            raise answer
        if answer is None or isinstance(answer, str):
            return Generation(instruction, None, answer or 'cannot do that', 0.01, 3,
                              probability=self.probability)
        return Generation(instruction, answer, None, 0.01, 3, probability=self.probability)

    def describe(self) -> dict[str, str]:
        return {'device': 'fake', 'memory': '1 MiB'}


class Bench:
    """A graph of its own: the node under test, and a user that talks to it over DDS."""

    def __init__(self, context: Context, generator: FakeGenerator) -> None:
        self.context = context
        self.generator = generator
        self.user = Node('user', context=context)
        self.commands: list[str] = []
        self.statuses: list[DiagnosticStatus] = []
        self._spinners: list[BackgroundSpinner] = []
        self._nodes: list[Node] = [self.user]
        self._spin(self.user)

    def start(
        self, *, namespace: str = '', topic: str = 'nl_command',
        output: str = 'ros2_command', wait: str = 'active', **parameters: Any,
    ) -> NlCommander:
        """Start the node, wait for the user to be matched and for the state."""
        parameters.setdefault('robot', str(ROBOT_FILE))
        node = NlCommander(
            self.generator.load, context=self.context, namespace=namespace or None,
            parameter_overrides=[Parameter(key, value=value)
                                 for key, value in parameters.items()])
        self.node = node
        self._nodes.append(node)
        self._spin(node)
        prefix = f'/{namespace}' if namespace else ''
        self.sender = self.user.create_publisher(String, f'{prefix}/{topic}', 100)
        self._listen(String, f'{prefix}/{output}', lambda m: self.commands.append(m.data))
        self._listen(DiagnosticStatus, f'{prefix}/nl_commander/status', self.statuses.append)
        wait_until(lambda: self.sender.get_subscription_count() == 1)
        self._wait_for_ghosts(node)
        if wait:
            self.wait_for_state(node, wait)
        return node

    def _wait_for_ghosts(self, node: NlCommander) -> None:
        """
        Wait until the graph has the node once: one that has a twin carries nothing out.

        Of a node that was killed in an earlier test the middleware may still tell, for 20 s.
        """
        own = node.get_name(), node.get_namespace()
        expected = sum(isinstance(one, NlCommander) for one in self._nodes)
        wait_until(lambda: node.get_node_names_and_namespaces().count(own) <= expected, 60.0)

    def wait_for_state(self, node: NlCommander, state: str) -> None:
        wait_until(lambda: node._state_machine.current_state[1] == state)

    def send(self, *texts: str) -> None:
        for text in texts:
            self.sender.publish(String(data=text))

    def call(self, service_type: Any, name: str, request: Any = None) -> Any:
        client: Client = self.user.create_client(service_type, name)
        assert client.wait_for_service(TIMEOUT_SEC)
        future = client.call_async(request or service_type.Request())
        wait_until(future.done)
        return future.result()

    def stages(self, instruction: str) -> list[str]:
        """List the stages that an instruction went through, by its text."""
        return [s.message for s in self.statuses if value(s, 'instruction') == instruction]

    def end_of(self, instruction: str) -> DiagnosticStatus:
        """Wait for the end of an instruction."""
        wait_until(lambda: any(Stage(stage).is_terminal for stage in self.stages(instruction)))
        return [s for s in self.statuses if value(s, 'instruction') == instruction][-1]

    def close(self) -> None:
        for node in self._nodes[1:]:
            if isinstance(node, NlCommander):
                node.close()
        self.settle()
        for spinner in self._spinners:
            spinner.__exit__(None, None, None)
        for node in self._nodes:
            node.destroy_node()
        for error in (spinner.error for spinner in self._spinners if spinner.error):
            raise error  # with the lines where it happened

    def settle(self) -> None:
        """Wait until all that was received has ended."""
        wait_until(lambda: all(
            any(Stage(s.message).is_terminal for s in self.statuses if s.name == request)
            for request in {s.name for s in self.statuses}))

    def add(self, node: Node) -> Node:
        """Spin one more node; the bench ends it."""
        self._nodes.append(node)
        self._spin(node)
        return node

    def _spin(self, node: Node) -> None:
        self._spinners.append(BackgroundSpinner(node, context=self.context).__enter__())

    def _listen(self, message_type: Any, topic: str, callback: Callable[[Any], None]) -> None:
        subscription = self.user.create_subscription(
            message_type, topic, callback, LISTENING_DEPTH)
        wait_until(lambda: self.user.count_publishers(topic) == 1)
        # Endpoints that are known are matched a moment later; the node's side decides.
        wait_until(lambda: all(
            publisher.get_subscription_count() == 1 for publisher in self._nodes[-1].publishers
            if publisher.topic_name == topic))
        assert subscription.topic_name == topic


def with_default_signals() -> None:
    """Undo, in a new process, that whoever runs the tests in the background ignores signals."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def value(status: DiagnosticStatus, key: str) -> str:
    """Pick one of the values of a status."""
    return str({pair.key: pair.value for pair in status.values}[key])


def assert_one_end_each(statuses: list[DiagnosticStatus]) -> None:
    """Check the life of every instruction: received first, one terminal stage, at the end."""
    for request in {status.name for status in statuses}:
        stages = [Stage(s.message) for s in statuses if s.name == request]
        assert stages[0] is Stage.RECEIVED
        assert [stage.is_terminal for stage in stages] == [False] * (len(stages) - 1) + [True]
