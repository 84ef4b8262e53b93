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

"""``demo``: the node and a simulated robot, some sentences, and what became of each."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import signal
import subprocess
import sys
import tempfile

import rclpy

from ros2_nl_commander.cli.common import add_model_arguments, run_cli
from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.model.fetch import fetch_model
from ros2_nl_commander.ros.client import Answer, CommanderClient
from ros2_nl_commander.ros.simulated_robot import SimulatedRobot
from ros2_nl_commander.ros.spinning import BackgroundSpinner

SENTENCES = (
    'take this to ward 3',
    'mute the siren',
    'drive forward 1.5 metres',
    'turn right 30 degrees',
    "it's getting dark in here",
    'raise the lift to 65 cm',
    'announce dinner is served',
    'do three rounds of patrol',
    'fly to the roof',
)

START_TIMEOUT_SEC = 300.0
ANSWER_TIMEOUT_SEC = 120.0
END_TIMEOUT_SEC = 15.0


def main(args: list[str] | None = None) -> int:
    """Run the command line tool; return its exit code."""
    parser = ArgumentParser(prog='demo', description=__doc__)
    parser.add_argument('sentences', nargs='*', default=SENTENCES, metavar='SENTENCE')
    parser.add_argument('--prompt', default='', help='prompt folder (default: the one shipped)')
    add_model_arguments(parser)
    return run_cli(parser, _demo, args)


def _demo(options: Namespace) -> int:
    # A domain of its own: the demo must not speak to a robot that happens to be on the network.
    os.environ.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
    os.environ.setdefault('ROS_DOMAIN_ID', str(1 + os.getpid() % 100))
    fetch_model(options.model, lambda line: print(f'==> {line}', flush=True))
    print('==> starting the node and a simulated robot; the model is loading', flush=True)
    rclpy.init(args=[])
    try:
        robot, client = SimulatedRobot(), CommanderClient()
        with _commander(options), BackgroundSpinner(robot, client):
            client.wait_until_active(START_TIMEOUT_SEC)
            unanswered = sum(not _show(client, sentence) for sentence in options.sentences)
    finally:
        rclpy.shutdown()
    print('==> done: `make help` shows what else there is', flush=True)
    return 1 if unanswered else 0


@contextmanager
def _commander(options: Namespace) -> Iterator[None]:
    """Run the node in a process of its own, as a user would; end it with SIGINT."""
    parameters = {
        'annotations': str(share_file('config', 'robots', 'demo_robot.yaml')),
        'model': options.model,
        'prompt': options.prompt, 'device': options.device, 'dtype': options.dtype,
        'device_map': options.device_map, 'deadline_sec': ANSWER_TIMEOUT_SEC}
    command = [sys.executable, '-m', 'ros2_nl_commander.cli.nl_commander', '--ros-args']
    for name, value in parameters.items():
        # An empty string must arrive as a string, not as YAML's null.
        command += ['-p', f'{name}:={value}' if value else f"{name}:=''"]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / 'nl_commander.log'
        with log.open('w') as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield
        except NodeError as error:
            raise NodeError(f'{error}; the last it said:\n{_tail(log)}') from error
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(END_TIMEOUT_SEC)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _tail(log: Path) -> str:
    return '\n'.join(log.read_text(errors='replace').splitlines()[-5:])


def _show(client: CommanderClient, sentence: str) -> bool:
    """Ask one sentence and print what came of it; tell whether it was answered."""
    answer = client.ask(sentence, ANSWER_TIMEOUT_SEC)
    print(f'\n"{sentence}"  ({answer.seconds:.1f} s)\n  {_outcome(client, answer)}', flush=True)
    return answer.stage.value in ('generated', 'declined')


def _outcome(client: CommanderClient, answer: Answer) -> str:
    if not answer.command:
        return f'{answer.stage.value}: {answer.reason}'
    command = parse_command(answer.command)
    is_there = client.offers(command.name, command.type_name)
    return f"{answer.command}\n  {'(the robot is listening)' if is_there else '(NOBODY LISTENS)'}"


if __name__ == '__main__':
    raise SystemExit(main())
