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

"""``demo``: the node and a simulated robot, some sentences carried out, and a picture of it."""

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
import time

import rclpy

from ros2_nl_commander.cli.common import add_generator_arguments, models_of, run_cli
from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.model.fetch import fetch_model
from ros2_nl_commander.ros.client import CommanderClient
from ros2_nl_commander.ros.simulated_robot import SimulatedRobot
from ros2_nl_commander.ros.spinning import BackgroundSpinner
from ros2_nl_commander.ros.track import draw_track, Track

SENTENCES = (
    'take this to ward 2',
    'mute the siren',
    'drive forward 1.5 metres',
    'turn right 30 degrees',
    "it's getting dark in here",
    'raise the lift to 65 cm',
    'drive backward 80 cm',
    'announce dinner is served',
    'do three rounds of patrol',
    'go to the kitchen',
    'drive a circle to the left with a radius of 60 cm',
    'fly to the roof',
)

START_TIMEOUT_SEC = 300.0
ANSWER_TIMEOUT_SEC = 120.0
END_TIMEOUT_SEC = 15.0
DRIVING_TIMEOUT_SEC = 60.0
POLL_SEC = 0.05


def main(args: list[str] | None = None) -> int:
    """Run the command line tool; return its exit code."""
    parser = ArgumentParser(prog='demo', description=__doc__)
    parser.add_argument('sentences', nargs='*', default=SENTENCES, metavar='SENTENCE')
    parser.add_argument('--prompt', default='', help='prompt folder (default: the one shipped)')
    parser.add_argument('--picture', type=Path, default=Path('runs/demo.png'),
                        help='the way that was driven (default: %(default)s)')
    add_generator_arguments(parser)
    return run_cli(parser, _demo, args)


def _demo(options: Namespace) -> int:
    # A domain of its own: the demo must not speak to a robot that happens to be on the network.
    os.environ.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
    os.environ.setdefault('ROS_DOMAIN_ID', str(1 + os.getpid() % 100))
    for model in models_of(options):
        fetch_model(model, lambda line: print(f'==> {line}', flush=True))
    print('==> starting the node and a simulated robot; the model is loading', flush=True)
    rclpy.init(args=[])
    try:
        robot, client = SimulatedRobot(), CommanderClient()
        track = Track(lambda: robot.state.pose)
        with _commander(options), BackgroundSpinner(robot, client):
            client.wait_until_active(START_TIMEOUT_SEC)
            with track:
                unanswered = sum(not _show(client, robot, track, sentence)
                                 for sentence in options.sentences)
    finally:
        rclpy.shutdown()
    draw_track(track, options.picture)
    print(f'==> the way that was driven: {options.picture}; `make help` shows what else there is',
          flush=True)
    return 1 if unanswered else 0


@contextmanager
def _commander(options: Namespace) -> Iterator[None]:
    """Run the node in a process of its own, as a user would; end it with SIGINT."""
    parameters = {
        'annotations': str(share_file('config', 'robots', 'demo_robot.yaml')),
        'model': options.model, 'encoder': options.encoder,
        'prompt': options.prompt, 'device': options.device, 'dtype': options.dtype,
        'device_map': options.device_map, 'quantize': options.quantize,
        'deadline_sec': ANSWER_TIMEOUT_SEC,
        'execute': 'auto', 'policy': str(share_file('config', 'policy.yaml')),
        # Nobody is there to approve what the model is not sure of, and the robot is no real one.
        'confirm_below': '0.0'}
    command = [sys.executable, '-m', 'ros2_nl_commander.cli.nl_commander', '--ros-args']
    for name, value in parameters.items():
        # An empty string must arrive as a string, not as YAML's null.
        command += ['-p', f'{name}:={value}' if value else f"{name}:=''"]
    with tempfile.TemporaryDirectory() as folder:
        command += ['-p', f'audit_log:={folder}/audit.jsonl']
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


def _show(client: CommanderClient, robot: SimulatedRobot, track: Track, sentence: str) -> bool:
    """Say one sentence, print what came of it, wait until the robot stands; False if nothing."""
    answer = client.ask(sentence, ANSWER_TIMEOUT_SEC)
    track.mark(sentence)
    text = f'{answer.command}\n  ' if answer.command else ''
    print(f'\n"{sentence}"  ({answer.thinking_seconds:.1f} s)\n'
          f'  {text}{answer.stage.value}: {answer.reason}', flush=True)
    deadline = time.monotonic() + DRIVING_TIMEOUT_SEC
    while robot.state.is_moving and time.monotonic() < deadline:
        time.sleep(POLL_SEC)
    return answer.stage.value in ('succeeded', 'declined')


if __name__ == '__main__':
    raise SystemExit(main())
