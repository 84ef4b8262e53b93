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

"""A name that this process remaps is not the name that was allowed: nothing is carried out."""

from __future__ import annotations

from execution_bench import between_spins, end, PATROL, SAY, SIREN
import pytest
from rclpy.node import Node
from rclpy.qos import QoSProfile
from ros2_nl_commander.ros.execution.endpoints import Endpoints
from ros2_nl_commander.ros.execution.peers import RemappedError
from ros_bench import value
from std_msgs.msg import String
from std_srvs.srv import SetBool


@pytest.fixture
def ros_arguments(remapped):
    return ['--ros-args', '-r', f'{remapped}:=/elsewhere']


@pytest.fixture
def robot(far_robot):
    """Give a robot that no remap of this process touches."""
    return far_robot


@pytest.mark.parametrize('command, remapped', [
    (SAY, '/porter/say'), (SIREN, '/porter/siren'), (PATROL, '/porter/patrol'),
    (PATROL, '/porter/patrol/_action/send_goal'), (PATROL, '/porter/patrol/_action/feedback')])
def test_what_was_allowed_is_not_done_elsewhere(bench, robot, start, command, remapped):
    heard = []
    between_spins(robot, lambda: robot.create_subscription(String, '/elsewhere', heard.append, 10))
    between_spins(robot, lambda: robot.create_service(
        SetBool, '/elsewhere', lambda request, response: heard.append(request) or response))
    start()
    status = end(bench, command)
    assert status.message == 'failed'
    assert f'{remapped} is remapped to /elsewhere' in value(status, 'reason')
    assert bench.stages('do it') == ['received', 'generating', 'failed'] and bench.commands == []
    assert heard == [] and robot.state.patrol_rounds == 0


@pytest.mark.parametrize('remapped', ['/a', '/a/_action/cancel_goal'])
def test_no_endpoint_is_made_for_it(context, remapped):
    node = Node('n', context=context)
    endpoints = Endpoints(node)
    with pytest.raises(RemappedError):
        endpoints.action_client('/a', 'test_msgs/action/Fibonacci')
    if remapped == '/a':
        with pytest.raises(RemappedError):
            endpoints.publisher('/a', 'std_msgs/msg/String', QoSProfile(depth=1))
        with pytest.raises(RemappedError):
            endpoints.service_client('/a', 'std_srvs/srv/Trigger')
    node.destroy_node()
