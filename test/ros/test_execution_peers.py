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

"""Robots that change, come in twos, answer late or not at all, while a command is on its way."""

from __future__ import annotations

import time

from action_msgs.msg import GoalStatus, GoalStatusArray
from action_msgs.srv import CancelGoal
from execution_bench import (
    assert_stands, between_spins, DRIVE, DRIVE_LONG, end, entity, PATROL_LONG, SAY, say,
    set_fault, simulated_robot, SIREN, SlowPatrol, Starter)
import pytest
from rclpy.action import get_action_names_and_types
from rclpy.action.server import ActionServer
from rclpy.node import Node
from ros2_nl_commander.language.command import ActionGoal
from ros2_nl_commander.ros.execution import goal
from ros2_nl_commander.ros.execution.endpoints import SteadyActionClient
from ros_bench import value, wait_until
from std_msgs.msg import UInt8
from std_srvs.srv import Trigger
from test_msgs.action import Fibonacci, NestedMessage

PATROL_ONCE = ActionGoal('/porter/patrol', 'test_msgs/action/Fibonacci', {'order': 1})


@pytest.fixture
def robot(far_robot):
    """Give a robot with a DDS participant of its own: one participant has one type for a name."""
    return far_robot


def swap_topic(robot, heard):
    between_spins(robot, lambda: robot.destroy_subscription(
        entity(robot.subscriptions, '/porter/say')))
    between_spins(robot, lambda: robot.create_subscription(UInt8, 'say', heard.append, 10))


def swap_service(robot, heard):
    between_spins(robot, lambda: robot.destroy_service(
        entity(robot.services, '/porter/siren')))
    between_spins(robot, lambda: robot.create_service(
        Trigger, 'siren', lambda request, response: heard.append(request) or response))


def swap_action(robot, heard):
    between_spins(robot, robot._patrol_server.destroy)
    robot._patrol_server._server = between_spins(
        robot, lambda: ActionServer(robot, NestedMessage, 'patrol', heard.append))


def types_on_graph(node, name):
    everything = (*node.get_service_names_and_types(), *get_action_names_and_types(node))
    listeners = [info.topic_type for info in node.get_subscriptions_info_by_topic(name)]
    return listeners + [one for known, types in everything if known == name for one in types]


@pytest.mark.parametrize('command, swap, other', [
    (SAY, swap_topic, 'std_msgs/msg/UInt8'), (SIREN, swap_service, 'std_srvs/srv/Trigger'),
    (PATROL_ONCE, swap_action, 'test_msgs/action/NestedMessage')])
@pytest.mark.parametrize('is_live', [False, True])
def test_another_type_under_the_name_by_then(bench, robot, start, command, swap, other, is_live):
    """A live robot is known to have changed; of one from a file the graph tells it."""
    node = start(match_timeout_sec=2.0, **({'robot': ''} if is_live else {}))
    noun = {'msg': 'topic', 'srv': 'service', 'action': 'action'}[command.type_name.split('/')[1]]

    def offered():
        return node._desk.robot.offered(noun).get(command.name)

    wait_until(lambda: offered() == command.type_name)
    bench.generator.may_answer.clear()
    say(bench, command)
    wait_until(lambda: bench.generator.asked)
    heard = []
    swap(robot, heard)
    if is_live:
        wait_until(lambda: offered() == other)
    else:
        wait_until(lambda: types_on_graph(node, command.name) == [other])
    bench.generator.may_answer.set()
    status = bench.end_of('do it')
    assert status.message == ('declined' if is_live else 'failed')
    assert f'type {other}' in value(status, 'reason')
    assert heard == [] and not robot.state.siren and not robot.state.patrol_rounds


KINDS = pytest.mark.parametrize('command', [SAY, SIREN, PATROL_ONCE])


def give_revision(monkeypatch, revision):
    """Let all that listen and serve be of a revision."""
    really = Node.get_subscriptions_info_by_topic

    def listed(*arguments, **options):
        infos = really(*arguments, **options)
        for info in infos:
            info.topic_type_hash = revision
        return infos

    monkeypatch.setattr(Node, 'get_subscriptions_info_by_topic', listed)


