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
What a command is: plain values, one class for each of the three ``ros2`` forms.

Knows neither how a command is spelt (``codec``) nor whether a robot accepts it (``robot``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

#: A message field: what YAML and ROS messages share. No null, no date, no binary.
Value: TypeAlias = 'bool | int | float | str | Sequence[Value] | Mapping[str, Value]'
#: The fields of one message, request or goal; fields left out keep their defaults.
Fields: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class TopicPublication:
    """
    Publish on a topic: ``ros2 topic pub``.

    :param name: absolute topic name
    :param type_name: message type, ``package/msg/Name``
    :param fields: the message
    :param times: how many messages, at least 1; None publishes until it is interrupted
    :param rate_hz: messages a second, above 0; None is the tool's default, 1 Hz. A single message
        (``--once``) has no rate
    """

    name: str
    type_name: str
    fields: Fields
    times: int | None = 1
    rate_hz: float | None = None


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """
    Call a service once: ``ros2 service call``.

    :param name: absolute service name
    :param type_name: service type, ``package/srv/Name``
    :param fields: the request
    """

    name: str
    type_name: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class ActionGoal:
    """
    Send a goal to an action server: ``ros2 action send_goal``.

    :param name: absolute action name
    :param type_name: action type, ``package/action/Name``
    :param fields: the goal
    :param feedback: print the feedback while the goal runs
    """

    name: str
    type_name: str
    fields: Fields
    feedback: bool = False


Command: TypeAlias = TopicPublication | ServiceCall | ActionGoal
