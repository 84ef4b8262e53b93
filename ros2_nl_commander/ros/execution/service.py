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

"""Calling a service for real; a response that says it failed is a failure."""

from __future__ import annotations

import threading
from typing import Any

from ros2_nl_commander.language.command import ServiceCall
from ros2_nl_commander.ros.execution.endpoints import Endpoints
from ros2_nl_commander.ros.execution.messages import fill_message, import_type
from ros2_nl_commander.ros.execution.outcome import Bounds, ExecutionError, Outcome, Watch
from ros2_nl_commander.ros.execution.peers import check_same_revision, Presence
from ros2_nl_commander.ros.status import Stage

#: What responses and results say how it went with, as those of std_srvs, of controllers and of
#: parameters do; and what they say why with.
_VERDICTS = ('success', 'ok', 'successful')
_REASONS = ('message', 'status_message', 'reason', 'failure_reason', 'error_message')


def call_service(
    endpoints: Endpoints, command: ServiceCall, bounds: Bounds, watch: Watch
) -> Outcome:
    """
    Call a service once and wait for its response.

    :raises ExecutionError: if there is no server or one of another revision, no response, or one
        that says it failed
    :raises FieldError: if the fields do not fit
    :raises UnknownTypeError: if the type is not installed here
    """
    service_class = import_type(command.type_name)
    request = fill_message(service_class.Request(), command.fields, command.type_name)
    client = endpoints.service_client(command.name, command.type_name)
    if not watch.wait(client.service_is_ready, bounds.match_sec):
        if watch.should_stop():
            return Outcome(Stage.CANCELED, 'the service was not called')
        raise ExecutionError(f'{command.name}: no such service after {bounds.match_sec:g} s'
                             f'{endpoints.others_named(command.name, command.type_name)}')
    check_same_revision(endpoints.node, command.name, command.type_name)
    presence = Presence(endpoints.node, command.name, command.type_name)
    answered = threading.Event()
    future = client.call_async(request)
    future.add_done_callback(lambda _future: answered.set())
    if not watch.wait_for_event(answered, bounds.run_sec, presence.is_lost):
        client.remove_pending_request(future)
        if watch.should_stop():
            return Outcome(Stage.CANCELED, 'the call went out; its response was not awaited')
        if presence.is_lost():
            raise ExecutionError(f'{command.name}: the server is gone, without a response')
        raise ExecutionError(f'{command.name}: no response within {bounds.run_sec:g} s')
    return _judged(command.name, future.result())


def _judged(name: str, response: Any) -> Outcome:
    """Read what a response says about itself, and each result in it; the failed ones say why."""
    several = getattr(response, 'results', ())
    parts = [response, getattr(response, 'result', None),
             *(several if isinstance(several, (list, tuple)) else ())]
    failed = [part for part in parts
              if any(getattr(part, key, None) is False for key in _VERDICTS)]
    said = next((text for part in (*failed, *parts) for key in _REASONS
                 if isinstance(text := getattr(part, key, None), str) and text), '')
    code = _failure_code(response)
    if failed or code:
        raise ExecutionError(f'{name}: {said or code or "the response says that it failed"}')
    return Outcome(Stage.SUCCEEDED, said or 'the service responded')


def _failure_code(response: Any) -> str:
    """Name the result, where it is a number and the type has a name for success; that is empty."""
    result, success = (getattr(response, key, None) for key in ('result', 'RESULT_SUCCESS'))
    if success is None or result == success:
        return ''
    return next((key for key in dir(response)
                 if key.startswith('RESULT_') and getattr(response, key) == result),
                f'result {result}')
