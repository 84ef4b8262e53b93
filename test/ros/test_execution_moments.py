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


"""Moments that are hard to hit: between two steps, too early, in the middle, and at the end."""

from __future__ import annotations

from pathlib import Path
import threading

from attack_corpus import ATTACKS, expanded
from execution_bench import (
    approver, assert_stands, DOCK, DRIVE_LONG, end, say, say_too_early, SIREN, UNLOCK)
from geometry_msgs.msg import Twist
from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.command import TopicPublication
from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.language.short_form import REASONS
from ros2_nl_commander.ros.execution import publication
from ros2_nl_commander.ros.execution.approvals import Approvals
from ros2_nl_commander.ros.execution.executor import CommandExecutor
from ros_bench import value, wait_until
from std_msgs.msg import String
from std_srvs.srv import Trigger

POLICY_FILE = Path(__file__).parents[2] / 'config' / 'policy.yaml'
SAY = TopicPublication('/porter/say', 'std_msgs/msg/String', {'data': 'hello'})


class Faulty:
    """A publisher of which a method does not do what it should."""

    def __init__(self, publisher, **methods):
        self._publisher = publisher
        self.__dict__.update(methods)

    def __getattr__(self, name):
        return getattr(self._publisher, name)


def test_an_exception_in_the_middle_of_a_drive_ends_it_in_zeros(bench, robot, start):
    node = start()
    heard = []
    bench.user.create_subscription(Twist, '/porter/cmd_vel', heard.append, 1000)
    wait_until(lambda: robot.count_subscribers('/porter/cmd_vel') == 2)
    say(bench, DRIVE_LONG)
    wait_until(lambda: robot.state.speed_mps and heard)
    driver, = node._desk.gate._executor._velocities.values()
    really = driver._publisher.publish

    def publish(message):
        if message.linear.x:
            raise RuntimeError('the middleware gave up')
        really(message)

    driver._publisher = Faulty(driver._publisher, publish=publish)
    status = bench.end_of('do it')
    assert status.message == 'failed' and 'the middleware gave up' in value(status, 'reason')
    wait_until(lambda: len(heard) > publication.ZEROS and not any(
        twist.linear.x for twist in heard[-publication.ZEROS:]))
    assert len(heard) < 200
    wait_until(lambda: robot.state.speed_mps == 0.0)
    assert_stands(robot)


def test_a_message_that_is_not_acknowledged_is_a_failure(bench, robot, start, monkeypatch):
    monkeypatch.setattr(publication, 'ACKNOWLEDGE_SEC', 0.3)
    really = publication.Endpoints.publisher
    monkeypatch.setattr(
        publication.Endpoints, 'publisher', lambda *arguments: Faulty(
            really(*arguments), wait_for_all_acked=lambda _timeout: False))
    start()
    status = end(bench, SAY)
    assert (status.message, value(status, 'reason')) == (
        'failed', '/porter/say: the last message was not acknowledged within 0.3 s')


def test_a_stop_between_two_steps_keeps_the_second_from_beginning(
        bench, robot, start, monkeypatch):
    done, may_go_on, really = threading.Event(), threading.Event(), CommandExecutor.execute

    def execute(self, *arguments):
        outcome = really(self, *arguments)
        done.set()
        assert may_go_on.wait(20)
        return outcome

    monkeypatch.setattr(CommandExecutor, 'execute', execute)
    sentence = 'siren on, then dock'
    bench.generator.answers = {
        sentence: REASONS['one step only'], 'siren on': SIREN, 'dock': DOCK}
    start(max_steps=2)
    bench.send(sentence)
    assert done.wait(20)
    assert bench.call(Trigger, '/nl_commander/stop').success
    may_go_on.set()
    status = bench.end_of(sentence)
    assert (status.message, value(status, 'reason')) == ('canceled', 'stopped')
    assert (robot.state.siren, robot.state.docked) == (True, False)
    assert ['siren' in command for command in bench.commands] == [True]


def test_an_approval_that_comes_too_early_approves_nothing(bench, robot, start, monkeypatch):
    """Ids can be guessed: one that is approved before its command is known counts for nothing."""
    decided, really = [], Approvals.approve

    def approve(self, request_id):
        decided.append((request_id, really(self, request_id)))
        return decided[-1][1]

    monkeypatch.setattr(Approvals, 'approve', approve)
    start(approval_timeout_sec=0.5)
    sender = approver(bench)
    identifier = say_too_early(bench, UNLOCK)
    sender.publish(String(data=identifier))
    wait_until(lambda: decided)
    bench.generator.may_answer.set()
    assert bench.end_of('do it').message == 'expired'
    assert 'awaiting_approval' in bench.stages('do it')
    assert decided == [(identifier, False)]
    assert (robot.state.tray_lock, bench.commands) == (False, [])


def parseable():
    """Give those attacks that are commands at all."""
    for attack in ATTACKS['commands']:
        try:
            yield parse_command(expanded(attack['text']))
        except NlCommanderError:
            continue


def test_no_attack_that_the_model_may_write_is_carried_out(bench, robot, start):
    """Each as the answer of the generator, over the whole way that a sentence goes."""
    commands = list(parseable())
    assert len(commands) > 50
    start(policy=str(POLICY_FILE), approval_timeout_sec=0.1)
    at_first = robot.state
    for number, command in enumerate(commands):
        status = end(bench, command, f'attack {number}')
        assert status.message in ('declined', 'rejected', 'failed'), (command, status)
        assert value(status, 'reason'), command
    assert bench.commands == [] and robot.state == at_first
    assert len({status.name for status in bench.statuses}) == len(commands)
