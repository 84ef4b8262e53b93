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


"""A small data set, and what trains a random model on it in a moment."""

from __future__ import annotations

import json
import signal

import pytest

torch = pytest.importorskip('torch')
accelerate = pytest.importorskip('accelerate')

RECORDS = [
    ('go', 'ros2 topic pub --once /go std_msgs/msg/Bool "{data: true}"'),
    ('halt', 'ros2 topic pub --once /go std_msgs/msg/Bool "{data: false}"'),
    ('say hi', 'ros2 topic pub --once /say std_msgs/msg/String "{data: hi}"'),
    ('lamp', 'ros2 service call /lamp std_srvs/srv/Trigger "{}"'),
    ('tell me a joke', None),
    ('speed 2', 'ros2 topic pub --once /v std_msgs/msg/Float64 "{data: 2.0}"'),
    ('speed 3', 'ros2 topic pub --once /v std_msgs/msg/Float64 "{data: 3.0}"'),
    ('what is love', None),
]


def write_lines(path, records=RECORDS):
    """Write pairs of instruction and command as JSON Lines."""
    path.write_text(''.join(json.dumps({'instruction': instruction, 'command': command}) + '\n'
                            for instruction, command in records))
    return path


@pytest.fixture
def default_ctrl_c():
    """Make Ctrl-C raise KeyboardInterrupt; what runs in the background may ignore it."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, previous)


@pytest.fixture
def data_file(tmp_path):
    """Return a file of eight examples for no robot in particular."""
    return write_lines(tmp_path / 'data.jsonl')


@pytest.fixture
def examples(data_file):
    """Return the eight examples."""
    from ros2_nl_commander.training.examples import load_examples

    return load_examples(data_file)


@pytest.fixture(scope='session')
def accelerator():
    """Return an accelerator of one process on the CPU."""
    return accelerate.Accelerator(cpu=True)


@pytest.fixture
def shipped(tmp_path):
    """Return a folder with a prompt of the random model, to be the one that ships."""
    from ros2_nl_commander.model.checkpoint import PromptCard, save_prompt, TrainedPrompt
    from ros2_nl_commander.model.prompts import FoldedPrompt

    drawn = torch.randn(2, 2, 2, 3, 8, generator=torch.Generator().manual_seed(0))
    save_prompt(tmp_path, TrainedPrompt(
        FoldedPrompt(key_values=drawn), PromptCard('deep', 'chat')))
    return tmp_path
