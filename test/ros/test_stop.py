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


"""What a stop says of itself: success only where everything stands, as far as anybody knows."""

from __future__ import annotations

import os
import time

from execution_bench import (
    assert_stands, between_spins, DOCK, DRIVE_LONG, end, GO, PATROL_LONG, say, SIREN, Starter,
    StuckPatrol)
from geometry_msgs.msg import Twist, TwistStamped
import pytest
from rclpy.node import Node
from ros2_nl_commander.language.command import TopicPublication
from ros2_nl_commander.ros import instruction_desk
from ros2_nl_commander.ros.execution.executor import CommandExecutor
from ros2_nl_commander.ros.execution.gate import Gate
from ros2_nl_commander.ros.execution.publication import Publication
from ros_bench import value, wait_until
from std_srvs.srv import Trigger

STOP = '/nl_commander/stop'
GONE_ON = 'was told to stop and has not ended'


@pytest.fixture
def stuck(bench, context, tmp_path):
    """Give a server with a goal of the node that does not end."""
    stuck = bench.add(StuckPatrol(context))
    Starter(bench, tmp_path)()
    say(bench, PATROL_LONG, 'patrol')
    wait_until(lambda: stuck.handles)
    return stuck


def call(bench):
    client = bench.user.create_client(Trigger, STOP)
    wait_until(client.service_is_ready)
    return lambda: client.call_async(Trigger.Request())


def test_a_goal_that_does_not_end_is_named(bench, stuck):
    response = bench.call(Trigger, STOP)
    assert not response.success and f'/porter/patrol {GONE_ON}' in response.message
    bench.send('stop')
    status = bench.end_of('stop')
    assert status.message == 'failed' and f'/porter/patrol {GONE_ON}' in value(status, 'reason')
    stuck.let_end()
    assert bench.end_of('patrol').message == 'canceled'
    assert bench.call(Trigger, STOP).success
    bench.send('halt')
    assert bench.end_of('halt').message == 'succeeded'


def test_a_goal_that_ends_after_a_moment_is_waited_for(bench, stuck, monkeypatch):
    monkeypatch.setattr(instruction_desk, 'CONFIRM_SEC', 15.0)
    stopping = call(bench)()
    wait_until(lambda: stuck.handles[0].is_cancel_requested)
    assert not stopping.done()
    stuck.let_end()
    wait_until(stopping.done)
    response = stopping.result()
    assert response.success and 'goals ended: 1' in response.message


def test_stops_that_wait_keep_nobody_waiting(bench, stuck, monkeypatch):
    """Nor one another, however many there are; 15 s is longer than all of this."""
    monkeypatch.setattr(instruction_desk, 'CONFIRM_SEC', 15.0)
    stop = call(bench)
    bench.send('stop')
    waiting = [stop() for _ in range(2)]
    wait_until(lambda: bench.node._desk._may_wait._value == 0)
    last = stop()
    wait_until(last.done)
    assert GONE_ON in last.result().message and not any(one.done() for one in waiting)
    bench.send('again')
    wait_until(lambda: bench.stages('again'))
    assert bench.stages('stop') == ['received']
    stuck.let_end()
    wait_until(lambda: all(one.done() for one in waiting))
    assert bench.end_of('stop').message == 'succeeded'


def test_a_stop_that_a_cleanup_overtakes_is_answered(bench, stuck, monkeypatch):
    """Rclpy has let go of the client by then, and raises."""
    def settled(_gate, halt, _seconds):
        raise RuntimeError('the client is gone')

    monkeypatch.setattr(Gate, 'settled', settled)
    response = bench.call(Trigger, STOP)
    assert not response.success and 'RuntimeError: the client is gone' in response.message
    bench.send('stop')
    assert bench.end_of('stop').message == 'failed'
    stuck.let_end()


def test_a_goal_whose_server_is_gone_is_lost_until_another_says_so(bench, context, stuck):
    between_spins(stuck, stuck.vanish)
    assert bench.end_of('patrol').message == 'failed'
    response = bench.call(Trigger, STOP)
    assert not response.success and 'server of /porter/patrol is gone' in response.message
    bench.add(StuckPatrol(context))
    run, = bench.node._desk.gate._executor._goals
    wait_until(run._client.server_is_ready)
    wait_until(lambda: bench.call(Trigger, STOP).success)  # it does not know the goal


def test_what_a_topic_has_set_going_is_named(bench, robot, start):
    start()
    assert end(bench, GO, 'go').message == 'succeeded'
    response = bench.call(Trigger, STOP)
    words = '/porter/goal_pose was set going by a topic and cannot be recalled'
    assert not response.success and words in response.message
    bench.send('stop')
    status = bench.end_of('stop')
    assert status.message == 'failed' and words in value(status, 'reason')


def test_what_moves_nothing_or_is_long_over_is_not_named(bench, robot, start):
    start(execution_timeout_sec=0.5)
    hello = TopicPublication('/porter/say', 'std_msgs/msg/String', {'data': 'hello'})
    assert end(bench, GO, 'go').message == 'succeeded'
    assert end(bench, hello, 'say').message == 'succeeded'
    wait_until(lambda: bench.call(Trigger, STOP).success)


class Bases(Node):
    """Bases that note what they are told."""

    def __init__(self, context):
        super().__init__('bases', context=context)
        self.heard = []
        for name, kind in (('drive', Twist), ('stamped', TwistStamped), ('denied', Twist)):
            self.create_subscription(
                kind, f'/base/{name}', lambda _m, name=name: self.heard.append(name), 10)


