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
import time
from typing import Any, TypeVar

from action_msgs.msg import GoalStatus
from action_msgs.srv import CancelGoal
from rclpy.action.client import ActionClient, ClientGoalHandle
from rclpy.action.graph import get_action_names_and_types
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.qos import QoSProfile
from ros2_nl_commander.ros.execution.messages import import_type
from ros2_nl_commander.ros.execution.peers import check_not_remapped
from ros2_nl_commander.ros.spinning import between_spins

_Made = TypeVar('_Made')

#: How long another server may take to accept what one has refused [s].
TWIN_SEC = 1.0

#: Whether whoever answers has the goal, by what is answered.
_HAS_THE_GOAL: dict[str, Callable[[Any], bool]] = {
    'goal': lambda answer: answer.accepted,
    'result': lambda answer: answer.status != GoalStatus.STATUS_UNKNOWN,
    'cancel': lambda answer: (
        answer.return_code != CancelGoal.Response.ERROR_UNKNOWN_GOAL_ID)}


class SteadyActionClient(ActionClient):  # type: ignore[type-arg,unused-ignore]
    """
    An action client without four faults of rclpy's.

    It registers two futures for each goal and gives out the second: the first stays for ever, and
    takes an answer that comes in between (https://github.com/ros2/rclpy/pull/1532). It keeps the
    feedback callback of every goal that was refused. And it raises, out of the executor, where a
    second server of the same name answers soon after the first: the node would hear nothing any
    more, not even ``~/stop``. Here the first answer counts. And it takes the word of a second
    server, which refuses the goal or has not heard of it yet, for its end, while the first one
    goes on: here such a word counts only where there is one server, or none accepts the goal.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._refused_at: dict[bytes, float] = {}

    def send_goal_async(self, *arguments: Any, **options: Any) -> Any:
        """Send a goal; call it between two spins, so that no answer comes in between."""
        before = set(map(id, self._futures))
        given = super().send_goal_async(*arguments, **options)
        for future in tuple(self._futures):
            if id(future) not in before and future is not given:
                self.remove_future(future)
        return given

    def forget_refused(self, handle: ClientGoalHandle[Any, Any, Any]) -> None:
        """Let go of what is kept for a goal that was refused."""
        self._feedback_callbacks.pop(bytes(handle.goal_id.uuid), None)

    def was_refused(self, goal_id: Any) -> bool:
        """Tell whether one of several servers has refused a goal and no other one answers."""
        refused_at = self._refused_at.get(bytes(goal_id.uuid))
        return refused_at is not None and time.monotonic() - refused_at > TWIN_SEC

    def has_twin(self) -> bool:
        """Tell whether there is more than one server, by what only servers publish."""
        return bool(self._node.count_publishers(f'{self._action_name}/_action/status') > 1)

    async def execute(self, taken_data: Any) -> None:
        """Work on what has arrived; leave an answer out that rclpy does not bear."""
        for kind, has_the_goal in _HAS_THE_GOAL.items():
            if kind in taken_data and not has_the_goal(taken_data[kind][1]) and self.has_twin():
                number, _ = taken_data.pop(kind)
                if kind == 'goal' and number in self._goal_sequence_number_to_goal_id:
                    goal_id = self._goal_sequence_number_to_goal_id[number]
                    self._refused_at.setdefault(bytes(goal_id.uuid), time.monotonic())
        try:
            await super().execute(taken_data)
        except RuntimeError as error:
            if taken_data.pop('goal', None) is None:
                raise
            self._node.get_logger().warning(f'a second answer to a goal is ignored: {error}')
            await super().execute(taken_data)  # the rest of what arrived with it


class Endpoints:
    """
    Makes and keeps endpoints; may be used by any thread that does not spin the node.

    :param node: what they belong to; none is made under a name that its process remaps
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

        Those of another type go: DDS bears one type for a topic in a process.

        :raises UnknownTypeError: if the type is not installed here
        """
        kind = import_type(type_name)
        self.drop_publishers(name, type_name)
        return self._get(name, ('publisher', f'{name} {qos}', type_name),
                         lambda: self.node.create_publisher(kind, name, qos),
                         self.node.destroy_publisher)

    def service_client(self, name: str, type_name: str) -> Any:
        """
        Give a client of a service.

        :raises UnknownTypeError: if the type is not installed here
        """
        kind = import_type(type_name)
        return self._get(
            name, ('service', name, type_name),
            lambda: self.node.create_client(kind, name, callback_group=self._group),
            self.node.destroy_client)

    def action_client(self, name: str, type_name: str) -> Any:
        """
        Give a client of an action.

        :raises UnknownTypeError: if the type is not installed here
        """
        kind = import_type(type_name)
        return self._get(
            name, ('action', name, type_name),
            lambda: SteadyActionClient(self.node, kind, name, callback_group=self._group),
            lambda client: client.destroy())

    def send_goal(
        self, client: Any, goal: Any, goal_id: Any, feedback: Callable[[Any], None]
    ) -> Any:
        """Send a goal; gives a future of its handle."""
        return self._orderly(lambda: client.send_goal_async(
            goal, feedback_callback=feedback, goal_uuid=goal_id))

    def others_named(self, name: str, type_name: str) -> str:
        """Tell in words which other types the graph has for a service or an action."""
        known = (get_action_names_and_types(self.node) if '/action/' in type_name
                 else self.node.get_service_names_and_types())
        others = {kind for one, kinds in known if one == name for kind in kinds} - {type_name}
        return f'; the graph has it with the type {", ".join(sorted(others))}' if others else ''

    def close(self) -> None:
        """Destroy all of them."""
        with self._lock:
            kept, self._kept = list(self._kept.values()), {}
        for _, destroy in kept:
            self._orderly(destroy)

    def drop_publishers(self, name: str, but: str = '') -> None:
        """
        Destroy the publishers of a topic.

        :param but: those of this type stay
        """
        with self._lock:
            others = [key for key in self._kept if key[0] == 'publisher'
                      and key[1].split()[0] == name and key[2] != but]
            gone = [self._kept.pop(key) for key in others]
        for _, destroy in gone:
            self._orderly(destroy)

    def _get(
        self, name: str, key: tuple[str, str, str], make: Callable[[], _Made],
        destroy: Callable[[_Made], Any],
    ) -> _Made:
        with self._lock:
            if key not in self._kept:
                check_not_remapped(self.node, name, key[-1])
                made = self._orderly(make)
                self._kept[key] = made, lambda: destroy(made)
            found: _Made = self._kept[key][0]
            return found

    def _orderly(self, work: Callable[[], _Made]) -> _Made:
        """Do something while the node's executor does not look at its entities."""
        return between_spins(self.node, work)
