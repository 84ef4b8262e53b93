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


"""Hyper-parameters: the notebook's recipe, overrides, what is refused, the learning rate."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.errors import ParameterError
from ros2_nl_commander.training.schedule import learning_rate
from ros2_nl_commander.training.settings import NOTEBOOK, TrainingSettings, with_overrides


def test_the_notebook_preset_is_the_notebooks_recipe():
    assert (NOTEBOOK.kind, NOTEBOOK.n_tokens, NOTEBOOK.encoder_layers) == ('mlp', 20, 2)
    assert (NOTEBOOK.activation, NOTEBOOK.learning_rate, NOTEBOOK.epochs) == ('tanh', 1e-4, 50)
    assert (NOTEBOOK.batch_size, NOTEBOOK.accumulate, NOTEBOOK.clip) == (1, 1, 1.0)
    assert (NOTEBOOK.layout, NOTEBOOK.held_out) == ('plain', 0)
    assert [learning_rate(NOTEBOOK, step, 150) for step in (0, 75, 149)] == [1e-4] * 3


@pytest.mark.parametrize('kind, layers', [('soft', 0), ('mlp', 2), ('deep', 0)])
def test_every_kind_has_its_own_encoder(kind, layers):
    assert TrainingSettings(kind=kind).encoder_layers == layers


def test_overrides_replace_what_is_given_and_nothing_else():
    changed = with_overrides(NOTEBOOK, epochs=3, seed=None, output='ignored', patience=0)
    assert changed.epochs == 3 and changed.seed == NOTEBOOK.seed
    assert with_overrides(NOTEBOOK, epochs=50) == NOTEBOOK


@pytest.mark.parametrize('values, text', [
    ({'kind': 'lora'}, 'kind must be one of soft, mlp, deep'),
    ({'activation': 'sine'}, 'activation must be one of tanh, relu, gelu'),
    ({'layout': 'poem'}, 'layout must be one of'),
    ({'schedule': 'linear'}, 'schedule must be one of cosine, constant'),
    ({'epochs': 0}, 'epochs must be above 0, got 0'),
    ({'batch_size': -1}, 'batch_size must be above 0'),
    ({'learning_rate': float('nan')}, 'learning_rate must be above 0, got nan'),
    ({'patience': -1}, 'patience must be at least 0'),
    ({'weight_decay': -0.1}, 'weight_decay must be at least 0'),
    ({'held_out': 1.0}, 'held_out must be at least 0 and below 1, got 1.0'),
    ({'warmup': -0.1}, 'warmup must be'),
    ({'kind': 'mlp', 'mlp_layers': 0}, 'mlp_layers must be at least 1'),
    ({'kind': 'deep', 'mlp_layers': -1}, 'mlp_layers must be at least 0'),
    ({'kind': 'soft', 'mlp_layers': 2}, 'a soft prompt has no MLP'),
])
def test_what_cannot_work_is_refused(values, text):
    with pytest.raises(ParameterError, match=text):
        TrainingSettings(**values)


def test_the_learning_rate_rises_then_falls_to_nearly_zero():
    settings = TrainingSettings(learning_rate=1.0, warmup=0.1, schedule='cosine')
    rates = [learning_rate(settings, step, 100) for step in range(100)]
    assert rates[0] == pytest.approx(1 / 11)
    assert rates[:11] == sorted(rates[:11]) and rates[10] == 1.0
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[55] == pytest.approx(0.5) and 0 < rates[99] < 0.001


def test_a_single_step_has_a_learning_rate():
    assert learning_rate(TrainingSettings(learning_rate=1.0), 0, 1) > 0
