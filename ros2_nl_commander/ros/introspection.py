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
What a robot offers, read from the live graph: topics with a listener, services, actions.

Which of the many interfaces on a graph are infrastructure is in ``selection``, the texts of their
types are in ``definitions``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
import time
from typing import Any

from rclpy.action.graph import get_action_server_names_and_types_by_node
from rclpy.node import Node
from ros2_nl_commander.language.errors import CommandSyntaxError
from ros2_nl_commander.language.names import check_name, check_type, excerpt, TYPE_FOLDERS
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.yaml_reader import MAX_KEY_LENGTH
from ros2_nl_commander.ros.selection import Selection

#: A graph that did not change for so long is taken to be complete [s].
QUIET_SEC = 1.0
POLL_SEC = 0.1

#: A hostile graph must not flood a log.
MAX_WARNINGS = 20

#: Their subscriptions and services are not the robot's.
OWN_NODES = frozenset({'describe_robot', 'nl_commander', 'nl_commander_client'})

#: What rmw calls a participant that is not (or not yet known to be) a ROS node.
UNKNOWN_NODE = '_NODE_NAME_UNKNOWN_'

DEFAULT_ROBOT_NAME = 'robot'


#: For a topic, service or action: its name, and every type that it has on the graph.
Offers = Mapping[str, Mapping[str, frozenset[str]]]

_Question = Callable[[Node, str, str], list[tuple[str, list[str]]]]
_QUESTIONS: tuple[_Question, ...] = (
    Node.get_service_names_and_types_by_node, get_action_server_names_and_types_by_node,
    Node.get_subscriber_names_and_types_by_node)


def describe_graph(
    node: Node,
    selection: Selection,
    *,
    robot: str = '',
    warn: Callable[[str], None] | None = None,
) -> RobotDescription:
    """
    Describe what the nodes other than this one offer at this moment.

    Discovery takes up to some seconds: see ``wait_for_graph``.

    :param node: a running node; what it and this package's other nodes offer does not count
    :param robot: name of the robot; if empty, the namespace that all interfaces share
    :param warn: told why something is left out; the log of the node if None
    """
    return describe_offers(
        read_graph(node), selection, robot=robot,
        warn=warn or (lambda line: _log(node, line)))


def wait_for_graph(node: Node, selection: Selection, timeout_sec: float) -> None:
    """
    Wait until the graph offers something and does not change any more, or for the whole time.

    An empty graph is never complete: nodes may be found later than ``QUIET_SEC``.
    """
    now = time.monotonic()
    deadline, changed_at, last = now + timeout_sec, now, RobotDescription()
    while now < deadline and (last.is_empty or now - changed_at < QUIET_SEC):
        time.sleep(min(POLL_SEC, deadline - now))
        robot = describe_graph(node, selection, warn=_ignore)
        now = time.monotonic()
        if robot != last:
            last, changed_at = robot, now


def describe_offers(
    offers: Offers,
    selection: Selection,
    *,
    robot: str = '',
    warn: Callable[[str], None],
) -> RobotDescription:
    """
    Select, and leave out with a warning what has no single type or breaks ROS's rules of names.

    :param offers: names and types by ``topic``, ``service``, ``action``
    """
    faults: list[str] = []
    kept: dict[str, dict[str, str]] = {noun: {} for noun in TYPE_FOLDERS}
    for noun, name, types in _selected(offers, selection):
        fault = _find_fault(noun, name, types)
        if fault:
            faults.append(f'left out: {noun} {fault}')
        else:
            kept[noun][name] = next(iter(types))
    for fault in faults[:MAX_WARNINGS]:
        warn(fault)
    if len(faults) > MAX_WARNINGS:
        warn(f'left out: {len(faults) - MAX_WARNINGS} more')
    found = [name for names in kept.values() for name in names]
    return RobotDescription(
        robot=robot or (_shared_namespace(found) if found else ''),
        topics=kept['topic'], services=kept['service'], actions=kept['action'])


