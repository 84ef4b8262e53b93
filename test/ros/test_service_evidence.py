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

"""What a response says about itself is what becomes of a call."""

from __future__ import annotations

from types import SimpleNamespace

from execution_bench import between_spins
from nav_msgs.srv import LoadMap
import pytest
from rcl_interfaces.msg import SetLoggerLevelsResult as Level
from rcl_interfaces.srv import ListParameters, SetLoggerLevels
from rclpy.node import Node
from ros2_nl_commander.language.command import ServiceCall
from ros2_nl_commander.ros.execution.endpoints import Endpoints
from ros2_nl_commander.ros.execution.outcome import Bounds, ExecutionError, Watch
from ros2_nl_commander.ros.execution.service import _judged, call_service
from sensor_msgs.srv import SetCameraInfo
from type_description_interfaces.srv import GetTypeDescription

SET = 'rcl_interfaces/srv/SetParameters'
#: Not declared, and of the wrong type.
UNKNOWN = {'name': 'unknown', 'value': {'type': 2, 'integer_value': 1}}
WRONG = {'name': 'fault', 'value': {'type': 2, 'integer_value': 1}}
RIGHT = {'name': 'fault', 'value': {'type': 4, 'string_value': 'none'}}


def call(bench, name, type_name, fields):
    return call_service(Endpoints(bench.user), ServiceCall(name, type_name, fields),
                        Bounds(10.0, 10.0), Watch(lambda: False, lambda words: None))


@pytest.mark.parametrize('service', ['set_parameters', 'set_parameters_atomically'])
def test_a_parameter_that_is_not_set_is_a_failure(bench, robot, service):
    name = f'{robot.get_fully_qualified_name()}/{service}'
    type_name = SET if service == 'set_parameters' else f'{SET}Atomically'
    assert call(bench, name, type_name, {'parameters': [RIGHT]}).evidence
    for refused, why in ((UNKNOWN, 'undeclared'), (WRONG, 'type')):
        with pytest.raises(ExecutionError, match=f'{name}: .*{why}'):
            call(bench, name, type_name, {'parameters': [RIGHT, refused]})


@pytest.fixture
def ask(bench):
    """Give what calls a server that answers with fields of a response."""
    def ask(kind, response):
        server = bench.add(Node('server', context=bench.context))
        answer = kind.Response(**response)
        between_spins(server, lambda: server.create_service(
            kind, '/server/asked', lambda _request, _response: answer))
        package = kind.__module__.split('.')[0]
        return call(bench, '/server/asked', f'{package}/srv/{kind.__name__}', {}).evidence

    return ask


@pytest.mark.parametrize('kind, response, evidence', [
    (GetTypeDescription, {'successful': True}, 'the service responded'),
    (ListParameters, {}, 'the service responded'),  # its result says nothing of that
    (LoadMap, {'result': LoadMap.Response.RESULT_SUCCESS}, 'the service responded'),
    (SetCameraInfo, {'success': True, 'status_message': 'kept'}, 'kept'),
    (SetLoggerLevels, {'results': [Level(successful=True, reason='set')]}, 'set')])
def test_a_response_that_says_it_is_done_is_a_success(ask, kind, response, evidence):
    assert ask(kind, response) == evidence


@pytest.mark.parametrize('kind, response, evidence', [
    (GetTypeDescription, {'failure_reason': 'no such type'}, 'no such type'),
    (LoadMap, {'result': 1}, 'RESULT_MAP_DOES_NOT_EXIST'),
    (LoadMap, {'result': 9}, 'result 9'),
    (SetCameraInfo, {'status_message': 'disk full'}, 'disk full'),
    (SetCameraInfo, {}, 'the response says that it failed'),
    (SetLoggerLevels, {'results': [Level(successful=True, reason='set'), Level(reason='none')]},
     'none')])
def test_a_response_that_says_it_is_not_done_is_a_failure(ask, kind, response, evidence):
    with pytest.raises(ExecutionError) as raised:
        ask(kind, response)
    assert str(raised.value) == f'/server/asked: {evidence}'


def test_the_word_of_controllers_counts():
    """They are not installed here."""
    assert _judged('/switch', SimpleNamespace(ok=True, message='')).evidence
    with pytest.raises(ExecutionError, match='/switch: no such controller'):
        _judged('/switch', SimpleNamespace(ok=False, message='no such controller'))
