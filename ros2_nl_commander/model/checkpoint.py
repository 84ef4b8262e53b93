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

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
import json
import os
from pathlib import Path
from typing import Any

from ros2_nl_commander.language.errors import CheckpointError, NlCommanderError
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.model.cache import first_line, sync
from ros2_nl_commander.model.prompts import FoldedPrompt
from ros2_nl_commander.model.sequence import LAYOUTS
from safetensors import SafetensorError
from safetensors.torch import load_file, save
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
    Write a prompt, or keep the old one where writing fails.

    :raises CheckpointError: if the folder cannot be written
    """
    tensors = {name: tensor.detach().to('cpu', torch.float32).contiguous()
               for name, tensor in prompt.folded.tensors().items()}
    replace_files(folder, {WEIGHTS_FILE: lambda path: write_tensors(path, tensors),
                           CARD_FILE: lambda path: path.write_text(card_text(prompt.card))})


def card_text(card: PromptCard) -> str:
    """Write a card as its file holds it."""
    return json.dumps(asdict(card), indent=2) + '\n'


def save_encoder(folder: Path, encoder: torch.nn.Module) -> None:
    """
    Write the trainable module, as it is at the end of a run, beside the prompt of its best step.

    :raises CheckpointError: if the folder cannot be written
    """
    state = {name: tensor.detach().cpu().contiguous()
             for name, tensor in encoder.state_dict().items()}
    replace_files(folder, {ENCODER_FILE: lambda path: write_tensors(path, state)})


def write_tensors(path: Path, tensors: dict[str, torch.Tensor]) -> None:
    """
    Write a file of tensors that whoever may read files of this process can read.

    The node often runs as another user than who trained; ``save_file`` writes for its own alone.
    """
    path.write_bytes(save(tensors))


def replace_files(folder: Path, writers: Mapping[str, Callable[[Path], object]]) -> None:
    """
    Write beside the files of a folder, then rename: a write that fails leaves the old files.

    :param writers: by file name, what writes to the path it is given
    :raises CheckpointError: if one of them cannot be written; then none is replaced
    """
    partial = {name: folder / f'{name}.partial' for name in writers}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, write in writers.items():
            write(partial[name])
            sync(partial[name])
        for name in writers:
            os.replace(partial[name], folder / name)
    # torch reports a full disk as RuntimeError, safetensors as its own.
    except (OSError, RuntimeError, SafetensorError) as error:
        raise CheckpointError(f'Cannot write to {folder}: {first_line(error)}') from error
    finally:
        for path in partial.values():
            with suppress(OSError):  # what went wrong above is what must be told
                path.unlink(missing_ok=True)


def find_prompt(name: str) -> Path:
    """
    Find what a person calls a prompt.

    :param name: name of a prompt that ships, such as ``general``; or else a path
    """
    if Path(name).name == name:
        with suppress(NlCommanderError):  # none of that name ships
            return share_file('prompts', name, CARD_FILE).parent
    return Path(name)


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
        card = read_card(path)
        folded = _folded_from_tensors(load_file(path / WEIGHTS_FILE), card.kind)
    except (OSError, ValueError, SafetensorError, TypeError) as error:
        raise CheckpointError(
            f'The prompt in {path} is damaged: {first_line(error)}') from error
    return TrainedPrompt(folded, card)


def read_card(folder: Path) -> PromptCard:
    """
    Read the card of a folder.

    :raises OSError: if there is none
    :raises ValueError: if it is no JSON, or names an unknown kind or layout
    :raises TypeError: if it has other keys
    """
    card = PromptCard(**json.loads((folder / CARD_FILE).read_text()))
    if card.kind not in KINDS or card.layout not in LAYOUTS:
        raise ValueError(f'unknown kind {card.kind!r} or layout {card.layout!r}')
    return card


def _folded_from_tensors(tensors: Mapping[str, torch.Tensor], kind: str) -> FoldedPrompt:
    expected, axes = ('key_values', 5) if kind == 'deep' else ('embeddings', 2)
    got = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    if list(got) != [expected] or len(got[expected]) != axes:
        raise ValueError(f'expected {expected} of {axes} axes for the kind {kind}, got {got}')
    return FoldedPrompt(**tensors)


def _load_notebook(path: Path) -> TrainedPrompt:
    try:
        state = torch.load(path, map_location='cpu', weights_only=True)
    except Exception as error:  # torch.load raises many kinds for a file that is not its own
        raise CheckpointError(
            f'Cannot read {path} as plain tensors: {first_line(error)}') from error
    kind = _notebook_kind(state)
    if kind is None:
        raise CheckpointError(
            f'{path} is not a notebook prompt: expected embedding.weight (P, H), alone or with '
            f'mlp.0 and mlp.2 of (H, H), got {_described(state)}')
    embeddings = state['embedding.weight'].float()
    if kind == 'mlp':
        embeddings = _notebook_mlp(embeddings, state)
    return TrainedPrompt(FoldedPrompt(embeddings=embeddings), PromptCard(kind, layout='plain'))


def _notebook_kind(state: Any) -> str | None:
    got = _described(state)
    if not isinstance(got, dict) or len(got.get('embedding.weight') or ()) != 2:
        return None
    tokens, hidden = got['embedding.weight']
    soft: dict[str, tuple[int, ...]] = {'embedding.weight': (tokens, hidden)}
    mlp = soft | {f'mlp.{layer}.weight': (hidden, hidden) for layer in (0, 2)}
    mlp |= {f'mlp.{layer}.bias': (hidden,) for layer in (0, 2)}
    return 'soft' if got == soft else 'mlp' if got == mlp else None


def _described(state: Any) -> dict[str, Any] | str:
    """Name every tensor with its size, or what stands in place of tensors."""
    if not isinstance(state, dict):
        return type(state).__name__
    return {name: tuple(value.shape) if isinstance(value, torch.Tensor) else type(value).__name__
            for name, value in state.items()}


def _notebook_mlp(embeddings: torch.Tensor, state: Mapping[str, torch.Tensor]) -> torch.Tensor:
    linear = torch.nn.functional.linear
    hidden = linear(embeddings, state['mlp.0.weight'].float(), state['mlp.0.bias'].float())
    return linear(hidden.tanh(), state['mlp.2.weight'].float(), state['mlp.2.bias'].float())
