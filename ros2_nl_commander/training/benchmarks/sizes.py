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

"""How many parameters each kind of prompt trains and keeps, and how large its file is."""

from __future__ import annotations

from pathlib import Path
import tempfile

from ros2_nl_commander.model.checkpoint import PromptCard, save_prompt, TrainedPrompt, WEIGHTS_FILE
from ros2_nl_commander.model.prompts import DeepPrompt, PTuningV2Prompt, SoftPrompt
from ros2_nl_commander.model.shape import shape_from_config
from ros2_nl_commander.training.benchmarks.table import Table
from transformers import AutoConfig


TOKENS = 20


def measure_sizes(folder: Path) -> Table:
    """
    Build and save a prompt of every kind, 20 virtual tokens each.

    :param folder: the model; only its configuration is read
    """
    shape = shape_from_config(AutoConfig.from_pretrained(folder))
    encoders: dict[str, SoftPrompt | PTuningV2Prompt | DeepPrompt] = {
        'soft': SoftPrompt(shape, TOKENS),
        'mlp (2 layers, the notebook)': PTuningV2Prompt(shape, TOKENS),
        'deep': DeepPrompt(shape, TOKENS),
        'deep, 2-layer MLP': DeepPrompt(shape, TOKENS, mlp_layers=2),
    }
    rows = []
    for name, encoder in encoders.items():
        folded = encoder.fold()
        trained = sum(parameter.numel() for parameter in encoder.parameters())
        kept = sum(tensor.numel() for tensor in folded.tensors().values())
        size = _file_size(TrainedPrompt(folded, PromptCard(name.split()[0].strip(','), 'chat')))
        rows.append((name, f'{trained:,}', f'{kept:,}', f'{size / 1024:,.0f}'))
    return Table(f'Prompts of {TOKENS} tokens',
                 ('kind', 'parameters trained', 'numbers kept', 'file, KiB'), rows)


def _file_size(prompt: TrainedPrompt) -> int:
    with tempfile.TemporaryDirectory() as folder:
        save_prompt(Path(folder), prompt)
        return (Path(folder) / WEIGHTS_FILE).stat().st_size
