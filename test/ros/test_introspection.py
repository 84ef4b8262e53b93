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

"""The live graph as a robot description: what the robot offers, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

pytest.importorskip('rclpy')
pytest.importorskip('test_msgs')

from rclpy.action import ActionClient  # noqa: E402,I100
from rclpy.node import Node  # noqa: E402
from ros2_nl_commander.language.robot import load_robot, RobotDescription  # noqa: E402
from ros2_nl_commander.ros import introspection  # noqa: E402
from ros2_nl_commander.ros.definitions import (  # noqa: E402
    NO_FIELDS,
    read_definitions,
    with_definitions,
)
from ros2_nl_commander.ros.introspection import (  # noqa: E402
    describe_graph,
    describe_offers,
    read_traces,
    wait_for_graph,
)
from ros2_nl_commander.ros.selection import INFRASTRUCTURE, Selection  # noqa: E402
from ros2_nl_commander.ros.simulated_robot import SimulatedRobot  # noqa: E402
from ros_bench import Bench, ROBOT_FILE, TIMEOUT_SEC, wait_until  # noqa: E402
from std_msgs.msg import Float64, String  # noqa: E402
from std_srvs.srv import SetBool, Trigger  # noqa: E402
from test_msgs.action import Fibonacci  # noqa: E402

ALL = Selection()


def described(bench: Bench, selection: Selection = ALL) -> RobotDescription:
    """Describe the graph as the user of the bench sees it now."""
    return describe_graph(bench.user, selection)


def wait_for(bench: Bench, condition: Callable[[RobotDescription], bool],
             selection: Selection = ALL) -> RobotDescription:
    """Wait for a description; discovery takes its time."""
    robot = RobotDescription()

    def is_met() -> bool:
        nonlocal robot
        robot = described(bench, selection)
        return condition(robot)

    wait_until(is_met)
    return robot


def as_described_by_file() -> RobotDescription:
    """Give what a graph can know of the robot of the demo."""
    robot = load_robot(ROBOT_FILE)
    return RobotDescription(robot.robot, robot.topics, robot.services, robot.actions)


def offers(**interfaces: dict[str, set[str]]) -> introspection.Offers:
    """Write the interfaces of a graph that no live one would have."""
    return {noun: {name: frozenset(types) for name, types in named.items()}
            for noun, named in interfaces.items()}


def test_the_robot_of_the_demo_beside_our_node(bench: Bench) -> None:
    """Exactly the interfaces of its file: nothing of ROS, nothing of ours."""
    bench.start()
    bench.add(SimulatedRobot(context=bench.context))
    wait_for(bench, lambda robot: robot == as_described_by_file())


def test_the_running_node_itself_can_look(bench: Bench) -> None:
    """Live use reads the graph through the node, whose own interfaces do not count."""
    node = bench.start()
    bench.add(SimulatedRobot(context=bench.context))
    wait_until(lambda: describe_graph(node, ALL) == as_described_by_file())


def test_a_listener_that_leaves_disappears(bench: Bench) -> None:
    """And a topic without a listener is not offered, though somebody publishes on it."""
    bench.user.create_publisher(String, '/speaker/say', 10)
    speaker = Node('speaker', context=bench.context)
    subscription = speaker.create_subscription(String, '/speaker/say', print, 10)
    service = speaker.create_service(Trigger, '/speaker/beep', lambda _request, reply: reply)
    wait_for(bench, lambda robot: robot.topics == {'/speaker/say': 'std_msgs/msg/String'})
    wait_for(bench, lambda robot: robot.services == {'/speaker/beep': 'std_srvs/srv/Trigger'})
    speaker.destroy_subscription(subscription)
    speaker.destroy_service(service)
    wait_for(bench, lambda robot: not (robot.topics or robot.services))
    assert '/speaker/say' in dict(bench.user.get_topic_names_and_types())
    speaker.destroy_node()


def test_a_node_that_leaves_disappears(bench: Bench) -> None:
    """With everything it served."""
    speaker = Node('speaker', context=bench.context)
    speaker.create_service(Trigger, '/speaker/beep', lambda _request, reply: reply)
    wait_for(bench, lambda robot: '/speaker/beep' in robot.services)
    speaker.destroy_node()
    wait_for(bench, lambda robot: robot == RobotDescription())


def test_clients_and_tools_offer_nothing(bench: Bench) -> None:
    """A client makes a service known to the graph; a hidden node listens to everything."""
    tool = Node('_ros2cli_1', context=bench.context)
    tool.create_subscription(Float64, '/tool/topic', print, 10)
    client = Node('client', context=bench.context)
    client.create_client(SetBool, '/client/switch')
    action = ActionClient(client, Fibonacci, '/client/patrol')
    marker = client.create_subscription(String, '/client/marker', print, 10)
    wait_until(lambda: '/client/switch' in dict(bench.user.get_service_names_and_types()))
    wait_until(lambda: ('_ros2cli_1', '/') in bench.user.get_node_names_and_namespaces())
    wait_for(bench, lambda robot: robot == RobotDescription(
        'client', {'/client/marker': 'std_msgs/msg/String'}))
    action.destroy()
    assert marker.topic_name == '/client/marker'
    for node in (tool, client):
        node.destroy_node()


def test_traces_tell_a_server_from_a_client(bench: Bench) -> None:
    """And nothing changes in them while nothing changes on the graph."""
    part = Node('part', context=bench.context)
    part.create_client(SetBool, '/part/switch')
    wait_until(lambda: '/part/switch' in dict(bench.user.get_service_names_and_types()))
    wait_until(lambda: len(list(part.services)) == len(
        bench.user.get_service_names_and_types_by_node('part', '/')))
    before = read_traces(bench.user)
    assert read_traces(bench.user) == before
    server = part.create_service(SetBool, '/part/switch', lambda _request, reply: reply)
    wait_until(lambda: read_traces(bench.user) != before)
    part.destroy_service(server)
    wait_until(lambda: read_traces(bench.user) == before)
    part.destroy_node()


def test_a_name_that_rclpy_refuses_does_not_end_the_looking(
    bench: Bench, monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Other programs on DDS need not keep to the rules of names."""
    bad = ("/a'; reboot", ['std_msgs/msg/String'])
    monkeypatch.setattr(bench.user, 'get_topic_names_and_types', lambda: [bad])
    assert bad[0] in str(read_traces(bench.user))