@KINDS
def test_another_revision_of_the_type_is_refused(bench, robot, start, monkeypatch, command):
    """It has the same name and other bytes; the node has seen it before the first is sent."""
    type_hash = pytest.importorskip('rclpy.type_hash')
    start()
    give_revision(monkeypatch, type_hash.TypeHash(1, bytes(range(32))))
    status = end(bench, command)
    assert (status.message, value(status, 'reason')) == (
        'failed', f'{command.name}: {robot.get_fully_qualified_name()} has another revision of '
        f'{command.type_name} than this node: build both with the same one')
    assert not (robot.state.said or robot.state.siren or robot.state.patrol_rounds)
    monkeypatch.undo()
    assert end(bench, command, 'again').message == 'succeeded'  # nothing is left of it


@KINDS
def test_a_revision_that_is_not_known_is_no_other(bench, robot, start, monkeypatch, command):
    type_hash = pytest.importorskip('rclpy.type_hash')
    start()
    give_revision(monkeypatch, type_hash.TypeHash())
    assert end(bench, command).message == 'succeeded'


def test_both_sides_tell_the_revision_that_they_share(bench, robot, start):
    pytest.importorskip('rclpy.type_hash')
    node = start()
    assert end(bench, SAY).message == 'succeeded'
    both = {str(info.topic_type_hash) for question in (
        node.get_publishers_info_by_topic, node.get_subscriptions_info_by_topic)
        for info in question('/porter/say')}
    assert len(both) == 1 and both.pop().startswith('RIHS01_')


def until_both_hear(bench, robot, twin):
    """Send goals until two robots do them: they are discovered one after the other."""
    for count in range(20):
        end(bench, PATROL_ONCE, f'patrol {count}')
        if robot.state.distance_m and twin.state.distance_m:
            assert_stands(robot, twin)  # one ends before the other
            return
    pytest.fail('one of them hears nothing')


@pytest.mark.parametrize('command, sign', [
    (DRIVE_LONG, lambda state: state.speed_mps),
    (PATROL_LONG, lambda state: state.patrol_rounds > PATROL_ONCE.fields['order'])])
def test_two_robots_of_one_name_both_stop(bench, context, robot, start, command, sign):
    """Whoever starts the robot twice commands both; there is one status, and a stop is for all."""
    with simulated_robot(context) as twin:
        start()
        until_both_hear(bench, robot, twin)
        say(bench, command)
        wait_until(lambda: sign(robot.state) and sign(twin.state))
        assert bench.call(Trigger, '/nl_commander/stop').success
        assert bench.end_of('do it').message == 'canceled'
        wait_until(lambda: robot.state.speed_mps == twin.state.speed_mps == 0.0)
        assert_stands(robot, twin)


def test_a_second_server_without_the_goal_is_not_believed(bench, robot, start):
    """It answers at once, to all; the first one tells how the goal goes."""
    bench.user.create_publisher(GoalStatusArray, '/porter/patrol/_action/status', 10)
    asked = set()

    def know_nothing(request, response):
        asked.add(type(response))
        if isinstance(response, CancelGoal.Response):
            response.return_code = CancelGoal.Response.ERROR_UNKNOWN_GOAL_ID
        return response

    for kind, name in ((Fibonacci.Impl.SendGoalService, 'send_goal'),  # it refuses
                       (Fibonacci.Impl.GetResultService, 'get_result'),
                       (CancelGoal, 'cancel_goal')):
        bench.user.create_service(kind, f'/porter/patrol/_action/{name}', know_nothing)
    start()
    say(bench, PATROL_LONG)
    wait_until(lambda: len(asked) == 2 and robot.state.patrol_rounds)
    assert bench.call(Trigger, '/nl_commander/stop').success
    assert bench.end_of('do it').message == 'canceled'
    assert len(asked) == 3  # to cancel too
    assert_stands(robot)


def refuse(bench):
    """Serve the patrol a second time, and take no goal."""
    bench.user.create_publisher(GoalStatusArray, '/porter/patrol/_action/status', 10)
    bench.user.create_service(Fibonacci.Impl.SendGoalService, '/porter/patrol/_action/send_goal',
                              lambda _request, response: response)


def test_a_goal_that_two_servers_refuse_is_over(bench, robot, start):
    """It holds up nothing: neither has taken it."""
    refuse(bench)
    start()
    wait_until(lambda: bench.node.count_publishers('/porter/patrol/_action/status') == 2)
    status = end(bench, ActionGoal('/porter/patrol', 'test_msgs/action/Fibonacci', {'order': 0}))
    assert (status.message, 'refused' in value(status, 'reason')) == ('failed', True)
    assert end(bench, DRIVE, 'drive').message == 'succeeded'
    assert bench.call(Trigger, '/nl_commander/stop').success


