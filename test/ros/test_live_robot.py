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

"""The node at a robot that changes: over real DDS, with a fake generator."""

from __future__ import annotations

from dataclasses import replace
import threading
import time

import pytest

pytest.importorskip('rclpy')

pytest.importorskip('test_msgs')

from rclpy.action import ActionClient, ActionServer  # noqa: E402,I100
from rclpy.node import Node  # noqa: E402
from ros2_nl_commander.language.command import ServiceCall  # noqa: E402
from ros2_nl_commander.language.context import context_from_robot  # noqa: E402
from ros2_nl_commander.language.errors import ModelError  # noqa: E402
from ros2_nl_commander.language.robot import RobotDescription  # noqa: E402
from ros2_nl_commander.ros import robot_preparer  # noqa: E402
from ros_bench import Bench, ROBOT_FILE, value, wait_until  # noqa: E402
from std_msgs.msg import Bool  # noqa: E402
from std_srvs.srv import SetBool, Trigger  # noqa: E402
from test_msgs.action import Fibonacci  # noqa: E402

LAMP = ServiceCall('/lamp', 'std_srvs/srv/SetBool', {'data': True})
ANNOTATIONS = """
places: {home: {x: 1.0, y: 2.0}}
about: {/lamp: the lamp at the front, /later: comes later}
"""


def add_lamp(bench: Bench, name: str = 'lamp_node') -> tuple[Node, object]:
    node = Node(name, context=bench.context)
    service = node.create_service(SetBool, '/lamp', lambda request, response: response)
    return bench.add(node), service


def names(bench: Bench) -> list[str]:
    return list((bench.generator.robot or RobotDescription()).services)


def let_look(bench: Bench) -> None:
    """Wait until the node has looked at the graph twice from now on."""
    live, begun = bench.node._robot_source._live, []
    look = live._has_changed
    live._has_changed = lambda: begun.append(None) or look()
    wait_until(lambda: len(begun) > 2)
    live._has_changed = look


def knows_lamp(bench: Bench) -> bool:
    robot = bench.generator.robot
    return robot is not None and '/lamp' in robot.services


def add_door(node: Node, name: str = '/door') -> object:
    return node.create_service(Trigger, name, lambda request, response: response)


class Part:
    """
    A node of the robot, known to the graph, that can serve or leave off; and somebody who asks.

    :param noun: what it serves: a service or an action
    """

    def __init__(self, bench: Bench, noun: str) -> None:
        self._bench, self._noun = bench, noun
        self._node = bench.add(Node('part', context=bench.context))
        self._asking = bench.add(Node('asking', context=bench.context))
        self._server: object = None
        wait_until(lambda: {'part', 'asking'} <= set(bench.user.get_node_names()))

    def ask(self) -> None:
        if self._noun == 'service':
            self._asking.create_client(SetBool, '/lamp')
        else:
            ActionClient(self._asking, Fibonacci, '/lamp')
        name = '/lamp' if self._noun == 'service' else '/lamp/_action/send_goal'
        wait_until(lambda: name in dict(self._bench.node.get_service_names_and_types()))

    def serve(self) -> None:
        if self._noun == 'service':
            self._server = self._node.create_service(SetBool, '/lamp', lambda ask, answer: answer)
        else:
            self._server = ActionServer(self._node, Fibonacci, '/lamp', print)

    def leave_off(self) -> None:
        self._node.executor.between_spins(
            (lambda: self._node.destroy_service(self._server)) if self._noun == 'service'
            else self._server.destroy, 10.0)

    def is_offered(self) -> bool:
        return '/lamp' in self._bench.generator.robot.offered(self._noun)


def test_what_the_graph_offers_is_what_can_be_commanded(bench: Bench) -> None:
    add_lamp(bench)
    bench.generator.answer = LAMP
    bench.start(robot='')
    wait_until(lambda: knows_lamp(bench))
    bench.send('lamp on')
    assert bench.end_of('lamp on').message == 'generated'


