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

"""Training beside PEFT: the same start, the same sentences, and losses that agree."""

from __future__ import annotations

from dataclasses import replace
import sys

import pytest
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.training.batches import encode_examples
from ros2_nl_commander.training.benchmarks import training
from ros2_nl_commander.training.benchmarks.training_steps import train_ours, train_peft

SETTINGS = {'deep': replace(training.DEEP, n_tokens=3), 'mlp': replace(training.MLP, n_tokens=3)}


@pytest.fixture
def encode(examples):
    """Return what gives three steps of two sentences, for no robot in particular."""
    def steps(sequence):
        encoded = encode_examples(examples, sequence)
        return [encoded[start:start + 2] for start in (0, 2, 0)]
    return steps


@pytest.mark.parametrize('kind', SETTINGS)
def test_without_a_context_both_go_the_same_way(kind, tiny_model_folder, encode):
    pytest.importorskip('peft')
    ours, theirs = (train(tiny_model_folder, 'cpu', 'float32', SETTINGS[kind], encode)
                    for train in (train_ours, train_peft))
    assert ours.losses[0] == pytest.approx(theirs.losses[0], rel=1e-4)
    assert ours.losses == pytest.approx(theirs.losses, rel=0.02)
    assert ours.losses[2] < ours.losses[0] and theirs.losses[2] < theirs.losses[0]
    assert ours.tokens == theirs.tokens and len(ours.seconds) == 3


def test_every_way_runs_by_itself_on_sentences_to_a_robot(
        tiny_model_folder, tmp_path, monkeypatch):
    pytest.importorskip('peft')
    monkeypatch.setattr(training, 'STEPS', 3)
    monkeypatch.setattr(training, '_apart', training.run_way)
    table = training.measure_training(
        tiny_model_folder, 'cpu', 'float32', tmp_path / 'training.png')
    assert [row[0] for row in table.rows] == [way.name for way in training.WAYS]
    assert '3 training steps of 2 sentences' in table.title
    assert all(float(cell) > 0 for row in table.rows for cell in row[1:])
    assert [row[5] for row in table.rows][::2] == ['1.00', '1.00']
    assert (tmp_path / 'training.png').stat().st_size > 1000


def test_a_way_in_a_process_of_its_own(tiny_model_folder):
    result = training._apart(training.WAYS[0], tiny_model_folder, 'cpu', 'float32')
    assert len(result.course.losses) == training.STEPS
    assert result.peak_bytes > 1e8


def test_without_peft_it_is_said(tiny_model_folder, encode, monkeypatch):
    monkeypatch.setitem(sys.modules, 'peft', None)
    with pytest.raises(ModelError, match='pip install peft'):
        train_peft(tiny_model_folder, 'cpu', 'float32', SETTINGS['deep'], encode)
