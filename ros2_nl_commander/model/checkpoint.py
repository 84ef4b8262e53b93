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

"""
Prompt artefacts on disk: a folder with ``prompt.safetensors`` and ``prompt.json``.

Also reads the notebook's ``p_tuning_ros2.pt``. Never unpickles anything but plain tensors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
import json
import os
from pathlib import Path
from typing import Any

from ros2_nl_commander.language.errors import CheckpointError
from ros2_nl_commander.model.prompts import FoldedPrompt
from ros2_nl_commander.model.sequence import LAYOUTS
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
import torch

WEIGHTS_FILE = 'prompt.safetensors'
CARD_FILE = 'prompt.json'
ENCODER_FILE = 'encoder.safetensors'
KINDS = ('soft', 'mlp', 'deep')


@dataclass(frozen=True, slots=True)
class PromptCard:
    """
    What is known about a prompt, as ``prompt.json`` holds it.

    :param kind: ``soft``, ``mlp`` or ``deep``
    :param layout: name of the sequence layout it was trained in
    :param base_model: id and hash of the weights it was trained on
    :param data: files and hash of the training data
    :param training: hyper-parameters, machine and duration
    :param metrics: losses and accuracies
    """

    kind: str
    layout: str
    base_model: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrainedPrompt:
    """A prompt and its card."""

    folded: FoldedPrompt
    card: PromptCard


def save_prompt(folder: Path, prompt: TrainedPrompt) -> None:
    """
    Write a prompt so that a reader sees either the old one or the new one, whole.

    :raises CheckpointError: if the folder cannot be written
    """
    tensors = {name: tensor.detach().to('cpu', torch.float32).contiguous()
               for name, tensor in prompt.folded.tensors().items()}
    text = json.dumps(asdict(prompt.card), indent=2) + '\n'
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(folder / WEIGHTS_FILE, lambda path: save_file(tensors, path))
        replace_file(folder / CARD_FILE, lambda path: path.write_text(text))
    except OSError as error:
        raise CheckpointError(f'Cannot write the prompt to {folder}: {error}') from error


def save_encoder(folder: Path, encoder: torch.nn.Module) -> None:
    """Write the trainable module beside its prompt, to train on from it."""
    state = {name: tensor.detach().cpu().contiguous()
             for name, tensor in encoder.state_dict().items()}
    replace_file(folder / ENCODER_FILE, lambda path: save_file(state, path))


def replace_file(path: Path, write: Any) -> None:
    """Write beside a file, then rename: an interrupted write leaves the old file."""
    partial = path.with_name(path.name + '.partial')
    write(partial)
    os.replace(partial, path)


def load_prompt(path: Path) -> TrainedPrompt:
    """
    Read a prompt folder, or a notebook's ``.pt`` file.

    :raises CheckpointError: if it is missing, damaged, or not a prompt
    """
    if path.suffix in ('.pt', '.pth'):
        return _load_notebook(path)
    if not (path / CARD_FILE).is_file() or not (path / WEIGHTS_FILE).is_file():
        raise CheckpointError(
            f'No prompt in {path}: a prompt folder holds {WEIGHTS_FILE} and {CARD_FILE}; '
            'train makes one')
    try:
        card = _card_from_json(json.loads((path / CARD_FILE).read_text()))
        folded = _folded_from_tensors(load_file(path / WEIGHTS_FILE))
    except (OSError, ValueError, SafetensorError, TypeError) as error:
        raise CheckpointError(f'The prompt in {path} is damaged: {error}') from error
    return TrainedPrompt(folded, card)


def _card_from_json(values: Any) -> PromptCard:
    card = PromptCard(**values)
    if card.kind not in KINDS or card.layout not in LAYOUTS:
        raise ValueError(f'unknown kind {card.kind!r} or layout {card.layout!r}')
    return card


def _folded_from_tensors(tensors: Mapping[str, torch.Tensor]) -> FoldedPrompt:
    names = sorted(tensors)
    if names == ['embeddings'] and tensors['embeddings'].ndim == 2:
        return FoldedPrompt(embeddings=tensors['embeddings'])
    if names == ['key_values'] and tensors['key_values'].ndim == 5:
        return FoldedPrompt(key_values=tensors['key_values'])
    raise ValueError(f'expected embeddings (P, H) or key_values (L, 2, K, P, D), got {names}')


def _load_notebook(path: Path) -> TrainedPrompt:
    try:
        state = torch.load(path, map_location='cpu', weights_only=True)
    except Exception as error:  # torch.load raises many kinds for a file that is not its own
        raise CheckpointError(f'Cannot read {path} as plain tensors: {error}') from error
    names = sorted(state) if isinstance(state, dict) else []
    soft, mlp = ['embedding.weight'], ['embedding.weight', 'mlp.0.bias', 'mlp.0.weight',
                                       'mlp.2.bias', 'mlp.2.weight']
    if names not in (soft, mlp):
        raise CheckpointError(f'{path} is not a notebook prompt: expected {mlp}, got {names}')
    embeddings = state['embedding.weight'].float()
    if names == mlp:
        embeddings = _notebook_mlp(embeddings, state)
    card = PromptCard(kind='mlp' if names == mlp else 'soft', layout='plain')
    return TrainedPrompt(FoldedPrompt(embeddings=embeddings), card)


def _notebook_mlp(embeddings: torch.Tensor, state: Mapping[str, torch.Tensor]) -> torch.Tensor:
    linear = torch.nn.functional.linear
    hidden = linear(embeddings, state['mlp.0.weight'].float(), state['mlp.0.bias'].float())
    return linear(hidden.tanh(), state['mlp.2.weight'].float(), state['mlp.2.bias'].float())
