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


"""Two processes that share a step do what one does with twice the batches."""

from __future__ import annotations

import json
import os
from pathlib import Path
import socket
import subprocess
import sys

import pytest
from ros2_nl_commander.cli.train import main
from safetensors.torch import load_file
import torch

ROOT = Path(__file__).parents[2]
#: Two processes must import torch, on a machine that may be busy.
TIMEOUT_SEC = 300


def free_port():
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        return listener.getsockname()[1]


def run_two_processes(arguments):
    command = [sys.executable, '-m', 'torch.distributed.run', '--nproc-per-node', '2',
               '--master-addr', '127.0.0.1', '--master-port', str(free_port()),
               '-m', 'ros2_nl_commander.cli.train', *arguments]
    # No GPU, so that --device auto must find gloo, on the loopback interface only.
    environment = {**os.environ, 'CUDA_VISIBLE_DEVICES': '', 'GLOO_SOCKET_IFNAME': 'lo',
                   'OMP_NUM_THREADS': '1'}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True,
                          timeout=TIMEOUT_SEC)


@pytest.mark.skipif(not sys.platform.startswith('linux'), reason='names the loopback interface')
@pytest.mark.skipif(not torch.distributed.is_available(), reason='torch without distributed')
@pytest.mark.parametrize('kind', ['mlp'])
def test_two_processes_equal_one_with_twice_the_batches(
        tiny_model_folder, data_file, tmp_path, kind):
    # Seven to train on: the last batch of an epoch has one example less.
    common = ['--data', str(data_file), '--model', str(tiny_model_folder), '--dtype', 'float32',
              '--kind', kind, '--n-tokens', '3', '--epochs', '2', '--held-out', '0.1',
              '--learning-rate', '1e-2', '--batch-size', '2']
    one, two = tmp_path / 'one', tmp_path / 'two'
    assert main([*common, '--device', 'cpu', '--accumulate', '2', '--output', str(one)]) == 0
    done = run_two_processes([*common, '--device', 'auto', '--output', str(two)])
    assert done.returncode == 0, done.stderr

    card = json.loads((two / 'prompt.json').read_text())
    assert card['training']['processes'] == 2
    for name in ('training', 'held_out'):
        ours, theirs = (json.loads((folder / 'metrics.json').read_text())[name]
                        for folder in (one, two))
        assert len(ours) == {'training': 4, 'held_out': 2}[name]
        assert [loss for _, loss in theirs] == pytest.approx(
            [loss for _, loss in ours], rel=1e-4)
    torch.testing.assert_close(
        load_file(two / 'prompt.safetensors'), load_file(one / 'prompt.safetensors'),
        rtol=1e-3, atol=1e-4)
    # Only the main process writes and speaks.
    assert {path.name for path in two.iterdir()} == {path.name for path in one.iterdir()}
    assert len(list((two / 'tensorboard').iterdir())) == 1
    assert done.stdout.count('Prompt written to') == 1
