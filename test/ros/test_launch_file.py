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


"""The launch file and the parameter file: they fit the node and leave each other in charge."""

from __future__ import annotations

import importlib.util
from pathlib import Path
import sys
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import pytest
import yaml

pytest.importorskip('rclpy')

from ros2_nl_commander.ros.parameters import PARAMETERS  # noqa: E402,I100

ROOT = Path(__file__).parents[2]
PARAMETER_FILE = ROOT / 'config' / 'nl_commander.yaml'
LAUNCH_FILE = ROOT / 'launch' / 'nl_commander.launch.py'
ARGUMENTS = {'namespace', 'params_file', 'log_level', *(spec.name for spec in PARAMETERS)}


def read_parameter_file() -> dict[str, Any]:
    """Read the parameters of the file that ships."""
    text = PARAMETER_FILE.read_text(encoding='utf-8')
    return dict(yaml.safe_load(text)['/**']['ros__parameters'])


def load() -> ModuleType:
    """Load the launch file as ``ros2 launch`` does."""
    spec = importlib.util.spec_from_file_location('nl_commander_launch', LAUNCH_FILE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """Stand in for the packages of ROS that launch, so that the file loads also without them."""
    stand_in = MagicMock()
    for name in ('launch', 'launch_ros'):
        for part in ('', '.actions', '.substitutions', '.parameter_descriptions'):
            monkeypatch.setitem(sys.modules, name + part, stand_in)
    return stand_in


@pytest.fixture
def launch_module() -> ModuleType:
    """Give the launch file, loaded with what is installed."""
    # Submodules: a folder `launch` without the package is importable, too.
    reason = 'launch_ros is not installed here; it comes with ROS 2'
    pytest.importorskip('launch.actions', reason=reason)
    pytest.importorskip('launch_ros.actions', reason=reason)
    return load()


def test_parameter_file_has_every_parameter_with_its_default() -> None:
    """The file documents the node: same names, same values."""
    defaults = {spec.name: spec.default for spec in PARAMETERS}
    values = read_parameter_file()
    assert values == defaults
    assert {name: type(value) for name, value in values.items()} == {
        name: type(default) for name, default in defaults.items()}


def test_launch_arguments(launch_module: ModuleType) -> None:
    """Every argument is declared and described."""
    arguments = launch_module.generate_launch_description().get_launch_arguments()
    assert {argument.name for argument in arguments} == ARGUMENTS
    assert all(argument.description for argument in arguments)


def test_every_parameter_is_an_argument(stand_in: MagicMock) -> None:
    """Each with its meaning and default, and empty unless somebody says something."""
    load().generate_launch_description()
    declared = {call.args[0]: call.kwargs
                for call in stand_in.DeclareLaunchArgument.call_args_list}
    assert set(declared) == ARGUMENTS
    for spec in PARAMETERS:
        argument = declared[spec.name]
        assert argument['default_value'] == ''
        assert argument['description'].startswith(spec.description)
        assert spec.default_text in argument['description']
    assert declared['execute']['choices'] == ['', 'never', 'confirm', 'auto']
    assert declared['preempt']['choices'] == ['', 'true', 'false']
    assert declared['robot']['choices'] is None


def test_what_is_given_has_the_type_of_the_parameter(stand_in: MagicMock) -> None:
    """The node gets what was given and no more, behind the file."""
    module = load()
    given = {'deadline_sec': '5', 'queue_depth': '3', 'autostart': 'false', 'model': '123'}
    stand_in.LaunchConfiguration.side_effect = lambda name: MagicMock(
        perform=lambda context: given.get(name, ''), called=name)
    module.make_node(MagicMock())
    _, values = stand_in.Node.call_args.kwargs['parameters']
    assert set(values) == set(given)
    assert {call.args[0].called: call.kwargs['value_type']
            for call in stand_in.ParameterValue.call_args_list} == {
        'deadline_sec': float, 'queue_depth': int, 'autostart': bool, 'model': str}


def test_empty_arguments_leave_the_parameter_file_in_charge(launch_module: ModuleType) -> None:
    """Only what is given overrides the file, with the type that the node declares."""
    from launch import LaunchContext

    context = LaunchContext()
    context.launch_configurations.update({
        **dict.fromkeys(ARGUMENTS, ''), 'namespace': 'lab', 'params_file': str(PARAMETER_FILE),
        'model': '123', 'autostart': 'false', 'deadline_sec': '5', 'log_level': 'info'})
    node, = launch_module.make_node(context)
    node._perform_substitutions(context)
    assert node.node_name == '/lab/nl_commander'
    files = [path for path, is_file in node._Node__expanded_parameter_arguments if is_file]
    assert files[0] == str(PARAMETER_FILE)
    given = yaml.safe_load(Path(files[1]).read_text(encoding='utf-8'))
    assert list(given.values()) == [{'ros__parameters': {
        'model': '123', 'deadline_sec': 5.0, 'autostart': False}}]
