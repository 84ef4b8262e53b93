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
Publishing for real: to a listener of the same type, at the rate that was said.

A velocity lasts until the next message, so every publication of one, and of what the policy says,
ends in a burst of zeros, however it ends, and ``halt`` sends them from whatever thread stops the
robot.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from rclpy.duration import Duration
from rclpy.publisher import Publisher
from rclpy.qos import DurabilityPolicy, ReliabilityPolicy
from ros2_nl_commander.language.command import TopicPublication
from ros2_nl_commander.language.installed_types import installed_schema
from ros2_nl_commander.language.policy_limits import DEFAULT_RATE_HZ
from ros2_nl_commander.language.velocities import is_velocity, sets_going
from ros2_nl_commander.language.zeros import zeroed
from ros2_nl_commander.ros.execution.endpoints import Endpoints
from ros2_nl_commander.ros.execution.messages import (
    fill_message, import_type, names_stamp, stamp_header)
from ros2_nl_commander.ros.execution.outcome import (
    Bounds, ExecutionError, LOOK_SEC, Outcome, Watch)
from ros2_nl_commander.ros.execution.peers import check_same_revision, Presence
from ros2_nl_commander.ros.execution.publication_qos import matching_qos
from ros2_nl_commander.ros.status import Stage

#: Zeros at the end of a motion, and between them [s]: some get lost where a subscriber is slow.
ZEROS, ZERO_PERIOD_SEC = 5, 0.05

#: How long the last message may take to be acknowledged [s]: DDS asks for it every 3 s.
ACKNOWLEDGE_SEC = 5.0
#: How long rclpy is asked to wait at a time: it holds up every thread of this process.
_ACKNOWLEDGE_STEP = Duration(nanoseconds=5_000_000)


