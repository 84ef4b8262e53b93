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
Goals that run on because the node was killed: canceled when it starts again.

The audit log says which ones the node began and never saw the end of. No others are touched, and
none of a node that is alive.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import time
from typing import Any
from uuid import UUID

from action_msgs.msg import GoalInfo
from action_msgs.srv import CancelGoal
from rclpy.node import Node
from ros2_nl_commander.language.errors import CommandSyntaxError
from ros2_nl_commander.language.names import check_name
from ros2_nl_commander.ros.execution.audit import AuditLog, read_audit
from ros2_nl_commander.ros.execution.endpoints import Endpoints
from ros2_nl_commander.ros.execution.outcome import LOOK_SEC
from ros2_nl_commander.ros.status import Stage

#: How long the servers may take to be found and to answer; discovery was seen to take 3 s [s].
WAIT_SEC = 8.0


def cancel_left_over(node: Node, audit: AuditLog) -> dict[UUID, str]:
    """
    Cancel what an earlier life of a node has left running, where its server is there.

    :param node: must be spun by others meanwhile
    :returns: the action of each goal that may still go on: no server has said otherwise
    :raises AuditError: if the audit log cannot be used
    """
    name = node.get_fully_qualified_name()
    if not audit.claim(name):
        return {}  # whoever runs there sees to its own goals
    goals = left_over_goals(audit.path, name)
    if not goals:
        return {}
    endpoints = Endpoints(node)
    try:
        for goal_id, answer in _canceled(endpoints, goals):
            what = f'goal {goal_id.hex} of {goals[goal_id]}'
            if answer.return_code == CancelGoal.Response.ERROR_REJECTED:
                node.get_logger().error(f'{what} was left behind, and its server goes on with it')
                continue
            done = 'canceled now' if answer.goals_canceling else 'ended or canceled before'
            reason = f'left behind by an earlier life of this node; {done}'
            node.get_logger().warning(f'{what}: {reason}')
            audit.append('carried out', node=name, action=goals.pop(goal_id), goal=goal_id.hex,
                         stage=Stage.CANCELED.value, reason=reason)
    finally:
        endpoints.close()
    return goals


def left_over_goals(path: Path, node_name: str) -> dict[UUID, str]:
    """
    Read from an audit log which goals a node began and did not see the end of.

    :returns: the action of each
    """
    goals: dict[UUID, str] = {}
    for one in (path.with_name(f'{path.name}.1'), path):
        for record in read_audit(one) if one.is_file() else ():
            goal_id = _goal_of(record)
            if goal_id is None or record.get('node') != node_name:
                continue
            if record.get('event') == 'executing':
                goals[goal_id] = record['action']
            elif record.get('stage') != Stage.FAILED.value or record.get('goes_on') is False:
                goals.pop(goal_id, None)  # one that failed may also be lost from sight
    return goals


def left_over_of(path: Path, node_name: str) -> tuple[str, ...]:
    """Say of each goal that a node has left behind, by an audit log, that it may go on."""
    try:
        return in_words(left_over_goals(path, node_name))
    except OSError as error:
        return (f'which goals were left behind is not known: audit log {path}: {error.strerror}',)


def in_words(goals: dict[UUID, str]) -> tuple[str, ...]:
    """Say of each goal that it may go on."""
    return tuple(f'goal {goal_id.hex} of {action} was left behind and may go on'
                 for goal_id, action in goals.items())


def _goal_of(record: dict[str, Any]) -> UUID | None:
    """Give the goal that a record is about; the file may hold anything."""
    try:
        goal_id = UUID(str(record.get('goal')))
        check_name(str(record.get('action')))
    except (ValueError, CommandSyntaxError):
        return None
    # To cancel the goal of all zeros would cancel every goal of the server.
    return goal_id if goal_id.int else None


def _canceled(
    endpoints: Endpoints, goals: dict[UUID, str]
) -> Iterator[tuple[UUID, CancelGoal.Response]]:
    """Ask the servers to cancel; gives what those have answered that did in time."""
    deadline = time.monotonic() + WAIT_SEC
    clients = {goal_id: endpoints.service_client(
        f'{action}/_action/cancel_goal', 'action_msgs/srv/CancelGoal')
        for goal_id, action in goals.items()}
    asked: dict[UUID, Any] = {}
    while time.monotonic() < deadline:
        for goal_id, client in clients.items():
            if goal_id not in asked and client.service_is_ready():
                info = GoalInfo()
                info.goal_id.uuid = list(goal_id.bytes)
                asked[goal_id] = client.call_async(CancelGoal.Request(goal_info=info))
        if len(asked) == len(goals) and all(future.done() for future in asked.values()):
            break
        time.sleep(LOOK_SEC)
    return ((goal_id, future.result()) for goal_id, future in asked.items() if future.done())