def appear(node: Node, noun: str) -> object:
    if noun == 'topic':
        return node.create_subscription(Bool, '/lamp', print, 10)
    if noun == 'service':
        return node.create_service(SetBool, '/lamp', lambda request, response: response)
    return ActionServer(node, Fibonacci, '/lamp', print)


@pytest.mark.parametrize('noun', ['topic', 'service', 'action'])
def test_what_appears_is_usable_within_two_seconds(bench: Bench, noun: str) -> None:
    """Without the model; what that takes, a test of the real one shows."""
    bench.start(robot='')
    node = bench.add(Node('lamp_node', context=bench.context))
    created_at = time.monotonic()
    appear(node, noun)
    wait_until(lambda: '/lamp' in bench.generator.robot.offered(noun))
    assert time.monotonic() - created_at < 2


@pytest.mark.parametrize('noun', ['service', 'action'])
def test_a_server_is_found_though_a_client_was_first(bench: Bench, noun: str) -> None:
    bench.start(robot='')
    part = Part(bench, noun)
    part.ask()
    let_look(bench)
    part.serve()
    wait_until(part.is_offered)


@pytest.mark.parametrize('noun', ['service', 'action'])
def test_a_server_that_leaves_is_missed_though_a_client_stays(bench: Bench, noun: str) -> None:
    bench.start(robot='')
    part = Part(bench, noun)
    part.ask()
    part.serve()
    wait_until(part.is_offered)
    let_look(bench)
    part.leave_off()
    wait_until(lambda: not part.is_offered())


def test_a_service_that_went_away_cannot_be_commanded_any_more(bench: Bench) -> None:
    node, service = add_lamp(bench)
    bench.generator.answer = LAMP
    bench.start(robot='')
    wait_until(lambda: knows_lamp(bench))
    node.executor.between_spins(lambda: node.destroy_service(service), 10.0)
    wait_until(lambda: not knows_lamp(bench))
    bench.send('lamp on')
    end = bench.end_of('lamp on')
    assert end.message == 'declined' and '/lamp' in value(end, 'reason')


def test_a_robot_of_nothing_accepts_nothing(bench: Bench) -> None:
    bench.generator.answer = LAMP
    bench.start(robot='')
    bench.send('lamp on')
    assert bench.end_of('lamp on').message == 'declined'


def test_annotations_are_added_to_what_is_there(bench: Bench, tmp_path) -> None:
    file = tmp_path / 'known.yaml'
    file.write_text(ANNOTATIONS)
    add_lamp(bench)
    bench.start(robot='', annotations=str(file))
    wait_until(lambda: knows_lamp(bench))
    robot = bench.generator.robot
    assert robot.about == {'/lamp': 'the lamp at the front'} and 'home' in robot.places


def test_annotations_are_added_to_a_robot_file_too(bench: Bench, tmp_path) -> None:
    file = tmp_path / 'known.yaml'
    file.write_text('places: {home: {x: 1.0, y: 2.0}}\nabout: {/porter/siren: the loud one}')
    bench.start(annotations=str(file))
    robot = bench.generator.robot
    assert robot.about['/porter/siren'] == 'the loud one'
    assert {'home', 'ward 3'} <= set(robot.places) and '/porter/cmd_vel' in robot.limits


@pytest.mark.parametrize('robot', ['', str(ROBOT_FILE)])
def test_annotations_that_are_not_there_keep_the_node_from_configuring(
    bench: Bench, tmp_path, robot: str,
) -> None:
    node = bench.start(robot=robot, annotations=str(tmp_path / 'known.yaml'), wait='')
    wait_until(lambda: 'known.yaml: No such file' in node.why_inactive)


def test_excluded_names_are_never_offered(bench: Bench) -> None:
    node, _ = add_lamp(bench)
    node.create_service(Trigger, '/secret/door', lambda request, response: response)
    bench.start(robot='', exclude='/secret/* /other')
    wait_until(lambda: knows_lamp(bench))
    assert '/secret/door' not in bench.generator.robot.services


