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


"""
The robot of ``config/robots/demo_robot.yaml``, served for real over ROS 2.

For the demo and for tests: every interface of that file exists under its name and does something
that can be seen in ``state``. Its geometry is in ``kinematics``, its patrol in
``simulated_patrol``, what can go wrong with it in ``simulated_faults``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
import math
import threading
import time
from typing import Any

from geometry_msgs.msg import PoseStamped, Twist
from nav_msgs.msg import Odometry
from rclpy.context import Context
from rclpy.node import Node
from ros2_nl_commander.ros.kinematics import approach, drive, Pose2D, yaw_from_quaternion
from ros2_nl_commander.ros.simulated_faults import Faults
from ros2_nl_commander.ros.simulated_patrol import PATROL_SPEED_MPS, PatrolServer
from std_msgs.msg import Float64, String, UInt8
from std_srvs.srv import Empty, SetBool, Trigger

STEP_SEC = 0.02
COMMAND_TIMEOUT_SEC = 0.5
GOAL_SPEED_MPS = 0.5
#: How often it says that it ignores something [s].
SAY_SEC = 5.0


@dataclass(frozen=True, slots=True)
class RobotState:
    """
    Everything about the robot at one moment.

    :param pose: where it is, in the map
    :param speed_mps: speed it was told [m/s]
    :param turn_radps: turn rate it was told [rad/s]
    :param goal: where it is driving to, or None
    :param distance_m: way it went since the odometry was reset [m]
    :param lift_height_m: height of the lift [m]
    :param said: what it said last
    :param volume: loudness [percent]
    :param siren: whether the siren is on
    :param headlights: whether the lamps are on
    :param tray_lock: whether the tray is locked
    :param docked: whether it is on the charger
    :param patrol_rounds: rounds done on the last patrol
    """

    pose: Pose2D = Pose2D()
    speed_mps: float = 0.0
    turn_radps: float = 0.0
    goal: Pose2D | None = None
    distance_m: float = 0.0
    lift_height_m: float = 0.0
    said: str = ''
    volume: int = 50
    siren: bool = False
    headlights: bool = False
    tray_lock: bool = False
    docked: bool = False
    patrol_rounds: int = 0

    @property
    def is_moving(self) -> bool:
        """Tell whether it drives or turns."""
        return bool(self.speed_mps or self.turn_radps or self.goal)


class SimulatedRobot(Node):
    """
    A hospital porter that obeys; spin it with a MultiThreadedExecutor, as a patrol takes a thread.

    All names are relative to the namespace of the node, ``porter`` by default.

    Subscriptions: ``cmd_vel`` (Twist; stops 0.5 s after the last one), ``goal_pose`` (PoseStamped
    in the frame map), ``lift_height`` (Float64, m), ``say`` (String), ``volume`` (UInt8, percent)

    Publishers: ``odom`` (nav_msgs/Odometry, 50 Hz)

    Services: ``siren``, ``headlights``, ``tray_lock`` (SetBool), ``dock``, ``undock`` (Trigger),
    ``reset_odometry`` (Empty)

    Actions: ``patrol`` (test_msgs/Fibonacci) drives rounds with feedback, see ``simulated_patrol``

    Parameters: ``fault`` (string, none) and ``fault_delay_sec`` (double, 2.0 s), see
    ``simulated_faults``

    A patrol has the base to itself, as the behaviours of iRobot's Create 3 have: while it runs,
    ``cmd_vel`` and ``goal_pose`` are ignored, zeros too, with a warning. Cancel it to drive.
    Of the other two the last one counts.

    :param context: rclpy context; the default one if None
    :param namespace: where its interfaces are
    """

    def __init__(self, *, context: Context | None = None, namespace: str = 'porter') -> None:
        super().__init__('simulated_robot', context=context, namespace=namespace)
        self._lock = threading.Lock()
        self._state = RobotState()
        self._commanded_at = self._moved_at = time.monotonic()
        self._odometry = self.create_publisher(Odometry, 'odom', 10)
        self._faults = Faults(self)
        self._patrol_server = PatrolServer(
            self, self._faults, lambda: self._state.pose, lambda: self._update(goal=None))
        self._create_subscriptions()
        self._create_services()
        self.create_timer(STEP_SEC, self._step)

    @property
    def state(self) -> RobotState:
        """Return the robot as it is now; the value never changes afterwards."""
        return self._state

    def destroy_node(self) -> None:
        """Destroy the action server as well, which a node does not do by itself."""
        self._faults.close()
        self._patrol_server.destroy()
        super().destroy_node()

    def _create_subscriptions(self) -> None:
        self.create_subscription(Twist, 'cmd_vel', self._on_cmd_vel, 10)
        self.create_subscription(PoseStamped, 'goal_pose', self._on_goal_pose, 10)
        self.create_subscription(
            Float64, 'lift_height', lambda m: self._update(lift_height_m=m.data), 10)
        self.create_subscription(UInt8, 'volume', lambda m: self._update(volume=m.data), 10)
        self.create_subscription(String, 'say', self._on_say, 10)

    def _create_services(self) -> None:
        for switch in ('siren', 'headlights', 'tray_lock'):
            self._faults.create_service(SetBool, switch, self._make_switch(switch))
        self._faults.create_service(Trigger, 'dock', self._make_docking(True))
        self._faults.create_service(Trigger, 'undock', self._make_docking(False))
        self._faults.create_service(Empty, 'reset_odometry', self._on_reset_odometry)

    def _update(self, **changes: Any) -> None:
        with self._lock:
            self._state = replace(self._state, **changes)

    def _is_taken(self, topic: str) -> bool:
        if self._patrol_server.patrol is None:
            return False
        self.get_logger().warning(
            f'{topic} is ignored: a patrol is under way', throttle_duration_sec=SAY_SEC)
        return True

    def _on_cmd_vel(self, twist: Twist) -> None:
        if self._is_taken('cmd_vel'):
            return
        self._commanded_at = time.monotonic()
        self._update(speed_mps=twist.linear.x, turn_radps=twist.angular.z, goal=None)

    def _on_goal_pose(self, message: PoseStamped) -> None:
        if message.header.frame_id != 'map':
            self.get_logger().warning(f"no way to a goal in frame '{message.header.frame_id}'")
            return
        if self._is_taken('goal_pose'):
            return
        at, q = message.pose.position, message.pose.orientation
        goal = Pose2D(at.x, at.y, yaw_from_quaternion(q.x, q.y, q.z, q.w))
        self._update(goal=goal, speed_mps=0.0, turn_radps=0.0)

    def _on_say(self, message: String) -> None:
        self._update(said=message.data)
        self.get_logger().info(f'says: {message.data}')

    def _make_switch(
        self, name: str,
    ) -> Callable[[SetBool.Request, SetBool.Response], SetBool.Response]:
        def on_call(request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
            self._update(**{name: request.data})
            response.success = True
            response.message = f'{name} {"on" if request.data else "off"}'
            return response

        return on_call

    def _make_docking(
        self, docked: bool,
    ) -> Callable[[Trigger.Request, Trigger.Response], Trigger.Response]:
        def on_call(_request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
            word = 'docked' if docked else 'undocked'
            response.success = self._state.docked is not docked
            response.message = word if response.success else f'already {word}'
            self._update(docked=docked)
            return response

        return on_call

    def _on_reset_odometry(
        self, _request: Empty.Request, response: Empty.Response,
    ) -> Empty.Response:
        self._update(distance_m=0.0)
        return response

    def _step(self) -> None:
        now = time.monotonic()
        seconds, self._moved_at = now - self._moved_at, now
        with self._lock:
            state = self._state
            if now - self._commanded_at > COMMAND_TIMEOUT_SEC:
                state = replace(state, speed_mps=0.0, turn_radps=0.0)
            speed_mps, patrol = GOAL_SPEED_MPS, self._patrol_server.patrol
            if patrol is not None:
                speed_mps = PATROL_SPEED_MPS
                state = replace(state, speed_mps=0.0, turn_radps=0.0,
                                goal=patrol.steer(state.pose), patrol_rounds=patrol.rounds)
            pose = drive(state.pose, state.speed_mps, state.turn_radps, seconds)
            if state.goal is not None:
                pose = approach(state.pose, state.goal, speed_mps, seconds)
            way = math.hypot(pose.x - state.pose.x, pose.y - state.pose.y)
            self._state = replace(
                state, pose=pose, distance_m=state.distance_m + way,
                goal=None if pose == state.goal else state.goal)
        self._publish_odometry(self._state)

    def _publish_odometry(self, state: RobotState) -> None:
        message = Odometry(child_frame_id='base_link')
        message.header.stamp = self.get_clock().now().to_msg()
        message.header.frame_id = 'map'
        message.pose.pose.position.x = state.pose.x
        message.pose.pose.position.y = state.pose.y
        message.pose.pose.orientation.z = math.sin(state.pose.yaw / 2)
        message.pose.pose.orientation.w = math.cos(state.pose.yaw / 2)
        message.twist.twist.linear.x = state.speed_mps
        message.twist.twist.angular.z = state.turn_radps
        self._odometry.publish(message)
