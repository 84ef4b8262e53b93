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

"""The robot around a command: whether it fits, and what an approval of it is bound to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rclpy.node import Node
from ros2_nl_commander.language.command import Command
from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.ros.answering import write_valid_command
from ros2_nl_commander.ros.execution.peers import check_not_remapped, Peers, peers_of


@dataclass(frozen=True, slots=True)
class Sight:
    """
    What a person who approves a command relies on.

    :param peers: who is at the other end
    :param limits: of its fields
    :param choices: for its fields
    """

    peers: Peers
    limits: Mapping[str, Any]
    choices: Mapping[str, Any]

    def changes_since(self, shown: Sight) -> str:
        """Say what is not as it was shown; empty if all is."""
        if self.limits != shown.limits or self.choices != shown.choices:
            return 'the limits or choices of its fields are others'
        if self.peers != shown.peers:
            return f'{_named(shown.peers)} was at the other end, now {_named(self.peers)} is'
        return ''


class Surroundings:
    """
    Looks at the robot.

    :param node: what carries out
    :param current_robot: gives the description as it is by then
    """

    def __init__(self, node: Node, current_robot: Callable[[], RobotDescription]) -> None:
        self._node = node
        self._current_robot = current_robot

    def write_valid(self, command: Command) -> str:
        """
        Check a command against the robot as it is now, and write it.

        :raises NodeError: if another node has the name of this one
        :raises RemappedError: if this process would send it elsewhere
        :raises NlCommanderError: as ``write_valid_command``
        """
        _check_alone(self._node)
        check_not_remapped(self._node, command.name, command.type_name)
        return write_valid_command(command, self._current_robot())

    def look(self, command: Command) -> Sight:
        """Look at what a command is for."""
        robot = self._current_robot()
        return Sight(peers_of(self._node, command.name, command.type_name),
                     robot.limits.get(command.name, {}), robot.choices.get(command.name, {}))


def _named(peers: Peers) -> str:
    """Name nodes; those of one name are told apart by their endpoints."""
    return ', '.join(sorted(f'{peer.node} ({peer.identity[-8:]}, {peer.type_name})'
                            for peer in peers)) or 'nobody'


def _check_alone(node: Node) -> None:
    """
    Check that no other node has the name of this one: both would carry everything out.

    :raises NodeError: if there is one
    """
    names = [f"{namespace.rstrip('/')}/{name}" for name, namespace
             in node.get_node_names_and_namespaces()]
    own = node.get_fully_qualified_name()
    if names.count(own) > 1:
        raise NodeError(f'another node is called {own} and hears the same instructions: end one '
                        'of them (one that was killed is seen for 20 s more)')
