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

"""Commands carried out for real on the simulated robot: what happens, and what is said."""

from __future__ import annotations

import subprocess
import sys

from attack_corpus import ATTACKS, expanded
from execution_bench import (
    approver, assert_stands, between_spins, DOCK, DRIVE, drive_half_a_metre, DRIVE_LONG, end,
    PATROL, PATROL_LONG, POLICY, say, UNLOCK)
import pytest
from ros2_nl_commander.language.command import ServiceCall, TopicPublication
from ros2_nl_commander.ros.execution.approvals import Approvals
from ros2_nl_commander.ros.execution.audit import read_audit
from ros_bench import value, wait_until
from std_msgs.msg import String
from std_srvs.srv import Trigger


def test_a_service_is_called(bench, robot, start):
    start()
    status = end(bench, ServiceCall('/porter/siren', 'std_srvs/srv/SetBool', {'data': True}))
    assert (status.message, value(status, 'reason')) == ('succeeded', 'siren on')
    assert robot.state.siren
    assert bench.stages('do it') == ['received', 'generating', 'executing', 'succeeded']
    assert bench.commands == ['ros2 service call /porter/siren std_srvs/srv/SetBool '
                              '"{data: true}"']


def test_a_response_that_says_it_failed_is_a_failure(bench, robot, start):
    start()
    assert end(bench, DOCK, 'dock').message == 'succeeded'
    status = end(bench, DOCK, 'dock again')
    assert (status.message, 'already docked' in value(status, 'reason')) == ('failed', True)


def test_a_distance_is_driven_and_then_the_robot_stands(bench, robot, start):
    start()
    drive_half_a_metre(bench, robot, 0.08)


def test_a_goal_is_followed_to_its_end(bench, robot, start):
    start()
    status = end(bench, PATROL)
    assert (status.message, robot.state.patrol_rounds) == ('succeeded', 2)
    told = [value(s, 'reason') for s in bench.statuses if s.message == 'executing']
    assert any('sequence' in text for text in told), told


def test_what_the_policy_denies_is_neither_published_nor_done(bench, robot, start):
    start()
    lift = TopicPublication('/porter/lift_height', 'std_msgs/msg/Float64', {'data': 1.0})
    assert end(bench, lift, 'lift').message == 'rejected'
    fast = TopicPublication('/porter/cmd_vel', 'geometry_msgs/msg/Twist', {'linear': {'x': 0.4}},
                            400, 10.0)
    status = end(bench, fast, 'drive far')
    assert status.message == 'rejected' and 'duration' in value(status, 'reason')
    assert bench.commands == [] and robot.state.distance_m == 0.0


@pytest.mark.parametrize('command, sign', [
    (DRIVE_LONG, lambda state: state.speed_mps), (PATROL_LONG, lambda state: state.patrol_rounds)])
@pytest.mark.parametrize('how', ['service', 'word', 'deactivate', 'another'])
def test_stopping_ends_what_runs(bench, robot, start, command, sign, how):
    node = start()
    say(bench, command)
    wait_until(lambda: sign(robot.state))
    if how == 'service':
        assert bench.call(Trigger, '/nl_commander/stop').success
    elif how == 'word':
        bench.send('STOP!')
        assert bench.end_of('STOP!').message == 'succeeded'
    elif how == 'deactivate':
        node.trigger_deactivate()
    else:
        assert end(bench, ServiceCall('/porter/headlights', 'std_srvs/srv/SetBool',
                                      {'data': True}), 'lights').message == 'succeeded'
        assert robot.state.headlights
    status = bench.end_of('do it')
    assert status.message == 'canceled', value(status, 'reason')
    wait_until(lambda: robot.state.speed_mps == 0.0)
    assert_stands(robot)


@pytest.mark.parametrize('follower', [DRIVE, PATROL])
def test_what_follows_a_patrol_has_the_base(bench, robot, start, follower):
    start()
    say(bench, PATROL_LONG, 'patrol')
    wait_until(lambda: robot.state.distance_m)
    say(bench, follower, 'next')
    wait_until(lambda: bench.end_of('patrol').message == 'canceled')
    at = robot.state.distance_m
    assert bench.end_of('next').message == 'succeeded'
    assert robot.state.distance_m - at > 0.2
    assert_stands(robot)


def test_a_new_instruction_may_wait_instead(bench, robot, start):
    start(preempt=False)
    say(bench, PATROL, 'patrol')
    wait_until(lambda: 'executing' in bench.stages('patrol'))
    assert end(bench, DOCK, 'dock').message == 'succeeded'
    assert bench.end_of('patrol').message == 'succeeded'


@pytest.fixture
def approvals(monkeypatch):
    """Give a list of what the node has decided about each approval that came."""
    decided, really = [], Approvals.approve

    def approve(self, request_id):
        decided.append((request_id, really(self, request_id)))
        return decided[-1][1]

    monkeypatch.setattr(Approvals, 'approve', approve)
    return decided


def test_what_needs_confirmation_waits_for_its_own_id(bench, robot, start, approvals):
    start()
    approve = approver(bench)
    say(bench, UNLOCK, 'first')
    wait_until(lambda: 'awaiting_approval' in bench.stages('first'))
    identifier = bench.statuses[-1].name
    approve.publish(String(data='another-1'))
    wait_until(lambda: approvals == [('another-1', False)])
    assert bench.stages('first')[-1] == 'awaiting_approval' and not robot.state.tray_lock
    approve.publish(String(data=identifier))
    assert bench.end_of('first').message == 'succeeded' and robot.state.tray_lock
    # The same id again, while another command waits, is worth nothing.
    say(bench, UNLOCK, 'second')
    wait_until(lambda: 'awaiting_approval' in bench.stages('second'))
    approve.publish(String(data=identifier))
    wait_until(lambda: approvals[1:] == [(identifier, True), (identifier, False)])
    assert bench.stages('second')[-1] == 'awaiting_approval'
    bench.call(Trigger, '/nl_commander/stop')
    assert bench.end_of('second').message == 'canceled'