class Publication:
    """
    A publisher on one topic, for one command after the other.

    :param endpoints: has the publisher
    :param name: topic
    :param type_name: type in full
    :param ends_in_zeros: also where it is no velocity
    :raises ExecutionError: if a listener has another type
    :raises UnknownTypeError: if the type is not installed here
    """

    def __init__(
        self, endpoints: Endpoints, name: str, type_name: str, ends_in_zeros: bool = False
    ) -> None:
        self.name, self.type_name = name, type_name
        self._endpoints = endpoints
        self._ends_in_zeros = ends_in_zeros
        self.moves = ends_in_zeros or is_velocity(type_name)
        self._node = endpoints.node
        self._message_class = import_type(type_name)
        self._zero = self._message_class()
        self._lock = threading.Lock()
        self._is_halted = False
        #: Whether a velocity has gone out and no zero after it.
        self._is_moving = False
        #: When what was set going by it counts as over; a topic has nobody who would say so.
        self._goes_on_until = 0.0
        self._check_types()  # DDS refuses two types for one topic in one process, in its own words
        self._publisher: Publisher[Any] = self._offered()

    @property
    def goes_on(self) -> bool:
        """Tell whether it has set something going that may move still, and that no zero ends."""
        return time.monotonic() < self._goes_on_until

    def run(self, command: TopicPublication, bounds: Bounds, watch: Watch) -> Outcome:
        """
        Publish a command.

        :raises ExecutionError: if nobody listens, a listener has another type or another revision
            of it, or it has no end
        :raises FieldError: if the fields do not fit
        """
        if command.times is None:
            raise ExecutionError(f'{self.name}: what is published without end is not carried out')
        message = fill_message(self._message_class(), command.fields, self.type_name)
        zero = self._zeros_for(command) if self.moves else self._zero
        self._wait_for_listener(bounds, watch)
        presence = Presence(self._node, self.name, self.type_name)
        with self._lock:
            self._is_halted, self._zero = False, zero
        if sets_going(self.type_name) and not self.moves:
            self._goes_on_until = time.monotonic() + bounds.run_sec
        try:
            return self._published(message, command, watch, presence)
        finally:
            offered = self._publisher.qos_profile.durability
            if not self.moves and offered is DurabilityPolicy.TRANSIENT_LOCAL:
                # Whoever comes later would be told again, without policy and approval.
                self._endpoints.drop_publishers(self.name)

    def _published(
        self, message: Any, command: TopicPublication, watch: Watch, presence: Presence
    ) -> Outcome:
        try:
            sent = self._publish_all(message, command, watch, presence)
        finally:
            if self.moves:
                self._publish_zeros()
        return self._confirmed(command, sent, watch, presence)

    def _confirmed(
        self, command: TopicPublication, sent: int, watch: Watch, presence: Presence
    ) -> Outcome:
        """Wait for the listeners to acknowledge what was published."""
        times = command.times or 0
        if sent < times or watch.should_stop():
            return Outcome(Stage.CANCELED, f'{sent} of {times} messages were published')
        if not watch.wait(lambda: self._publisher.wait_for_all_acked(_ACKNOWLEDGE_STEP),
                          ACKNOWLEDGE_SEC):
            if watch.should_stop():
                return Outcome(Stage.CANCELED, f'all {times} messages were published')
            raise ExecutionError(f'{self.name}: the last message was not acknowledged within '
                                 f'{ACKNOWLEDGE_SEC:g} s')
        self._check_listeners(presence, sent)
        return Outcome(Stage.SUCCEEDED, f'messages published: {sent}, {self._listeners()}')

    def halt(self) -> bool:
        """
        Publish a zero at once, and nothing else until the next command; from any thread.

        :returns: whether anybody listens
        :raises ExecutionError: if nobody does, and the last that was published is a velocity
        """
        with self._lock:
            self._is_halted = True
            self._send_zero()
            if self._is_moving:
                raise ExecutionError('the listener is gone')
            return self._publisher.get_subscription_count() > 0

    def _zeros_for(self, command: TopicPublication) -> Any:
        """Give what ends a command: it is for the same frame, and for as many joints."""
        schema = installed_schema(self.type_name)
        fields = zeroed(command.fields, schema, self._ends_in_zeros)
        return fill_message(self._message_class(), fields, self.type_name)

    def _wait_for_listener(self, bounds: Bounds, watch: Watch) -> None:
        """Wait for every listener there is: the first to match may be a recorder."""
        def matched() -> bool:
            self._publisher = self._offered()
            return 0 < len(self._known_types()) <= self._publisher.get_subscription_count()

        found = watch.wait(matched, bounds.match_sec) or (
            self._publisher.get_subscription_count() > 0)
        self._check_types()
        check_same_revision(self._node, self.name, self.type_name)
        if not found and not watch.should_stop():
            raise ExecutionError(f'{self.name}: nobody listens, or with another QoS, after '
                                 f'{bounds.match_sec:g} s')

    def _known_types(self) -> list[str]:
        return [info.topic_type for info in self._node.get_subscriptions_info_by_topic(self.name)]

    def _check_types(self) -> None:
        others = set(self._known_types()) - {self.type_name}
        if others:
            raise ExecutionError(f'{self.name}: a subscriber has the type {min(others)}')

    def _publish_all(
        self, message: Any, command: TopicPublication, watch: Watch, presence: Presence
    ) -> int:
        """Publish at the rate; a velocity lasts its period, also the last one."""
        times = command.times or 0
        period = 1 / (command.rate_hz or DEFAULT_RATE_HZ)
        stamps = not names_stamp(command.fields)
        start = time.monotonic()
        for sent in range(times):
            if watch.should_stop() or not self._publish(message, stamps):
                return sent
            self._check_listeners(presence, sent)
            if sent + 1 < times or self.moves:
                _sleep_until(start + (sent + 1) * period, watch)
        return times

    def _check_listeners(self, presence: Presence, sent: int) -> None:
        gone = ', '.join(sorted(peer.node for peer in presence.missing()))
        if gone or not self._publisher.get_subscription_count():
            raise ExecutionError(f'{self.name}: a listener is gone after {sent} messages'
                                 f'{": " + gone if gone else ""}')

    def _listeners(self) -> str:
        """Count listeners, and those of whom no acknowledgement can be had."""
        loose = sum(info.qos_profile.reliability is ReliabilityPolicy.BEST_EFFORT for info in
                    self._node.get_subscriptions_info_by_topic(self.name))
        return f'listeners: {self._publisher.get_subscription_count()}' + (
            f', {loose} of them best effort: acknowledges nothing' if loose else '')

    def _offered(self) -> Publisher[Any]:
        publisher: Publisher[Any] = self._endpoints.publisher(
            self.name, self.type_name, matching_qos(self._node, self.name, self.moves))
        return publisher

    def _publish(self, message: Any, stamps: bool) -> bool:
        with self._lock:
            if not self._is_halted:
                self._is_moving = self.moves
                self._send(message, stamps)
            return not self._is_halted

    def _publish_zeros(self) -> None:
        for count in range(ZEROS):
            if not self._node.context.ok():
                return
            with self._lock:
                self._send_zero()
            if count + 1 < ZEROS:
                time.sleep(ZERO_PERIOD_SEC)

    def _send_zero(self) -> None:
        self._send(self._zero)
        self._is_moving = self._is_moving and not self._publisher.get_subscription_count()

    def _send(self, message: Any, stamps: bool = True) -> None:
        if stamps:
            stamp_header(message, self._node.get_clock().now())
        self._publisher.publish(message)


def _sleep_until(moment: float, watch: Watch) -> None:
    while not watch.should_stop() and (left := moment - time.monotonic()) > 0:
        time.sleep(min(LOOK_SEC, left))
