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

"""What the robot does when the node that drives it is ended: nothing, soon."""

from __future__ import annotations

from contextlib import contextmanager
import os
import signal
import subprocess
import sys
import time

from diagnostic_msgs.msg import DiagnosticStatus
from execution_bench import assert_stands
import pytest
from rclpy.action.server import ActionServer, CancelResponse
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from ros2_nl_commander.ros.execution.audit import read_audit
from ros2_nl_commander.ros.execution.left_over import left_over_goals
from ros2_nl_commander.ros.simulated_robot import COMMAND_TIMEOUT_SEC
from ros2_nl_commander.ros.spinning import BackgroundSpinner
from ros2_nl_commander.ros.status import Stage
from ros_bench import value, wait_until, with_default_signals
from std_msgs.msg import String
from test_msgs.action import Fibonacci

#: The real node with a generator that drives forward for 20 s, or patrols for 30 s.
COMMANDER = """
import sys
from ros2_nl_commander.cli import nl_commander
from ros2_nl_commander.language.command import ActionGoal, TopicPublication
from ros2_nl_commander.language.generation import Generation
COMMANDS = {'drive': TopicPublication(
                '/porter/cmd_vel', 'geometry_msgs/msg/Twist', {'linear': {'x': 0.5}}, 200, 10.0),
            'patrol': ActionGoal(
                '/porter/patrol', 'test_msgs/action/Fibonacci', {'order': 60})}
class Driver:
    def use_robot(self, robot): pass
    def describe(self): return {}
    def generate(self, instruction, should_stop, on_text=None):
        return Generation(instruction, COMMANDS[instruction], None, 0.0)
nl_commander.load_generator = lambda settings: Driver()
sys.exit(nl_commander.main())
"""

MOTIONS = {'drive': lambda robot: robot.state.speed_mps,
           'patrol': lambda robot: robot.state.patrol_rounds}


class Listener(Node):
    """Somebody who gives instructions and hears what becomes of them."""

    def __init__(self, context):
        super().__init__('user', context=context)
        self.statuses = []
        self.create_subscription(
            DiagnosticStatus, 'nl_commander/status', self.statuses.append, 1000)
        self._sender = self.create_publisher(String, 'nl_command', 10)

    def say_until(self, sentence, condition):
        """Ask again until the node is ready; it declines before that."""
        def is_under_way():
            return any(s.message == 'executing' for s in self.statuses)

        def has_begun():
            if not is_under_way():
                self._sender.publish(String(data=sentence))
                time.sleep(0.5)
            return is_under_way() and condition()

        wait_until(has_begun, 40.0)

    def assert_ended(self):
        """Check that everything that was heard of has come to its one end."""
        for name in {s.name for s in self.statuses}:
            ends = [Stage(s.message).is_terminal for s in self.statuses if s.name == name]
            assert ends == [False] * (len(ends) - 1) + [True], (name, ends)


@pytest.fixture
def user(context):
    user = Listener(context)
    with BackgroundSpinner(user, context=context):
        yield user
    user.destroy_node()


@pytest.fixture
def audit(tmp_path):
    return tmp_path / 'audit.jsonl'


@pytest.fixture
def commander(context, tmp_path, audit, monkeypatch):
    """Give what runs the node in a process, for the time of a ``with`` block."""
    (tmp_path / 'policy.yaml').write_text(
        'rules: {/porter/cmd_vel: {tier: auto, limits: {linear.x: [-1, 1]}}, '
        '/porter/patrol: {tier: auto}}')
    monkeypatch.setenv('ROS_DOMAIN_ID', str(context.get_domain_id()))

    @contextmanager
    def commander(**streams):
        process = subprocess.Popen([
            sys.executable, '-c', COMMANDER, '--ros-args', '-p', 'execute:=auto', '-p',
            f'policy:={tmp_path}/policy.yaml', '-p', f'audit_log:={audit}'],
            preexec_fn=with_default_signals, **streams)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    return commander


def was_canceled(server):
    """Tell whether a patrol, which would take minutes, has ended."""
    return server.patrol is None