def test_include_and_exclude(bench: Bench) -> None:
    """Include brings infrastructure back, exclude is stronger than include."""
    bench.add(SimulatedRobot(context=bench.context))
    selection = Selection(
        include=('*/get_parameters', '*/set_parameters'), exclude=('*/say', '*/set_*', '*dock'))
    robot = wait_for(
        bench, lambda robot: '/porter/simulated_robot/get_parameters' in robot.services
        and '/porter/patrol' in robot.actions and len(robot.topics) == 4, selection)
    expected = load_robot(ROBOT_FILE)
    assert set(robot.topics) == set(expected.topics) - {'/porter/say'}
    assert set(robot.services) == (
        set(expected.services) - {'/porter/dock', '/porter/undock'}
        | {'/porter/simulated_robot/get_parameters'})


def test_wait_ends_when_the_graph_is_quiet(bench: Bench) -> None:
    """Complete, and long before the time is over."""
    bench.add(SimulatedRobot(context=bench.context))
    before = introspection.time.monotonic()
    wait_for_graph(bench.user, ALL, 60.0)
    assert introspection.time.monotonic() - before < TIMEOUT_SEC
    assert described(bench) == as_described_by_file()


def test_an_empty_graph_is_waited_for(bench: Bench) -> None:
    """Silence is no sign that discovery has ended."""
    before = introspection.time.monotonic()
    wait_for_graph(bench.user, ALL, 1.5)
    assert introspection.time.monotonic() - before >= 1.5


@pytest.mark.parametrize('name, types, warning', [
    ('/a', {'std_msgs/msg/String', 'std_msgs/msg/Float64'}, 'has several types'),
    ("/a'; reboot", {'std_msgs/msg/String'}, 'not an absolute ROS 2 name'),
    ('/a\nb', {'std_msgs/msg/String'}, 'not an absolute ROS 2 name'),
    ('/' + 'a' * 5000, {'std_msgs/msg/String'}, 'longer than'),
    ('/' + 'a' * 150, {'std_msgs/msg/String'}, 'over 100 characters'),
    ('/a', {'std_msgs::msg::dds_::String_'}, 'not a type in full'),
    ('/a', {'std_srvs/srv/Empty'}, 'not the type of a topic'),
])
def test_what_is_left_out_with_a_warning(name: str, types: set[str], warning: str) -> None:
    """One line each, and the rest of the graph is described."""
    warnings: list[str] = []
    robot = describe_offers(
        offers(topic={name: types, '/b': {'std_msgs/msg/String'}}), ALL, warn=warnings.append)
    assert robot.topics == {'/b': 'std_msgs/msg/String'}
    assert len(warnings) == 1
    assert warning in warnings[0]
    assert len(warnings[0].splitlines()) == 1
    assert len(warnings[0]) < 250


