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


"""A refusal ends the one command that it names, and nothing else."""

from __future__ import annotations

from execution_bench import say, UNLOCK
import pytest
from ros2_nl_commander.ros.execution.approvals import Approvals, Verdict
from ros2_nl_commander.ros.execution.audit import read_audit
from ros_bench import value, wait_until
from std_msgs.msg import String


@pytest.fixture
def tell(bench):
    """Give what says yes or no to an id, once the node listens."""
    def sender(name):
        publisher = bench.user.create_publisher(String, f'/nl_commander/{name}', 10)
        return lambda identifier: wait_until(publisher.get_subscription_count) and (
            publisher.publish(String(data=identifier)))

    return {name: sender(name) for name in ('approve', 'refuse')}


def asked(bench, sentence):
    """Wait until a sentence waits for approval; give its id."""
    wait_until(lambda: 'awaiting_approval' in bench.stages(sentence))
    return next(one.name for one in bench.statuses if value(one, 'instruction') == sentence)


def events(start, identifier):
    return [one['event'] for one in read_audit(start.audit) if one.get('id') == identifier]


def test_what_is_refused_ends_and_what_waits_behind_it_goes_on(bench, robot, start, tell):
    start(preempt=False)
    say(bench, UNLOCK, 'mine')
    mine = asked(bench, 'mine')
    bench.send('yours')
    wait_until(lambda: bench.stages('yours') == ['received'])
    tell['refuse'](mine)
    status = bench.end_of('mine')
    assert (status.message, value(status, 'reason')) == ('rejected', 'refused')
    assert not robot.state.tray_lock and bench.commands == []
    wait_until(lambda: events(start, mine) == ['received', 'decided', 'refused', 'ended'])
    tell['approve'](asked(bench, 'yours'))
    assert bench.end_of('yours').message == 'succeeded' and robot.state.tray_lock


def test_another_id_refuses_nothing(bench, robot, start, tell):
    start()
    say(bench, UNLOCK)
    identifier = asked(bench, 'do it')
    tell['refuse'](f'{identifier}0')
    wait_until(lambda: events(start, f'{identifier}0') == ['refused nothing'])
    tell['approve'](identifier)
    assert bench.end_of('do it').message == 'succeeded' and robot.state.tray_lock


@pytest.mark.parametrize('said, verdict, void', [
    (['refuse', 'approve'], Verdict.REFUSED, [(Verdict.APPROVED, '1')]),
    (['approve', 'refuse'], Verdict.REFUSED, []),
    (['approve', 'approve'], Verdict.APPROVED, [(Verdict.APPROVED, '1')])])
def test_a_refusal_takes_an_approval_back_and_stays(said, verdict, void):
    told = []
    approvals = Approvals(lambda *one: told.append(one))

    def announce():
        return [getattr(approvals, word)('1') for word in said] is not None

    assert approvals.wait('1', 5.0, lambda: False, announce) is verdict
    assert told == void
    assert not approvals.refuse('1') and told == [*void, (Verdict.REFUSED, '1')]


def test_what_shall_stop_has_no_verdict_whatever_was_said():
    approvals = Approvals(lambda *_one: None)
    assert approvals.wait('1', 5.0, lambda: True, lambda: approvals.approve('1')) is Verdict.NONE