@pytest.mark.parametrize('sentence', ['drive', 'patrol'])
@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_node_that_is_told_to_end_ends_what_it_does(
        robot, user, commander, audit, number, sentence):
    """Zeros, or a cancel; then the end of the instruction is told, and the node goes."""
    terminal, far = os.openpty()
    with commander(stdout=far, stderr=far, start_new_session=True) as process:
        os.close(far)
        user.say_until(sentence, lambda: MOTIONS[sentence](robot))
        if number == signal.SIGHUP:
            os.close(terminal)  # an SSH session that is lost: nothing can be printed any more
        process.send_signal(number)
        assert process.wait(20) == 0
        wait_until(lambda: was_canceled(robot._patrol_server))
        wait_until(lambda: robot.state.speed_mps == 0.0)
        assert_stands(robot)
    user.assert_ended()
    last = user.statuses[-1]
    assert (value(last, 'instruction'), last.message) == (sentence, 'canceled')
    ended = [record for record in read_audit(audit) if record['event'] == 'ended'][-1]
    assert (ended['id'], ended['stage']) == (last.name, 'canceled')
    assert left_over_goals(audit, '/nl_commander') == {}


def test_a_robot_stands_soon_after_the_node_is_killed(robot, user, commander):
    """It sends no more: the robot's own time-out ends the motion."""
    with commander() as process:
        user.say_until('drive', lambda: MOTIONS['drive'](robot))
        process.kill()
        sent_at = time.monotonic()
        wait_until(lambda: robot.state.speed_mps == 0.0)
        late = 5.0  # the machine may be busy; the drive itself takes 20 s
        assert time.monotonic() - sent_at < COMMAND_TIMEOUT_SEC + late
        assert_stands(robot)


def test_a_goal_of_a_node_that_was_killed_is_canceled_at_the_next_start(
        robot, user, commander, audit):
    """Not before: nobody else may cancel it. A goal of somebody else goes on."""
    with commander() as process:
        user.say_until('patrol', lambda: MOTIONS['patrol'](robot))
        process.kill()
        process.wait()
    assert not was_canceled(robot._patrol_server)
    goal_id, = left_over_goals(audit, '/nl_commander')
    assert left_over_goals(audit, '/another') == {}
    with commander():
        wait_until(lambda: was_canceled(robot._patrol_server))
        assert_stands(robot)
        wait_until(lambda: left_over_goals(audit, '/nl_commander') == {})
    record = [one for one in read_audit(audit) if one.get('goal') == goal_id.hex][-1]
    assert (record['stage'], record['event']) == ('canceled', 'carried out')


class UnstoppableServer(Node):
    """An action server that takes goals and cancels, and ends none of them."""

    def __init__(self, context):
        super().__init__('unstoppable', context=context)
        self.canceled = []
        self.may_end = False
        self._server = ActionServer(
            self, Fibonacci, '/porter/patrol', self._patrol,
            callback_group=ReentrantCallbackGroup(), cancel_callback=self._on_cancel)

    def destroy_node(self):
        self._server.destroy()
        super().destroy_node()

    def _on_cancel(self, goal):
        self.canceled.append(bytes(goal.goal_id.uuid))
        return CancelResponse.ACCEPT

    def _patrol(self, goal):
        while not self.may_end:
            time.sleep(0.02)
        goal.abort()
        return Fibonacci.Result()


@pytest.fixture
def unstoppable(context):
    server = UnstoppableServer(context)
    with BackgroundSpinner(server, context=context):
        yield server
        server.may_end = True
    server.destroy_node()


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGHUP])
def test_a_slow_server_does_not_keep_an_instruction_from_its_end(
        unstoppable, user, commander, audit, number):
    """The node does not wait for ever, and says so; the next start asks after the goal again."""
    with commander() as process:
        user.say_until('patrol', lambda: True)
        process.send_signal(number)
        assert process.wait(15) == 0
    user.assert_ended()
    last = user.statuses[-1]
    assert (value(last, 'instruction'), last.message) == ('patrol', 'failed')
    assert 'had not ended within 3 s' in value(last, 'reason')
    assert len(unstoppable.canceled) == 1
    assert [goal.bytes for goal in left_over_goals(audit, '/nl_commander')] == unstoppable.canceled
    with commander():
        wait_until(lambda: left_over_goals(audit, '/nl_commander') == {})
    assert 'canceled before' in [*read_audit(audit)][-1]['reason']
