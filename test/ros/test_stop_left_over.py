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


"""What a stop says of goals that were left behind, while there is nothing to cancel them with."""

from __future__ import annotations

from action_msgs.srv import CancelGoal
from execution_bench import PATROL_LONG, say, Starter, StuckPatrol
from lifecycle_msgs.srv import ChangeState
import pytest
from ros2_nl_commander.ros.execution import goal, left_over
from ros2_nl_commander.ros.execution.audit import AuditLog
from ros_bench import wait_until
from std_srvs.srv import Trigger

GOAL = f'{7:032x}'
LEFT_BEHIND = f'goal {GOAL} of /porter/patrol was left behind and may go on'


@pytest.fixture
def start(bench, tmp_path, generator):
    """Give what starts a node that was killed while it had a goal; the model may not load yet."""
    start = Starter(bench, tmp_path)
    AuditLog(start.audit).append(
        'executing', node='/nl_commander', action='/porter/patrol', goal=GOAL)
    generator.may_load.clear()
    return start


def stop(bench):
    return bench.call(Trigger, '/nl_commander/stop')


def test_it_is_named_until_the_gate_is_there(bench, generator, start, monkeypatch):
    """Its server is gone, so it is named also after it was looked for in vain."""
    monkeypatch.setattr(left_over, 'WAIT_SEC', 0.5)
    node = start(wait='configuring')
    response = stop(bench)
    assert not response.success and LEFT_BEHIND in response.message
    wait_until(lambda: generator.settings)
    response = stop(bench)
    assert not response.success and LEFT_BEHIND in response.message
    generator.may_load.set()
    bench.wait_for_state(node, 'active')
    assert stop(bench).success


def test_one_that_its_server_was_told_of_is_named_no_more(bench, context, generator, start):
    bench.add(StuckPatrol(context))  # it does not know the goal, and says so
    start(wait='configuring')
    wait_until(lambda: generator.settings)
    assert stop(bench).success


def test_one_that_its_server_will_not_cancel_is_named_on(bench, generator, start):
    def refuse(_request, response):
        response.return_code = CancelGoal.Response.ERROR_REJECTED
        return response

    bench.user.create_service(CancelGoal, '/porter/patrol/_action/cancel_goal', refuse)
    start(wait='configuring')
    wait_until(lambda: generator.settings)
    response = stop(bench)
    assert not response.success and LEFT_BEHIND in response.message


def test_it_is_named_before_and_after_configuring_in_vain(bench, generator, start, monkeypatch):
    monkeypatch.setattr(left_over, 'WAIT_SEC', 0.1)
    node = start(wait='unconfigured', autostart=False)
    assert LEFT_BEHIND in stop(bench).message
    start.policy.write_text('rules: 7')
    request = ChangeState.Request()
    request.transition.label = 'configure'
    assert not bench.call(ChangeState, '/nl_commander/change_state', request).success
    bench.wait_for_state(node, 'unconfigured')
    response = stop(bench)
    assert not response.success and LEFT_BEHIND in response.message


def test_a_node_that_runs_nothing_names_nothing(bench, start):
    start(wait='configuring', execute='never')
    assert stop(bench).success


def test_an_audit_log_that_cannot_be_read_is_said(bench, start, monkeypatch):
    def fail(_path):
        raise PermissionError(13, 'Permission denied')

    monkeypatch.setattr(left_over, 'read_audit', fail)
    start(wait='unconfigured', autostart=False)
    response = stop(bench)
    assert not response.success and 'not known: audit log' in response.message


def test_a_goal_that_did_not_end_is_named_after_cleanup(bench, context, tmp_path, monkeypatch):
    monkeypatch.setattr(goal, 'CANCEL_SEC', 0.1)
    patrol = bench.add(StuckPatrol(context))
    node = Starter(bench, tmp_path)()
    say(bench, PATROL_LONG, 'patrol')
    wait_until(lambda: patrol.handles)
    node.trigger_deactivate()
    node.trigger_cleanup()
    assert bench.end_of('patrol').message == 'failed'
    response = stop(bench)
    assert not response.success and 'of /porter/patrol was left behind' in response.message
    patrol.handles.pop().execute()
