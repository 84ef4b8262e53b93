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

"""Servers and listeners that go away while a command needs them."""

from __future__ import annotations

from execution_bench import (
    between_spins, DRIVE, DRIVE_LONG, end, entity, PATROL_LONG, SAY, say,
    SIREN, Starter)
from geometry_msgs.msg import Twist
import pytest
from rclpy.action.server import ActionServer
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from ros_bench import value, wait_until
from std_msgs.msg import String
from std_srvs.srv import SetBool, Trigger
from test_msgs.action import Fibonacci


@pytest.fixture
def robot(far_robot):
    return far_robot


def mute_siren(far, name):
    """Make a service that never answers: nobody spins its node."""
    node = Node(name, context=far)
    node.create_service(SetBool, '/porter/siren', lambda request, response: response)
    return node


@pytest.mark.parametrize('is_replaced', [False, True])
def test_a_service_whose_server_dies_during_the_call(bench, far, tmp_path, is_replaced):
    """Also where another one stands in its place by then: that has never heard of the call."""
    first = mute_siren(far, 'first')
    node = Starter(bench, tmp_path)()
    say(bench, SIREN)
    wait_until(lambda: any(client.service_name == '/porter/siren' and client._pending_requests
                           for client in node.clients))
    second = mute_siren(far, 'second') if is_replaced else None
    wait_until(lambda: not is_replaced or 'second' in node.get_node_names())
    first.destroy_node()
    status = bench.end_of('do it')
    assert status.message == 'failed' and 'the server is gone' in value(status, 'reason')
    client = next(one for one in node.clients if one.service_name == '/porter/siren')
    assert client._pending_requests == {}
    if second is not None:
        second.destroy_node()


@pytest.mark.parametrize('has_recorder', [False, True])
def test_a_driver_that_vanishes_under_way(bench, robot, start, has_recorder):
    """Also where a recorder still listens."""
    if has_recorder:
        bench.user.create_subscription(Twist, '/porter/cmd_vel', lambda message: None, 10)
    node = start()
    wait_until(lambda: node.count_subscribers('/porter/cmd_vel') == 1 + has_recorder)
    say(bench, DRIVE_LONG)
    wait_until(lambda: robot.state.speed_mps)
    between_spins(robot, lambda: robot.destroy_subscription(
        entity(robot.subscriptions, '/porter/cmd_vel')))
    status = bench.end_of('do it')
    assert status.message == 'failed' and 'a listener is gone' in value(status, 'reason')
    wait_until(lambda: robot.state.speed_mps == 0.0)


def test_a_tool_that_leaves_changes_nothing(bench, far, robot, start):
    tool = Node('_ros2cli_1', context=far)
    tool.create_subscription(Twist, '/porter/cmd_vel', lambda message: None,
                             QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT))
    node = start()
    wait_until(lambda: node.count_subscribers('/porter/cmd_vel') == 2)
    say(bench, DRIVE)
    wait_until(lambda: robot.state.speed_mps)
    tool.destroy_node()
    assert bench.end_of('do it').message == 'succeeded'


def test_who_cannot_acknowledge_is_named(bench, robot, start):
    start()
    loose = bench.user.create_subscription(
        String, '/porter/say', lambda message: None,
        QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT))
    wait_until(lambda: robot.count_subscribers('/porter/say') == 2)
    status = end(bench, SAY)
    assert status.message == 'succeeded'
    assert 'listeners: 2, 1 of them best effort: acknowledges nothing' in value(status, 'reason')
    bench.user.destroy_subscription(loose)


def test_a_lost_goal_is_forgotten_when_another_server_is_there(bench, robot, start):
    node = start()
    executor = node._desk.gate._executor
    say(bench, PATROL_LONG)
    wait_until(lambda: robot.state.patrol_rounds)
    between_spins(robot, robot._patrol_server.destroy)
    status = bench.end_of('do it')
    assert status.message == 'failed' and 'the server is gone' in value(status, 'reason')
    assert [goal.is_over for goal in executor._goals] == [False]  # it may come back, and go on
    assert 'the server of /porter/patrol is gone' in bench.call(
        Trigger, '/nl_commander/stop').message
    robot._patrol_server = between_spins(
        robot, lambda: ActionServer(robot, Fibonacci, 'patrol', lambda goal: None))
    wait_until(lambda: executor._goals[0].is_over)
    assert 'the server of' not in bench.call(Trigger, '/nl_commander/stop').message
    assert executor._goals == []
