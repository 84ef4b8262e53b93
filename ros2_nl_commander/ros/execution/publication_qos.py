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

"""What a publication has to offer, so that every listener can accept it."""

from __future__ import annotations

from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, LivelinessPolicy, QoSProfile, ReliabilityPolicy

#: What middlewares call infinite is longer than this [ns].
_FOREVER_NS = 2 ** 62
#: Messages kept for a listener that is slow.
DEPTH = 10


def matching_qos(node: Node, name: str, moves: bool) -> QoSProfile:
    """
    Offer what every listener can accept: reliable, and more only where one asks for it.

    Where it has to last for those who come later, of what ends in zeros only the newest message
    lasts: an older one would be a motion that nobody asked for.

    :param moves: whether it ends in zeros
    """
    asked = [info.qos_profile for info in node.get_subscriptions_info_by_topic(name)]
    lasting = any(qos.durability is DurabilityPolicy.TRANSIENT_LOCAL for qos in asked)
    manual = any(qos.liveliness is LivelinessPolicy.MANUAL_BY_TOPIC for qos in asked)
    return QoSProfile(
        depth=1 if lasting and moves else DEPTH,
        reliability=ReliabilityPolicy.RELIABLE,
        durability=DurabilityPolicy.TRANSIENT_LOCAL if lasting else DurabilityPolicy.VOLATILE,
        liveliness=LivelinessPolicy.MANUAL_BY_TOPIC if manual else LivelinessPolicy.AUTOMATIC,
        deadline=_shortest([qos.deadline for qos in asked]),
        liveliness_lease_duration=_shortest([qos.liveliness_lease_duration for qos in asked]))


def _shortest(asked: list[Duration]) -> Duration:
    """Give the shortest time; zero, which is none at all, where nobody asks for one."""
    return min((time for time in asked if 0 < time.nanoseconds < _FOREVER_NS),
               key=lambda time: time.nanoseconds, default=Duration())
