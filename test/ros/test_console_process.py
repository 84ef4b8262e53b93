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

"""The console as a program: with the node in its own process, as a script, at a terminal."""

from __future__ import annotations

import os
from pathlib import Path
import pty
import signal
import subprocess
import sys

import pytest

pytest.importorskip('rclpy')

from ros_bench import with_default_signals  # noqa: E402
from ros_domains import next_domain  # noqa: E402

ROOT = Path(__file__).parents[2]
ROBOT_FILE = ROOT / 'config/robots/demo_robot.yaml'
TIMEOUT_SEC = 60.0

#: The real program with a generator that needs no weights; "wait" takes it for ever.
PROGRAM = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from ros_bench import FakeGenerator
from ros2_nl_commander.cli import console
class Generator(FakeGenerator):
    def generate(self, instruction, should_stop, on_text=None):
        if instruction == 'wait':
            print('waiting', file=sys.stderr, flush=True)
            self.may_answer.clear()
        elif instruction == 'fly':
            self.answer = None
        return super().generate(instruction, should_stop, on_text)
sys.exit(console.main(generator_factory=Generator().load))
"""


@pytest.fixture
def start(tmp_path):
    """Start the console; what a failed test leaves behind is ended."""
    started = []

    def start(*arguments, **pipes):
        environment = {**os.environ, 'ROS_DOMAIN_ID': str(next_domain()),
                       'XDG_STATE_HOME': str(tmp_path), 'ROS_LOG_DIR': str(tmp_path)}
        started.append(subprocess.Popen(
            [sys.executable, '-c', PROGRAM, str(Path(__file__).parent), '--alone', '--robot',
             str(ROBOT_FILE), *arguments], env=environment, preexec_fn=with_default_signals,
            **pipes))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def run(start, sentences, *arguments):
    process = start(*arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, text=True)
    output, errors = process.communicate(sentences, timeout=TIMEOUT_SEC)
    return process.returncode, output, errors


def test_a_script_alone(start):
    code, output, errors = run(start, 'siren\nsiren again\n')
    assert (code, output.count('\n'), output.count('ros2 service call /porter/siren')) == (0, 2, 2)
    assert '\x1b' not in output + errors


def test_names_follow_the_ros_arguments(start):
    code, output, _ = run(start, 'siren\n', '--ros-args', '-r', '__ns:=/robot1', '-r',
                          'nl_command:=orders')
    assert code == 0 and output.startswith('ros2 service call')


def test_a_script_that_fails(start):
    code, output, _ = run(start, 'fly\n')
    assert code == 1 and output.startswith('declined: cannot do that')


def test_a_node_that_cannot_work_is_one_line(start):
    code, output, errors = run(start, 'siren\n', '--ros-args', '-p', 'execute:=auto')
    assert (code, output) == (1, '')
    assert 'console: the node cannot work' in errors and 'policy is empty' in errors
    assert 'Traceback' not in errors


def test_ctrl_c_ends_a_script_after_a_stop(start):
    process = start(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                    text=True)
    process.stdin.write('siren\nwait\n')
    process.stdin.close()
    process.stdin = None
    assert 'siren' in process.stdout.readline()
    for line in process.stderr:
        if line == 'waiting\n':
            break
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=TIMEOUT_SEC)
    assert process.returncode == 130
    assert 'stopped: canceled' in errors and 'Traceback' not in errors


def read_until(terminal, *parts):
    """Read what a terminal shows until all parts were there, one behind the other."""
    shown = ''
    position = 0
    for part in parts:
        while (found := shown.find(part, position)) < 0:
            shown += os.read(terminal, 4096).decode()
        position = found + len(part)
    return shown


@pytest.mark.parametrize('colours', [True, False])
def test_at_a_terminal(start, monkeypatch, colours):
    monkeypatch.setenv('TERM', 'xterm-256color')
    monkeypatch.setenv('PROMPT_TOOLKIT_NO_CPR', '1')  # nobody here says where the cursor is
    monkeypatch.delenv('NO_COLOR', raising=False)
    if not colours:
        monkeypatch.setenv('NO_COLOR', '1')
    terminal, inner = pty.openpty()
    process = start(stdin=inner, stdout=inner, stderr=inner)
    os.close(inner)
    shown = read_until(terminal, 'Ctrl-C leaves', '>')
    os.write(terminal, b'siren\r')
    shown += read_until(terminal, 'generated after', '>')
    os.write(terminal, b'\x03')
    shown += read_until(terminal, 'left the console')
    assert process.wait(TIMEOUT_SEC) == 0
    assert 'call the service /porter/siren with data: true' in shown
    # Colour or bold is a number before the m; what moves the cursor may stay.
    assert ('\x1b[1m' in shown or ';1m' in shown or '\x1b[0;' in shown) == colours


def test_plain_lines_at_a_terminal_have_no_escapes(start, monkeypatch):
    monkeypatch.setenv('TERM', 'dumb')
    terminal, inner = pty.openpty()
    process = start('--plain', stdin=inner, stdout=inner, stderr=inner)
    os.close(inner)
    shown = read_until(terminal, 'loading', '> ')
    os.write(terminal, b'siren\n')
    shown += read_until(terminal, 'generated after', '> ')
    os.write(terminal, b'\x04')
    shown += read_until(terminal, 'left the console')
    assert process.wait(TIMEOUT_SEC) == 0
    assert '\x1b' not in shown
