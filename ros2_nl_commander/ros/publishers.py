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
What the node says: every topic that it publishes of its own, and what goes out on each.

Topics of the robot are published in ``execution``.
"""

from __future__ import annotations

from collections.abc import Mapping

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.node import Node
from rclpy.qos_overriding_options import QoSOverridingOptions
from ros2_nl_commander.language.generation import TextListener
from ros2_nl_commander.language.names import visible
from ros2_nl_commander.ros import qos
from ros2_nl_commander.ros.diagnostics import node_message, status_message
from ros2_nl_commander.ros.request import Request
from ros2_nl_commander.ros.status import StatusReport
from std_msgs.msg import Header, String


class Publishers:
    """
    Publishes for a node; from any thread.

      * ``ros2_command`` (std_msgs/String): the command, only if there is a valid one
      * ``~/status`` (diagnostic_msgs/DiagnosticStatus): every instruction's life; ``name`` is its
        id, ``message`` its stage; exactly one terminal stage for each
      * ``~/forming`` (diagnostic_msgs/KeyValue, best effort): what the model has written so far;
        ``key`` is the instruction's id. A draft that nobody has checked, and may be lost; written
        only while somebody listens
      * ``/diagnostics`` (diagnostic_msgs/DiagnosticArray): state, model, latencies, counts

    :param node: whose topics they are
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        overridable = QoSOverridingOptions.with_default_policies()
        self._command = node.create_publisher(
            String, 'ros2_command', qos.COMMAND, qos_overriding_options=overridable)
        self._status = node.create_publisher(
            DiagnosticStatus, '~/status', qos.STATUS, qos_overriding_options=overridable)
        self._forming = node.create_publisher(KeyValue, '~/forming', qos.FORMING)
        self._diagnostics = node.create_publisher(
            DiagnosticArray, '/diagnostics', qos.DIAGNOSTICS)

    def publish_command(self, text: str) -> None:
        """Put the text of a valid command out."""
        self._command.publish(String(data=text))

    def report(self, report: StatusReport) -> None:
        """Tell a stage of an instruction; its end stands in the log, too."""
        if not self._node.context.ok():
            return  # rclpy was shut down from outside: nobody can be told any more
        self._status.publish(status_message(report))
        if report.stage.is_terminal:
            outcome = ': '.join(filter(None, (report.command, report.reason)))
            self._node.get_logger().info(
                f'[{report.request_id}] {report.instruction!r} {report.stage.value} after '
                f'{report.seconds:.2f} s: {visible(outcome)}')

    def drafts_of(self, request: Request) -> TextListener | None:
        """Give what publishes the drafts of an instruction; None where nobody listens now."""
        if not self._forming.get_subscription_count():
            return None

        def publish(text: str) -> None:
            # What has ended is done with, even if the model has not noticed yet.
            if not request.is_finished and self._node.context.ok():
                self._forming.publish(KeyValue(key=request.request_id, value=text))

        return publish

    def diagnose(self, why_inactive: str, has_failed: bool, values: Mapping[str, str]) -> None:
        """
        Tell how the node is.

        :param why_inactive: empty while it is active
        :param has_failed: whether somebody has to put something right
        :param values: what else there is to say
        """
        status = node_message(
            self._node.get_fully_qualified_name(), why_inactive, has_failed, values)
        self._diagnostics.publish(DiagnosticArray(
            header=Header(stamp=self._node.get_clock().now().to_msg()), status=[status]))
