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


"""What people say of commands that wait for approval: the topics on which they say it."""

from __future__ import annotations

from collections.abc import Callable

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.node import Node
from ros2_nl_commander.ros import qos
from ros2_nl_commander.ros.execution.gate import Gate
from std_msgs.msg import String


def listen_for_verdicts(node: Node, gate: Callable[[], Gate | None]) -> None:
    """
    Take ``~/approve`` and ``~/refuse`` (std_msgs/String): the id of a command that waits.

    :param gate: gives what lets commands wait, as it is by then
    """
    def approve(message: String) -> None:
        current = gate()
        if current is None or not current.approvals.approve(message.data.strip()):
            node.get_logger().warning(f'nothing waits for the approval of {message.data!r}')

    def refuse(message: String) -> None:
        current = gate()
        if current is None or not current.approvals.refuse(message.data.strip()):
            node.get_logger().warning(f'nothing waits for the refusal of {message.data!r}')

    for name, take in (('~/approve', approve), ('~/refuse', refuse)):
        # Groups of their own: neither waits for the other.
        node.create_subscription(String, name, take, qos.INSTRUCTION,
                                 callback_group=MutuallyExclusiveCallbackGroup())
