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

"""Faults of the simulated robot: each command ends in one clear stage, and the robot stands."""

from __future__ import annotations

from execution_bench import assert_stands, DOCK, DRIVE, end, PATROL, PATROL_LONG, say, set_fault
import pytest
from rcl_interfaces.srv import DescribeParameters, SetParameters
from rclpy.action import get_action_server_names_and_types_by_node
from rclpy.parameter import Parameter
from ros2_nl_commander.language.command import ServiceCall
from ros_bench import value, wait_until

NODE = '/porter/simulated_robot'
SIREN = ServiceCall('/porter/siren', 'std_srvs/srv/SetBool', {'data': True})
RESET = ServiceCall('/porter/reset_odometry', 'std_srvs/srv/Empty', {})


def set_over_dds(bench, name, new):
    """Do what ``ros2 param set`` does; give whether it was taken, and the reason."""
    request = SetParameters.Request(parameters=[Parameter(name, value=new).to_parameter_msg()])
    result, = bench.call(SetParameters, f'{NODE}/set_parameters', request).results
    return result.successful, result.reason


@pytest.mark.parametrize('command', [SIREN, PATROL])
def test_slow_within_the_bounds_succeeds(bench, robot, start, command):
    set_fault(robot, 'slow', 1.0)
    start()
    say(bench, command)
    wait_until(lambda: 'executing' in bench.stages('do it'))
    assert not robot.state.siren and not robot.state.is_moving
    status = bench.end_of('do it')
    assert status.message == 'succeeded' and float(value(status, 'seconds')) >= 1.0
    assert robot.state.siren or robot.state.patrol_rounds == 2
    assert_stands(robot)


@pytest.mark.parametrize('command, said', [
    (SIREN, 'siren refuses'), (DOCK, 'dock refuses'), (PATROL, 'the server refused the goal')])
def test_refused(bench, robot, start, command, said):
    set_fault(robot, 'refuse')
    start()
    status = end(bench, command)
    assert status.message == 'failed' and said in value(status, 'reason')
    assert not robot.state.siren and not robot.state.docked
    assert_stands(robot)
    assert robot.state.distance_m == 0.0


def test_a_response_without_success_cannot_say_that_it_was_refused(bench, robot, start):
    start()
    assert end(bench, DRIVE, 'drive').message == 'succeeded'
    set_fault(robot, 'refuse')
    assert end(bench, RESET, 'reset').message == 'succeeded'
    assert robot.state.distance_m > 0.0


def test_a_service_that_dies(bench, robot, start):
    set_fault(robot, 'die')
    start(execution_timeout_sec=2.0, match_timeout_sec=1.0)
    status = end(bench, SIREN)
    assert status.message == 'failed' and 'the server is gone' in value(status, 'reason')
    wait_until(lambda: '/porter/siren' not in dict(
        bench.user.get_service_names_and_types_by_node('simulated_robot', '/porter')))
    set_fault(robot, 'none')
    status = end(bench, SIREN, 'again')
    assert status.message == 'failed' and 'no such service' in value(status, 'reason')
    assert end(bench, DOCK, 'dock').message == 'succeeded'  # the others live
    assert not robot.state.siren
    assert_stands(robot)


def test_an_action_that_dies_in_the_middle_of_its_goal(bench, robot, start):
    start()
    say(bench, PATROL_LONG)
    wait_until(lambda: robot.state.patrol_rounds)
    assert set_over_dds(bench, 'fault', 'die') == (True, '')
    status = bench.end_of('do it')
    assert status.message == 'failed'
    assert 'the server is gone, its goal is lost' in value(status, 'reason')
    assert not get_action_server_names_and_types_by_node(
        bench.user, 'simulated_robot', '/porter')
    assert_stands(robot)
    assert not robot.state.is_moving
    assert end(bench, DRIVE, 'drive').message == 'succeeded'  # the base lives


def test_the_parameters_are_described_and_checked(bench, robot):
    described = bench.call(DescribeParameters, f'{NODE}/describe_parameters',
                           DescribeParameters.Request(names=['fault', 'fault_delay_sec']))
    fault, delay = described.descriptors
    assert 'slow' in fault.description and '[s]' in delay.description
    assert delay.floating_point_range[0].to_value == 60.0
    for name, bad, why in (('fault', 'sulk', 'none, slow, refuse, die'), ('fault', 3, 'type'),
                           ('fault_delay_sec', -1.0, 'range'),
                           ('fault_delay_sec', float('nan'), 'range')):
        is_taken, reason = set_over_dds(bench, name, bad)
        assert not is_taken and why in reason, reason
    for kind in ('slow', 'refuse', 'die', 'none'):
        assert set_over_dds(bench, 'fault', kind) == (True, '')
