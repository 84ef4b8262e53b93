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


"""The entry point as a process: it starts, says what is missing, and ends cleanly on a signal."""

from __future__ import annotations

from collections.abc import Iterator
import os
from pathlib import Path
import signal
import subprocess
import sys
import time

import pytest
from ros_domains import next_domain

pytest.importorskip('rclpy')

from ros2_nl_commander.ros.parameters import PARAMETERS  # noqa: E402,I100

TIMEOUT_SEC = 60.0

#: The real entry point with a generator that takes its time to load, and tells when it is at it.
SLOW = """
import sys, time
from ros2_nl_commander.cli import nl_commander
def load(settings):
    print('loading', flush=True)
    time.sleep(600)
nl_commander.load_generator = load
sys.exit(nl_commander.main())
"""

ROBOT_FILE = Path(__file__).parents[2] / 'config' / 'robots' / 'demo_robot.yaml'


def start(
    *arguments: str, program: tuple[str, ...], **variables: str,
) -> subprocess.Popen[str]:
    """Start the node in a process, its output in one pipe."""
    environment = {**os.environ, 'ROS_DOMAIN_ID': str(next_domain()), **variables}
    return subprocess.Popen(
        [sys.executable, *program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, env=environment)


def lines_until(process: subprocess.Popen[str], part: str) -> Iterator[str]:
    """Give the lines of the output up to the one with this part."""
    assert process.stdout is not None
    for line in process.stdout:
        yield line
        if part in line:
            return
    raise AssertionError(f'{part!r} was not in the output')


@pytest.fixture
def process_list() -> Iterator[list[subprocess.Popen[str]]]:
    """End what a failed test leaves behind."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_unconfigured_node_stays_up_until_a_signal(
    process_list: list[subprocess.Popen[str]], number: signal.Signals,
) -> None:
    """With a robot file that is not there it says so in one line, and ends with 0."""
    process = start('--ros-args', '-p', 'robot:=/no/such/robot.yaml',
                    program=('-m', 'ros2_nl_commander.cli.nl_commander'))
    process_list.append(process)
    output = ''.join(lines_until(process, 'cannot configure'))
    assert '/no/such/robot.yaml' in output
    process.send_signal(number)
    time.sleep(0.1)
    process.send_signal(number)  # the terminal and ros2 launch send one each
    rest, _ = process.communicate(timeout=TIMEOUT_SEC)
    assert process.returncode == 0
    assert 'Traceback' not in output + rest


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_signal_while_the_model_loads(
    process_list: list[subprocess.Popen[str]], number: signal.Signals,
) -> None:
    """Nobody has to wait for a model to be rid of the node."""
    process = start('--ros-args', '-p', f'robot:={ROBOT_FILE}', program=('-c', SLOW))
    process_list.append(process)
    list(lines_until(process, 'loading'))
    before = time.monotonic()
    process.send_signal(number)
    rest, _ = process.communicate(timeout=TIMEOUT_SEC)
    assert time.monotonic() - before < 20.0
    assert (process.returncode, 'Traceback' in rest) == (0, False), rest


def test_bad_ros_arguments_are_one_line() -> None:
    """A mistyped command line ends with its reason and a code."""
    process = start(
        '--ros-args', '-r', 'no remap rule', program=('-m', 'ros2_nl_commander.cli.nl_commander'))
    output, _ = process.communicate(timeout=TIMEOUT_SEC)
    assert process.returncode == 2
    # rcl writes a line of its own first.
    assert output.splitlines()[-1].startswith('nl_commander: ')
    assert 'Traceback' not in output


def test_help_names_every_parameter_and_starts_nothing() -> None:
    process = start('--help', program=('-c', SLOW))
    output, _ = process.communicate(timeout=TIMEOUT_SEC)
    assert process.returncode == 0
    assert '--ros-args -p NAME:=VALUE' in output and 'loading' not in output
    for spec in PARAMETERS:
        assert f'\n  {spec.name}' in output and spec.description[:40] in output
    assert '  deadline_sec: 60.0\n' in output and '  autostart: true\n' in output


@pytest.mark.parametrize('arguments', [
    ('robot:=/r.yaml',), ('--robot', '/r.yaml'), ('robot:=/r.yaml', '--ros-args', '-p', 'a:=b')])
def test_what_is_no_ros_argument_is_refused_in_one_line(arguments: tuple[str, ...]) -> None:
    process = start(*arguments, program=('-c', SLOW))
    output, _ = process.communicate(timeout=TIMEOUT_SEC)
    assert (process.returncode, output.count('\n')) == (2, 1)
    assert output.startswith(f'nl_commander: {arguments[0]!r} is not understood')
    assert '--ros-args -p NAME:=VALUE' in output


def test_a_node_without_keys_is_one_line(tmp_path: Path) -> None:
    """Where DDS security is enforced, a folder without keys ends the node with a reason."""
    (tmp_path / 'enclaves' / 'nl_commander').mkdir(parents=True)
    process = start(
        '--ros-args', '--enclave', '/nl_commander',
        program=('-m', 'ros2_nl_commander.cli.nl_commander'), ROS_SECURITY_ENABLE='true',
        ROS_SECURITY_STRATEGY='Enforce', ROS_SECURITY_KEYSTORE=str(tmp_path))
    output, _ = process.communicate(timeout=TIMEOUT_SEC)
    assert process.returncode == 2
    assert output.splitlines()[-1].startswith('nl_commander: ')
    assert 'Traceback' not in output
