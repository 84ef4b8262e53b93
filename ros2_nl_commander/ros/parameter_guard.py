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

"""Declares the parameters of the node, and lets no value in that cannot work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from rcl_interfaces.msg import SetParametersResult
from rclpy.exceptions import InvalidParameterTypeException, InvalidParameterValueException
from rclpy.node import Node
from rclpy.parameter import Parameter
from ros2_nl_commander.language.errors import ParameterError
from ros2_nl_commander.language.suggestions import listed_with_closest
from ros2_nl_commander.ros.parameters import Change, PARAMETERS


class ParameterGuard:
    """
    Checks every new value, and remembers start values that cannot work.

    A bad value given at start must not end the node: the default stands in, and ``check``
    keeps the node from being configured until the parameter is set to something that works.

    :param is_unconfigured: tells whether model and robot may still be chosen
    """

    def __init__(self, is_unconfigured: Callable[[], bool]) -> None:
        self._is_unconfigured = is_unconfigured
        self._faults: dict[str, str] = {}

    def declare(self, node: Node) -> None:
        """Declare the whole table on a node, and check every change from then on."""
        node.add_on_set_parameters_callback(self._on_set)
        for spec in PARAMETERS:
            try:
                node.declare_parameter(spec.name, spec.default, spec.describe())
            except (InvalidParameterTypeException, InvalidParameterValueException) as error:
                node.declare_parameter(
                    spec.name, spec.default, spec.describe(), ignore_override=True)
                # rclpy wraps the reason: "Invalid parameter value ... Reason: REASON: NAME".
                text = str(error).removesuffix(f': {spec.name}')
                self._faults[spec.name] = text.rpartition(' Reason: ')[2]

    def check(self, node: Node) -> None:
        """
        Refuse to work with a start value that cannot; warn of start values that nothing reads.

        :raises ParameterError: naming all that cannot
        """
        unknown = _unknown_overrides(node)
        if unknown:
            names = listed_with_closest(unknown, [spec.name for spec in PARAMETERS])
            node.get_logger().warning(f'there is no parameter {names}: what was given is ignored')
        if self._faults:
            raise ParameterError('; '.join(self._faults.values()))

    def _on_set(self, parameters: Iterable[Parameter[Any]]) -> SetParametersResult:
        specs = {spec.name: spec for spec in PARAMETERS}
        ours = [parameter for parameter in parameters if parameter.name in specs]
        for parameter in ours:
            spec = specs[parameter.name]
            try:
                if spec.change is Change.UNCONFIGURED and not self._is_unconfigured():
                    raise ParameterError(
                        'it may change only while the node is unconfigured: deactivate it, '
                        'clean it up, set this, and configure it again')
                spec.validate(parameter)
            except ParameterError as error:
                return SetParametersResult(successful=False, reason=f'{spec.name}: {error}')
        for parameter in ours:
            self._faults.pop(parameter.name, None)
        return SetParametersResult(successful=True)


def _unknown_overrides(node: Node) -> list[str]:
    """
    Name the start values of parameters that were never declared.

    rclpy has no public way to see them but to declare them all, which would let each be set.
    Those of QoS may be read later, when a publisher is made.
    """
    given: Iterable[str] = getattr(node, '_parameter_overrides', ())
    return [name for name in given
            if not node.has_parameter(name) and not name.startswith('qos_overrides.')]
