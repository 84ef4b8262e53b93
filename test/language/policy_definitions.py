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

"""Types that the tests of policies speak of and that need not be installed."""

from __future__ import annotations

DEFINITIONS = {
    'a/msg/B': 'a/Point[] points\nbuiltin_interfaces/Duration time_from_start',
    'a/msg/Point': 'float64[] positions\nbuiltin_interfaces/Duration time_from_start',
    'a/msg/V': 'int32 data',
    'a/msg/Jog': 'std_msgs/Header header\nstring[] joint_names\nfloat64[] velocities',
    'a/msg/Mode': 'bool is_on\nfloat64 level',
    'a/msg/Names': 'string[] joint_names',
    'a/srv/B': 'float64 x\n---',
    'a/srv/Drive': 'geometry_msgs/Twist at\n---',
    'other/srv/SetBool': 'bool data\n---',
    'ackermann_msgs/msg/AckermannDrive':
        'float32 steering_angle\nfloat32 steering_angle_velocity\nfloat32 speed\n'
        'float32 acceleration\nfloat32 jerk',
    'ackermann_msgs/msg/AckermannDriveStamped': 'std_msgs/Header header\nAckermannDrive drive',
    'trajectory_msgs/msg/MultiDOFJointTrajectoryPoint':
        'geometry_msgs/Transform[] transforms\ngeometry_msgs/Twist[] velocities\n'
        'geometry_msgs/Twist[] accelerations\nbuiltin_interfaces/Duration time_from_start',
    'trajectory_msgs/msg/MultiDOFJointTrajectory':
        'std_msgs/Header header\nstring[] joint_names\nMultiDOFJointTrajectoryPoint[] points',
}
