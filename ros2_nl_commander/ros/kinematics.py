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


"""How a differential base moves: pure geometry, no clock and no ROS."""

from __future__ import annotations

from dataclasses import dataclass
import math

#: Below this turn rate an arc is a straight line to double precision [rad/s].
STRAIGHT_RADPS = 1e-9


@dataclass(frozen=True, slots=True)
class Pose2D:
    """
    Where a base is.

    :param x: position [m]
    :param y: position [m]
    :param yaw: heading, counter-clockwise from the x axis [rad]
    """

    x: float = 0.0
    y: float = 0.0
    yaw: float = 0.0


def drive(pose: Pose2D, speed_mps: float, turn_radps: float, seconds: float) -> Pose2D:
    """
    Follow an arc at constant speed and turn rate.

    Exact for any duration: the result does not depend on how the time is cut into steps.
    """
    yaw = pose.yaw + turn_radps * seconds
    if abs(turn_radps) < STRAIGHT_RADPS:
        way = speed_mps * seconds
        return Pose2D(pose.x + way * math.cos(pose.yaw), pose.y + way * math.sin(pose.yaw), yaw)
    radius = speed_mps / turn_radps
    return Pose2D(
        pose.x + radius * (math.sin(yaw) - math.sin(pose.yaw)),
        pose.y - radius * (math.cos(yaw) - math.cos(pose.yaw)),
        yaw)


def approach(pose: Pose2D, goal: Pose2D, speed_mps: float, seconds: float) -> Pose2D:
    """Head straight for a goal; on arrival, and not before, take its heading."""
    to_x, to_y = goal.x - pose.x, goal.y - pose.y
    distance, way = math.hypot(to_x, to_y), speed_mps * seconds
    if way >= distance:
        return goal
    share = way / distance
    return Pose2D(pose.x + share * to_x, pose.y + share * to_y, math.atan2(to_y, to_x))


def yaw_from_quaternion(x: float, y: float, z: float, w: float) -> float:
    """Pick the rotation about the vertical axis out of a unit quaternion [rad]."""
    return math.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))
