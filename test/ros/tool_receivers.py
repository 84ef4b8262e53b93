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

"""Receivers for command texts, by whomever they are sent: what arrives, as plain values."""

from __future__ import annotations

import shlex
import time
from typing import Any

from rclpy.action.server import ActionServer, ServerGoalHandle
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from ros2_nl_commander.ros.execution.messages import import_type

#: A stamp that is no older than this was made for the message.
NOW_SEC = 60.0


class Receiver:
    """
    Listens to the topic, or serves the service or action, that a command text names.

    :param node: spun by others
    :param text: the command
    :param reliability: what a listener asks for
    """

    def __init__(self, node: Node, text: str, reliability: str) -> None:
        words = shlex.split(text)
        at = next(index for index, word in enumerate(words) if word.startswith('/'))
        self._node, self._name = node, words[at]
        self.messages: list[Any] = []
        self.sent_at_sec: list[float] = []
        self.publisher_qos: set[tuple[str, str]] = set()
        self._kind = kind = import_type(words[at + 1])
        self._server: ActionServer[Any, Any, Any] | None = None
        if words[1] == 'topic':
            node.create_subscription(kind, self._name, self._on_message, QoSProfile(
                depth=100, reliability=ReliabilityPolicy[reliability]))
        elif words[1] == 'service':
            node.create_service(kind, self._name, self._on_request)
        else:
            self._server = ActionServer(node, kind, self._name, self._on_goal)

    def forget(self) -> None:
        """Forget what has arrived so far."""
        self.messages, self.sent_at_sec = [], []

    def has_got(self, count: int, seconds: float) -> bool:
        """Wait for so many messages; tell whether they came."""
        deadline = time.monotonic() + seconds
        while len(self.messages) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return len(self.messages) >= count

    def close(self) -> None:
        """Destroy what a node does not destroy by itself."""
        if self._server is not None:
            self._server.destroy()

    def _on_message(self, message: Any, info: Any) -> None:
        self.sent_at_sec.append(info['source_timestamp'] / 1e9)
        self.publisher_qos |= {
            (publisher.qos_profile.reliability.name, publisher.qos_profile.durability.name)
            for publisher in self._node.get_publishers_info_by_topic(self._name)}
        self.messages.append(differences(message))

    def _on_request(self, request: Any, response: Any) -> Any:
        self.messages.append(differences(request))
        for verdict in ('success', 'bool_value'):
            if hasattr(response, verdict):
                setattr(response, verdict, True)
        return response

    def _on_goal(self, handle: ServerGoalHandle[Any, Any, Any]) -> Any:
        self.messages.append(differences(handle.request))
        handle.succeed()
        return self._kind.Result()


def differences(message: Any) -> Any:
    """Give the fields that are not as a fresh message has them; a stamp of now reads ``now``."""
    if hasattr(message, 'nanosec') and abs(message.sec - time.time()) < NOW_SEC:
        return 'now'
    fresh = type(message)()
    pairs = ((name, plain(getattr(message, name)), plain(getattr(fresh, name)))
             for name in message.get_fields_and_field_types())
    return {name: value for name, value, default in pairs if value != default}


def plain(value: Any) -> Any:
    """Give a field as numbers, text, lists and mappings."""
    if hasattr(value, 'get_fields_and_field_types'):
        return differences(value)
    if isinstance(value, (bool, int, float, str)):
        return value
    values = value.tolist() if hasattr(value, 'tolist') else value
    return [plain(item) for item in values]