def read_graph(node: Node) -> dict[str, dict[str, frozenset[str]]]:
    """
    Read everything that other nodes listen to or serve, by ``topic``, ``service``, ``action``.

    Asks node by node for servers: the lists of a whole graph hold what has only clients, too.
    """
    services: dict[str, set[str]] = defaultdict(set)
    actions: dict[str, set[str]] = defaultdict(set)
    for name, namespace in sorted(set(node.get_node_names_and_namespaces())):
        if is_of_the_robot(node, name, namespace):
            for service, types in ask(node, Node.get_service_names_and_types_by_node,
                                      name, namespace):
                services[service].update(types)
            for action, types in ask(node, get_action_server_names_and_types_by_node,
                                     name, namespace):
                actions[action].update(types)
    return {'topic': {name: frozenset(types) for name, types in node.get_topic_names_and_types()
                      if _has_listener(node, name)},
            'service': {name: frozenset(types) for name, types in services.items()},
            'action': {name: frozenset(types) for name, types in actions.items()}}


def read_traces(node: Node) -> Any:
    """
    Read all that decides what ``read_graph`` gives, for a fraction of its time.

    Not the list of services, which clients alone keep on the graph, nor the number of servers,
    which changes a moment before it is known whose they are (and Humble cannot count them).
    """
    nodes = sorted(set(node.get_node_names_and_namespaces()))
    # Counted besides: listeners that belong to no node.
    topics = sorted((name, sorted(types), not _find_name_fault(name)
                     and node.count_subscribers(name))
                    for name, types in node.get_topic_names_and_types())
    return topics, {one: [sorted(ask(node, question, *one)) for question in _QUESTIONS]
                    for one in nodes}


def ask(
    node: Node, question: _Question, name: str, namespace: str,
) -> list[tuple[str, list[str]]]:
    """Ask what a node offers; nothing, if it has left since it was listed."""
    try:
        return question(node, name, namespace)
    except RuntimeError:
        # Services and actions report an unknown node with different subclasses.
        if (name, namespace) in node.get_node_names_and_namespaces():
            raise
        return []


def _has_listener(node: Node, topic: str) -> bool:
    """Tell whether a node of the robot subscribes to a topic."""
    if _find_name_fault(topic):
        return True  # rclpy refuses to look it up; it is left out later, with a warning
    return any(is_of_the_robot(node, info.node_name, info.node_namespace)
               for info in node.get_subscriptions_info_by_topic(topic))


def is_of_the_robot(node: Node, name: str, namespace: str) -> bool:
    """Leave out ourselves, and hidden nodes: tools such as ``ros2 topic echo``."""
    if (name, namespace) == (node.get_name(), node.get_namespace()) or name in OWN_NODES:
        return False
    return name == UNKNOWN_NODE or not name.startswith('_')


def _selected(
    offers: Offers, selection: Selection,
) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Give what is selected, in the order of names."""
    for noun, named in offers.items():
        for name, types in sorted(named.items()):
            if selection.takes(name, types):
                yield noun, name, types


def _find_fault(noun: str, name: str, types: frozenset[str]) -> str:
    """Say what is wrong with an interface; empty if nothing is."""
    if fault := _find_name_fault(name):
        return fault
    if len(types) != 1:
        return f"{name} has several types: {', '.join(sorted(map(excerpt, types)))}"
    try:
        check_type(next(iter(types)), noun)
    except CommandSyntaxError as error:
        return f'{name}: {error}'
    return ''


def _find_name_fault(name: str) -> str:
    """Say what is wrong with a name; empty if nothing is."""
    try:
        check_name(name)
    except CommandSyntaxError as error:
        return str(error)
    if len(name) > MAX_KEY_LENGTH:
        return f'{excerpt(name)} has over {MAX_KEY_LENGTH} characters'
    return ''


def _shared_namespace(interfaces: Iterable[str]) -> str:
    """Name a robot after the namespace that all its interfaces share, if there is one."""
    first = {name.split('/')[1] if name.count('/') > 1 else '' for name in interfaces}
    return (first.pop() if len(first) == 1 else '') or DEFAULT_ROBOT_NAME


def _log(node: Node, warning: str) -> None:
    node.get_logger().warning(warning)


def _ignore(_warning: str) -> None:
    """Take a warning that will be given again."""
