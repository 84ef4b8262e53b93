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


"""The command line of ``generate``: sentences in, JSON Lines out, and no ROS."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
import subprocess
import sys

import pytest
from ros2_nl_commander.cli.generate import main
from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.generation import Generation
from ros2_nl_commander.language.instruction import check_instruction

ROOT = Path(__file__).parents[2]
ROBOT = str(ROOT / 'config' / 'robots' / 'demo_robot.yaml')
SAY = 'ros2 topic pub --once /say std_msgs/msg/String "{data: \'grüße\'}"'
KEYS = ['instruction', 'command', 'reason', 'probability', 'seconds']
#: Runs ``generate`` where ROS is not installed.
WITHOUT_ROS = """
import sys


class NoRos:
    def find_spec(self, name, path=None, target=None):
        top = name.partition('.')[0]
        if top in ('rclpy', 'rosidl_runtime_py', 'ament_index_python') or top.endswith(
                ('_msgs', '_interfaces')) or top.startswith(('rosidl', 'rpyutils')):
            raise ModuleNotFoundError(f'No module named {name!r}', name=name)


sys.meta_path.insert(0, NoRos())
from ros2_nl_commander.cli.generate import main
code = main(sys.argv[1:])
assert not [name for name in sys.modules if name.startswith(('rclpy', 'rosidl', 'std_msgs'))]
sys.exit(code)
"""


class FakeGenerator:
    """Says ``grüße`` to a greeting and declines the rest."""

    def __init__(self):
        self.robot = None

    def use_robot(self, robot):
        self.robot = robot

    def generate(self, instruction, should_stop):
        sentence = check_instruction(instruction)
        if sentence == 'greet':
            return Generation(instruction, parse_command(SAY), None, 0.12345, probability=0.98765)
        return Generation(instruction, None, 'never heard of it', 0.5)


@pytest.fixture
def fake(monkeypatch):
    module = pytest.importorskip('ros2_nl_commander.model.generator')
    generator = FakeGenerator()
    monkeypatch.setattr(module, 'load_generator', lambda settings: generator)
    return generator


def records(text):
    return [json.loads(line) for line in text.splitlines()]


def test_sentences_of_the_command_line_are_answered_in_order(fake, capsys):
    assert main(['greet', 'dance', 'greet']) == 0
    out = capsys.readouterr().out
    assert 'grüße' in out  # text, not escapes
    first, second, third = records(out)
    assert list(first) == KEYS and first == third == {
        'instruction': 'greet', 'command': SAY, 'reason': None, 'probability': 0.988,
        'seconds': 0.123}
    assert second == {'instruction': 'dance', 'command': None, 'reason': 'never heard of it',
                      'probability': 1.0, 'seconds': 0.5}
    assert fake.robot is None


def test_the_robot_is_read(fake):
    assert main(['--robot', ROBOT, 'greet']) == 0
    assert fake.robot.robot == 'porter'


def test_sentences_of_standard_input_are_answered_line_by_line(fake, capsys, monkeypatch):
    raw = 'greet\r\n\ngrüße\na\x07b\n'.encode() + b'\xff\xfe\n' + b'greet'
    stdin = io.TextIOWrapper(io.BytesIO(raw), encoding='ascii')  # whatever the locale says
    monkeypatch.setattr(sys, 'stdin', stdin)
    assert main([]) == 0
    answers = records(capsys.readouterr().out)
    assert [answer['instruction'] for answer in answers] == [
        'greet', '', 'grüße', 'a\x07b', '\ufffd\ufffd', 'greet']
    assert [answer['command'] for answer in answers] == [SAY, None, None, None, None, SAY]
    assert [answer['reason'] for answer in answers] == [
        None, 'the instruction is empty', 'never heard of it',
        "the instruction holds the control character '\\x07'",
        'the instruction is not valid UTF-8', None]


def test_an_argument_that_is_not_utf8_is_answered_with_a_reason(fake, capsys):
    assert main([os.fsdecode(b'gr\xfc\xdfe')]) == 0
    (answer,) = records(capsys.readouterr().out)
    assert answer['reason'] == 'the instruction is not valid UTF-8'


def test_a_reader_that_goes_away_is_no_traceback(fake, monkeypatch, tmp_path):
    class Gone(io.StringIO):

        def write(self, _text):
            raise BrokenPipeError

        def fileno(self):
            return handle.fileno()

    with open(tmp_path / 'out', 'w') as handle:
        monkeypatch.setattr(sys, 'stdout', Gone())
        assert main(['greet']) == 1


@pytest.mark.parametrize('arguments, text', [
    (['--robot', '/no/such/robot.yaml'], '/no/such/robot.yaml'),
    (['--prompt', '/no/such/prompt'], 'No prompt in /no/such/prompt'),
])
def test_what_cannot_work_is_one_clear_line(capsys, arguments, text):
    assert main([*arguments, 'go']) == 1
    out, err = capsys.readouterr()
    (line,) = err.splitlines()
    assert not out and line.startswith('generate: ') and text in line


def test_a_missing_model_is_one_clear_line(capsys, tiny_prompt):
    assert main(['--prompt', str(tiny_prompt), '--model', '/no/such/model', 'go']) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("generate: no such model: '/no/such/model'")


@pytest.fixture
def tiny_prompt(tmp_path):
    import torch

    from ros2_nl_commander.model.checkpoint import PromptCard, save_prompt, TrainedPrompt
    from ros2_nl_commander.model.prompts import FoldedPrompt

    torch.manual_seed(0)
    save_prompt(tmp_path / 'prompt', TrainedPrompt(
        FoldedPrompt(embeddings=torch.randn(3, 32)), PromptCard('soft', 'plain')))
    return tmp_path / 'prompt'


def test_a_real_model_answers_without_ros(tiny_model_folder, tiny_prompt):
    done = subprocess.run(
        [sys.executable, '-c', WITHOUT_ROS, '--model', str(tiny_model_folder), '--prompt',
         str(tiny_prompt), '--device', 'cpu', '--dtype', 'float32', '--robot', ROBOT,
         '--encoder', ''],
        cwd=ROOT, input=b'mute the siren\n\xff\n\ngo home\n', capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    answers = records(done.stdout.decode())
    assert [answer['instruction'] for answer in answers] == [
        'mute the siren', '\ufffd', '', 'go home']
    # A random model writes garbage, and garbage is never printed as a command.
    assert all(answer['command'] is None and answer['reason'] for answer in answers)
    assert [list(answer) for answer in answers] == [KEYS] * 4


def test_an_error_is_no_traceback_and_waits_for_no_model():
    done = subprocess.run(
        [sys.executable, '-X', 'importtime', '-m', 'ros2_nl_commander.cli.generate', '--robot',
         '/no/such/robot.yaml', 'go'], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if not line.startswith('import time:')]
    assert len(said) == 1 and said[0].startswith('generate: ')
    assert not any(line.endswith(' torch') for line in done.stderr.splitlines())
