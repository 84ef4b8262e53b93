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

"""What a live robot knows about its types: units that only a comment names, and nothing else."""

from __future__ import annotations

import pytest

pytest.importorskip('rclpy')

from ros2_nl_commander.language.answer import read_answer  # noqa: E402,I100
from ros2_nl_commander.language.context import context_from_robot  # noqa: E402
from ros2_nl_commander.language.definition_text import interface_schema  # noqa: E402
from ros2_nl_commander.language.robot import RobotDescription  # noqa: E402
from ros2_nl_commander.ros import definitions  # noqa: E402
from ros2_nl_commander.ros.definitions import with_definitions  # noqa: E402
from ros2_nl_commander.ros.live_types import LiveTypes  # noqa: E402
from ros_bench import Bench, wait_until  # noqa: E402
from test_msgs.msg import Strings  # noqa: E402
from test_msgs.srv import BasicTypes, Empty  # noqa: E402

TILT = 'test_msgs/srv/BasicTypes'
ROBOT = RobotDescription('r', services={'/tilt': TILT, '/reset': 'std_srvs/srv/Empty'})


@pytest.fixture
def commented(monkeypatch):
    """Let the installed text of a type say in a comment what its number is."""
    really = definitions._read_text

    def read(type_name):
        text = really(type_name)
        return text.replace('float32 float32_value\n', 'float32 float32_value  # degrees\n', 1) \
            if type_name == TILT else text

    monkeypatch.setattr(definitions, '_read_text', read)
    assert '# degrees' in read(TILT)


def told(robot):
    warnings: list[str] = []
    return LiveTypes(warnings.append).applied_to(robot), warnings


def test_live_and_from_a_file_the_same_is_meant(commented):
    live, warnings = told(ROBOT)
    written = with_definitions(ROBOT, warnings.append)
    assert (live, warnings) == (written, [])
    assert context_from_robot(live) == context_from_robot(written)
    for robot in (live, written):
        command = read_answer('/tilt float32_value: 30 deg', robot)
        assert command.fields['float32_value'] == 30


def test_a_live_node_reads_the_comment(commented, bench: Bench):
    bench.user.create_service(BasicTypes, '/tilt', lambda request, response: response)
    bench.user.create_service(Empty, '/reset', lambda request, response: response)
    bench.start(robot='')
    robot = wait_until(lambda: (found := bench.generator.robot) and found.services and found)
    assert '# degrees' in robot.definitions[TILT]
    field = next(field for field in interface_schema(TILT, robot.definitions).fields
                 if field.name == 'float32_value')
    assert field.comment == 'degrees'


def test_a_type_that_nobody_knows_is_left_out_and_told_once():
    robot = RobotDescription('r', topics={'/arm': 'acme_msgs/msg/Arm'}, services=ROBOT.services)
    warnings: list[str] = []
    types = LiveTypes(warnings.append)
    for _ in range(2):
        assert types.applied_to(robot).topics == {}
        assert types.applied_to(robot).services == ROBOT.services
    warning, = warnings
    assert '/arm' in warning and 'acme_msgs' in warning and 'annotations' in warning


def test_a_type_that_somebody_defines_is_known():
    robot = RobotDescription('r', topics={'/arm': 'acme_msgs/msg/Arm'},
                             definitions={'acme_msgs/msg/Arm': 'float32 angle\n'})
    live, warnings = told(robot)
    assert (live, warnings) == (robot, [])


def test_a_text_that_cannot_be_read_leaves_the_class(monkeypatch):
    monkeypatch.setattr(definitions, '_read_text', lambda name: 'no definition at all\n')
    live, warnings = told(RobotDescription('r', topics={'/say': 'test_msgs/msg/Strings'}))
    assert (live.definitions, warnings) == ({}, [])
    assert len(interface_schema('test_msgs/msg/Strings', live.definitions).fields) == len(
        Strings.get_fields_and_field_types())