def test_zeros_go_to_every_velocity_that_the_policy_allows(bench, context, tmp_path):
    """Also where this node has never published one; and only there."""
    (tmp_path / 'robot.yaml').write_text(
        'robot: base\ntopics: {/base/drive: geometry_msgs/msg/Twist, '
        '/base/stamped: geometry_msgs/msg/TwistStamped, /base/denied: geometry_msgs/msg/Twist}')
    bases, start = bench.add(Bases(context)), Starter(bench, tmp_path)
    start.policy.write_text('rules: {/base/denied: {tier: deny}, /base/*: {tier: confirm}}')
    node = start(robot=str(tmp_path / 'robot.yaml'))
    wait_until(lambda: sum(one.get_subscription_count() for one in node.publishers
                           if one.topic_name.startswith('/base/')) == 2)
    response = bench.call(Trigger, STOP)
    assert response.success and '/base/drive, /base/stamped' in response.message
    wait_until(lambda: sorted(bases.heard) == ['drive', 'stamped'])


def test_a_topic_may_change_its_type(context):
    node = Node('node', context=context)
    executor = CommandExecutor(node)
    for name in ('Twist', 'TwistStamped', 'Twist'):
        kind = f'geometry_msgs/msg/{name}'
        executor.prepare([('/base/drive', kind)])
        assert [one.type_name for one in executor._velocities.values()] == [kind]
        assert executor.halt().is_confirmed
    node.destroy_node()


@pytest.mark.parametrize('how', ['service', 'word'])
def test_a_zero_that_does_not_go_out_is_said(bench, robot, start, monkeypatch, how):
    start()
    say(bench, DRIVE_LONG)
    wait_until(lambda: robot.state.speed_mps)

    def fail(_self):
        raise RuntimeError('no zero')

    with monkeypatch.context() as broken:
        broken.setattr(Publication, 'halt', fail)
        if how == 'service':
            response = bench.call(Trigger, STOP)
            failed, why = not response.success, response.message
        else:
            bench.send('stop')
            status = bench.end_of('stop')
            failed, why = status.message == 'failed', value(status, 'reason')
    assert failed and 'no zero velocity on /porter/cmd_vel: RuntimeError: no zero' in why


@pytest.mark.parametrize('how', ['stop', 'pause'])
def test_the_robot_stops_whatever_becomes_of_the_instructions(
        bench, robot, start, monkeypatch, how):
    node = start()
    say(bench, DRIVE_LONG)
    wait_until(lambda: robot.state.speed_mps)

    def fail(_reason):
        raise RuntimeError('no status')

    with monkeypatch.context() as broken:
        broken.setattr(node._desk.worker, 'cancel', fail)
        if how == 'stop':
            response = bench.call(Trigger, STOP)
            assert not response.success
            assert 'the instructions were not ended: RuntimeError: no status' in response.message
        else:
            with pytest.raises(RuntimeError, match='no status'):
                node._desk.pause('why not')
    wait_until(lambda: robot.state.speed_mps == 0.0)
    assert_stands(robot)
    assert bench.end_of('do it').message == 'canceled'


def test_a_disk_that_hangs_does_not_hold_up_a_stop(bench, robot, start):
    start()
    say(bench, DRIVE_LONG)
    wait_until(lambda: robot.state.speed_mps)
    start.audit.unlink()
    os.mkfifo(start.audit)  # whoever opens it to write waits for a reader
    assert bench.call(Trigger, STOP).success and bench.call(Trigger, STOP).success
    wait_until(lambda: robot.state.speed_mps == 0.0)
    bench.send('stop')
    assert bench.end_of('stop').message == 'succeeded'
    reader = os.open(start.audit, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert bench.end_of('do it').message == 'canceled'
        wait_until(lambda: b'halted' in os.read(reader, 100_000))
    finally:
        start.audit.unlink()
        os.close(reader)


@pytest.mark.parametrize('busy_with', ['configuring', 'generating'])
def test_a_stop_is_answered_at_once_while_the_node_is_busy(bench, generator, busy_with):
    """It takes milliseconds (``benchmark stopping``); a second leaves a busy machine room."""
    generator.is_deaf = True
    (generator.may_load if busy_with == 'configuring' else generator.may_answer).clear()
    bench.start(wait='configuring' if busy_with == 'configuring' else 'active')
    if busy_with == 'generating':
        bench.send('think')
        wait_until(lambda: generator.asked)
    stop, took = call(bench), []
    while not took or (took[-1] >= 1.0 and len(took) < 3):
        began = time.monotonic()
        answer = stop()
        wait_until(answer.done)
        took.append(time.monotonic() - began)
        assert answer.result().success
    assert took[-1] < 1.0, took
    generator.may_load.set()
    generator.may_answer.set()


def test_more_stop_words_are_a_parameter(bench, robot, start):
    start(stop_words='brrr, hoo there')
    say(bench, DRIVE_LONG, 'drive')
    wait_until(lambda: robot.state.speed_mps)
    bench.send('Brrr!')
    assert bench.end_of('Brrr!').message == 'succeeded'
    assert bench.end_of('drive').message == 'canceled'
    assert bench.generator.asked == ['drive']
    assert end(bench, SIREN, 'brrr siren').message == 'succeeded'


def test_a_stop_with_the_name_of_the_robot(bench, robot, start):
    start()
    bench.send('Porter, stop!')
    assert bench.end_of('Porter, stop!').message == 'succeeded'
    assert bench.generator.asked == [] and end(bench, DOCK).message == 'succeeded'
