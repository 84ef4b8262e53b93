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

Owns their meaning and reading them; ``parameter_guard`` declares them and checks every change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
import math
import re
from typing import Any

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.node import Node
from rclpy.parameter import Parameter

from ros2_nl_commander.language.errors import ParameterError
from ros2_nl_commander.language.generation import (
    DEFAULT_ENCODER, DEFAULT_MODEL, GeneratorSettings, QUANTIZATIONS)
from ros2_nl_commander.language.names import excerpt
from ros2_nl_commander.ros.selection import check_pattern

DEVICE = re.compile(r'auto|[a-z]+(:\d+)?')
EXECUTE = ('never', 'confirm', 'auto')
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


def _check_patterns(value: str) -> None:
    for pattern in value.split():
        check_pattern(pattern)


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """
    One line of the table.

    :param name: name of the parameter, and of the field of NodeParameters
    :param default: value where none is given; decides the type
    :param description: what it means, with the unit
    :param change: when it may change
    :param bounds: smallest and largest value, for numbers
    :param choices: the only values, where there are few
    :param check: raises ParameterError for a value that cannot work
    """

    name: str
    default: str | int | float | bool
    description: str
    change: Change = Change.UNCONFIGURED
    bounds: tuple[float, float] | None = None
    choices: tuple[str, ...] = ()
    check: Callable[[Any], None] = _accept

    @property
    def default_text(self) -> str:
        """Write the default as YAML and the command line do."""
        text = str(self.default)
        return text.lower() if isinstance(self.default, bool) else text

    def describe(self) -> ParameterDescriptor:
        """Build the descriptor that ``ros2 param describe`` shows."""
        descriptor = ParameterDescriptor(
            description=self.description,
            additional_constraints=f'may change {self.change.value}',
            read_only=self.change is Change.AT_START,
            # rclpy would refuse 60 for 60.0: validate sees to the type.
            dynamic_typing=isinstance(self.default, float),
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
        if isinstance(self.default, float):
            self._check_number(parameter.value)
        if self.choices and parameter.value not in self.choices:
            raise ParameterError(
                f"'{parameter.value}' is not one of {', '.join(self.choices)}")
        self.check(parameter.value)

    def read(self, node: Node) -> Any:
        """Give the value that a node has, in the type of the default."""
        value = node.get_parameter(self.name).value
        return float(value) if isinstance(self.default, float) else value

    def _check_number(self, value: Any) -> None:
        """Check what may be given as a whole number, too: no range of rclpy holds that."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ParameterError(f'{excerpt(value)} is not a number')
        if not math.isfinite(value):
            raise ParameterError(f'{value} is not a finite number')
        low, high = self.bounds or (-math.inf, math.inf)
        if not low <= value <= high:
            raise ParameterError(f'{value:g} is not in the range from {low:g} to {high:g}')


PARAMETERS = (
    ParameterSpec('model', DEFAULT_MODEL,
                  'language model: hub id, local folder or .gguf file', check=_check_model),
    ParameterSpec('prompt', '', 'folder of a trained prompt; empty: the one that ships'),
    ParameterSpec('encoder', DEFAULT_ENCODER, 'sentence encoder, which has a say in which '
                  'interface is meant: hub id or local folder; empty: none'),
    ParameterSpec('robot', '', 'robot description: a YAML file, or package://PACKAGE/PATH; '
                  'empty: what the live graph offers'),
    ParameterSpec('annotations', '', 'what people know about the robot besides: a YAML file with '
                  'places, about, choices, limits'),
    ParameterSpec('include', '', 'of the live graph also these names: patterns, spaces between',
                  check=_check_patterns),
    ParameterSpec('exclude', '', 'of the live graph never these names; stronger than include',
                  check=_check_patterns),
    ParameterSpec('constrain', True, 'hold answers to what the robot accepts; false to compare'),
    ParameterSpec('device', 'auto', 'where the model runs: auto, cpu, cuda, cuda:1, ...',
                  check=_check_device),
    ParameterSpec('dtype', 'auto', f'type of the weights: {", ".join(DTYPES)}',
                  choices=DTYPES),
    ParameterSpec('device_map', '', "transformers' device_map; empty: the whole model on device"),
    ParameterSpec('quantize', 'auto', f'round the weights: {", ".join(QUANTIZATIONS)}; int8 is '
                  'made for speed on a CPU, int4 for memory, auto is int8 on a CPU that does not '
                  'compute in bfloat16', choices=QUANTIZATIONS),
    ParameterSpec('max_new_tokens', 128, 'longest answer of the model [tokens]', bounds=(1, 1024)),
    ParameterSpec('execute', 'never', 'what is carried out: never (nothing), confirm (what the '
                  'policy allows, after ~/approve), auto (the same, by itself where the policy '
                  'says auto)', choices=EXECUTE),
    ParameterSpec('policy', '', 'what may be carried out: a YAML file, or package://PACKAGE/PATH; '
                  'needed unless execute is never'),
    ParameterSpec('preempt', True, 'a new instruction ends a command that is being carried out; '
                  'false: it waits', Change.ANY_TIME),
    ParameterSpec('max_steps', 1, 'how many commands one sentence may ask for; they are carried '
                  'out in order, up to the first that fails', bounds=(1, 10)),
    ParameterSpec('stop_words', '', 'sentences that stop everything without the model, besides '
                  'the built-in ones; commas between them', Change.ANY_TIME),
    ParameterSpec('confirm_below', 0.7, 'also with auto, a command that the model finds less '
                  'likely than this waits for ~/approve; 0: none does', bounds=(0.0, 1.0)),
    ParameterSpec('approval_timeout_sec', 30.0, 'a command not approved within this expires [s]',
                  bounds=(0.1, 3600.0)),
    ParameterSpec('match_timeout_sec', 5.0, 'how long to wait for a listener or a server [s]',
                  bounds=(0.1, 60.0)),
    ParameterSpec('execution_timeout_sec', 600.0, 'a service or goal that takes longer has '
                  'failed, and the goal is canceled [s]', bounds=(0.1, 86400.0)),
    ParameterSpec('audit_log', '', 'JSON Lines of what was decided and done; empty: '
                  'nl_commander/audit.jsonl in $ROS_HOME (~/.ros)'),
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
    encoder: str
    robot: str
    annotations: str
    include: str
    exclude: str
    constrain: bool
    device: str
    dtype: str
    device_map: str
    quantize: str
    max_new_tokens: int
    execute: str
    policy: str
    preempt: bool
    max_steps: int
    stop_words: str
    confirm_below: float
    approval_timeout_sec: float
    match_timeout_sec: float
    execution_timeout_sec: float
    audit_log: str
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
            constrain=self.constrain, quantize=self.quantize, encoder=self.encoder)


def read_parameters(node: Node) -> NodeParameters:
    """Read all parameters at once."""
    return NodeParameters(**{spec.name: spec.read(node) for spec in PARAMETERS})
