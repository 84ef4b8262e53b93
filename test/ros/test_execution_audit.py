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


"""Every instruction is in the audit log, with its receipt and its end, whatever becomes of it."""

from __future__ import annotations

import threading

from execution_bench import approver, DOCK, DRIVE_LONG, end, say, say_too_early, SIREN, UNLOCK
import pytest
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.language.stop_words import is_stop
from ros2_nl_commander.ros.execution.audit import AuditLog, read_audit
from ros_bench import value, wait_until
from std_msgs.msg import String
from std_srvs.srv import Trigger


def records_of(start, status):
    """Wait until the end of an instruction is written down; give all that was of it."""
    def records():
        return [record for record in read_audit(start.audit) if record.get('id') == status.name]

    wait_until(lambda: any(record['event'] == 'ended' for record in records()))
    return records()


def assert_told(start, status):
    """Check receipt and end of an instruction against its status; give what is in between."""
    first, *between, last = records_of(start, status)
    assert (first['event'], last['event']) == ('received', 'ended')
    assert (last['stage'], last['reason'], last['instruction']) == (
        status.message, value(status, 'reason'), value(status, 'instruction'))
    assert last['seconds'] == pytest.approx(float(value(status, 'seconds')), abs=0.001)
    return [record['event'] for record in between]


@pytest.mark.parametrize('sentence, answer, stage', [
    ('', SIREN, 'declined'), ('fly', None, 'declined'), ('think', ModelError('broke'), 'failed'),
    ('think', MemoryError(), 'failed'), ('STOP!', SIREN, 'succeeded')])
def test_what_comes_to_no_command_is_written_down(bench, robot, start, sentence, answer, stage):
    start()
    status = end(bench, answer, sentence)
    assert status.message == stage and is_stop(sentence, ()) == (sentence == 'STOP!')
    assert assert_told(start, status) == []


def test_what_expires_is_written_down(bench, robot, start):
    start(deadline_sec=0.3)
    bench.generator.may_answer.clear()
    status = end(bench, SIREN, 'think')
    bench.generator.may_answer.set()
    assert status.message == 'expired'
    assert assert_told(start, status) == []


def test_what_is_done_is_written_down_step_by_step(bench, robot, start):
    start(approval_timeout_sec=0.3)
    assert assert_told(start, end(bench, DOCK, 'dock')) == ['decided', 'executing', 'carried out']
    status = end(bench, UNLOCK, 'unlock')
    assert status.message == 'expired'
    assert assert_told(start, status) == ['decided', 'not approved']


def test_approvals_that_approve_nothing_are_written_down(bench, robot, start):
    """Too early, for another id, and once more."""
    def written():
        return [one['id'] for one in read_audit(start.audit) if one['event'] == 'approved nothing']

    start()
    sender = approver(bench)
    identifier = say_too_early(bench, UNLOCK)
    sender.publish(String(data=identifier))
    wait_until(written)
    bench.generator.may_answer.set()
    wait_until(lambda: 'awaiting_approval' in bench.stages('do it'))
    another = identifier + '0' * 1000
    for text in (another, identifier, identifier):
        sender.publish(String(data=text))
    assert bench.end_of('do it').message == 'succeeded'
    wait_until(lambda: written() == [identifier, another[:100], identifier])


def test_an_error_while_deciding_is_written_down(bench, robot, start):
    node = start()

    def broken(_command):
        raise RuntimeError('out of order')

    node._desk.gate._robot.write_valid = broken
    status = end(bench, SIREN)
    assert (status.message, 'out of order' in value(status, 'reason')) == ('failed', True)
    assert assert_told(start, status) == ['decided']
    assert not robot.state.siren


def test_a_stop_while_deciding_is_written_down(bench, robot, start):
    node = start()
    gate = node._desk.gate
    really, deciding, may_decide = gate._robot.write_valid, threading.Event(), threading.Event()

    def slow(command):
        deciding.set()
        assert may_decide.wait(20)
        return really(command)

    gate._robot.write_valid = slow
    say(bench, SIREN)
    assert deciding.wait(20)
    bench.call(Trigger, '/nl_commander/stop')
    may_decide.set()
    status = bench.end_of('do it')
    assert (status.message, bench.commands, robot.state.siren) == ('canceled', [], False)
    assert 'executing' not in assert_told(start, status)


def test_a_disk_that_hangs_is_in_no_stops_way(bench, robot, start, monkeypatch):
    """Only what begins to run waits for the disk."""
    start()
    say(bench, DRIVE_LONG)
    wait_until(lambda: robot.state.speed_mps)
    may_write, waits, really = threading.Event(), threading.Event(), AuditLog._write

    def hanging(self, lines):
        waits.set()
        assert may_write.wait(20)
        really(self, lines)

    monkeypatch.setattr(AuditLog, '_write', hanging)
    end(bench, None, '')  # its end is what hangs
    assert waits.wait(20)
    assert bench.call(Trigger, '/nl_commander/stop').success
    status = bench.end_of('do it')
    assert status.message == 'canceled'
    wait_until(lambda: robot.state.speed_mps == 0.0)
    assert not may_write.is_set()
    may_write.set()
    assert assert_told(start, status) == ['decided', 'executing', 'carried out']
