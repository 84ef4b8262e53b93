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
What fills the graph of a large machine besides what people talk about: its parts and its stacks.

Names and types as the drivers and stacks have them that users run: cameras, lidars, motor
controllers, remote inputs and outputs, Nav2, SLAM, localization, recording. A sentence to a robot
hardly ever means one of them; to the model they are noise, much of it with familiar words in it.
"""

from __future__ import annotations

from collections.abc import Iterator

#: One each on any machine.
_STACKS = {
    'topic': {
        '/initialpose': 'geometry_msgs/msg/PoseWithCovarianceStamped',
        '/clicked_point': 'geometry_msgs/msg/PointStamped',
        '/odometry/gps': 'nav_msgs/msg/Odometry',
        '/map_updates_in': 'nav_msgs/msg/OccupancyGrid',
        '/joint_states': 'sensor_msgs/msg/JointState',
        '/trajectory_execution_event': 'std_msgs/msg/String',
        '/plan_smoothed': 'nav_msgs/msg/Path',
    },
    'service': {
        '/reinitialize_global_localization': 'std_srvs/srv/Empty',
        '/request_nomotion_update': 'std_srvs/srv/Empty',
        '/map_server/load_map': 'nav_msgs/srv/LoadMap',
        '/set_map': 'nav_msgs/srv/SetMap',
        '/ekf_filter_node/toggle': 'std_srvs/srv/SetBool',
        '/ekf_filter_node/enable': 'std_srvs/srv/Empty',
        '/rosbag2_recorder/split_bagfile': 'std_srvs/srv/Trigger',
        '/rosbag2_recorder/snapshot': 'std_srvs/srv/Trigger',
        '/octomap_server/reset': 'std_srvs/srv/Empty',
        '/clear_octomap': 'std_srvs/srv/Empty',
        '/lifecycle_manager_navigation/is_active': 'std_srvs/srv/Trigger',
        '/imu/calibrate_gyro': 'std_srvs/srv/Trigger',
        '/plan_kinematic_path_cache/clear': 'std_srvs/srv/Empty',
    },
    'action': {},
}
#: As many of each as the machine has of the part.
_PARTS = {
    'service': {
        '/camera_{}/set_camera_info': 'sensor_msgs/srv/SetCameraInfo',
        '/camera_{}/toggle_depth': 'std_srvs/srv/SetBool',
        '/camera_{}/toggle_infrared': 'std_srvs/srv/SetBool',
        '/camera_{}/hardware_reset': 'std_srvs/srv/Trigger',
        '/lidar_{}/start_motor': 'std_srvs/srv/Empty',
        '/lidar_{}/stop_motor': 'std_srvs/srv/Empty',
        '/motor_{}/clear_fault': 'std_srvs/srv/Trigger',
        '/motor_{}/set_zero_offset': 'std_srvs/srv/Trigger',
        '/motor_{}/pid_enable': 'std_srvs/srv/SetBool',
        '/bms_{}/balance_cells': 'std_srvs/srv/SetBool',
        '/plc_{}/acknowledge': 'std_srvs/srv/Trigger',
        '/rosbridge_{}/reconnect': 'std_srvs/srv/Trigger',
    },
    'topic': {
        '/camera_{}/exposure_us': 'std_msgs/msg/Int32',
        '/motor_{}/current_limit': 'std_msgs/msg/Float64',
        '/motor_{}/velocity_setpoint': 'std_msgs/msg/Float64',
        '/motor_{}/brake_release': 'std_msgs/msg/Bool',
        '/gpio_{}/output': 'std_msgs/msg/Bool',
        '/dac_{}/millivolts': 'std_msgs/msg/UInt16',
        '/valve_{}/position': 'std_msgs/msg/Float32',
        '/conveyor_{}/rpm': 'std_msgs/msg/Float64',
        '/heater_{}/duty_cycle': 'std_msgs/msg/Float32',
        '/watchdog_{}/kick': 'std_msgs/msg/Empty',
        '/plc_{}/register_in': 'std_msgs/msg/Int16MultiArray',
        '/display_{}/debug_line': 'std_msgs/msg/String',
    },
}


def device_interfaces() -> Iterator[tuple[str, str, str]]:
    """Give noun, name and type: those of the stacks, then those of one part after the other."""
    for noun, names in _STACKS.items():
        for name, type_name in names.items():
            yield noun, name, type_name
    number = 1
    while True:
        for noun, names in _PARTS.items():
            for name, type_name in names.items():
                yield noun, name.format(number), type_name
        number += 1