@pytest.mark.parametrize('probability, below, waits', [
    (0.42, 0.5, True), (0.5, 0.5, False), (0.42, 0.0, False), (0.99, 1.0, True)])
def test_what_the_model_is_not_sure_of_waits_though_the_policy_says_auto(
        bench, robot, start, generator, probability, below, waits):
    start(confirm_below=below)
    generator.probability = probability
    approve = approver(bench)
    say(bench, DOCK)
    if waits:
        wait_until(lambda: 'awaiting_approval' in bench.stages('do it'))
        assert value(bench.statuses[-1], 'reason') == f'only {probability:.0%} sure'
        assert not robot.state.docked
        approve.publish(String(data=bench.statuses[-1].name))
    assert bench.end_of('do it').message == 'succeeded' and robot.state.docked
    assert ('awaiting_approval' in bench.stages('do it')) is waits


def test_a_velocity_of_zero_never_waits_for_the_model_to_be_sure(
        bench, robot, start, generator):
    start()
    generator.probability = 0.1
    still = TopicPublication('/porter/cmd_vel', 'geometry_msgs/msg/Twist', {}, 1)
    assert end(bench, still).message == 'succeeded'
    assert 'awaiting_approval' not in bench.stages('do it')


def test_an_approval_that_does_not_come_expires(bench, robot, start):
    start(execute='confirm', approval_timeout_sec=0.3)
    status = end(bench, DOCK)
    assert (status.message, robot.state.docked) == ('expired', False)
    assert bench.commands == []  # nobody may obey what was not approved
    awaiting = next(s for s in bench.statuses if s.message == 'awaiting_approval')
    assert 'dock' in value(awaiting, 'command')


def test_nobody_there_is_a_failure(bench, start, robot, context):
    node = start(match_timeout_sec=0.5)
    listener = next(s for s in robot.subscriptions if s.topic_name == '/porter/say')
    between_spins(robot, lambda: robot.destroy_subscription(listener))
    wait_until(lambda: not node.count_subscribers('/porter/say'))
    status = end(bench, TopicPublication('/porter/say', 'std_msgs/msg/String', {'data': 'hello'}))
    assert (status.message, 'nobody' in value(status, 'reason')) == ('failed', True)


ROBOT_ALONE = """
import rclpy, sys
from ros2_nl_commander.ros.simulated_robot import SimulatedRobot
from rclpy.executors import MultiThreadedExecutor
rclpy.init(domain_id=int(sys.argv[1]))
executor = MultiThreadedExecutor(4)
executor.add_node(SimulatedRobot(namespace='porter'))
executor.spin()
"""


def test_a_robot_that_dies_is_a_failure(bench, context, tmp_path):
    """Killed, it cannot say goodbye: DDS notices when its lease ends, after 20 s."""
    process = subprocess.Popen([sys.executable, '-c', ROBOT_ALONE, str(context.get_domain_id())])
    try:
        (tmp_path / 'policy.yaml').write_text(POLICY)
        bench.start(execute='auto', policy=str(tmp_path / 'policy.yaml'), match_timeout_sec=20.0,
                    audit_log=str(tmp_path / 'audit.jsonl'))
        say(bench, PATROL_LONG)
        wait_until(lambda: bench.stages('do it').count('executing') > 1)
        process.kill()
        wait_until(lambda: 'failed' in bench.stages('do it'), 40.0)
        assert 'gone' in value(bench.end_of('do it'), 'reason')
    finally:
        process.kill()
        process.wait()


def test_a_goal_that_takes_too_long_is_canceled(bench, start, robot):
    start(execution_timeout_sec=2.0)  # from its acceptance on
    status = end(bench, PATROL_LONG)
    assert status.message == 'failed'
    assert 'not done within 2 s; the goal was canceled' in value(status, 'reason')
    assert_stands(robot)


def test_the_audit_tells_the_story(bench, robot, start):
    start()
    status = end(bench, DOCK)
    wait_until(lambda: [*read_audit(start.audit)][-1]['event'] == 'ended')
    records = list(read_audit(start.audit))
    assert [record['event'] for record in records] == [
        'received', 'decided', 'executing', 'carried out', 'ended']
    assert {record['id'] for record in records} == {status.name}
    assert records[-1]['stage'] == 'succeeded' and 'dock' in records[-1]['command']


def test_without_a_policy_nothing_is_carried_out(bench, start):
    node = start(policy='', wait='')
    wait_until(lambda: 'policy is empty' in node._why_inactive)


def test_a_policy_with_a_mistake_is_refused(bench, start, tmp_path):
    (tmp_path / 'bad.yaml').write_text('rules:\n  /a: {tier: perhaps}')
    node = start(policy=str(tmp_path / 'bad.yaml'), wait='')
    wait_until(lambda: 'bad.yaml:2' in node._why_inactive)


def test_every_hostile_sentence_ends_once_and_does_nothing(bench, robot, start):
    """The generator answers the worst that it could: a command that the policy denies."""
    start()
    bench.generator.answer = TopicPublication(
        '/porter/lift_height', 'std_msgs/msg/Float64', {'data': 1.0})
    for count, attack in enumerate(ATTACKS['sentences'], start=1):
        bench.send(expanded(attack['text']))
        # One at a time: how much a burst may hold is for other tests to say.
        wait_until(lambda: len({s.name for s in bench.statuses}) == count)
    bench.settle()
    assert bench.commands == [] and robot.state.lift_height_m == 0.0
