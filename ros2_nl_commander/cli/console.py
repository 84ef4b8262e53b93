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

"""``console``: type sentences to a running ``nl_commander`` node and see what it makes of them."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
import sys

import rclpy

from ros2_nl_commander.cli.common import run_cli
from ros2_nl_commander.ros.client import CommanderClient
from ros2_nl_commander.ros.spinning import BackgroundSpinner


def main(args: list[str] | None = None) -> int:
    """Run the command line tool; return its exit code."""
    parser = ArgumentParser(prog='console', description=__doc__,
                            epilog='--ros-args ... (namespace, remaps) is passed on to ROS')
    parser.add_argument('--timeout', type=float, default=60.0, metavar='SECONDS',
                        help='how long to wait for an answer (default: %(default)s)')
    given = sys.argv[1:] if args is None else args
    ros_at = given.index('--ros-args') if '--ros-args' in given else len(given)
    return run_cli(parser, lambda options: _talk(options, given[ros_at:]), given[:ros_at])


def _talk(options: Namespace, ros: list[str]) -> int:
    rclpy.init(args=ros)
    try:
        client = CommanderClient()
        with BackgroundSpinner(client):
            client.wait_until_active(options.timeout)
            for sentence in _sentences():
                answer = client.ask(sentence, options.timeout)
                outcome = answer.command or f'{answer.stage.value}: {answer.reason}'
                print(f'{outcome}  ({answer.seconds:.1f} s)', flush=True)
    finally:
        rclpy.shutdown()
    return 0


def _sentences() -> Iterator[str]:
    while True:
        try:
            sentence = input('> ').strip()
        except EOFError:
            print()
            return
        if sentence:
            yield sentence


if __name__ == '__main__':
    raise SystemExit(main())
