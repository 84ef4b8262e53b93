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

"""The SROS2 policy that ships: it permits what the nodes really open, and nothing besides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rclpy.node import Node
from ros2_nl_commander.language.command import ActionGoal, ServiceCall, TopicPublication
from ros2_nl_commander.language.robot import load_robot
from ros2_nl_commander.ros.client import CommanderClient
from ros2_nl_commander.ros.simulated_robot import SimulatedRobot
from ros_bench import ROBOT_FILE, wait_until
from std_msgs.msg import String

ROOT = Path(__file__).parents[2]
ENCLAVES = {enclave.get('path'): enclave for enclave in ElementTree.parse(
    ROOT / 'config' / 'sros2_policy.xml').getroot().iter('enclave')}
ACTION_SERVICES = ('send_goal', 'cancel_goal', 'get_result')
ACTION_TOPICS = ('feedback', 'status')
CLOCK = ('subscriber', '/clock')

#: What a node opens: publisher, subscriber, service or client, and a name.
Endpoints = set[tuple[str, str]]


def permitted(enclave: str, robot: str, home: str = '') -> Endpoints:
    """
    Read what an enclave may open, as the templates of sros2 translate it.

    :param robot: namespace of the profile for a robot; empty gives those of the node alone
    :param home: namespace to put in place of ``/``
    """
    found: Endpoints = set()
    for profile in ENCLAVES[enclave].iter('profile'):
        given = str(profile.get('ns'))
        if given not in ('/', robot):
            continue
        for rules in profile:
            (qualifier, verdict), = rules.attrib.items()
            assert verdict == 'ALLOW'
            names = [absolute(str(expression.text), home if given == '/' else given,
                              str(profile.get('node'))) for expression in rules]
            assert len(names) == len(set(names))
            found |= {endpoint for name in names for endpoint in meaning(qualifier, name)}
    return found


def absolute(expression: str, namespace: str, node: str) -> str:
    if expression.startswith('/'):
        return expression
    rest = f'{node}{expression[1:]}' if expression.startswith('~') else expression
    return f'{namespace}/{rest}'


def meaning(qualifier: str, name: str) -> Iterator[tuple[str, str]]:
    if qualifier == 'call':
        yield from (('client', f'{name}/_action/{part}') for part in ACTION_SERVICES)
        yield from (('subscriber', f'{name}/_action/{part}') for part in ACTION_TOPICS)
    else:
        yield {'publish': 'publisher', 'subscribe': 'subscriber',
               'reply': 'service', 'request': 'client'}[qualifier], name


def opened(observer: Node, name: str, namespace: str = '/') -> Endpoints:
    """Ask the graph what a node has opened; hidden names too, as DDS makes no difference."""
    return {(kind, topic) for kind in ('publisher', 'subscriber', 'service', 'client')
            for topic, _types in getattr(
                observer, f'get_{kind}_names_and_types_by_node')(name, namespace)}


def assert_opens(observer: Node, expected: Endpoints, name: str, namespace: str = '/') -> None:
    """Wait for discovery; then nothing may be missing in the policy or superfluous."""
    try:
        wait_until(lambda: opened(observer, name, namespace) == expected)
    except AssertionError:
        found = opened(observer, name, namespace)
        assert (found - expected, expected - found) == (set(), set())
        raise


@pytest.mark.parametrize('use_sim_time', [False, True])
def test_the_node_opens_what_its_profile_permits(bench, use_sim_time):
    bench.start(use_sim_time=use_sim_time)
    expected = permitted('/nl_commander', robot='')
    assert CLOCK in expected
    assert_opens(bench.user, expected if use_sim_time else expected - {CLOCK}, 'nl_commander')


def test_in_a_namespace_only_the_namespace_changes(bench):
    bench.start(namespace='lab')
    assert_opens(bench.user, permitted('/nl_commander', '', '/lab') - {CLOCK},
                 'nl_commander', '/lab')


def commands() -> Iterator[TopicPublication | ServiceCall | ActionGoal]:
    """Give one command that ``config/policy.yaml`` allows for everything the demo robot has."""
    fields = {'/porter/goal_pose': {'header': {'frame_id': 'map'}}, '/porter/patrol': {'order': 1}}
    robot = load_robot(ROBOT_FILE)
    for kind, named in ((TopicPublication, robot.topics), (ServiceCall, robot.services),
                        (ActionGoal, robot.actions)):
        for name, type_name in named.items():
            yield kind(name, type_name, fields.get(name, {}))


def test_carrying_out_opens_what_the_robots_profile_permits(bench, context, tmp_path):
    bench.add(SimulatedRobot(context=context))
    bench.start(execute='auto', policy=str(ROOT / 'config' / 'policy.yaml'),
                audit_log=str(tmp_path / 'audit.jsonl'))
    approve = bench.user.create_publisher(String, '/nl_commander/approve', 10)
    wait_until(lambda: approve.get_subscription_count() == 1)
    for command in commands():
        bench.generator.answer = command
        bench.send(command.name)
        wait_until(lambda: {'executing', 'awaiting_approval'} & set(bench.stages(command.name)))
        if 'awaiting_approval' in bench.stages(command.name):
            approve.publish(String(data=bench.statuses[-1].name))
        end = bench.end_of(command.name)
        assert end.message == 'succeeded', end
    assert_opens(bench.user, permitted('/nl_commander', '/porter') - {CLOCK}, 'nl_commander')


def test_an_operator_may_do_what_the_client_does_and_read_the_commands(bench, context):
    bench.add(CommanderClient(context=context, wants_drafts=True))
    commands_read = {('subscriber', '/ros2_command')}
    expected = permitted('/nl_commander_operator', robot='')
    assert commands_read <= expected
    assert_opens(bench.user, expected - commands_read, 'nl_commander_client')


def test_nobody_else_may_ask_approve_or_refuse():
    """Publishing on these is the whole power over the robot; the node itself lacks it."""
    power = {('publisher', '/nl_command'), ('publisher', '/nl_commander/approve'),
             ('publisher', '/nl_commander/refuse')}
    assert {path for path in ENCLAVES if power & permitted(path, '/porter')} == {
        '/nl_commander_operator'}
