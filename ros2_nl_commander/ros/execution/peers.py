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
Who is at the other end of an interface, and whether its name leads there from this process.

Servers are told apart by the DDS endpoints of their requests, not by their names: one that was
started again has never heard of what was asked before. Where the middleware has no such topics,
their nodes count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
import time

from rclpy.action.graph import get_action_server_names_and_types_by_node
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.topic_endpoint_info import TopicEndpointInfo
from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.ros.execution.outcome import ExecutionError
from ros2_nl_commander.ros.introspection import ask, is_of_the_robot

#: How long a server may be away before it counts as gone [s].
GONE_SEC = 1.0
#: Servers are looked for so often while a command runs [s].
LOOK_PERIOD_SEC = 0.1

_REQUESTS = {'srv': 'rq{}Request', 'action': 'rq{}/_action/send_goalRequest'}
_HIDDEN_SERVICES = ('send_goal', 'cancel_goal', 'get_result')
_HIDDEN_TOPICS = ('feedback', 'status')

#: What the middleware calls a node that it has no name of yet, and how long that may last [s].
UNKNOWN, NAMING_SEC = '_NODE_NAME_UNKNOWN_', 1.0


class RemappedError(NlCommanderError):
    """A remap of this process leads a name away from the interface that was allowed."""


@dataclass(frozen=True, slots=True)
class Peer:
    """
    One that listens or serves.

    :param type_name: as the middleware spells it
    :param identity: the endpoint; another for each start of its process
    :param node: its node in full, for people: it may be unknown at first
    :param is_of_the_robot: neither a tool nor a node of this package
    :param qos: what it asks for, where it listens
    """

    type_name: str
    identity: str
    node: str = field(compare=False)
    is_of_the_robot: bool = field(compare=False)
    qos: QoSProfile | None = field(compare=False, default=None)


Peers = frozenset[Peer]


def check_not_remapped(node: Node, name: str, type_name: str) -> None:
    """
    Check that this node reaches an interface under its name.

    :raises RemappedError: if a remap leads elsewhere, also for what is hidden below an action
    """
    folder = type_name.split('/')[1]
    topics = [] if folder == 'srv' else [name]
    services = [] if folder == 'msg' else [name]
    if folder == 'action':
        topics += [f'{name}/_action/{part}' for part in _HIDDEN_TOPICS]
        services += [f'{name}/_action/{part}' for part in _HIDDEN_SERVICES]
    for names, resolve in ((topics, node.resolve_topic_name),
                           (services, node.resolve_service_name)):
        for one in names:
            if (reached := resolve(one)) != one:
                raise RemappedError(
                    f'{one} is remapped to {reached} in this process, and that was not allowed: '
                    'start it without this remap')


def peers_of(node: Node, name: str, type_name: str) -> Peers:
    """
    Tell who listens or serves; where the robot itself does, tools are left out.

    An endpoint is known a moment before whose it is; waits for that.
    """
    deadline = time.monotonic() + NAMING_SEC
    everybody = _everybody(node, name, type_name)
    while any(UNKNOWN in peer.node for peer in everybody) and time.monotonic() < deadline:
        time.sleep(NAMING_SEC / 50)
        everybody = _everybody(node, name, type_name)
    return frozenset(peer for peer in everybody if peer.is_of_the_robot) or everybody


def check_same_revision(node: Node, name: str, type_name: str) -> None:
    """
    Check that those at the other end read what this node writes.

    A type that was changed and kept its name has other bytes, which DDS does not notice. To be
    asked when this node has its endpoint, whose hash is that of its own revision, and which is
    waited for: it is listed and named a moment after it is made. Where either hash is not known
    (before Jazzy, or from another middleware), nothing can be said.

    :raises ExecutionError: if one has another revision of the type
    """
    deadline = time.monotonic() + NAMING_SEC
    while True:
        theirs = [info for info in _listed(
            Node.get_subscriptions_info_by_topic, node, name, type_name) if _revision(info)]
        ours = _own_revisions(node, name, type_name)
        is_known = ours and all(info.node_name != UNKNOWN for info in theirs)
        if not theirs or is_known or time.monotonic() >= deadline:
            break
        time.sleep(NAMING_SEC / 50)
    for info in theirs:
        if ours.get(info.topic_type, _revision(info)) != _revision(info):
            raise ExecutionError(
                f'{name}: {_in_full(info.node_name, info.node_namespace)} has another revision of '
                f'{type_name} than this node: build both with the same one')


class Presence:
    """
    Tells which of those who were at the other end have gone; nobody takes their place.

    :param node: looks at the graph
    """

    def __init__(self, node: Node, name: str, type_name: str) -> None:
        self._asked = node, name, type_name
        self._seen = peers_of(*self._asked)
        self._there_at = self._looked_at = time.monotonic()

    @property
    def is_replaced(self) -> bool:
        """Tell whether others are there, and none of those who were."""
        there = _everybody(*self._asked)
        return bool(there) and not there & self._seen

    def missing(self) -> Peers:
        """Give those who are not there now."""
        return self._seen - _everybody(*self._asked)

    def is_lost(self) -> bool:
        """Tell whether the last of them has been gone for a while; to be asked repeatedly."""
        now = time.monotonic()
        if now - self._looked_at >= LOOK_PERIOD_SEC:
            self._looked_at = now
            if not self._seen or self.missing() != self._seen:
                self._there_at = now
        return now - self._there_at > GONE_SEC


def _everybody(node: Node, name: str, type_name: str) -> Peers:
    folder = type_name.split('/')[1]
    found = frozenset(
        Peer(info.topic_type, bytes(info.endpoint_gid).hex(),
             _in_full(info.node_name, info.node_namespace),
             is_of_the_robot(node, info.node_name, info.node_namespace), info.qos_profile)
        for info in _listed(Node.get_subscriptions_info_by_topic, node, name, type_name))
    return found or (frozenset(_serving_nodes(node, name, folder)) if folder in _REQUESTS else
                     frozenset())


def _listed(
    question: Callable[..., list[TopicEndpointInfo]], node: Node, name: str, type_name: str
) -> list[TopicEndpointInfo]:
    """Ask for the endpoints of a topic, or of the requests of a service or an action."""
    hidden = _REQUESTS.get(type_name.split('/')[1])
    return (question(node, name) if hidden is None else
            question(node, hidden.format(name), no_mangle=True))


def _own_revisions(node: Node, name: str, type_name: str) -> dict[str, str]:
    """Give the hashes of what this node writes there, by type."""
    return {info.topic_type: _revision(info)
            for info in _listed(Node.get_publishers_info_by_topic, node, name, type_name)
            if _revision(info) and _in_full(info.node_name, info.node_namespace)
            == node.get_fully_qualified_name()}


def _revision(info: TopicEndpointInfo) -> str:
    """Give the hash of an endpoint's type; empty where it is not known."""
    known = str(getattr(info, 'topic_type_hash', ''))
    return known if known.startswith('RIHS') else ''


def _serving_nodes(node: Node, name: str, folder: str) -> Iterator[Peer]:
    question = (get_action_server_names_and_types_by_node if folder == 'action'
                else Node.get_service_names_and_types_by_node)
    for owner, space in set(node.get_node_names_and_namespaces()):
        for served, types in ask(node, question, owner, space):
            if served == name:
                full = _in_full(owner, space)
                yield from (Peer(one, full, full, is_of_the_robot(node, owner, space))
                            for one in types)


def _in_full(name: str, namespace: str) -> str:
    return f"{namespace.rstrip('/')}/{name}"
