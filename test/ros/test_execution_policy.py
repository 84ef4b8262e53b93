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

"""What a policy says, as the robot gets it: clamped, in zeros at the end, or not at all."""

from __future__ import annotations

from execution_bench import end, POLICY, say, Starter
from geometry_msgs.msg import Twist, TwistStamped, TwistWithCovarianceStamped, VelocityStamped
import pytest
from rclpy.node import Node
from ros2_nl_commander.language.command import TopicPublication
from ros_bench import value, wait_until
from std_msgs.msg import Float64, Float64MultiArray
from std_srvs.srv import Trigger

TYPES = {'/r/stamped': TwistStamped, '/r/velocity': VelocityStamped,
         '/r/odometric': TwistWithCovarianceStamped, '/r/wheels': Float64MultiArray}
RULES = """
rules:
  /r/wheels: {tier: auto, limits: {data: [-1, 1]}, ends_in_zeros: true}
  /r/*: {tier: auto, limits: {linear.x: [-1, 1]}}
"""
ONWARD = {'linear': {'x': 0.5}}
MOTIONS = {
    '/r/stamped': {'header': {'frame_id': 'base'}, 'twist': ONWARD},
    '/r/velocity': {'header': {'frame_id': 'base'}, 'body_frame_id': 'b', 'velocity': ONWARD},
    '/r/odometric': {'header': {'frame_id': 'base'}, 'twist': {'twist': ONWARD}},
    '/r/wheels': {'data': [0.5, -0.5, 1.0]},
}


@pytest.fixture
def heard(bench, context):
    """Give what is heard on each topic, from a robot that does nothing but listen."""
    robot, heard = Node('listener', context=context), {name: [] for name in TYPES}
    for name, kind in TYPES.items():
        robot.create_subscription(kind, name, heard[name].append, 100)
    bench.add(robot)
    return heard


def full_name(kind):
    return f'{kind.__module__.split(".")[0]}/msg/{kind.__name__}'


def start_with(bench, folder, rules, wait='active', **parameters):
    start = Starter(bench, folder)
    start.policy.write_text(rules)
    topics = ''.join(f'  {name}: {full_name(kind)}\n' for name, kind in TYPES.items())
    (folder / 'robot.yaml').write_text(f'robot: r\ntopics:\n{topics}')
    return start(wait=wait, **{'robot': str(folder / 'robot.yaml'), **parameters})


def motion(name, times):
    return TopicPublication(name, full_name(TYPES[name]), MOTIONS[name], times, 10.0)


def numbers(message):
    if isinstance(message, Float64MultiArray):
        return list(message.data)
    twist = getattr(message, 'velocity', None) or message.twist
    return [getattr(twist, 'twist', twist).linear.x]


@pytest.mark.parametrize('name', TYPES)
@pytest.mark.parametrize('is_stopped', [False, True])
def test_a_motion_ends_in_zeros_of_its_own_shape(bench, heard, tmp_path, name, is_stopped):
    start_with(bench, tmp_path, RULES)
    say(bench, motion(name, 300 if is_stopped else 3))
    wait_until(lambda: heard[name])
    moving = numbers(heard[name][0])
    if is_stopped:
        assert bench.call(Trigger, '/nl_commander/stop').success
    assert bench.end_of('do it').message == ('canceled' if is_stopped else 'succeeded')
    wait_until(lambda: numbers(heard[name][-1]) == [0.0] * len(moving))
    assert any(moving)
    zeros = [message for message in heard[name] if not any(numbers(message))]
    for message in zeros:
        if name != '/r/wheels':
            assert message.header.frame_id == 'base' and message.header.stamp.sec
            assert getattr(message, 'body_frame_id', 'b') == 'b'


def test_what_is_clamped_is_what_is_said_and_what_is_sent(bench, robot, start):
    start.policy.write_text(f'on_violation: clamp\n{POLICY}')
    start()
    heard = []
    bench.user.create_subscription(Twist, '/porter/cmd_vel', heard.append, 100)
    wait_until(lambda: bench.user.count_subscribers('/porter/cmd_vel') == 2)
    fast = TopicPublication('/porter/cmd_vel', 'geometry_msgs/msg/Twist',
                            {'linear': {'x': -0.5}, 'angular': {'z': 0.25}}, 3, 10.0)
    status = end(bench, fast)
    assert status.message == 'succeeded', value(status, 'reason')
    text = ('ros2 topic pub --times 3 --rate 10 /porter/cmd_vel geometry_msgs/msg/Twist '
            '"{linear: {x: -0.3}, angular: {z: 0.25}}"')
    wait_until(lambda: bench.commands)
    assert bench.commands == [text] and value(status, 'command') == text
    executing = next(s for s in bench.statuses if s.message == 'executing')
    assert 'linear.x brought from -0.5 to -0.3' in value(executing, 'reason')
    wait_until(lambda: len(heard) >= 4)
    moving = {(one.linear.x, one.angular.z) for one in heard} - {(0.0, 0.0)}
    assert moving == {(-0.3, 0.25)}


def test_a_mistyped_limit_does_not_configure(bench, start):
    start.policy.write_text('rules:\n  /porter/lift_height:\n    tier: auto\n'
                            '    limits: {dta: [0, 1.2]}')
    node = start(wait='')
    wait_until(lambda: 'policy.yaml:4' in node.why_inactive)
    assert 'std_msgs/msg/Float64 of /porter/lift_height has no number' in node.why_inactive


def test_what_appears_later_and_does_not_fit_is_denied(bench, heard, context, tmp_path):
    node = start_with(bench, tmp_path, 'rules:\n  /r/lift:\n    tier: auto\n'
                      '    limits: {dta: [0, 1.2]}', robot='', include='/r/*')
    late, lifted = Node('late', context=context), []
    late.create_subscription(Float64, '/r/lift', lifted.append, 10)
    bench.add(late)
    wait_until(lambda: '/r/lift' in node._desk.robot.topics)
    status = end(bench, TopicPublication('/r/lift', 'std_msgs/msg/Float64', {'data': 99.0}, 1))
    assert status.message == 'rejected' and 'policy.yaml:4' in value(status, 'reason')
    assert lifted == [] and bench.commands == []
