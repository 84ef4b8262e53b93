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


"""The trainable prompts: what is trained, what it folds to, and what does not fit a model."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ros2_nl_commander.language.errors import CheckpointError
from ros2_nl_commander.model.backbone import backbone_from_model
from ros2_nl_commander.model.forward import read_prefix
from ros2_nl_commander.model.prompts import (
    ACTIVATIONS, check_fits, DeepPrompt, FoldedPrompt, PTuningV2Prompt, SoftPrompt)
from ros2_nl_commander.model.shape import ModelShape, shape_from_config
import torch
from torch import nn

#: Grouped-query attention, and a head that is wider than hidden / heads.
SHAPE = ModelShape(hidden_size=32, layers=3, key_value_heads=2, head_dim=16, vocabulary=288)
TOKENS = 5
DEEP_WIDTH = 3 * 2 * 2 * 16


class NotebookPrompt(nn.Module):
    """The module of the notebook "c02 P-Tuning"."""

    def __init__(self, n_tokens, hidden):
        super().__init__()
        self.n_tokens = n_tokens
        self.embedding = nn.Embedding(n_tokens, hidden)
        nn.init.normal_(self.embedding.weight, std=0.02)
        self.mlp = nn.Sequential(
            nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, hidden))

    def forward(self, batch_size):
        ids = torch.arange(self.n_tokens)
        return self.mlp(self.embedding(ids)).unsqueeze(0).expand(batch_size, -1, -1)


def soft():
    return SoftPrompt(SHAPE, TOKENS, torch.randn(TOKENS, 32))


def sizes(module):
    return {name: tuple(parameter.shape) for name, parameter in module.named_parameters()
            if parameter.requires_grad}


def linear(layer, inputs, outputs):
    return {f'mlp.{layer}.weight': (outputs, inputs), f'mlp.{layer}.bias': (outputs,)}


@pytest.mark.parametrize('build, expected', [
    (soft, {'embedding.weight': (TOKENS, 32)}),
    (lambda: PTuningV2Prompt(SHAPE, TOKENS),
     {'embedding.weight': (TOKENS, 32)} | linear(0, 32, 32) | linear(2, 32, 32)),
    (lambda: PTuningV2Prompt(SHAPE, TOKENS, mlp_layers=1),
     {'embedding.weight': (TOKENS, 32)} | linear(0, 32, 32)),
    (lambda: PTuningV2Prompt(SHAPE, TOKENS, mlp_layers=3),
     {'embedding.weight': (TOKENS, 32)} | linear(0, 32, 32) | linear(2, 32, 32)
     | linear(4, 32, 32)),
    (lambda: DeepPrompt(SHAPE, TOKENS), {'embedding.weight': (TOKENS, DEEP_WIDTH)}),
    (lambda: DeepPrompt(SHAPE, TOKENS, mlp_layers=1),
     {'embedding.weight': (TOKENS, 32)} | linear(0, 32, DEEP_WIDTH)),
    (lambda: DeepPrompt(SHAPE, TOKENS, mlp_layers=2),
     {'embedding.weight': (TOKENS, 32)} | linear(0, 32, 32) | linear(2, 32, DEEP_WIDTH)),
], ids=['soft', 'mlp', 'mlp 1', 'mlp 3', 'deep', 'deep 1', 'deep 2'])
def test_exactly_these_parameters_are_trained_and_saved(build, expected):
    prompt = build()
    assert sizes(prompt) == expected
    assert set(prompt.state_dict()) == set(expected)


def test_defaults_are_the_notebooks_module():
    torch.manual_seed(3)
    theirs = NotebookPrompt(20, 32)
    torch.manual_seed(3)
    ours = PTuningV2Prompt(SHAPE)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for name, tensor in theirs.state_dict().items():
        assert torch.equal(ours.state_dict()[name], tensor), name
    for row in theirs(batch_size=3):
        assert torch.equal(ours.fold().embeddings, row)


@pytest.mark.parametrize('prompt', [
    PTuningV2Prompt(SHAPE, 200), DeepPrompt(SHAPE, 200), DeepPrompt(SHAPE, 200, mlp_layers=2)],
    ids=['mlp', 'deep', 'deep 2'])
def test_start_values_are_the_notebooks(prompt):
    weight = prompt.embedding.weight
    assert weight.mean().item() == pytest.approx(0, abs=2e-3)
    assert weight.std().item() == pytest.approx(0.02, rel=0.05)


@pytest.mark.parametrize('name', ['tanh', 'relu', 'gelu'])
def test_activation_stands_between_the_linear_layers_only(name):
    layers = PTuningV2Prompt(SHAPE, TOKENS, mlp_layers=3, activation=name).mlp
    assert [type(layer) for layer in layers] == [
        nn.Linear, ACTIVATIONS[name], nn.Linear, ACTIVATIONS[name], nn.Linear]


@pytest.mark.parametrize('build', [
    soft, lambda: PTuningV2Prompt(SHAPE, TOKENS), lambda: DeepPrompt(SHAPE, TOKENS),
    lambda: DeepPrompt(SHAPE, TOKENS, mlp_layers=2)], ids=['soft', 'mlp', 'deep', 'deep 2'])
def test_every_parameter_gets_a_gradient_through_the_fold(build):
    prompt = build()
    folded = prompt.fold().to(torch.device('cpu'), torch.bfloat16)
    (tensor,) = folded.tensors().values()
    tensor.float().square().sum().backward()
    for name, parameter in prompt.named_parameters():
        assert parameter.dtype == torch.float32, name
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, name


@pytest.mark.parametrize('build, name, shape', [
    (soft, 'embeddings', (TOKENS, 32)),
    (lambda: PTuningV2Prompt(SHAPE, TOKENS), 'embeddings', (TOKENS, 32)),
    (lambda: DeepPrompt(SHAPE, TOKENS), 'key_values', (3, 2, 2, TOKENS, 16)),
    (lambda: DeepPrompt(SHAPE, TOKENS, mlp_layers=2), 'key_values', (3, 2, 2, TOKENS, 16)),
], ids=['soft', 'mlp', 'deep', 'deep 2'])
def test_fold(build, name, shape):
    folded = build().fold()
    assert {key: tuple(tensor.shape) for key, tensor in folded.tensors().items()} == {name: shape}
    assert folded.length == TOKENS
    check_fits(folded, SHAPE)


def test_soft_prompt_starts_from_the_given_embeddings():
    initial = torch.randn(TOKENS, 32)
    assert torch.equal(SoftPrompt(SHAPE, TOKENS, initial).fold().embeddings, initial)
    with pytest.raises(CheckpointError, match=r'expected \(5, 32\), got \(4, 32\)'):
        SoftPrompt(SHAPE, TOKENS, initial[:4])


def test_deep_prompt_starts_from_given_keys_and_values():
    initial = torch.randn(3, 2, 2, TOKENS, 16)
    prompt = DeepPrompt(SHAPE, TOKENS, initial=initial)
    assert torch.equal(prompt.fold().key_values, initial)
    with pytest.raises(CheckpointError, match=r'expected \(3, 2, 2, 4, 16\), got'):
        DeepPrompt(SHAPE, 4, initial=initial)
    with pytest.raises(CheckpointError, match=r'expected \(5, 32\), got'):
        DeepPrompt(SHAPE, TOKENS, mlp_layers=1, initial=initial)


def test_one_virtual_token_of_a_deep_prompt_is_one_row_of_its_embedding():
    prompt = DeepPrompt(SHAPE, TOKENS)
    rows = prompt.embedding.weight.view(TOKENS, 3, 2, 2, 16)
    assert torch.equal(prompt.fold().key_values[2, 1, 0, 4], rows[4, 2, 1, 0])


@pytest.mark.parametrize('config, floats', [
    # Qwen2.5-0.5B and Qwen2.5-Coder-1.5B: grouped-query attention.
    ({'hidden_size': 896, 'num_hidden_layers': 24, 'num_attention_heads': 14,
      'num_key_value_heads': 2}, 6_144),
    ({'hidden_size': 1536, 'num_hidden_layers': 28, 'num_attention_heads': 12,
      'num_key_value_heads': 2}, 14_336),
    # Qwen3-0.6B: the head is wider than hidden / heads.
    ({'hidden_size': 1024, 'num_hidden_layers': 28, 'num_attention_heads': 16,
      'num_key_value_heads': 8, 'head_dim': 128}, 57_344),
    # Neither is stated: as many key/value heads as query heads.
    ({'hidden_size': 64, 'num_hidden_layers': 2, 'num_attention_heads': 4, 'head_dim': None},
     256),
], ids=['0.5B', '1.5B', 'own head_dim', 'plain'])
def test_deep_prompt_is_sized_by_key_value_heads(config, floats):
    shape = shape_from_config(SimpleNamespace(vocab_size=10, **config))
    assert DeepPrompt(shape, 1).embedding.weight.numel() == floats


def test_deep_prompt_runs_where_the_head_is_wider_than_hidden_by_heads(
        build_tiny_model, tiny_tokenizer):
    backbone = backbone_from_model(build_tiny_model(head_dim=16), tiny_tokenizer)
    assert backbone.shape.head_dim == 16 != 32 // 4
    prefix = read_prefix(backbone, [], DeepPrompt(backbone.shape, TOKENS).fold())
    assert [tuple(keys.shape) for keys, _ in prefix] == [(1, 2, TOKENS, 16)] * 2


@pytest.mark.parametrize('folded, text', [
    (FoldedPrompt(embeddings=torch.zeros(5, 48)), r'expected \(5, 32\), got \(5, 48\)'),
    (FoldedPrompt(key_values=torch.zeros(4, 2, 2, 5, 16)),
     r'expected \(3, 2, 2, 5, 16\), got \(4, 2, 2, 5, 16\)'),
    (FoldedPrompt(key_values=torch.zeros(3, 2, 4, 5, 8)),
     r'expected \(3, 2, 2, 5, 16\), got \(3, 2, 4, 5, 8\)'),
])
def test_prompt_of_another_model_is_refused(folded, text):
    with pytest.raises(CheckpointError, match=text):
        check_fits(folded, SHAPE)
