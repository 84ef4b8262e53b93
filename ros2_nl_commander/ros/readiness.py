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

"""What the node says when it begins to listen: to which robot, how much of it, how freely."""

from __future__ import annotations

from rclpy.node import Node
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.ros.parameters import NodeParameters


def say_ready(node: Node, robot: RobotDescription, parameters: NodeParameters) -> None:
    """Log one line on what there is to command, and a warning where there is nothing."""
    policy = parameters.policy.strip()
    limits = f' by the policy {policy}' if policy and parameters.execute != 'never' else ''
    node.get_logger().info(
        f'ready for instructions to {robot.robot}: {_count(len(robot.names), "interface")}, '
        f'{_count(len(robot.places), "place")}; execute: {parameters.execute}{limits}')
    if robot.names:
        return
    if parameters.robot.strip():
        node.get_logger().warning(
            f'{robot.robot} offers nothing, so every instruction will be declined: '
            f'{parameters.robot.strip()} names no topics, services or actions')
    else:
        node.get_logger().warning(
            'there is nothing to command yet, what appears later counts: '
            f'{same_graph_hint(node, "the robot")}')


def same_graph_hint(node: Node, sought: str) -> str:
    """Ask what has to be so that something is found on the graph, for whoever did not find it."""
    return (f'is {sought} running, and are ROS_DOMAIN_ID ({node.context.get_domain_id()} here) '
            'and ROS_AUTOMATIC_DISCOVERY_RANGE the same here and there?')


def _count(number: int, noun: str) -> str:
    return f'{number} {noun}' if number == 1 else f'{number} {noun}s'
