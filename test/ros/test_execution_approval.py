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

"""What was approved is the command as it was shown, with who was at the other end by then."""

from __future__ import annotations

from dataclasses import replace

from execution_bench import (
    approver, between_spins, DRIVE, entity, PATROL, SAY, say, SIREN)
import pytest
from rclpy.action.server import ActionServer
from rclpy.node import Node
from ros2_nl_commander.ros.execution.audit import read_audit
from ros2_nl_commander.ros.spinning import BackgroundSpinner
from ros_bench import value, wait_until
from std_msgs.msg import String
from std_srvs.srv import SetBool
from test_msgs.action import Fibonacci


@pytest.fixture
def robot(far_robot):
    return far_robot


@pytest.fixture
def other(far):
    """Give a node that takes something over from the robot."""
    other = Node('other', namespace='porter', context=far)
    with BackgroundSpinner(other, context=far):
        yield other
    other.destroy_node()


@pytest.fixture
def ask(bench, start):
    """Give what has a command wait for approval, and what approves it."""
    node = start(execute='confirm')
    sender = approver(bench)

    def ask(command):
        say(bench, command)
        wait_until(lambda: 'awaiting_approval' in bench.stages('do it'))
        return node

    ask.approve = lambda: sender.publish(String(data=bench.statuses[-1].name))
    return ask


def take_over(robot, other, command, heard):
    if command is SAY:
        between_spins(robot, lambda: robot.destroy_subscription(
            entity(robot.subscriptions, '/porter/say')))
        between_spins(other, lambda: other.create_subscription(String, 'say', heard.append, 10))
    elif command is SIREN:
        between_spins(robot, lambda: robot.destroy_service(
            entity(robot.services, '/porter/siren')))
        between_spins(other, lambda: other.create_service(
            SetBool, 'siren', lambda request, response: heard.append(request) or response))
    else:
        between_spins(robot, robot._patrol_server.destroy)
        robot._patrol_server = between_spins(other, lambda: ActionServer(
            other, Fibonacci, 'patrol', heard.append))


@pytest.mark.parametrize('command', [SAY, SIREN, PATROL])
def test_another_at_the_other_end(bench, ask, start, robot, other, command):
    node, heard = ask(command), []
    before = node._desk.gate._robot.look(command).peers
    assert before
    take_over(robot, other, command, heard)
    wait_until(lambda: {peer.node for peer in node._desk.gate._robot.look(command).peers} == {
        '/porter/other'})
    ask.approve()
    status = bench.end_of('do it')
    assert status.message == 'failed'
    reason = value(status, 'reason')
    assert 'changed while it waited' in reason and '/porter/other' in reason, reason
    assert heard == [] and bench.commands == []
    events = [record['event'] for record in read_audit(start.audit)]
    assert 'approved' in events and 'executing' not in events


def test_other_limits_by_then(bench, ask, robot):
    node = ask(DRIVE)
    known = node._desk.robot
    node._desk.use_robot(replace(known, limits={
        **known.limits, DRIVE.name: {'linear.x': (-9.0, 9.0)}}))
    ask.approve()
    status = bench.end_of('do it')
    assert status.message == 'failed' and 'limits' in value(status, 'reason')
    assert robot.state.distance_m == 0.0


def test_a_tool_that_comes_to_listen_changes_nothing(bench, ask, robot, far):
    node = ask(SAY)
    tool = Node('_ros2cli_1', context=far)
    tool.create_subscription(String, '/porter/say', lambda message: None, 10)
    wait_until(lambda: node.count_subscribers('/porter/say') == 2)
    ask.approve()
    status = bench.end_of('do it')
    assert status.message == 'succeeded', value(status, 'reason')
    tool.destroy_node()
