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
The clients and publishers that commands went through, made once and kept until the node lets go.

A client that is destroyed while its goal may still run could never cancel it; and one that is kept
need not be discovered again.
"""

from __future__ import annotations

from collections.abc import Callable
import threading
from typing import Any, TypeVar

from rclpy.action.client import ActionClient
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.qos import QoSProfile
from ros2_nl_commander.ros.execution.messages import import_type

#: How long the executor of the node may take to come round [s].
ROUND_SEC = 5.0

_Made = TypeVar('_Made')


class Endpoints:
    """
    Makes and keeps endpoints; may be used by any thread that does not spin the node.

    :param node: what they belong to
    """

    def __init__(self, node: Node) -> None:
        self.node = node
        # Of its own and reentrant: responses must arrive while a service of the node is busy.
        self._group = ReentrantCallbackGroup()
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str, str], tuple[Any, Callable[[], None]]] = {}

    def publisher(self, name: str, type_name: str, qos: QoSProfile) -> Any:
        """
        Give a publisher; one for each quality of service that was ever asked for.

        :raises UnknownTypeError: if the type is not installed here
        """
        kind = import_type(type_name)
        return self._get(('publisher', f'{name} {qos.durability.name}', type_name),
                         lambda: self.node.create_publisher(kind, name, qos),
                         self.node.destroy_publisher)

    def service_client(self, name: str, type_name: str) -> Any:
        """
        Give a client of a service.

        :raises UnknownTypeError: if the type is not installed here
        """
        kind = import_type(type_name)
        return self._get(
            ('service', name, type_name),
            lambda: self.node.create_client(kind, name, callback_group=self._group),
            self.node.destroy_client)

    def action_client(self, name: str, type_name: str) -> Any:
        """
        Give a client of an action.

        :raises UnknownTypeError: if the type is not installed here
        """
        kind = import_type(type_name)
        return self._get(
            ('action', name, type_name),
            lambda: ActionClient(self.node, kind, name, callback_group=self._group),
            lambda client: client.destroy())

    def close(self) -> None:
        """Destroy all of them."""
        with self._lock:
            kept, self._kept = list(self._kept.values()), {}
        for _, destroy in kept:
            self._orderly(destroy)

    def _get(
        self, key: tuple[str, str, str], make: Callable[[], _Made],
        destroy: Callable[[_Made], Any],
    ) -> _Made:
        with self._lock:
            if key not in self._kept:
                made = self._orderly(make)
                self._kept[key] = made, lambda: destroy(made)
            found: _Made = self._kept[key][0]
            return found

    def _orderly(self, work: Callable[[], _Made]) -> _Made:
        """Do something while the node's executor does not look at its entities."""
        between_spins = getattr(self.node.executor, 'between_spins', None)
        if between_spins is None:
            return work()
        try:
            done: _Made = between_spins(work, ROUND_SEC)
            return done
        except TimeoutError:
            return work()  # nobody spins any more
