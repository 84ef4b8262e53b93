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

"""Sentences of several steps, carried out on the simulated robot."""

from __future__ import annotations

from execution_bench import DOCK, DRIVE, POLICY, SAY, SIREN, UNLOCK
import pytest
from ros2_nl_commander.language.command import TopicPublication
from ros2_nl_commander.language.short_form import REASONS
from ros_bench import value, wait_until
from std_msgs.msg import String

SENTENCE = 'siren on, then dock'
LIFT = TopicPublication('/porter/lift_height', 'std_msgs/msg/Float64', {'data': 0.3})
GOAL = TopicPublication('/porter/goal_pose', 'geometry_msgs/msg/PoseStamped',
                        {'header': {'frame_id': 'map'}, 'pose': {'position': {'x': 2.0}}})


@pytest.fixture
def start_with(bench, start):
    """Give what starts the node, with the answers to the two steps."""
    def start_with(*steps, **parameters):
        bench.generator.answers = {SENTENCE: REASONS['one step only'],
                                   **dict(zip(('siren on', 'dock'), steps))}
        start(**{'max_steps': 3, **parameters})

    return start_with


def test_steps_are_carried_out_in_order_under_one_id(bench, robot, start_with):
    start_with(SIREN, DOCK)
    bench.send(SENTENCE)
    status = bench.end_of(SENTENCE)
    assert status.message == 'succeeded', value(status, 'reason')
    assert (robot.state.siren, robot.state.docked) == (True, True)
    wait_until(lambda: len(bench.commands) == 2)
    assert ['siren' in bench.commands[0], 'dock' in bench.commands[1]] == [True, True]
    told = [value(s, 'reason') for s in bench.statuses if s.message == 'executing']
    assert [text.split(':')[0] for text in told] == ['step 1 of 2', 'step 2 of 2']
    assert len({s.name for s in bench.statuses}) == 1


def test_the_first_step_that_fails_ends_it(bench, robot, start_with):
    start_with(DOCK, SIREN)
    bench.generator.answers['dock first'] = DOCK
    bench.send('dock first')
    bench.end_of('dock first')
    bench.send(SENTENCE)
    status = bench.end_of(SENTENCE)
    assert status.message == 'failed'
    assert value(status, 'reason') == 'step 1 of 2: /porter/dock: already docked'
    assert not robot.state.siren


def test_nothing_is_done_where_a_step_has_no_command(bench, robot, start_with):
    start_with(SIREN, REASONS['unknown place'])
    bench.send(SENTENCE)
    status = bench.end_of(SENTENCE)
    assert (status.message, robot.state.siren) == ('declined', False)
    assert value(status, 'reason') == f"step 2, 'dock': {REASONS['unknown place']}"
    assert bench.commands == []


def test_nothing_is_done_where_the_policy_denies_a_step(bench, robot, start_with):
    start_with(SIREN, LIFT)
    bench.send(SENTENCE)
    assert (bench.end_of(SENTENCE).message, robot.state.siren) == ('rejected', False)
    assert bench.commands == []


@pytest.mark.parametrize('parameters', [{}, {'execute': 'confirm'}])
def test_nothing_waits_for_what_a_topic_sets_going(bench, robot, start_with, parameters):
    """A place to drive to is heard at once; when the robot is there, a topic does not say."""
    start_with(GOAL, SIREN, **parameters)
    bench.send(SENTENCE)
    status = bench.end_of(SENTENCE)
    assert (status.message, value(status, 'reason').split(':')[0]) == (
        'rejected', 'step 1 of 2 sets something going and nobody says when it is over')
    assert (bench.commands, robot.state.distance_m, robot.state.siren) == ([], 0.0, False)
    assert bench.stages(SENTENCE) == ['received', 'generating', 'rejected']


@pytest.mark.parametrize('steps', [(DRIVE, SIREN), (SAY, SIREN), (SIREN, GOAL)])
def test_what_is_over_when_it_is_published_and_what_comes_last_may_be_topics(
        bench, robot, start_with, steps):
    start_with(*steps)
    bench.send(SENTENCE)
    status = bench.end_of(SENTENCE)
    assert status.message == 'succeeded', value(status, 'reason')
    assert (len(bench.commands), robot.state.siren) == (2, True)


def test_what_the_policy_ends_in_zeros_is_over(bench, robot, start, start_with):
    lift = '/porter/lift_height: {tier: '
    start.policy.write_text(POLICY.replace(f'{lift}deny', f'{lift}auto, ends_in_zeros: true'))
    start_with(LIFT, SIREN)
    bench.send(SENTENCE)
    status = bench.end_of(SENTENCE)
    assert (status.message, robot.state.siren) == ('succeeded', True), value(status, 'reason')


def test_one_approval_counts_for_all_steps(bench, robot, start_with):
    start_with(SIREN, UNLOCK)
    approve = bench.user.create_publisher(String, 'nl_commander/approve', 10)
    bench.send(SENTENCE)
    wait_until(lambda: 'awaiting_approval' in bench.stages(SENTENCE))
    status, = (s for s in bench.statuses if s.message == 'awaiting_approval')
    assert [line.split()[3] for line in value(status, 'command').splitlines()] == [
        '/porter/siren', '/porter/tray_lock']
    assert bench.commands == []
    wait_until(lambda: approve.get_subscription_count() == 1)
    approve.publish(String(data=status.name))
    assert bench.end_of(SENTENCE).message == 'succeeded'
    assert robot.state.siren


@pytest.mark.parametrize('below, waits', [(0.5, False), (0.52, True)])
def test_a_sentence_is_as_sure_as_all_that_was_answered_of_it(
        bench, robot, start_with, generator, below, waits):
    """That it is several is one answer, and each of two steps another: 0.8 three times."""
    generator.probability = 0.8
    start_with(SIREN, DOCK, confirm_below=below, approval_timeout_sec=0.3)
    bench.send(SENTENCE)
    assert bench.end_of(SENTENCE).message == ('expired' if waits else 'succeeded')
    told = [value(s, 'reason') for s in bench.statuses if s.message == 'awaiting_approval']
    assert told == (['only 51% sure'] if waits else [])


@pytest.mark.parametrize('parameters', [{'max_steps': 1}, {'execute': 'never'}])
def test_without_leave_several_steps_are_declined(bench, robot, start_with, parameters):
    start_with(SIREN, DOCK, **parameters)
    bench.send(SENTENCE)
    status = bench.end_of(SENTENCE)
    assert (status.message, value(status, 'reason')) == ('declined', REASONS['one step only'])


def test_more_steps_than_allowed_are_declined(bench, robot, start_with):
    long = 'siren on, dock, siren on, dock'
    start_with(SIREN, DOCK)
    bench.generator.answers[long] = REASONS['one step only']
    bench.send(long)
    assert value(bench.end_of(long), 'reason') == '4 steps are more than the 3 allowed'