def test_the_end_of_one_of_two_servers_ends_the_other(bench, robot, slow, start):
    """Nobody would hear of its end, and no stop would reach it."""
    slow.may_accept.set()
    slow.may_end.set()
    start()
    for count in range(20):
        assert end(bench, PATROL_ONCE, f'patrol {count}').message in ('succeeded', 'canceled')
        if slow.begun:
            break
    wait_until(lambda: len(slow.ends) == len(slow.begun) > 0)


def test_two_commanders_of_one_name_do_nothing(bench, context, robot, start):
    """Both hear every instruction, and would carry it out twice."""
    start()
    twin = Node('nl_commander', context=context)
    wait_until(lambda: bench.user.get_node_names().count('nl_commander') == 2)
    status = end(bench, SIREN)
    assert (status.message, robot.state.siren, bench.commands) == ('failed', False, [])
    assert 'another node' in value(status, 'reason')
    twin.destroy_node()
    wait_until(lambda: bench.user.get_node_names().count('nl_commander') == 1)
    assert end(bench, SIREN, 'again').message == 'succeeded'


def test_a_response_that_comes_late_changes_nothing(bench, robot, start):
    set_fault(robot, 'slow')
    node = start(execution_timeout_sec=3.0)
    status = end(bench, SIREN)
    assert status.message == 'failed'
    assert 'no response within 3 s' in value(status, 'reason')
    assert not robot.state.siren
    set_fault(robot, 'none')
    wait_until(lambda: robot.state.siren)
    assert end(bench, SIREN, 'again').message == 'succeeded'  # came after the late one
    assert bench.stages('do it')[-1] == 'failed'
    client = next(one for one in node.clients if one.service_name == '/porter/siren')
    assert client._pending_requests == {}


@pytest.fixture
def slow(bench, context):
    return bench.add(SlowPatrol(context))


def test_a_goal_that_is_accepted_late_is_canceled(bench, slow, tmp_path):
    Starter(bench, tmp_path)(match_timeout_sec=1.0)
    slow.may_end.set()
    status = end(bench, PATROL_LONG)
    assert status.message == 'failed'
    assert 'does not answer whether it takes the goal' in value(status, 'reason')
    slow.may_accept.set()
    wait_until(lambda: slow.ends == [GoalStatus.STATUS_CANCELED])
    assert bench.stages('do it')[-1] == 'failed'


def test_a_goal_that_ends_long_after_its_cancel(bench, slow, tmp_path, monkeypatch):
    monkeypatch.setattr(goal, 'CANCEL_SEC', 2.0)
    slow.may_accept.set()
    node = Starter(bench, tmp_path)()
    say(bench, PATROL_LONG)
    assert slow.has_begun.wait(10)
    bench.call(Trigger, '/nl_commander/stop')
    status = bench.end_of('do it')
    assert status.message == 'failed' and 'has not ended within 2 s' in value(status, 'reason')
    slow.may_end.set()
    wait_until(lambda: all(run.is_over for run in node._desk.gate._executor._goals))
    assert bench.stages('do it')[-1] == 'failed'


class SlowDict(dict):
    """Takes its time: what a robot answers meanwhile comes in between."""

    def __setitem__(self, key, item):
        super().__setitem__(key, item)
        time.sleep(0.3)


def test_a_goal_leaves_nothing_behind_in_its_client(bench, robot, start):
    """Accepted, refused, and answered before rclpy has registered the future that it gives out."""
    node = start()
    refused = ActionGoal('/porter/patrol', 'test_msgs/action/Fibonacci', {'order': 0})
    assert end(bench, PATROL_ONCE, 'once').message == 'succeeded'
    assert end(bench, refused, 'none').message == 'failed'
    client = next(one for one in node.waitables if isinstance(one, SteadyActionClient))
    wait_until(lambda: client._feedback_callbacks == {})
    client._feedback_callbacks = SlowDict()
    assert end(bench, PATROL_ONCE, 'fast').message == 'succeeded'
    wait_until(lambda: not client._futures)
    assert client._feedback_callbacks == {}


def test_a_text_for_a_listener_of_another_kind_is_not_lost_in_silence(bench, robot, start):
    """Two listeners, of which one has another type: it is said, not published to the other."""
    start()
    other = bench.user.create_subscription(UInt8, '/porter/say', lambda message: None, 10)
    wait_until(lambda: robot.count_subscribers('/porter/say') == 2)
    status = end(bench, SAY)
    assert status.message == 'failed' and 'std_msgs/msg/UInt8' in value(status, 'reason')
    assert robot.state.said == ''
    bench.user.destroy_subscription(other)
