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

"""What the node says of itself in its log: what it is ready for, and which names are misspelt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip('rclpy')

from rclpy.node import Node  # noqa: E402,I100
from ros2_nl_commander.language.annotations import Annotations  # noqa: E402
from ros2_nl_commander.language.policy_file import parse_policy  # noqa: E402
from ros2_nl_commander.language.robot import RobotDescription  # noqa: E402
from ros2_nl_commander.ros import live_robot  # noqa: E402
from ros2_nl_commander.ros.missing_names import warn_of_missing_names  # noqa: E402
from ros_bench import Bench, ROBOT_FILE, wait_until  # noqa: E402
from std_srvs.srv import SetBool  # noqa: E402

MISSPELT = ('about: {/porter/sirn: loud, /porter/siren: loud}\n'
            'limits: {/porter/cmdvel: {x: [0, 1]}}')
POLICY = 'rules:\n  /porter/lift_hight: {tier: deny}\n  /porter/**: {tier: auto}\n'


@pytest.fixture
def log(capfd: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Give what the node has logged so far."""
    said: list[str] = []

    def read() -> str:
        said.append(capfd.readouterr().err)
        return ''.join(said)

    return read


def lines_with(text: str, part: str) -> list[str]:
    return [line for line in text.splitlines() if part in line]


def test_names_that_no_robot_file_has_are_named_once(
    bench: Bench, log: Callable[[], str], tmp_path: Path,
) -> None:
    (tmp_path / 'known.yaml').write_text(MISSPELT)
    (tmp_path / 'policy.yaml').write_text(POLICY)
    bench.start(annotations=str(tmp_path / 'known.yaml'), execute='auto',
                policy=str(tmp_path / 'policy.yaml'), audit_log=str(tmp_path / 'audit.jsonl'))
    text = log()
    line, = lines_with(text, 'annotations speak of')
    assert '/porter/sirn (did you mean /porter/siren?), /porter/cmdvel (did you mean' in line
    line, = lines_with(text, 'policy has rules for')
    assert '/porter/lift_hight (did you mean /porter/lift_height?)' in line and '**' not in line


def test_names_that_no_live_robot_has_are_named_when_it_seems_to_be_all_there(
    bench: Bench, log: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_robot, 'SETTLED_SEC', 1.0)
    (tmp_path / 'known.yaml').write_text(MISSPELT)
    bench.start(robot='', annotations=str(tmp_path / 'known.yaml'))
    live = bench.node._robot_source._live
    wait_until(lambda: live.robot.names == frozenset() and live._on_settled)
    node = bench.add(Node('siren_node', context=bench.context))
    node.create_service(SetBool, '/porter/siren', lambda request, response: response)
    wait_until(lambda: lines_with(log(), 'annotations speak of'))
    node.create_service(SetBool, '/porter/door', lambda request, response: response)
    wait_until(lambda: '/porter/door' in bench.node._desk.robot.names)
    line, = lines_with(log(), 'annotations speak of')
    assert '/porter/sirn' in line and '/porter/cmdvel' in line and 'siren,' not in line


def test_limits_of_a_field_that_is_not_there_keep_the_node_from_working(
    bench: Bench, log: Callable[[], str], tmp_path: Path,
) -> None:
    (tmp_path / 'known.yaml').write_text('limits: {/porter/cmd_vel: {linear_x: [0, 1]}}')
    bench.start(annotations=str(tmp_path / 'known.yaml'), wait='unconfigured')
    wait_until(lambda: lines_with(log(), 'has no number linear_x'))
    line = lines_with(log(), 'has no number linear_x')[0]
    assert 'limits > /porter/cmd_vel > linear_x' in line and 'linear.x' in line


@pytest.mark.parametrize('annotations, rules, parts', [
    (Annotations(), '/r/a: {tier: auto}', []),
    (Annotations(about={'/r/a': 'a'}), '"/**": {tier: auto}', []),
    (Annotations(choices={'/r/z': {'data': (1,)}}), '/r/a: {tier: auto}', ['/r/z']),
    (Annotations(), '/r/*: {type: std_srvs/srv/*, tier: auto}', ['/r/* of type std_srvs/srv/*']),
    (Annotations(about={f'/no/{number}': 'a' for number in range(15)}), '/r/a: {tier: auto}',
     ['/no/9 and 5 more']),
    (Annotations(about={'/r/\x1b[2J': 'a'}), '/r/a: {tier: auto}', ['/r/\\x1b[2J']),
    (Annotations(limits={'/r/a': {'dta': (0, 1)}}), '/r/a: {tier: auto}', ['limits > /r/a > dta']),
])
def test_what_counts_as_missing(
    annotations: Annotations, rules: str, parts: list[str],
) -> None:
    told: list[str] = []
    robot = RobotDescription('r', topics={'/r/a': 'std_msgs/msg/Int8'})
    policy = parse_policy(f'rules: {{{rules}}}', 'p')
    warn_of_missing_names(robot, annotations, policy, told.append)
    assert len(told) == len(parts) and all(part in line for part, line in zip(parts, told))


def test_the_ready_line_says_how_much_and_how_freely(
    bench: Bench, log: Callable[[], str], tmp_path: Path,
) -> None:
    (tmp_path / 'policy.yaml').write_text('rules: {/**: {tier: auto}}')
    bench.start(execute='confirm', policy=str(tmp_path / 'policy.yaml'),
                audit_log=str(tmp_path / 'audit.jsonl'))
    assert ('ready for instructions to porter: 12 interfaces, 6 places; execute: confirm by the '
            f'policy {tmp_path / "policy.yaml"}') in log()


@pytest.mark.parametrize('text, parts', [
    ('', ['0 interfaces', 'execute: never', 'ROS_DOMAIN_ID', 'ROS_AUTOMATIC_DISCOVERY_RANGE']),
    ('robot: stone', ['to stone: 0 interfaces', 'names no topics, services or actions'])])
def test_a_robot_of_nothing_is_warned_of(
    bench: Bench, log: Callable[[], str], tmp_path: Path, text: str, parts: list[str],
) -> None:
    file = tmp_path / 'robot.yaml'
    file.write_text(text)
    bench.start(robot=str(file) if text else '')
    said = log()
    assert all(part in said for part in parts)
    assert str(bench.context.get_domain_id()) in said or text


@pytest.mark.parametrize('ros_arguments', [[
    '--ros-args', '-p', 'anotations:=x', '-p', 'use_sim_time:=false', '-p', 'zzz:=1', '-p',
    'qos_overrides./later.publisher.depth:=5', '-p', 'deadline_sec:=50.0']])
def test_parameters_that_nobody_reads_are_named_in_one_line(
    bench: Bench, log: Callable[[], str],
) -> None:
    bench.start()
    line, = lines_with(log(), 'there is no parameter')
    assert 'no parameter anotations (did you mean annotations?), zzz: what was given' in line


def test_a_robot_with_something_is_not_warned_of(bench: Bench, log: Callable[[], str]) -> None:
    bench.start(robot=str(ROBOT_FILE))
    assert '[WARN]' not in log()