def test_a_hostile_graph_does_not_flood_the_log() -> None:
    """Thousands of bad names are counted."""
    warnings: list[str] = []
    bad = {f'/{number}': {'std_msgs/msg/String'} for number in range(5000)}
    assert describe_offers(offers(topic=bad), ALL, warn=warnings.append).is_empty
    assert len(warnings) == introspection.MAX_WARNINGS + 1
    assert '4980 more' in warnings[-1]


@pytest.mark.parametrize('noun, name, type_name', [
    ('topic', '/rosout', 'rcl_interfaces/msg/Log'),
    ('topic', '/parameter_events', 'rcl_interfaces/msg/ParameterEvent'),
    ('topic', '/clock', 'rosgraph_msgs/msg/Clock'),
    ('topic', '/tf_static', 'tf2_msgs/msg/TFMessage'),
    ('topic', '/porter/diagnostics', 'diagnostic_msgs/msg/DiagnosticArray'),
    ('topic', '/spin/_action/status', 'action_msgs/msg/GoalStatusArray'),
    ('topic', '/porter/nl_command', 'std_msgs/msg/String'),
    ('service', '/spin/_action/cancel_goal', 'action_msgs/srv/CancelGoal'),
    ('service', '/node/change_state', 'lifecycle_msgs/srv/ChangeState'),
    ('service', '/node/get_type_description',
     'type_description_interfaces/srv/GetTypeDescription'),
    ('service', '/porter/nl_commander/stop', 'std_srvs/srv/Trigger'),
])
def test_infrastructure(noun: str, name: str, type_name: str) -> None:
    """Left out without a word, unless it is asked for."""
    graph = offers(**{noun: {name: {type_name}}})
    warnings: list[str] = []
    assert describe_offers(graph, ALL, warn=warnings.append).is_empty
    assert not warnings
    asked = describe_offers(graph, Selection(include=('/*',)), warn=warnings.append)
    assert asked.offered(noun) in ({name: type_name}, {})
    assert not asked.is_empty


def test_a_name_alone_does_not_make_infrastructure() -> None:
    """A robot may have a service that is called like one of ROS."""
    graph = offers(service={'/door/change_state': {'std_srvs/srv/SetBool'}})
    assert describe_offers(graph, ALL, warn=print).services
    assert all(rule.reason for rule in INFRASTRUCTURE)


@pytest.mark.parametrize('names, robot', [
    (('/porter/a', '/porter/b/c'), 'porter'),
    (('/porter/a', '/other/a'), 'robot'),
    (('/a', '/b'), 'robot'),
])
def test_the_name_of_the_robot(names: tuple[str, ...], robot: str) -> None:
    """The namespace that everything shares, or a plain word."""
    graph = offers(topic={name: {'std_msgs/msg/String'} for name in names})
    assert describe_offers(graph, ALL, warn=print).robot == robot
    assert describe_offers(graph, ALL, robot='marvin', warn=print).robot == 'marvin'


def test_definitions_of_types_that_are_not_standard() -> None:
    """With the types in them, but without those that are everywhere."""
    warnings: list[str] = []
    found = read_definitions(
        ['test_msgs/action/NestedMessage', 'geometry_msgs/msg/Twist'], warnings.append)
    assert set(found) == {
        'test_msgs/action/NestedMessage', 'test_msgs/msg/Builtins', 'test_msgs/msg/BasicTypes'}
    assert found['test_msgs/msg/Builtins'].splitlines()[0].startswith('builtin_interfaces/')
    assert found['test_msgs/action/NestedMessage'].count('\n---\n') == 2
    assert not warnings


def test_definitions_of_empty_and_of_unknown_types() -> None:
    """What is not installed is told and left out; no fields are a definition, too."""
    warnings: list[str] = []
    robot = RobotDescription(
        'r', {'/a': 'test_msgs/msg/Empty', '/b': 'not_here/msg/A', '/c': 'test_msgs/msg/Gone'})
    assert with_definitions(robot, warnings.append) == replace(
        robot, definitions={'test_msgs/msg/Empty': NO_FIELDS})
    assert [line.split(':')[0] for line in warnings] == [
        'no definition of not_here/msg/A', 'no definition of test_msgs/msg/Gone']
