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

"""Puts together what carries out commands, as the parameters of the node say."""

from __future__ import annotations

from collections.abc import Callable
import os
from pathlib import Path

from rclpy.node import Node
from ros2_nl_commander.language.errors import ParameterError
from ros2_nl_commander.language.policy_file import load_policy
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.ros.execution.audit import AuditLog
from ros2_nl_commander.ros.execution.executor import CommandExecutor
from ros2_nl_commander.ros.execution.gate import Gate, GateSettings
from ros2_nl_commander.ros.execution.left_over import (
    cancel_left_over, in_words, left_over_of)
from ros2_nl_commander.ros.execution.outcome import Bounds
from ros2_nl_commander.ros.execution.records import Records
from ros2_nl_commander.ros.execution.surroundings import Surroundings
from ros2_nl_commander.ros.parameters import NodeParameters
from ros2_nl_commander.ros.robot_location import path_from_location


def build_gate(
    node: Node, parameters: NodeParameters, publish: Callable[[str], None],
    current_robot: Callable[[], RobotDescription],
) -> tuple[Gate | None, tuple[str, ...]]:
    """
    Build the gate, or give None where nothing is to be carried out.

    :param publish: puts the text of a command out
    :param current_robot: gives the robot as it is by then
    :returns: the gate, and in words what an earlier life of the node has left running
    :raises ParameterError: if there is no policy
    :raises PolicyError: if it cannot be used
    :raises AuditError: if the audit log cannot be written
    """
    if parameters.execute == 'never':
        return None, ()
    if not parameters.policy.strip():
        raise ParameterError(
            f"execute is '{parameters.execute}', and parameter policy is empty: name the file "
            'that says what may be carried out (config/policy.yaml is an example)')
    settings = GateSettings(
        load_policy(path_from_location(parameters.policy.strip())),
        parameters.execute == 'confirm', parameters.confirm_below,
        parameters.approval_timeout_sec,
        Bounds(parameters.match_timeout_sec, parameters.execution_timeout_sec),
        parameters.max_steps)

    def complain(problem: str) -> None:
        node.get_logger().error(problem)

    audit = AuditLog(_audit_path(parameters.audit_log.strip()))
    left_over = in_words(cancel_left_over(node, audit))
    records = Records(audit, node.get_fully_qualified_name(), complain)
    gate = Gate(settings, CommandExecutor(node), records, publish,
                Surroundings(node, current_robot))
    return gate, left_over


def what_is_left_over(node: Node, parameters: NodeParameters) -> tuple[str, ...]:
    """Say what a node has left running that no gate knows of; nothing where it may run nothing."""
    if parameters.execute == 'never':
        return ()
    try:
        path = _audit_path(parameters.audit_log.strip())
    except RuntimeError as error:  # nobody knows where the home of this user is
        return (f'which goals were left behind is not known: {error}',)
    return left_over_of(path, node.get_fully_qualified_name())


def _audit_path(given: str) -> Path:
    if given:
        return Path(given).expanduser()
    return Path(os.environ.get('ROS_HOME') or '~/.ros').expanduser() / 'nl_commander/audit.jsonl'
