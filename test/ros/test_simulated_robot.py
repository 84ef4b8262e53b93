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


"""The simulated robot serves every interface of its description, and obeys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import math
import time
from typing import Any

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('nav_msgs')
pytest.importorskip('test_msgs')

from action_msgs.msg import GoalStatus  # noqa: E402,I100
from geometry_msgs.msg import PoseStamped, Twist  # noqa: E402
from rclpy.action import ActionClient, get_action_names_and_types  # noqa: E402
from rclpy.node import Node  # noqa: E402
from ros2_nl_commander.language.robot import load_robot  # noqa: E402
from ros2_nl_commander.ros.kinematics import (  # noqa: E402
    approach,
    drive,
    Pose2D,
    yaw_from_quaternion,
)
from ros2_nl_commander.ros.simulated_patrol import PATROL_SPEED_MPS, SIDE_M  # noqa: E402
from ros2_nl_commander.ros.simulated_robot import (  # noqa: E402
    COMMAND_TIMEOUT_SEC,
    SimulatedRobot,
    STEP_SEC,
)
from ros2_nl_commander.ros.track import Track  # noqa: E402
from ros_bench import Bench, ROBOT_FILE, TIMEOUT_SEC, wait_until  # noqa: E402
from std_msgs.msg import Float64, Header, String, UInt8  # noqa: E402
from std_srvs.srv import Empty, SetBool, Trigger  # noqa: E402
from test_msgs.action import Fibonacci  # noqa: E402


@pytest.fixture
def robot(bench: Bench) -> SimulatedRobot:
    """Start the robot in the graph of the test."""
    robot = SimulatedRobot(context=bench.context)
    bench.add(robot)
    return robot


def matched_publisher(user: Node, message_type: Any, topic: str) -> Any:
    """Create a publisher and wait for the robot to be matched."""
    publisher = user.create_publisher(message_type, topic, 10)
    wait_until(lambda: publisher.get_subscription_count() == 1)
    return publisher


def publish(user: Node, topic: str, message: Any) -> None:
    """Publish one message to the robot."""
    matched_publisher(user, type(message), topic).publish(message)


def once_in_three(measure: Callable[[], float], expected: float, tolerance: float) -> bool:
    """Measure something in real time: on a busy machine one of three tries has to be right."""
    return any(abs(measure() - expected) < tolerance for _ in range(3))


def test_every_described_interface_exists(bench: Bench, robot: SimulatedRobot) -> None:
    """Names and types of the description file are those on the graph."""
    described = load_robot(ROBOT_FILE)

    def missing() -> list[str]:
        topics = {name: types for name, types in bench.user.get_topic_names_and_types()
                  if bench.user.count_subscribers(name)}
        services = dict(bench.user.get_service_names_and_types())
        actions = dict(get_action_names_and_types(bench.user))
        offers = ((described.topics, topics), (described.services, services),
                  (described.actions, actions))
        return [name for wanted, there in offers for name, type_name in wanted.items()
                if there.get(name) != [type_name]]

    wait_until(lambda: not missing())


def test_a_timed_publication_drives_its_distance(bench: Bench, robot: SimulatedRobot) -> None:
    """Messages with a speed, then zero: the speed times the time between the two, about 2 s."""
    publisher = matched_publisher(bench.user, Twist, '/porter/cmd_vel')
    twist = Twist()
    twist.linear.x = 0.5

    def speed_on_a_drive() -> float:
        before, commanded_at = robot.state.pose.x, robot._commanded_at
        begin = time.monotonic()
        for number in range(40):
            publisher.publish(twist)
            if number == 0:
                wait_until(lambda: robot._commanded_at != commanded_at)
                # As the robot saw it: how late the messages came is not its fault.
                started_at = robot._commanded_at
            time.sleep(max(0.0, begin + (number + 1) / 20 - time.monotonic()))
        publisher.publish(Twist())
        wait_until(lambda: robot.state.speed_mps == 0.0)
        return (robot.state.pose.x - before) / (robot._commanded_at - started_at)

    assert once_in_three(speed_on_a_drive, 0.5, 0.05)
    assert robot.state.pose.y == pytest.approx(0.0, abs=1e-6)
    assert robot.state.distance_m == pytest.approx(robot.state.pose.x)
    bench.call(Empty, '/porter/reset_odometry')
    assert robot.state.distance_m == 0.0


def test_the_base_stops_by_itself(bench: Bench, robot: SimulatedRobot) -> None:
    """A velocity that is not repeated ends after half a second."""
    twist = Twist()
    twist.angular.z = 1.0
    publisher = matched_publisher(bench.user, Twist, '/porter/cmd_vel')

    def turn_once() -> float:
        before, commanded_at = robot.state.pose.yaw, robot._commanded_at
        publisher.publish(twist)
        wait_until(lambda: robot._commanded_at != commanded_at)
        wait_until(lambda: time.monotonic() - robot._commanded_at > COMMAND_TIMEOUT_SEC
                   and not robot.state.turn_radps)
        return robot.state.pose.yaw - before

    assert once_in_three(turn_once, 0.5, 0.2)


def test_it_drives_to_a_place(bench: Bench, robot: SimulatedRobot) -> None:
    """A goal in the map is reached with its heading; another frame is refused."""
    goal = PoseStamped()
    goal.header.frame_id = 'map'
    goal.pose.position.x, goal.pose.position.y = 0.3, 0.4
    goal.pose.orientation.z = goal.pose.orientation.w = math.sqrt(0.5)
    publish(bench.user, '/porter/goal_pose', goal)
    wait_until(lambda: robot.state.pose.y == 0.4)
    assert robot.state.pose.x == 0.3
    assert robot.state.pose.yaw == pytest.approx(math.pi / 2)
    assert robot.state.goal is None
    assert robot.state.distance_m == pytest.approx(0.5)


def test_topics_and_switches(bench: Bench, robot: SimulatedRobot) -> None:
    """Everything else can be seen in the state."""
    publish(bench.user, '/porter/lift_height', Float64(data=0.7))
    publish(bench.user, '/porter/volume', UInt8(data=80))
    publish(bench.user, '/porter/say', String(data='mind your feet'))
    wait_until(lambda: (robot.state.lift_height_m, robot.state.volume, robot.state.said) == (
        0.7, 80, 'mind your feet'))
    for switch in ('siren', 'headlights', 'tray_lock'):
        for is_on in (True, False):
            response = bench.call(SetBool, f'/porter/{switch}', SetBool.Request(data=is_on))
            assert response.success
            assert getattr(robot.state, switch) is is_on


def test_docking(bench: Bench, robot: SimulatedRobot) -> None:
    """Docking twice fails, and says why."""
    answers = [bench.call(Trigger, f'/porter/{name}')
               for name in ('undock', 'dock', 'dock', 'undock')]
    assert [answer.success for answer in answers] == [False, True, False, True]
    assert [answer.message for answer in answers] == [
        'already undocked', 'docked', 'already docked', 'undocked']


class PatrolClient:
    """Sends patrols and keeps the feedback."""

    def __init__(self, bench: Bench) -> None:
        self.feedback: list[list[int]] = []
        self._client: Any = ActionClient(bench.user, Fibonacci, '/porter/patrol')
        assert self._client.wait_for_server(TIMEOUT_SEC)

    def send(self, order: int) -> Any:
        """Send a goal; give its handle."""
        return _awaited(self._client.send_goal_async(
            Fibonacci.Goal(order=order),
            feedback_callback=lambda m: self.feedback.append(list(m.feedback.sequence))))

    def result_of(self, goal: Any) -> Any:
        """Wait for the end of a goal."""
        return _awaited(goal.get_result_async())


def _awaited(future: Any) -> Any:
    wait_until(future.done)
    return future.result()


@pytest.fixture
def patrols(bench: Bench, robot: SimulatedRobot) -> Iterator[PatrolClient]:
    """Give who sends patrols."""
    patrols = PatrolClient(bench)
    yield patrols
    patrols._client.destroy()


def test_a_patrol_drives_its_rounds(robot: SimulatedRobot, patrols: PatrolClient) -> None:
    """Place after place, with feedback, back to where it began; the way can be drawn."""
    assert not patrols.send(0).accepted
    with Track(lambda: robot.state.pose) as track:
        result = patrols.result_of(patrols.send(2))
    assert result.status == GoalStatus.STATUS_SUCCEEDED
    assert list(result.result.sequence) == [1, 2, 3, 4] * 2
    assert robot.state.patrol_rounds == 2
    assert robot.state.distance_m == pytest.approx(8 * SIDE_M)
    assert (robot.state.pose.x, robot.state.pose.y) == pytest.approx((0.0, 0.0))
    assert not robot.state.is_moving
    wait_until(lambda: patrols.feedback == [([1, 2, 3, 4] * 2)[:n] for n in range(1, 9)])
    for along in ([pose.x for pose in track.poses], [pose.y for pose in track.poses]):
        assert min(along) == pytest.approx(0.0, abs=1e-6)
        assert max(along) == pytest.approx(SIDE_M, abs=0.2)


def test_a_canceled_patrol_stands_at_once(robot: SimulatedRobot, patrols: PatrolClient) -> None:
    """It is alone; once a cancel is answered the base moves no more, and the next may begin."""
    goal = patrols.send(100)
    wait_until(lambda: robot.state.distance_m)
    assert not patrols.send(1).accepted
    wait_until(goal.cancel_goal_async().done)
    at = robot.state.distance_m
    assert patrols.result_of(goal).status == GoalStatus.STATUS_CANCELED
    # A control period that had begun may have been a long one on a busy machine.
    assert robot.state.distance_m - at < PATROL_SPEED_MPS * 5 * STEP_SEC
    assert not robot.state.is_moving
    assert patrols.result_of(patrols.send(1)).status == GoalStatus.STATUS_SUCCEEDED


def test_a_patrol_has_the_base_to_itself(
    bench: Bench, robot: SimulatedRobot, patrols: PatrolClient,
) -> None:
    """Velocities and goals beside it are ignored; it ends where it would without them."""
    publisher = matched_publisher(bench.user, Twist, '/porter/cmd_vel')
    twist = Twist()
    twist.linear.x = twist.angular.z = 0.5
    goal = patrols.send(1)
    wait_until(lambda: robot.state.distance_m)
    publish(bench.user, '/porter/goal_pose', PoseStamped(header=Header(frame_id='map')))
    result = goal.get_result_async()
    while not result.done():
        publisher.publish(twist)
        time.sleep(0.02)
    assert result.result().status == GoalStatus.STATUS_SUCCEEDED
    assert robot.state.distance_m == pytest.approx(4 * SIDE_M, abs=0.05)
    publisher.publish(twist)
    wait_until(lambda: robot.state.speed_mps == 0.5)


def test_an_arc_does_not_depend_on_the_steps() -> None:
    """Half a circle of 1 m radius, in one step or in a hundred."""
    once = drive(Pose2D(), math.pi, math.pi, 1.0)
    stepwise = Pose2D()
    for _ in range(100):
        stepwise = drive(stepwise, math.pi, math.pi, 0.01)
    assert (once.x, once.y, once.yaw) == pytest.approx((0.0, 2.0, math.pi), abs=1e-9)
    assert (stepwise.x, stepwise.y) == pytest.approx((once.x, once.y), abs=1e-9)


def test_approach_ends_at_the_goal() -> None:
    """The way is straight, and its end is the goal exactly."""
    goal = Pose2D(3.0, 4.0, 1.0)
    half = approach(Pose2D(), goal, 0.5, 5.0)
    assert (half.x, half.y) == pytest.approx((1.5, 2.0))
    assert half.yaw == pytest.approx(math.atan2(4.0, 3.0))
    assert approach(half, goal, 0.5, 5.0) == goal
    assert approach(goal, goal, 0.5, 0.0) == goal


@pytest.mark.parametrize('yaw', [0.0, 1.5708, -3.0])
def test_yaw_from_quaternion(yaw: float) -> None:
    """A planar quaternion gives its angle back."""
    found = yaw_from_quaternion(0.0, 0.0, math.sin(yaw / 2), math.cos(yaw / 2))
    assert found == pytest.approx(yaw)
