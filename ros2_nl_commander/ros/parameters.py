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
The parameters of the node in one table: type, default, meaning, range, when each may change.

Owns declaring, checking and reading them; does not act on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
import math
import re
from typing import Any

from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    SetParametersResult,
)
from rclpy.exceptions import InvalidParameterTypeException, InvalidParameterValueException
from rclpy.node import Node
from rclpy.parameter import Parameter

from ros2_nl_commander.language.errors import ParameterError
from ros2_nl_commander.language.generation import DEFAULT_MODEL, GeneratorSettings

DEVICE = re.compile(r'auto|[a-z]+(:\d+)?')
DTYPES = ('auto', 'bfloat16', 'float16', 'float32')


class Change(Enum):
    """When a parameter may change."""

    ANY_TIME = 'any time'
    UNCONFIGURED = 'while the node is unconfigured'
    AT_START = 'at start only'


def _accept(_value: Any) -> None:
    """Accept every value of the right type."""


def _check_model(value: str) -> None:
    if not value.strip():
        raise ParameterError('a hub id, a folder or a .gguf file is needed')


def _check_device(value: str) -> None:
    if not DEVICE.fullmatch(value):
        raise ParameterError(f"'{value}' is no device: use auto, cpu, cuda, cuda:1, ...")


def _check_dtype(value: str) -> None:
    if value not in DTYPES:
        raise ParameterError(f"'{value}' is not one of {', '.join(DTYPES)}")


def _check_execute(value: str) -> None:
    if value != 'never':
        raise ParameterError(
            f"'{value}' is not available yet: this version writes commands and runs none; "
            "use 'never'")


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """
    One line of the table.

    :param name: name of the parameter, and of the field of NodeParameters
    :param default: value where none is given; decides the type
    :param description: what it means, with the unit
    :param change: when it may change
    :param bounds: smallest and largest value, for numbers
    :param check: raises ParameterError for a value that cannot work
    """

    name: str
    default: str | int | float | bool
    description: str
    change: Change = Change.UNCONFIGURED
    bounds: tuple[float, float] | None = None
    check: Callable[[Any], None] = _accept

    def describe(self) -> ParameterDescriptor:
        """Build the descriptor that ``ros2 param describe`` shows."""
        descriptor = ParameterDescriptor(
            description=self.description,
            additional_constraints=f'may change {self.change.value}',
            read_only=self.change is Change.AT_START,
        )
        if self.bounds is not None and isinstance(self.default, float):
            low, high = self.bounds
            descriptor.floating_point_range = [FloatingPointRange(from_value=low, to_value=high)]
        elif self.bounds is not None:
            low, high = (int(bound) for bound in self.bounds)
            descriptor.integer_range = [IntegerRange(from_value=low, to_value=high, step=1)]
        return descriptor

    def validate(self, parameter: Parameter[Any]) -> None:
        """
        Check a new value.

        :raises ParameterError: with what is wrong
        """
        if parameter.type_ is Parameter.Type.NOT_SET:
            raise ParameterError('it cannot be deleted')
        if isinstance(parameter.value, float) and not math.isfinite(parameter.value):
            raise ParameterError(f'{parameter.value} is not a finite number')
        self.check(parameter.value)


PARAMETERS = (
    ParameterSpec('model', DEFAULT_MODEL,
                  'language model: hub id, local folder or .gguf file', check=_check_model),
    ParameterSpec('prompt', '', 'folder of a trained prompt; empty: the one that ships'),
    ParameterSpec('robot', '', 'robot description: a YAML file, or package://PACKAGE/PATH; '
                  'empty: what the live graph offers'),
    ParameterSpec('annotations', '', 'what people know about the live robot: a YAML file with '
                  'places, about, choices, limits'),
    ParameterSpec('include', '', 'of the live graph also these names: patterns, spaces between'),
    ParameterSpec('exclude', '', 'of the live graph never these names; stronger than include'),
    ParameterSpec('constrain', True, 'hold answers to what the robot accepts; false to compare'),
    ParameterSpec('device', 'auto', 'where the model runs: auto, cpu, cuda, cuda:1, ...',
                  check=_check_device),
    ParameterSpec('dtype', 'auto', f'type of the weights: {", ".join(DTYPES)}',
                  check=_check_dtype),
    ParameterSpec('device_map', '', "transformers' device_map; empty: the whole model on device"),
    ParameterSpec('max_new_tokens', 128, 'longest answer of the model [tokens]', bounds=(1, 1024)),
    ParameterSpec('execute', 'never', "what is executed: 'never' (nothing) in this version",
                  check=_check_execute),
    ParameterSpec('queue_depth', 10, 'how many instructions may wait; the newest win',
                  Change.ANY_TIME, (1, 100)),
    ParameterSpec('deadline_sec', 60.0, 'an instruction not answered within this expires [s]',
                  Change.ANY_TIME, (0.01, 3600.0)),
    ParameterSpec('max_instruction_length', 500, 'longest instruction [characters]',
                  Change.ANY_TIME, (1, 10000)),
    ParameterSpec('autostart', True, 'configure and activate without being asked',
                  Change.AT_START),
    ParameterSpec('diagnostics_period_sec', 1.0, 'time between two /diagnostics [s]',
                  Change.AT_START, (0.05, 60.0)),
)


@dataclass(frozen=True, slots=True)
class NodeParameters:
    """Values of all parameters at one moment; their meaning is in PARAMETERS."""

    model: str
    prompt: str
    robot: str
    annotations: str
    include: str
    exclude: str
    constrain: bool
    device: str
    dtype: str
    device_map: str
    max_new_tokens: int
    execute: str
    queue_depth: int
    deadline_sec: float
    max_instruction_length: int
    autostart: bool
    diagnostics_period_sec: float

    def as_generator_settings(self) -> GeneratorSettings:
        """Pick what decides which generator is built."""
        return GeneratorSettings(
            model=self.model, prompt=self.prompt, device=self.device, dtype=self.dtype,
            device_map=self.device_map, max_new_tokens=self.max_new_tokens,
            constrain=self.constrain)


class ParameterGuard:
    """
    Checks every new value, and remembers start values that cannot work.

    A bad value given at start must not end the node: the default stands in, and ``check_faults``
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

    def check_faults(self) -> None:
        """
        Refuse to work with a start value that cannot.

        :raises ParameterError: naming all of them
        """
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


def read_parameters(node: Node) -> NodeParameters:
    """Read all parameters at once."""
    return NodeParameters(**{spec.name: node.get_parameter(spec.name).value
                             for spec in PARAMETERS})
