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

import threading
import time

import pytest

pytest.importorskip('rclpy')

from rclpy.node import Node  # noqa: E402
from ros2_nl_commander.language.command import ServiceCall  # noqa: E402
from ros2_nl_commander.language.errors import ModelError  # noqa: E402
from ros_bench import Bench, value, wait_until  # noqa: E402
from std_srvs.srv import SetBool, Trigger  # noqa: E402

LAMP = ServiceCall('/lamp', 'std_srvs/srv/SetBool', {'data': True})
ANNOTATIONS = """
places: {home: {x: 1.0, y: 2.0}}
about: {/lamp: the lamp at the front, /later: comes later}
"""


def add_lamp(bench: Bench, name: str = 'lamp_node') -> tuple[Node, object]:
    node = Node(name, context=bench.context)
    service = node.create_service(SetBool, '/lamp', lambda request, response: response)
    return bench.add(node), service


def knows_lamp(bench: Bench) -> bool:
    robot = bench.generator.robot
    return robot is not None and '/lamp' in robot.services


def test_what_the_graph_offers_is_what_can_be_commanded(bench: Bench) -> None:
    add_lamp(bench)
    bench.generator.answer = LAMP
    bench.start(robot='')
    wait_until(lambda: knows_lamp(bench))
    bench.send('lamp on')
    assert bench.end_of('lamp on').message == 'generated'


def test_a_service_that_appears_is_usable_within_two_seconds(bench: Bench) -> None:
    bench.start(robot='')
    assert not knows_lamp(bench)
    add_lamp(bench)
    wait_until(lambda: '/lamp' in dict(bench.user.get_service_names_and_types()))
    discovered_at = time.monotonic()
    wait_until(lambda: knows_lamp(bench))
    # The node adds half a second to the discovery; the rest is for a machine that stalls.
    assert time.monotonic() - discovered_at < 5


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
