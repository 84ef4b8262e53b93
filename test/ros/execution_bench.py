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

"""Helpers for tests that carry commands out on the simulated robot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
import threading
import time
from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus
import rclpy
from rclpy.action.server import ActionServer, CancelResponse, GoalResponse
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.context import Context
from rclpy.node import Node
from rclpy.parameter import Parameter
from ros2_nl_commander.language.command import ActionGoal, Command, ServiceCall, TopicPublication
from ros2_nl_commander.ros.node import NlCommander
from ros2_nl_commander.ros.simulated_robot import SimulatedRobot
from ros2_nl_commander.ros.spinning import BackgroundSpinner
from ros_bench import Bench, wait_until
from std_msgs.msg import String
from test_msgs.action import Fibonacci

POLICY = """
rules:
  /porter/cmd_vel:
    type: geometry_msgs/msg/Twist*
    tier: auto
    limits: {linear.x: [-0.3, 0.5], angular.z: [-1, 1]}
    max_duration: 30
  /porter/tray_lock: {tier: confirm}
  /porter/lift_height: {tier: deny}
  /porter/**: {tier: auto}
"""

DRIVE = TopicPublication('/porter/cmd_vel', 'geometry_msgs/msg/Twist', {'linear': {'x': 0.5}},
                         10, 10.0)
DRIVE_LONG = TopicPublication('/porter/cmd_vel', 'geometry_msgs/msg/Twist',
                              {'linear': {'x': 0.5}}, 200, 10.0)
PATROL = ActionGoal('/porter/patrol', 'test_msgs/action/Fibonacci', {'order': 2})
PATROL_LONG = ActionGoal('/porter/patrol', 'test_msgs/action/Fibonacci', {'order': 60})
UNLOCK = ServiceCall('/porter/tray_lock', 'std_srvs/srv/SetBool', {'data': True})
DOCK = ServiceCall('/porter/dock', 'std_srvs/srv/Trigger', {})
GO = TopicPublication('/porter/goal_pose', 'geometry_msgs/msg/PoseStamped',
                      {'header': {'frame_id': 'map'}})
SAY = TopicPublication('/porter/say', 'std_msgs/msg/String', {'data': 'hello'})
SIREN = ServiceCall('/porter/siren', 'std_srvs/srv/SetBool', {'data': True})


@contextmanager
def simulated_robot(context: Context) -> Iterator[SimulatedRobot]:
    """Run a simulated robot."""
    robot = SimulatedRobot(context=context)
    with BackgroundSpinner(robot, context=context):
        yield robot
    robot.destroy_node()


@contextmanager
def far_context(context: Context) -> Iterator[Context]:
    """Give a DDS participant of its own on the same graph, without remaps."""
    far = Context()
    rclpy.init(args=[], context=far, domain_id=context.get_domain_id())
    yield far
    far.try_shutdown()


class SlowPatrol(Node):
    """An action server that accepts when it may, and ends its goal when it may."""

    def __init__(self, context):
        super().__init__('slow', context=context)
        self.may_accept, self.may_end = threading.Event(), threading.Event()
        self.was_asked = threading.Event()
        self.has_begun = threading.Event()
        self.begun: list[Any] = []
        self.ends: list[int] = []
        group = ReentrantCallbackGroup()
        self.server = ActionServer(
            self, Fibonacci, '/porter/patrol', self._patrol, callback_group=group,
            goal_callback=self._on_goal, cancel_callback=lambda _goal: CancelResponse.ACCEPT)

    def destroy_node(self):
        self.server.destroy()
        super().destroy_node()

    def _on_goal(self, _request):
        self.was_asked.set()
        assert self.may_accept.wait(20)
        return GoalResponse.ACCEPT

    def _patrol(self, handle):
        self.begun.append(handle)
        self.has_begun.set()
        while not (handle.is_cancel_requested and self.may_end.wait(0.01)):
            time.sleep(0.01)
        handle.canceled()
        self.ends.append(handle.status)
        return Fibonacci.Result()


class StuckPatrol(Node):
    """An action server whose goals never end before they may."""

    def __init__(self, context):
        super().__init__('stuck', context=context)
        self.handles = []
        self.server = ActionServer(
            self, Fibonacci, '/porter/patrol', self._end,
            handle_accepted_callback=self.handles.append,
            cancel_callback=lambda _goal: CancelResponse.ACCEPT)

    def destroy_node(self):
        self.vanish()
        super().destroy_node()

    def vanish(self):
        server, self.server = self.server, None
        if server is not None:
            server.destroy()

    def let_end(self):
        self.handles.pop().execute()

    def _end(self, handle):
        handle.canceled()
        return Fibonacci.Result()


class Starter:
    """
    Starts the node of a bench with a policy.

    :param folder: where policy and audit log are
    """

    def __init__(self, bench: Bench, folder: Path) -> None:
        self._bench = bench
        self.policy, self.audit = folder / 'policy.yaml', folder / 'audit.jsonl'
        self.policy.write_text(POLICY)

    def __call__(self, **parameters: Any) -> NlCommander:
        """Start it; parameters besides, or instead of the usual ones."""
        return self._bench.start(**{
            'execute': 'auto', 'policy': str(self.policy), 'audit_log': str(self.audit),
            **parameters})


def set_fault(robot: SimulatedRobot, fault: str, delay_sec: float = 60.0) -> None:
    """Let something go wrong with a robot from now on."""
    results = robot.set_parameters([Parameter('fault', value=fault),
                                    Parameter('fault_delay_sec', value=delay_sec)])
    assert all(result.successful for result in results)


def approver(bench: Bench) -> Any:
    """Give what approves, heard by the node."""
    sender = bench.user.create_publisher(String, '/nl_commander/approve', 10)
    wait_until(lambda: sender.get_subscription_count() == 1)
    return sender


def say(bench: Bench, command: Command, sentence: str = 'do it') -> None:
    """Give the node a command to carry out."""
    bench.generator.answer = command
    bench.send(sentence)


def say_too_early(bench: Bench, command: Command, sentence: str = 'do it') -> str:
    """Give the node a command that its generator keeps to itself yet; returns the id."""
    bench.generator.may_answer.clear()
    say(bench, command, sentence)
    wait_until(lambda: 'generating' in bench.stages(sentence))
    identifier: str = bench.statuses[-1].name
    return identifier


def end(bench: Bench, command: Command, sentence: str = 'do it') -> DiagnosticStatus:
    """Give the node a command, and wait for its end."""
    say(bench, command, sentence)
    return bench.end_of(sentence)


def drive_half_a_metre(bench: Bench, robot: SimulatedRobot, tolerance_m: float) -> None:
    """
    Drive, and check the distance.

    In real time, and on a busy machine a message may come late: one of three has to be exact.
    """
    driven: list[float] = []
    while not driven or (len(driven) < 3 and abs(driven[-1] - 0.5) >= tolerance_m):
        before = robot.state.distance_m
        assert end(bench, DRIVE, f'drive {len(driven)}').message == 'succeeded'
        wait_until(lambda: robot.state.speed_mps == 0.0)
        driven.append(robot.state.distance_m - before)
    assert abs(driven[-1] - 0.5) < tolerance_m, driven


def assert_stands(*robots: SimulatedRobot) -> None:
    """
    Check that robots neither move nor walk their rounds any more.

    On a busy machine something may still be on its way to them; it has to be over long before
    what was stopped (20 s and more) would have ended by itself.
    """
    deadline = time.monotonic() + 8.0
    before = None
    while before != (before := [(one.state.patrol_rounds, one.state.distance_m)
                                for one in robots]):
        assert time.monotonic() < deadline, 'it goes on'
        time.sleep(0.7)


def between_spins(node: Any, work: Callable[[], Any]) -> Any:
    """Change the entities of a node that is being spun."""
    return node.executor.between_spins(work, 10.0)


def entity(entities, name):
    return next(one for one in entities if name in (
        getattr(one, 'topic_name', ''), getattr(one, 'service_name', '')))
