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

"""Goals that cannot be stopped at once, and what comes after them."""

from __future__ import annotations

import time

from action_msgs.msg import GoalStatus
from execution_bench import DRIVE, end, GO, PATROL_LONG, say, SIREN, SlowPatrol, Starter
import pytest
from ros2_nl_commander.ros.execution import goal
from ros_bench import value, wait_until
from std_srvs.srv import SetBool, Trigger


@pytest.fixture
def slow(bench, context):
    slow = bench.add(SlowPatrol(context))
    yield slow
    slow.may_accept.set()
    slow.may_end.set()


def test_a_stop_does_not_wait_for_the_acceptance(bench, slow, tmp_path):
    Starter(bench, tmp_path)(match_timeout_sec=15.0)
    slow.may_end.set()
    say(bench, PATROL_LONG)
    assert slow.was_asked.wait(10)
    before = time.monotonic()
    bench.call(Trigger, '/nl_commander/stop')
    status = bench.end_of('do it')
    assert time.monotonic() - before < 10.0
    assert status.message == 'canceled', value(status, 'reason')
    assert 'has not said whether it takes the goal' in value(status, 'reason')
    slow.may_accept.set()
    wait_until(lambda: slow.ends == [GoalStatus.STATUS_CANCELED])


def switch_on(_request, response):
    response.success = True
    return response


def test_nothing_moves_beside_a_goal_that_does_not_stop(bench, slow, tmp_path, monkeypatch):
    monkeypatch.setattr(goal, 'CANCEL_SEC', 1.0)
    slow.may_accept.set()
    bench.user.create_service(SetBool, '/porter/siren', switch_on)
    Starter(bench, tmp_path)()
    say(bench, PATROL_LONG)
    assert slow.has_begun.wait(10)
    bench.call(Trigger, '/nl_commander/stop')
    assert bench.end_of('do it').message == 'failed'
    for command, sentence in (DRIVE, 'drive'), (GO, 'go'), (PATROL_LONG, 'patrol again'):
        status = end(bench, command, sentence)
        assert status.message == 'failed'
        assert '/porter/patrol was told to stop and has not ended' in value(status, 'reason')
    status = end(bench, SIREN, 'siren')  # moves nothing
    assert status.message == 'succeeded'
    assert '/porter/patrol was told to stop and has not ended' in value(status, 'reason')
    slow.may_end.set()
    wait_until(lambda: slow.ends)
    say(bench, PATROL_LONG, 'at last')
    wait_until(lambda: len(slow.begun) == 2)
    bench.call(Trigger, '/nl_commander/stop')
    assert bench.end_of('at last').message == 'canceled'


class Goal:
    """A goal that goes on; when it is asked, another one begins."""

    is_lost = False

    def __init__(self, on_asked=lambda: None):
        self.on_asked = on_asked

    @property
    def is_over(self):
        self.on_asked()
        return False


def test_a_goal_that_begins_while_others_are_looked_for_is_kept(bench, robot, start):
    """A stop looks in another thread, and has to reach the new one the next time."""
    executor = start()._desk.gate._executor
    new = Goal()
    old = Goal(lambda: setattr(executor, '_goals', [old, new]))
    executor._goals = [old]
    assert executor._unended() == [old, new]
    executor._goals = []
