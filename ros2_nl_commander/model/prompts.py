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
The trainable prompts: what is learned while the language model stays frozen.

Each kind is a module whose ``fold`` gives what the model is shown, a ``FoldedPrompt``. Training
folds at every step, with gradients; inference keeps the folded values and forgets the module.
Knows no tokenizer and no file.

Shapes: P virtual tokens, H hidden size, L layers, K key/value heads, D head dimension.
"""

from __future__ import annotations

from dataclasses import dataclass

from ros2_nl_commander.language.errors import CheckpointError
from ros2_nl_commander.model.shape import ModelShape
import torch
from torch import nn

#: The notebook's initialisation of embedding weights.
INITIAL_STD = 0.02

ACTIVATIONS: dict[str, type[nn.Module]] = {'tanh': nn.Tanh, 'relu': nn.ReLU, 'gelu': nn.GELU}


@dataclass(frozen=True, slots=True)
class FoldedPrompt:
    """
    What the model is shown: embeddings at the input, or keys and values before every layer.

    Exactly one of the two is set.

    :param embeddings: (P, H), for the kinds ``soft`` and ``mlp``
    :param key_values: (L, 2, K, P, D), keys without a position, for the kind ``deep``
    """

    embeddings: torch.Tensor | None = None
    key_values: torch.Tensor | None = None

    @property
    def length(self) -> int:
        """Return P, the number of positions the prompt takes."""
        if self.embeddings is not None:
            return self.embeddings.shape[0]
        return 0 if self.key_values is None else self.key_values.shape[3]

    def tensors(self) -> dict[str, torch.Tensor]:
        """Return the one tensor that is set, under its field's name."""
        both = {'embeddings': self.embeddings, 'key_values': self.key_values}
        return {name: tensor for name, tensor in both.items() if tensor is not None}

    def to(self, device: torch.device, dtype: torch.dtype) -> FoldedPrompt:
        """Move and convert, keeping gradients."""
        return FoldedPrompt(**{name: tensor.to(device, dtype)
                               for name, tensor in self.tensors().items()})


class PromptEncoder(nn.Module):
    """A trainable prompt: a module that folds to what the model is shown."""

    def fold(self) -> FoldedPrompt:
        """Compute the prompt from its parameters, with gradients."""
        raise NotImplementedError


class SoftPrompt(PromptEncoder):
    """
    Trained input embeddings and nothing else (the notebook's baseline c01).

    :param shape: the model
    :param n_tokens: P
    :param initial: (P, H) start values, usually embeddings of the model's own tokens; None is
        random

    Source: Lester et al. 2021, prompt tuning (arXiv:2104.08691).
    """

    def __init__(
        self, shape: ModelShape, n_tokens: int, initial: torch.Tensor | None = None
    ) -> None:
        super().__init__()
        self.embedding = _embedding(n_tokens, shape.hidden_size, initial)

    def fold(self) -> FoldedPrompt:
        """Return the embeddings, (P, H)."""
        return FoldedPrompt(embeddings=self.embedding.weight)


class PTuningV2Prompt(PromptEncoder):
    """
    Embeddings passed through an MLP (the notebook's c02; its defaults exactly).

    The state has the notebook's names: ``embedding.weight``, ``mlp.0.*``, ``mlp.2.*``.

    :param shape: the model
    :param n_tokens: P
    :param mlp_layers: linear layers, with the activation between them; at least 1
    :param activation: ``tanh``, ``relu`` or ``gelu``
    :param initial: (P, H) start values of the embeddings; None is random, as in the notebook
    """

    def __init__(
        self, shape: ModelShape, n_tokens: int = 20, *, mlp_layers: int = 2,
        activation: str = 'tanh', initial: torch.Tensor | None = None,
    ) -> None:
        super().__init__()
        hidden = shape.hidden_size
        self.embedding = _embedding(n_tokens, hidden, initial)
        self.mlp = _mlp([hidden] * (mlp_layers + 1), activation)

    def fold(self) -> FoldedPrompt:
        """Return the embeddings after the MLP, (P, H)."""
        return FoldedPrompt(embeddings=self.mlp(self.embedding.weight))


class DeepPrompt(PromptEncoder):
    """
    Trained keys and values before every layer (the P-Tuning v2 paper).

    Sized by key/value heads, as grouped-query attention needs: P x L x 2 x K x D numbers. The keys
    are learned without a position and rotated to where the prompt stands, so a prompt works
    behind contexts of any length.

    :param shape: the model
    :param n_tokens: P
    :param mlp_layers: 0 learns keys and values directly; else linear layers from H up
    :param activation: between the linear layers
    :param initial: start values, for example those of a text: keys and values (L, 2, K, P, D) for
        the direct form, embeddings (P, H) before an MLP; None is random

    Source: Liu et al. 2022, P-Tuning v2 (arXiv:2110.07602).
    """

    def __init__(
        self, shape: ModelShape, n_tokens: int = 20, *, mlp_layers: int = 0,
        activation: str = 'tanh', initial: torch.Tensor | None = None,
    ) -> None:
        super().__init__()
        self._sizes = (n_tokens, shape.layers, 2, shape.key_value_heads, shape.head_dim)
        width = shape.layers * 2 * shape.key_value_heads * shape.head_dim
        if mlp_layers:
            self.embedding = _embedding(n_tokens, shape.hidden_size, initial)
            self.mlp: nn.Module = _mlp([shape.hidden_size] * mlp_layers + [width], activation)
        else:
            self.embedding = _embedding(n_tokens, width, self._flattened(initial))
            self.mlp = nn.Identity()

    def _flattened(self, initial: torch.Tensor | None) -> torch.Tensor | None:
        if initial is None:
            return None
        tokens, *rest = self._sizes
        check_size('initial keys and values', (*rest[:3], tokens, rest[3]), tuple(initial.shape))
        return initial.permute(3, 0, 1, 2, 4).flatten(1)

    def fold(self) -> FoldedPrompt:
        """Return keys and values, (L, 2, K, P, D)."""
        flat = self.mlp(self.embedding.weight)  # (P, L * 2 * K * D)
        return FoldedPrompt(key_values=flat.view(self._sizes).permute(1, 2, 3, 0, 4))


def _embedding(count: int, width: int, initial: torch.Tensor | None) -> nn.Embedding:
    """Create embeddings (P, width) of given start values, or of random ones."""
    embedding = nn.Embedding(count, width)
    if initial is None:
        nn.init.normal_(embedding.weight, std=INITIAL_STD)
        return embedding
    check_size('initial embeddings', (count, width), tuple(initial.shape))
    with torch.no_grad():
        embedding.weight.copy_(initial)
    return embedding


def _mlp(widths: list[int], activation: str) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), ACTIVATIONS[activation]()]
    return nn.Sequential(*layers[:-1])


def check_fits(prompt: FoldedPrompt, shape: ModelShape) -> None:
    """
    Refuse a prompt that was made for another model.

    :raises CheckpointError: with the expected and the given size
    """
    if prompt.embeddings is not None:
        expected: tuple[int, ...] = (prompt.length, shape.hidden_size)
        check_size('prompt embeddings', expected, tuple(prompt.embeddings.shape))
    if prompt.key_values is not None:
        expected = (shape.layers, 2, shape.key_value_heads, prompt.length, shape.head_dim)
        check_size('prompt keys and values', expected, tuple(prompt.key_values.shape))


def check_size(what: str, expected: tuple[int, ...], got: tuple[int, ...]) -> None:
    """Compare sizes; raise a CheckpointError that says expected and got."""
    if expected != got:
        raise CheckpointError(
            f'The {what} do not fit this model: expected {expected}, got {got}')
