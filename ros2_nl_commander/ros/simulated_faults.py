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

"""What can go wrong with the simulated robot, on request: it is slow, refuses, or dies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
import threading
import time
from typing import Any

from rcl_interfaces.msg import SetParametersResult
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.parameter import Parameter
from ros2_nl_commander.language.errors import ParameterError
from ros2_nl_commander.ros.parameters import Change, ParameterSpec
from ros2_nl_commander.ros.spinning import between_spins

FAULTS = ('none', 'slow', 'refuse', 'die')

#: How soon one that is slow notices that it need not be any more [s].
LOOK_SEC = 0.02


def _check_fault(value: str) -> None:
    if value not in FAULTS:
        raise ParameterError(f"'{value}' is not one of {', '.join(FAULTS)}")


PARAMETERS = (
    ParameterSpec('fault', 'none', 'what goes wrong with services and goals: none; slow (they are '
                  'answered late); refuse (success=false, goals are rejected); die (a service '
                  'does not answer and is gone; an action is gone in the middle of its goal)',
                  Change.ANY_TIME, check=_check_fault),
    ParameterSpec('fault_delay_sec', 2.0, 'how late slow is, at most: it ends with the fault [s]',
                  Change.ANY_TIME, (0.0, 60.0)),
)


class Faults:
    """
    Declares the parameters ``fault`` and ``fault_delay_sec``, and makes services that obey them.

    They may change at any time (``ros2 param set /porter/simulated_robot fault slow``) and count
    from the next call or goal on. What has died stays dead until the robot is started again.

    :param node: the robot; a service that is slow takes a thread of its executor
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._is_closed = threading.Event()
        # Of their own and reentrant: the base must go on while a service is slow.
        self._group = ReentrantCallbackGroup()
        node.add_on_set_parameters_callback(_on_set)
        for spec in PARAMETERS:
            node.declare_parameter(spec.name, spec.default, spec.describe())

    @property
    def kind(self) -> str:
        """Return what goes wrong now, one of ``FAULTS``."""
        return str(self._node.get_parameter('fault').value)

    def delay(self) -> None:
        """Wait as long as the robot is slow."""
        begin = time.monotonic()
        while (self.kind == 'slow' and not self._is_closed.wait(LOOK_SEC)
               and time.monotonic() - begin < self._node.get_parameter('fault_delay_sec').value):
            pass

    def create_service(self, kind: Any, name: str, answer: Callable[[Any, Any], Any]) -> None:
        """
        Serve something with faults.

        A response without ``success``, as of Empty, cannot say that it was refused.

        :param answer: what it does where nothing goes wrong
        """
        def on_call(request: Any, response: Any) -> Any:
            self.delay()
            if self.kind == 'die':
                # rclpy has no way not to answer.
                service.send_response = lambda *_answer: None  # type: ignore[method-assign]
                between_spins(self._node, lambda: self._node.destroy_service(service))
            elif self.kind != 'refuse':
                return answer(request, response)
            elif hasattr(response, 'success'):
                response.success, response.message = False, f'{name} refuses'
            return response

        service = self._node.create_service(kind, name, on_call, callback_group=self._group)

    def close(self) -> None:
        """Be slow no more."""
        self._is_closed.set()


def _on_set(parameters: Iterable[Parameter[Any]]) -> SetParametersResult:
    specs = {spec.name: spec for spec in PARAMETERS}
    for parameter in parameters:
        try:
            if parameter.name in specs:
                specs[parameter.name].validate(parameter)
        except ParameterError as error:
            return SetParametersResult(successful=False, reason=f'{parameter.name}: {error}')
    return SetParametersResult(successful=True)