def test_the_old_robot_serves_while_the_new_one_is_prepared(bench: Bench) -> None:
    add_lamp(bench)
    bench.generator.answer = LAMP
    bench.start(robot='')
    wait_until(lambda: knows_lamp(bench))
    preparing, may_end = threading.Event(), threading.Event()

    def prepare_slowly(robot):
        preparing.set()
        assert may_end.wait(20)

    bench.generator.on_robot = prepare_slowly
    other = bench.add(Node('other', context=bench.context))
    other.create_service(Trigger, '/door', lambda request, response: response)
    assert preparing.wait(20)
    bench.send('lamp on')
    assert bench.end_of('lamp on').message == 'generated'
    may_end.set()
    wait_until(lambda: '/door' in bench.generator.robot.services)


def test_a_change_during_a_preparation_counts_at_once_and_is_prepared_after(
    bench: Bench,
) -> None:
    node = bench.start(robot='')
    preparing, may_end = threading.Event(), threading.Event()

    def prepare_slowly(robot):
        preparing.set()
        assert may_end.wait(20)

    bench.generator.on_robot = prepare_slowly
    add_lamp(bench)
    assert preparing.wait(20)
    add_door(bench.add(Node('other', context=bench.context)))
    wait_until(lambda: '/door' in node._desk.robot.services)
    assert not knows_lamp(bench)
    may_end.set()
    wait_until(lambda: '/door' in bench.generator.robot.services)


def test_a_failed_preparation_is_tried_again_with_pauses(bench: Bench) -> None:
    node = bench.start(robot='')
    tries: list[float] = []

    def fail_twice(robot):
        tries.append(time.monotonic())
        if len(tries) < 3:
            raise ModelError('out of memory')

    bench.generator.on_robot = fail_twice
    add_lamp(bench)
    wait_until(lambda: knows_lamp(bench))
    assert len(tries) == 3
    pause = robot_preparer.FIRST_PAUSE_SEC
    assert tries[1] - tries[0] >= pause and tries[2] - tries[1] >= 2 * pause
    wait_until(lambda: 'robot problem' not in node._robot_source.describe())


def test_what_appears_later_stands_behind_and_costs_its_own_line(
    bench: Bench, tiny_backbone, tiny_tokenizer,
) -> None:
    """Read by a real reader of contexts over a small model."""
    from ros2_nl_commander.model.contexts import ContextReader
    from ros2_nl_commander.model.sequence import LAYOUTS, SequenceEncoder
    read: list[int] = []

    def body(*args, **kwargs):
        read.append(kwargs['inputs_embeds'].shape[1])
        return tiny_backbone.body(*args, **kwargs)

    sequence = SequenceEncoder(tiny_tokenizer, LAYOUTS['chat'])
    reader = ContextReader(replace(tiny_backbone, body=body), sequence)
    bench.generator.on_robot = lambda robot: reader.read(context_from_robot(robot))
    node = bench.add(Node('doors', context=bench.context))
    middle = add_door(node, '/m')
    add_door(node, '/z')
    bench.start(robot='')
    wait_until(lambda: names(bench) == ['/m', '/z'])
    read.clear()
    add_door(node, '/a')
    wait_until(lambda: names(bench) == ['/m', '/z', '/a'])
    assert read == [len(sequence.line_ids('/a\n'))]
    node.executor.between_spins(lambda: node.destroy_service(middle), 10.0)
    wait_until(lambda: names(bench) == ['/z', '/a'])
    add_door(node, '/m')
    wait_until(lambda: names(bench) == ['/z', '/a', '/m'])


def test_a_robot_that_cannot_be_prepared_leaves_the_old_one(bench: Bench) -> None:
    add_lamp(bench)
    bench.generator.answer = LAMP
    node = bench.start(robot='')
    wait_until(lambda: knows_lamp(bench))

    def fail(robot):
        raise ModelError('out of memory')

    bench.generator.on_robot = fail
    other = bench.add(Node('other', context=bench.context))
    other.create_service(Trigger, '/door', lambda request, response: response)
    wait_until(lambda: 'robot problem' in node._robot_source.describe())
    assert 'out of memory' in node._robot_source.describe()['robot problem']
    bench.send('lamp on')
    assert bench.end_of('lamp on').message == 'generated'
