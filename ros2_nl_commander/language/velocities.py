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

"""Messages that hold the velocity of a base, and what can be told of the way they lead."""

from __future__ import annotations

from collections.abc import Mapping
import math

from ros2_nl_commander.language.command import Fields, Value

_VELOCITIES = frozenset({
    'geometry_msgs/msg/Twist', 'geometry_msgs/msg/TwistStamped',
    'ackermann_msgs/msg/AckermannDrive', 'ackermann_msgs/msg/AckermannDriveStamped'})

#: Words, colours and switches: what they set moves nothing, or stands where it was set to.
_STANDING = frozenset(f'std_msgs/msg/{name}' for name in (
    'String', 'Char', 'Byte', 'Bool', 'ColorRGBA', 'Int8', 'Int16', 'Int32', 'Int64', 'UInt8',
    'UInt16', 'UInt32', 'UInt64'))


def is_velocity(type_name: str) -> bool:
    """Tell whether a type holds velocities of a base, which last until the next message."""
    return type_name in _VELOCITIES


def sets_going(type_name: str) -> bool:
    """Tell whether a message of a type may set something going that no further message ends."""
    return not is_velocity(type_name) and type_name not in _STANDING


def velocity_in(fields: Fields) -> Value:
    """Give what holds the velocities, of a stamped type or not."""
    return fields.get('twist', fields.get('drive', fields))


def steers(fields: Fields) -> bool:
    """Tell whether it drives in a circle whose size depends on the wheels."""
    drive = velocity_in(fields)
    return isinstance(drive, Mapping) and bool(
        drive.get('speed', 0) and drive.get('steering_angle', 0))


def speed(fields: Fields, group: str) -> float:
    """Give the length of the linear or the angular velocity."""
    twist = velocity_in(fields)
    if isinstance(twist, Mapping) and group == 'linear' and 'speed' in twist:
        pace = twist['speed']
        return abs(pace) if isinstance(pace, (int, float)) else math.inf
    vector = twist.get(group, {}) if isinstance(twist, Mapping) else {}
    axes = vector.values() if isinstance(vector, Mapping) else ()
    return math.hypot(*(axis for axis in axes if isinstance(axis, (int, float))))
