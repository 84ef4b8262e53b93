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

"""Listeners that ask for more than most: they are offered it."""

from __future__ import annotations

from execution_bench import DRIVE, end, GO, SAY
from geometry_msgs.msg import PoseStamped, Twist
import pytest
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, LivelinessPolicy, QoSProfile
from ros2_nl_commander.ros.spinning import BackgroundSpinner
from ros_bench import value, wait_until
from std_msgs.msg import String


@pytest.fixture
def listener(far):
    """Give a node of its own participant."""
    node = Node('listener', context=far)
    with BackgroundSpinner(node, context=far):
        yield node
    node.destroy_node()


@pytest.fixture
def robot(far_robot):
    return far_robot


def listen(node, kind, topic, **asked):
    heard = []
    node.executor.between_spins(lambda: node.create_subscription(
        kind, topic, heard.append, QoSProfile(depth=10, **asked)), 10.0)
    return heard


ASKED = [
    {'deadline': Duration(seconds=0.5)}, {'liveliness_lease_duration': Duration(seconds=2)},
    {'liveliness': LivelinessPolicy.MANUAL_BY_TOPIC,
     'liveliness_lease_duration': Duration(seconds=2)}]


@pytest.mark.parametrize('asked', ASKED)
def test_who_asks_for_more_hears_it(bench, robot, start, listener, asked):
    heard = listen(listener, String, '/porter/say', **asked)
    node = start(match_timeout_sec=2.0)
    wait_until(lambda: node.count_subscribers('/porter/say') == 2)
    status = end(bench, SAY)
    assert (status.message, 'listeners: 2' in value(status, 'reason')) == ('succeeded', True)
    wait_until(lambda: [message.data for message in heard] == ['hello'])


def test_who_comes_later_with_a_deadline_hears_a_velocity_too(bench, robot, start, listener):
    node = start()
    assert end(bench, DRIVE, 'first').message == 'succeeded'
    heard = listen(listener, Twist, '/porter/cmd_vel', deadline=Duration(seconds=0.5))
    wait_until(lambda: node.count_subscribers('/porter/cmd_vel') == 2)
    assert end(bench, DRIVE, 'second').message == 'succeeded'
    wait_until(lambda: heard and heard[-1].linear.x == 0.0)
    assert 0.5 in [message.linear.x for message in heard]


def test_a_late_joiner_is_not_told_to_go(bench, robot, start, listener):
    """Also where listeners ask for what was said before: it was said under another policy."""
    lasting = {'durability': DurabilityPolicy.TRANSIENT_LOCAL}
    first = listen(listener, PoseStamped, '/porter/goal_pose', **lasting)
    node = start()
    wait_until(lambda: node.count_subscribers('/porter/goal_pose') == 2)
    assert end(bench, GO).message == 'succeeded'
    wait_until(lambda: first)
    late = listen(listener, PoseStamped, '/porter/goal_pose', **lasting)
    assert end(bench, SAY, 'say').message == 'succeeded'
    assert end(bench, GO, 'again').message == 'succeeded'
    wait_until(lambda: late and len(first) == 2)
    assert len(late) == 1


def test_a_late_joiner_is_not_told_to_drive(bench, robot, start, listener):
    lasting = {'durability': DurabilityPolicy.TRANSIENT_LOCAL}
    first = listen(listener, Twist, '/porter/cmd_vel', **lasting)
    node = start()
    wait_until(lambda: node.count_subscribers('/porter/cmd_vel') == 2)
    assert end(bench, DRIVE).message == 'succeeded'
    wait_until(lambda: len(first) > 10)
    late = listen(listener, Twist, '/porter/cmd_vel', **lasting)
    wait_until(lambda: late)
    assert end(bench, SAY, 'say').message == 'succeeded'  # what was to come has come
    assert [message.linear.x for message in late] == [0.0]
