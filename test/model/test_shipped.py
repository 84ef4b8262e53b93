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

"""Every model that the package index has gets the prompt that was trained for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ros2_nl_commander.language.errors import CheckpointError
from ros2_nl_commander.model.shape import ModelShape
from ros2_nl_commander.model.shipped import load_shipped

#: From the models' own config.json.
OF_1_5B = ModelShape(
    hidden_size=1536, layers=28, key_value_heads=2, head_dim=128, vocabulary=151936)
OF_0_5B = ModelShape(
    hidden_size=896, layers=24, key_value_heads=2, head_dim=64, vocabulary=151936)


@pytest.mark.parametrize('shape, model', [
    (OF_1_5B, 'Qwen/Qwen2.5-Coder-1.5B-Instruct'), (OF_0_5B, 'Qwen/Qwen2.5-Coder-0.5B-Instruct')])
def test_each_model_has_its_own(shape, model):
    assert load_shipped(shape).card.base_model['id'] == model


def test_another_size_has_none():
    with pytest.raises(CheckpointError, match='only for Qwen/.*-1.5B-.* and Qwen/.*-0.5B-'):
        load_shipped(replace(OF_1_5B, layers=36))
