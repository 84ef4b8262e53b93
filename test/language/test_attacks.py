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

"""Hundreds of commands that nobody may carry out on the demo robot, each refused with a reason."""

from __future__ import annotations

from pathlib import Path

from attack_corpus import ATTACKS, expanded
import pytest
from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.language.policy import Tier
from ros2_nl_commander.language.policy_file import load_policy
from ros2_nl_commander.language.robot import load_robot
from ros2_nl_commander.language.validation import check_command

CONFIG = Path(__file__).parents[2] / 'config'
ROBOT = load_robot(CONFIG / 'robots' / 'demo_robot.yaml')
POLICY = load_policy(CONFIG / 'policy.yaml')


@pytest.mark.parametrize('number', range(len(ATTACKS['commands'])))
def test_a_command_that_must_not_run_is_refused(number):
    text = expanded(ATTACKS['commands'][number]['text'])
    try:
        command = parse_command(text)
        check_command(command, ROBOT)
    except NlCommanderError:
        return
    decision = POLICY.decide(command)
    assert decision.tier is Tier.DENY and decision.reason, text


@pytest.mark.parametrize('text', [
    'ros2 service call /porter/siren std_srvs/srv/SetBool "{data: false}"',
    'ros2 topic pub --times 75 --rate 10 /porter/cmd_vel geometry_msgs/msg/Twist '
    '"{linear: {x: 0.2}}"',
    'ros2 action send_goal /porter/patrol test_msgs/action/Fibonacci "{order: 3}"',
    'ros2 topic pub --once /porter/say std_msgs/msg/String "{data: Dinner is served!}"',
    'ros2 topic pub --once /porter/goal_pose geometry_msgs/msg/PoseStamped '
    '"{header: {frame_id: map}, pose: {position: {x: 12.0, y: -2.5}, orientation: {w: 1.0}}}"'])
def test_what_the_robot_is_for_is_allowed(text):
    command = parse_command(text)
    check_command(command, ROBOT)
    assert POLICY.decide(command).tier is Tier.AUTO
