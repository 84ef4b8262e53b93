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

"""Which of the interfaces on a graph are the robot's, and which only keep ROS running."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
import re
from typing import NamedTuple

from ros2_nl_commander.language.errors import ParameterError
from ros2_nl_commander.language.names import excerpt

_PATTERN = re.compile(r'[/*][A-Za-z0-9_/*?\[\]!-]*')


class Infrastructure(NamedTuple):
    """
    Interfaces that keep ROS running and that nobody means in a sentence.

    :param name: pattern of the name
    :param type_name: pattern of the type; safer than a name, which a robot may use otherwise
    :param reason: what they are for
    """

    name: str
    type_name: str
    reason: str


INFRASTRUCTURE = (
    Infrastructure('*/_*', '*', "hidden, as ROS hides an action's own topics and services"),
    Infrastructure('*', 'rcl_interfaces/*', 'parameters, /parameter_events, /rosout, log levels'),
    Infrastructure('*', 'lifecycle_msgs/*', 'lifecycle: change_state, get_available_states, ...'),
    Infrastructure('*', 'type_description_interfaces/*', 'descriptions of types'),
    Infrastructure('*', 'composition_interfaces/*', 'loading of components'),
    Infrastructure('*', 'bond/*', 'heartbeats between nodes'),
    Infrastructure('*', 'diagnostic_msgs/*', 'health: /diagnostics, and the status of our node'),
    Infrastructure('*', 'rosgraph_msgs/*', 'simulated time: /clock'),
    Infrastructure('*', 'tf2_msgs/*', 'coordinate frames: /tf, /tf_static'),
    Infrastructure('*/robot_description', 'std_msgs/msg/String', 'the model of the robot, URDF'),
    Infrastructure('*/nl_command', 'std_msgs/msg/String', 'instructions to our node'),
    Infrastructure('*/ros2_command', 'std_msgs/msg/String', 'commands of our node'),
    Infrastructure('*/nl_commander/*', '*', 'our node: ~/status, ~/approve, ...'),
)


@dataclass(frozen=True, slots=True)
class Selection:
    """
    Which of the interfaces on a graph belong into the description.

    :param include: patterns of names that belong there although they are infrastructure
    :param exclude: patterns of names that never do; stronger than include
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def takes(self, name: str, types: Iterable[str]) -> bool:
        """Tell whether an interface belongs there."""
        if _matches(name, self.exclude):
            return False
        return _matches(name, self.include) or not any(
            fnmatchcase(name, rule.name) and fnmatchcase(type_name, rule.type_name)
            for rule in INFRASTRUCTURE for type_name in types)


def check_pattern(pattern: str) -> None:
    """
    Check that there are names which a pattern can match.

    :raises ParameterError: if there are none
    """
    if not _PATTERN.fullmatch(pattern):
        raise ParameterError(f'{excerpt(pattern)} matches no name: a pattern begins with / or *, '
                             'as in /camera/* and */debug, and spaces stand between several')


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
