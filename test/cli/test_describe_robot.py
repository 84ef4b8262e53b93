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

"""``describe_robot`` as a person uses it: a process of its own beside a running robot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import subprocess
import sys

import pytest
from ros_domains import next_domain

pytest.importorskip('rclpy')
pytest.importorskip('test_msgs')

import rclpy  # noqa: E402,I100
from rclpy.context import Context  # noqa: E402
from ros2_nl_commander.cli.describe_robot import main  # noqa: E402
from ros2_nl_commander.language.robot import load_robot, parse_robot  # noqa: E402
from ros2_nl_commander.ros.simulated_robot import SimulatedRobot  # noqa: E402
from ros2_nl_commander.ros.spinning import BackgroundSpinner  # noqa: E402

ROOT = Path(__file__).parents[2]
ROBOT_FILE = ROOT / 'config' / 'robots' / 'demo_robot.yaml'
TIMEOUT_SEC = 60.0


@pytest.fixture(autouse=True)
def domain(monkeypatch: pytest.MonkeyPatch) -> int:
    """Give each test a graph of its own."""
    domain = next_domain()
    monkeypatch.setenv('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
    monkeypatch.setenv('ROS_DOMAIN_ID', str(domain))
    return domain


@pytest.fixture
def robot(domain: int) -> Iterator[SimulatedRobot]:
    """Start the robot of the demo."""
    context = Context()
    rclpy.init(args=[], context=context, domain_id=domain)
    robot = SimulatedRobot(context=context)
    with BackgroundSpinner(robot, context=context):
        yield robot
    robot.destroy_node()
    context.try_shutdown()


def describe(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program; busy machines get the time they need."""
    return subprocess.run(
        [sys.executable, '-m', 'ros2_nl_commander.cli.describe_robot', *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT_SEC)


def test_a_file_that_works_elsewhere(robot: SimulatedRobot, tmp_path: Path) -> None:
    """It holds what the shipped description holds, and the types that are not standard."""
    path = tmp_path / 'robot.yaml'
    done = describe('-o', str(path), '--wait', '15')
    assert done.returncode == 0, done.stderr
    assert done.stdout == f'{path}: porter with 5 topics, 6 services and 1 actions\n'
    written, shipped = load_robot(path), load_robot(ROBOT_FILE)
    assert (written.robot, written.topics, written.services, written.actions) == (
        shipped.robot, shipped.topics, shipped.services, shipped.actions)
    assert set(written.definitions) == {'test_msgs/action/Fibonacci'}
    assert '# limits:  # fill in' in path.read_text()


def test_to_standard_output(
    robot: SimulatedRobot, capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing else goes there, so that it can be redirected."""
    arguments = ['--wait', '15', '--name', 'marvin', '--exclude', '/porter/*dock', '*/say',
                 '--exclude', '*/volume', '--ros-args', '--log-level', 'warn']
    assert main(arguments) == 0
    printed = parse_robot(capsys.readouterr().out, 'printed')
    assert printed.robot == 'marvin'
    assert set(printed.topics) == {
        '/porter/cmd_vel', '/porter/goal_pose', '/porter/lift_height'}
    assert not {'/porter/dock', '/porter/undock'} & set(printed.services)


def test_an_existing_file_is_kept(robot: SimulatedRobot, tmp_path: Path) -> None:
    """Unless it is forced; somebody filled it in."""
    path = tmp_path / 'robot.yaml'
    path.write_text('mine')
    refused = describe('-o', str(path))
    assert (refused.returncode, path.read_text()) == (1, 'mine')
    assert refused.stderr == f'describe_robot: {path} exists; --force overwrites it\n'
    assert describe('-o', str(path), '--force', '--wait', '15').returncode == 0
    assert load_robot(path).robot == 'porter'


def test_an_empty_graph_is_an_error(
    tmp_path: Path, domain: int, capsys: pytest.CaptureFixture[str],
) -> None:
    """And leaves no file that would refuse every command."""
    path = tmp_path / 'robot.yaml'
    assert main(['-o', str(path), '--wait', '0.2']) == 1
    assert not path.exists()
    error = capsys.readouterr().err
    assert error.startswith(f'describe_robot: nothing to describe on ROS domain {domain}')
    assert 'ROS_DOMAIN_ID' in error and 'ROS_AUTOMATIC_DISCOVERY_RANGE' in error
    assert error.count('\n') == 1


@pytest.mark.parametrize('arguments, reason', [
    (('-o', 'no/such/folder/robot.yaml'), 'is not a folder'),
    (('--ros-args', '-r', 'no remap rule'), 'describe_robot: '),
    (('--wait', 'long'), 'is not a time in seconds'),
    (('--wait', '-1'), 'is not a time in seconds'),
    (('--exclude', 'camera/*'), 'a pattern begins with / or *'),
])
def test_errors_are_one_line(arguments: tuple[str, ...], reason: str) -> None:
    """Whatever is wrong, the last line says it."""
    done = describe(*arguments)
    assert done.returncode in (1, 2)
    assert reason in done.stderr.splitlines()[-1]
    assert 'Traceback' not in done.stderr
