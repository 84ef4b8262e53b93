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
Start the node.

``ros2 launch ros2_nl_commander nl_commander.launch.py robot:=/path/of/my_robot.yaml``.
"""

from launch import LaunchContext, LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue
from launch_ros.substitutions import FindPackageShare
from ros2_nl_commander.ros.parameters import PARAMETERS, ParameterSpec


def make_node(context: LaunchContext) -> list[Node]:
    """Build the node; an argument that was left empty leaves the parameter file in charge."""
    given = {
        spec.name: ParameterValue(
            LaunchConfiguration(spec.name), value_type=type(spec.default))
        for spec in PARAMETERS if LaunchConfiguration(spec.name).perform(context)
    }
    return [Node(
        package='ros2_nl_commander',
        executable='nl_commander',
        name='nl_commander',
        namespace=LaunchConfiguration('namespace'),
        parameters=[LaunchConfiguration('params_file'), given],
        ros_arguments=['--log-level', LaunchConfiguration('log_level')],
        output='screen',
        emulate_tty=True,
    )]


def declare(spec: ParameterSpec) -> DeclareLaunchArgument:
    """Declare the argument of a parameter: empty, so that the parameter file says what counts."""
    choices = ('true', 'false') if isinstance(spec.default, bool) else spec.choices
    default = f' (by default {spec.default_text})' if spec.default_text else ''
    return DeclareLaunchArgument(
        spec.name, default_value='', choices=['', *choices] if choices else None,
        description=f'{spec.description}{default}')


def generate_launch_description() -> LaunchDescription:
    """Declare the arguments and start the node."""
    return LaunchDescription([
        DeclareLaunchArgument(
            'namespace', default_value='', description='namespace of the node'),
        DeclareLaunchArgument(
            'params_file',
            default_value=PathJoinSubstitution([
                FindPackageShare('ros2_nl_commander'), 'config', 'nl_commander.yaml']),
            description='parameter file; an empty argument below leaves what it says'),
        *map(declare, PARAMETERS),
        DeclareLaunchArgument(
            'log_level', default_value='info',
            choices=['debug', 'info', 'warn', 'error', 'fatal'],
            description='lowest severity that is logged'),
        OpaqueFunction(function=make_node),
    ])
