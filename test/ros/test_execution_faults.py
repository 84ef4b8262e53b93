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

import signal
import subprocess
import sys
import time

from execution_bench import assert_stands
import pytest
from rclpy.node import Node
from ros2_nl_commander.ros.simulated_robot import COMMAND_TIMEOUT_SEC, SimulatedRobot
from ros2_nl_commander.ros.spinning import BackgroundSpinner
from ros_bench import wait_until
from std_msgs.msg import String

#: The real node with a generator that always drives forward for 20 s.
COMMANDER = """
import sys
from ros2_nl_commander.cli import nl_commander
from ros2_nl_commander.language.command import TopicPublication
from ros2_nl_commander.language.generation import Generation
class Driver:
    def use_robot(self, robot): pass
    def describe(self): return {}
    def generate(self, instruction, should_stop, on_text=None):
        return Generation(instruction, TopicPublication(
            '/porter/cmd_vel', 'geometry_msgs/msg/Twist', {'linear': {'x': 0.5}}, 200, 10.0),
            None, 0.0)
nl_commander.load_generator = lambda settings: Driver()
sys.exit(nl_commander.main())
"""


@pytest.mark.parametrize('number', [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_robot_stands_soon_after_the_node_is_ended(context, tmp_path, number, monkeypatch):
    """Killed, it sends no more: the robot's own time-out ends the motion. Else zeros end it."""
    (tmp_path / 'policy.yaml').write_text('rules: {/porter/cmd_vel: {tier: auto, limits: '
                                          '{linear.x: [-1, 1]}}}')
    monkeypatch.setenv('ROS_DOMAIN_ID', str(context.get_domain_id()))
    robot, user = SimulatedRobot(context=context), Node('user', context=context)
    process = subprocess.Popen([
        sys.executable, '-c', COMMANDER, '--ros-args', '-p', 'execute:=auto',
        '-p', f'policy:={tmp_path}/policy.yaml', '-p', f'audit_log:={tmp_path}/audit.jsonl'])
    try:
        with BackgroundSpinner(robot, user, context=context):
            sender = user.create_publisher(String, 'nl_command', 10)
            wait_until(lambda: user.count_publishers('nl_commander/status'))
            wait_until(lambda: _is_driving(sender, robot), 40.0)
            process.send_signal(number)
            sent_at = time.monotonic()
            wait_until(lambda: robot.state.speed_mps == 0.0)
            late = 5.0  # the machine may be busy; the drive itself takes 20 s
            assert time.monotonic() - sent_at < COMMAND_TIMEOUT_SEC + late
            process.wait(20)
            assert process.returncode == (0 if number != signal.SIGKILL else -number)
            assert_stands(robot)
    finally:
        process.kill()
        process.wait()
        robot.destroy_node()
        user.destroy_node()


def _is_driving(sender, robot):
    """Ask again until the node is ready; it declines before that."""
    if not robot.state.speed_mps:
        sender.publish(String(data='drive'))
        time.sleep(0.5)
    return robot.state.speed_mps
