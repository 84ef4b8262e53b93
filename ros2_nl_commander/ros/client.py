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
Talking to a running ``nl_commander`` node over its public names: the one place that does.

For ``demo`` and ``console``. Knows nothing of the node but its contract.
"""

from __future__ import annotations

from dataclasses import dataclass
import queue
import threading
import time
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.client import Client
from rclpy.context import Context
from rclpy.node import Node
from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.ros import qos
from ros2_nl_commander.ros.diagnostics import report_from_message
from ros2_nl_commander.ros.following import Following
from ros2_nl_commander.ros.readiness import same_graph_hint
from ros2_nl_commander.ros.status import Stage, StatusReport
from std_msgs.msg import String
from std_srvs.srv import Trigger

POLL_SEC = 0.05

#: Reports kept for whoever follows; the oldest go first.
MOST_REPORTS = 1000

#: How long ``~/stop`` may take to answer before it counts as not confirmed [s].
STOP_SEC = 5.0

#: Stages in which there is no command yet.
BEFORE_COMMAND = (Stage.RECEIVED, Stage.GENERATING)


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
    Sends one instruction at a time and follows it; spin it in another thread.

    Publishers, all std_msgs/String: ``nl_command``, ``nl_commander/approve``,
    ``nl_commander/refuse``

    Subscriptions: ``nl_commander/status`` (diagnostic_msgs/DiagnosticStatus), ``/diagnostics``,
    and where drafts are wanted ``nl_commander/forming`` (diagnostic_msgs/KeyValue)

    Clients: ``nl_commander/stop`` (std_srvs/Trigger)

    :param context: rclpy context; the default one if None
    :param wants_drafts: listen to answers while they form; the node writes them only then
    """

    def __init__(self, *, context: Context | None = None, wants_drafts: bool = False) -> None:
        super().__init__('nl_commander_client', context=context)
        self._reports: queue.Queue[StatusReport] = queue.Queue()
        self._state: DiagnosticStatus | None = None
        self._draft = KeyValue()
        self._instructions = self.create_publisher(String, 'nl_command', qos.INSTRUCTION)
        self._approvals = self.create_publisher(String, 'nl_commander/approve', qos.INSTRUCTION)
        self._refusals = self.create_publisher(String, 'nl_commander/refuse', qos.INSTRUCTION)
        # A group of its own: the answer to a stop waits for nothing.
        self._stop: Client[Any, Any] = self.create_client(
            Trigger, 'nl_commander/stop', callback_group=MutuallyExclusiveCallbackGroup())
        self.create_subscription(
            DiagnosticStatus, 'nl_commander/status', self._on_status, qos.STATUS)
        self.create_subscription(
            DiagnosticArray, '/diagnostics', self._on_diagnostics, qos.DIAGNOSTICS)
        if wants_drafts:
            self.create_subscription(
                KeyValue, 'nl_commander/forming', self._on_forming, qos.FORMING)
        # Where names are remapped, the node is where its status comes from.
        self._status_name = self.resolve_topic_name('nl_commander/status')
        self._commander = f'{self._status_name.rpartition("/")[0]}:'

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
        inactive = f'the node is not active after {timeout_sec:.0f} s'
        if self._state is not None:
            raise NodeError(f'{inactive} ({self._state.message})')
        name = self._commander.removesuffix(':')
        raise NodeError(f'{inactive} (never heard of it): {same_graph_hint(self, name)} One in '
                        'another namespace is reached with --ros-args -r __ns:=/NAMESPACE')

    def send(self, instruction: str, timeout_sec: float) -> Following:
        """
        Send an instruction; what comes of it is then followed.

        :param timeout_sec: how long the node may take until it ends or is under way [s]
        """
        self.overhear()
        following = Following(instruction, self._reports, timeout_sec, self._has_node)
        self._instructions.publish(String(data=instruction))
        return following

    def ask(self, instruction: str, timeout_sec: float) -> Answer:
        """
        Send an instruction and wait for its end.

        :raises NodeError: if it does not end in time
        """
        following = self.send(instruction, timeout_sec)
        deadline = time.monotonic() + timeout_sec
        thinking = 0.0
        while (report := following.next(max(0.0, deadline - time.monotonic()))) is not None:
            if not thinking and report.stage not in BEFORE_COMMAND:
                thinking = report.seconds
            if report.stage.is_terminal:
                return Answer(instruction, report.stage, report.command, report.reason,
                              report.seconds, thinking)
        raise NodeError(f'no answer to {instruction!r} within {timeout_sec:.0f} s')

    def approve(self, request_id: str) -> None:
        """Have the command carried out that waits under this id."""
        self._approvals.publish(String(data=request_id))

    def refuse(self, request_id: str) -> None:
        """Have the command that waits under this id end; nothing else does."""
        self._refusals.publish(String(data=request_id))

    def stop(self, timeout_sec: float = STOP_SEC) -> str:
        """
        Stop the robot, and all instructions of the node, also those of others.

        :returns: what the node did, in its words
        :raises NodeError: if it does not confirm it in time
        """
        deadline = time.monotonic() + timeout_sec
        if not self._stop.service_is_ready():
            self._stop.wait_for_service(timeout_sec)
        answered = threading.Event()
        future = self._stop.call_async(Trigger.Request())
        future.add_done_callback(lambda _future: answered.set())
        if not answered.wait(max(0.0, deadline - time.monotonic())):
            self._stop.remove_pending_request(future)
            raise NodeError(f'the stop is NOT confirmed: no answer within {timeout_sec:g} s; '
                            "use the robot's own stop")
        response: Trigger.Response = future.result()
        if not response.success:
            raise NodeError(f'the stop is NOT confirmed: {response.message}')
        return str(response.message)

    def draft_of(self, request_id: str) -> str:
        """Give what the model has written so far: nobody has checked it, and it may be lost."""
        draft = self._draft
        return str(draft.value) if draft.key == request_id else ''

    def overhear(self) -> list[StatusReport]:
        """Give what the node has said since the last time and nobody has followed."""
        heard = []
        while not self._reports.empty():
            heard.append(self._reports.get())
        return heard

    def _is_connected(self) -> bool:
        publishers = (self._instructions, self._approvals, self._refusals)
        return (all(publisher.get_subscription_count() > 0 for publisher in publishers)
                and self._has_node())

    def _has_node(self) -> bool:
        return self.count_publishers(self._status_name) > 0

    def _on_status(self, message: DiagnosticStatus) -> None:
        try:
            if self._reports.qsize() >= MOST_REPORTS:
                self._reports.get_nowait()  # others use the robot, and nobody follows here
            self._reports.put(report_from_message(message))
        except NodeError as error:
            self.get_logger().warning(str(error))

    def _on_forming(self, message: KeyValue) -> None:
        self._draft = message

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            if status.name.startswith(self._commander):
                self._state = status
