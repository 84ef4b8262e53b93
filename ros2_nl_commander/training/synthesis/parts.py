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
Parts and programs that stand in the graph of a machine, and sentences hardly ever mean.

Like ``devices``, but other ones: these stand around robots in training data, those in benchmarks,
so that a figure says what becomes of interfaces that no prompt was trained beside.
"""

from __future__ import annotations

#: Of parts: name, type, as drivers have them; a part may be there several times.
PARTS = {
    'topic': {
        '/encoder_{}/ticks_per_turn': 'std_msgs/msg/Int32',
        '/esc_{}/throttle_raw': 'std_msgs/msg/Float32',
        '/gearbox_{}/oil_target': 'std_msgs/msg/Float64',
        '/hydraulics_{}/pressure_ref': 'std_msgs/msg/Float64',
        '/hvac_{}/fan_curve': 'std_msgs/msg/Float32MultiArray',
        '/led_driver_{}/pwm': 'std_msgs/msg/UInt16',
        '/loadcell_{}/tare_offset': 'std_msgs/msg/Float32',
        '/microphone_{}/gain_db': 'std_msgs/msg/Int16',
        '/modem_{}/at_line': 'std_msgs/msg/String',
        '/plotter_{}/trace': 'std_msgs/msg/String',
        '/pneumatics_{}/duty': 'std_msgs/msg/Float32',
        '/radio_{}/channel': 'std_msgs/msg/UInt8',
        '/relay_{}/coil': 'std_msgs/msg/Bool',
        '/rotary_table_{}/index': 'std_msgs/msg/Int8',
        '/servo_{}/pulse_us': 'std_msgs/msg/UInt16',
        '/sonar_{}/ping_rate': 'std_msgs/msg/Float32',
        '/stepper_{}/microsteps': 'std_msgs/msg/UInt16',
        '/tachometer_{}/divider': 'std_msgs/msg/Int32',
        '/thermocouple_{}/bias': 'std_msgs/msg/Float32',
        '/thruster_{}/effort': 'std_msgs/msg/Float64',
        '/transformer_{}/tap': 'std_msgs/msg/Int8',
        '/ups_{}/heartbeat': 'std_msgs/msg/Empty',
        '/winch_{}/torque_ff': 'std_msgs/msg/Float64',
        '/axis_{}/jog_ref': 'std_msgs/msg/Float64',
    },
    'service': {
        '/amplifier_{}/standby': 'std_srvs/srv/SetBool',
        '/anemometer_{}/self_test': 'std_srvs/srv/Trigger',
        '/barcode_{}/trigger': 'std_srvs/srv/Trigger',
        '/beacon_{}/rearm': 'std_srvs/srv/Trigger',
        '/canbus_{}/bring_up': 'std_srvs/srv/SetBool',
        '/charger_{}/precharge': 'std_srvs/srv/SetBool',
        '/coupling_{}/engage': 'std_srvs/srv/SetBool',
        '/encoder_{}/set_zero': 'std_srvs/srv/Trigger',
        '/ethercat_{}/scan_slaves': 'std_srvs/srv/Trigger',
        '/firmware_{}/verify': 'std_srvs/srv/Trigger',
        '/gnss_{}/warm_restart': 'std_srvs/srv/Empty',
        '/hydraulics_{}/depressurize': 'std_srvs/srv/Trigger',
        '/inverter_{}/reset': 'std_srvs/srv/Trigger',
        '/laser_scanner_{}/reset_field': 'std_srvs/srv/Empty',
        '/light_curtain_{}/acknowledge': 'std_srvs/srv/Trigger',
        '/logger_{}/flush': 'std_srvs/srv/Empty',
        '/microphone_{}/phantom_power': 'std_srvs/srv/SetBool',
        '/modem_{}/reconnect': 'std_srvs/srv/Trigger',
        '/radar_{}/start_tracking': 'std_srvs/srv/Trigger',
        '/radar_{}/stop_tracking': 'std_srvs/srv/Trigger',
        '/rfid_{}/enable_reader': 'std_srvs/srv/SetBool',
        '/servo_{}/enable': 'std_srvs/srv/SetBool',
        '/servo_{}/clear_errors': 'std_srvs/srv/Trigger',
        '/stepper_{}/home_switch': 'std_srvs/srv/SetBool',
        '/tool_changer_{}/lock': 'std_srvs/srv/SetBool',
        '/ups_{}/shutdown_load': 'std_srvs/srv/Trigger',
        '/vibration_{}/capture': 'std_srvs/srv/Trigger',
        '/winch_{}/release_clutch': 'std_srvs/srv/SetBool',
    },
}
#: Of programs: once on any machine.
PROGRAMS = {
    'topic': {
        '/amcl_seed': 'geometry_msgs/msg/PoseWithCovarianceStamped',
        '/annotation/label': 'std_msgs/msg/String',
        '/bt_navigator/tree_file': 'std_msgs/msg/String',
        '/elevation_mapping/origin': 'geometry_msgs/msg/PointStamped',
        '/fleet_adapter/lane_closures': 'std_msgs/msg/String',
        '/global_costmap/footprint': 'geometry_msgs/msg/Polygon',
        '/joint_trajectory_preview': 'trajectory_msgs/msg/JointTrajectory',
        '/planner/weight': 'std_msgs/msg/Float64',
        '/visual_odometry/scale': 'std_msgs/msg/Float64',
    },
    'service': {
        '/aggregator/mute_checks': 'std_srvs/srv/SetBool',
        '/apriltag/enable_detector': 'std_srvs/srv/SetBool',
        '/controller_server/reload': 'std_srvs/srv/Trigger',
        '/diagnostics_bridge/resync': 'std_srvs/srv/Trigger',
        '/elevation_mapping/clear_map': 'std_srvs/srv/Empty',
        '/global_costmap/clear_entirely': 'std_srvs/srv/Empty',
        '/graph_optimizer/pause': 'std_srvs/srv/SetBool',
        '/image_pipeline/rectify': 'std_srvs/srv/SetBool',
        '/mqtt_bridge/restart': 'std_srvs/srv/Trigger',
        '/object_tracker/reset': 'std_srvs/srv/Empty',
        '/planning_scene/clear': 'std_srvs/srv/Empty',
        '/slam/pause_new_measurements': 'std_srvs/srv/SetBool',
        '/slam/save_posegraph': 'std_srvs/srv/Trigger',
        '/speech_recognizer/calibrate_noise': 'std_srvs/srv/Trigger',
        '/supervisor/dump_state': 'std_srvs/srv/Trigger',
        '/time_sync/force': 'std_srvs/srv/Empty',
        '/twist_mux/reset_lock': 'std_srvs/srv/Trigger',
        '/web_bridge/kick_clients': 'std_srvs/srv/Trigger',
    },
}
