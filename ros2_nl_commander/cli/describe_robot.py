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

"""``describe_robot``: what the running robot offers, as a robot description file."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
import math
from pathlib import Path
import sys

import rclpy
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions
from ros2_nl_commander.cli.common import run_cli
from ros2_nl_commander.language.errors import NodeError, ParameterError, RobotDescriptionError
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.robot_writer import write_robot
from ros2_nl_commander.ros.definitions import with_definitions
from ros2_nl_commander.ros.introspection import describe_graph, wait_for_graph
from ros2_nl_commander.ros.readiness import same_graph_hint
from ros2_nl_commander.ros.selection import check_pattern, Selection

EPILOG = """
examples:
  describe_robot -o my_robot.yaml
  describe_robot --exclude '/camera/*' '*/debug' --name porter

Parameters, lifecycle, diagnostics, frames and the like are left out. --ros-args ... is passed on.
"""


def main(args: list[str] | None = None) -> int:
    """Run the command line tool; return its exit code."""
    given = sys.argv[1:] if args is None else args
    ros_at = given.index('--ros-args') if '--ros-args' in given else len(given)
    return run_cli(_parser(), lambda options: _describe(options, given[ros_at:]), given[:ros_at])


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog='describe_robot', description=__doc__, epilog=EPILOG)
    parser.add_argument('-o', '--output', type=Path, metavar='FILE',
                        help='file to write (default: standard output)')
    parser.add_argument('--force', action='store_true', help='overwrite the file')
    parser.add_argument('--name', default='',
                        help='of the robot (default: the namespace that all interfaces share)')
    parser.add_argument('--include', nargs='+', action='extend', default=[], metavar='PATTERN',
                        type=_pattern, help='names to take although they look like infrastructure')
    parser.add_argument('--exclude', nargs='+', action='extend', default=[], metavar='PATTERN',
                        type=_pattern, help='names to leave out; stronger than --include')
    parser.add_argument('--wait', type=_seconds, default=3.0, metavar='SECONDS',
                        help='longest time to discover; ends early once nothing has changed for '
                        'one second (default: %(default)s)')
    return parser


def _pattern(text: str) -> str:
    """Read a pattern of names for argparse."""
    try:
        check_pattern(text)
    except ParameterError as error:
        raise ArgumentTypeError(str(error)) from error
    return text


def _seconds(text: str) -> float:
    """Read a time for argparse."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0.0 < seconds < math.inf:
        raise ArgumentTypeError(f'{text!r} is not a time in seconds')
    return seconds


def _describe(options: Namespace, ros: list[str]) -> int:
    output: Path | None = options.output
    if output is not None:
        _check_output(output, options.force)
    robot = with_definitions(_read(options, ros), _warn)
    text = write_robot(robot)
    if output is None:
        print(text, end='')
        return 0
    _write(output, text, options.force)
    print(f'{output}: {robot.robot} with {len(robot.topics)} topics, {len(robot.services)} '
          f'services and {len(robot.actions)} actions')
    return 0


def _read(options: Namespace, ros: list[str]) -> RobotDescription:
    """Join the graph, look, and leave."""
    selection = Selection(tuple(options.include), tuple(options.exclude))
    try:
        node = _join(ros)
        wait_for_graph(node, selection, options.wait)
        robot = describe_graph(node, selection, robot=options.name.strip(), warn=_warn)
        domain = node.context.get_domain_id()
        hint = same_graph_hint(node, 'the robot')
    finally:
        if rclpy.ok():
            rclpy.shutdown()
    if not (robot.topics or robot.services or robot.actions):
        raise NodeError(
            f'nothing to describe on ROS domain {domain} after {options.wait:g} s: {hint} '
            '--wait gives it more time')
    return robot


def _join(ros: list[str]) -> Node:
    """Start a node that offers nothing itself."""
    try:
        # rclpy's own handlers would end the context under a graph query.
        rclpy.init(args=ros, signal_handler_options=SignalHandlerOptions.NO)
        return Node('describe_robot', start_parameter_services=False, enable_rosout=False)
    except RuntimeError as error:
        raise NodeError(' '.join(str(error).split())) from error


def _check_output(path: Path, force: bool) -> None:
    """Refuse before the wait what would be refused after it."""
    if path.exists() and not force:
        raise RobotDescriptionError(f'{path} exists; --force overwrites it')
    if not path.parent.is_dir():
        raise RobotDescriptionError(f'{path.parent} is not a folder')


def _write(path: Path, text: str, force: bool) -> None:
    try:
        with path.open('w' if force else 'x', encoding='utf-8') as file:
            file.write(text)
    except OSError as error:
        raise RobotDescriptionError(f'{path}: {error.strerror}') from error


def _warn(line: str) -> None:
    print(f'describe_robot: {line}', file=sys.stderr)


if __name__ == '__main__':
    raise SystemExit(main())
