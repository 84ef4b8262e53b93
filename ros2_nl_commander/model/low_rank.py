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
Small changes to the weights of a frozen model: to each, a product of two thin matrices.

They are a few per cent of the model's own numbers, so they ship where the model is fetched.

Source: Hu et al. 2021, LoRA (arXiv:2106.09685).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ros2_nl_commander.language.errors import CheckpointError
import torch
from torch import nn
from torch.nn.utils.parametrize import (
    is_parametrized, register_parametrization, remove_parametrizations)

#: What the product is multiplied by while it is learned; what is written has it in it.
_STRENGTH = 2.0


class LowRankChange(nn.Module):
    """
    Adds to a weight (out, in); nothing before it has learned.

    :param weight: the weight
    :param rank: columns of one thin matrix, and rows of the other
    :param generator: draws the first numbers
    """

    def __init__(self, weight: torch.Tensor, rank: int, generator: torch.Generator) -> None:
        super().__init__()
        outputs, inputs = weight.shape
        self.down = nn.Parameter(torch.randn(rank, inputs, generator=generator) / inputs ** 0.5)
        self.up = nn.Parameter(torch.zeros(outputs, rank))

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        """Return the changed weight."""
        return weight + _STRENGTH * self.up @ self.down


@contextmanager
def low_rank_changes(
    model: nn.Module, rank: int, generator: torch.Generator
) -> Iterator[dict[str, LowRankChange]]:
    """
    Let changes to the linear layers of a frozen model be learned, while the block lasts.

    :returns: by the names of the layers; the model itself stays frozen, and its weights are
        afterwards what they were before
    """
    model.requires_grad_(False)
    layers = _layers(model)
    changes = {name: LowRankChange(layer.weight, rank, generator)
               for name, layer in layers.items()}
    try:
        for name, change in changes.items():
            register_parametrization(layers[name], 'weight', change)
        yield changes
    finally:
        for layer in layers.values():
            if is_parametrized(layer, 'weight'):
                remove_parametrizations(layer, 'weight', leave_parametrized=False)


def tensors_of(changes: Mapping[str, LowRankChange]) -> dict[str, torch.Tensor]:
    """Give changes as ``apply_changes`` takes them."""
    return {f'{name}.{part}': tensor for name, change in changes.items() for part, tensor in (
        ('down', change.down.detach()), ('up', _STRENGTH * change.up.detach()))}


@torch.no_grad()
def apply_changes(model: nn.Module, tensors: Mapping[str, torch.Tensor]) -> None:
    """
    Change the weights of a model for good.

    :param tensors: ``NAME.down`` (rank, in) and ``NAME.up`` (out, rank) of each layer
    :raises CheckpointError: if they are not for this model; it is what it was then
    """
    layers = _layers(model)
    if set(tensors) != {f'{name}.{part}' for name in layers for part in ('down', 'up')}:
        raise CheckpointError('the changes are for a model of other layers')
    pairs = {name: (tensors[f'{name}.up'].float(), tensors[f'{name}.down'].float())
             for name in layers}
    for name, (up, down) in pairs.items():
        outputs, inputs = layers[name].weight.shape
        if down.dim() != 2 or (up.shape, down.shape) != (
                (outputs, len(down)), (len(down), inputs)):
            raise CheckpointError(f'the change of {name} is for a model of another size')
    for name, (up, down) in pairs.items():
        layers[name].weight += up @ down


def _layers(model: nn.Module) -> dict[str, nn.Linear]:
    """Find what is changed: not the pooler, which nobody asks."""
    return {name: layer for name, layer in model.named_modules()
            if isinstance(layer, nn.Linear) and name.startswith('encoder.')}
