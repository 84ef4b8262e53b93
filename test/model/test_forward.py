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

"""The sequence through the model: prompts of every kind, contexts, caches."""

from __future__ import annotations

import pytest
from ros2_nl_commander.model.forward import append_prompt, embed, logits, read, read_prefix
from ros2_nl_commander.model.key_values import (
    KeyValueCache, length_of, rotate_keys, unrotate_keys)
from ros2_nl_commander.model.prompts import DeepPrompt, FoldedPrompt, PTuningV2Prompt, SoftPrompt
import torch

CONTEXT = list(b'topic /cmd_vel')
INSTRUCTION = list(b'go on')


def prompt_of(kind, backbone, tokens=5):
    torch.manual_seed(1)
    shape = backbone.shape
    if kind == 'soft':
        return SoftPrompt(shape, tokens, torch.randn(tokens, shape.hidden_size)).fold()
    if kind == 'mlp':
        return PTuningV2Prompt(shape, tokens).fold()
    return DeepPrompt(shape, tokens).fold()


def read_context(backbone, ids):
    cache = KeyValueCache()
    read(backbone, embed(backbone, torch.tensor([ids])), cache)
    return cache.key_values()


def last_logits(backbone, prefix, ids):
    hidden = read(backbone, embed(backbone, torch.tensor([ids])), KeyValueCache(prefix))
    return logits(backbone, hidden[0, -1])


@pytest.mark.parametrize('kind', ['soft', 'mlp', 'deep'])
def test_cached_prefix_equals_one_forward(tiny_backbone, kind):
    prompt = prompt_of(kind, tiny_backbone)
    prefix = read_prefix(tiny_backbone, read_context(tiny_backbone, CONTEXT), prompt)
    assert length_of(prefix) == len(CONTEXT) + 5

    cache, waiting = append_prompt(
        tiny_backbone, read_context(tiny_backbone, CONTEXT), prompt, 1)
    tokens = embed(tiny_backbone, torch.tensor([INSTRUCTION]))
    whole = read(tiny_backbone, torch.cat((waiting, tokens), dim=1), cache)
    torch.testing.assert_close(
        last_logits(tiny_backbone, prefix, INSTRUCTION),
        logits(tiny_backbone, whole[0, -1]), rtol=1e-4, atol=1e-5)


def test_context_and_embeddings_equal_the_model_run_in_one_go(tiny_backbone):
    prompt = prompt_of('soft', tiny_backbone)
    prefix = read_prefix(tiny_backbone, read_context(tiny_backbone, CONTEXT), prompt)
    parts = (embed(tiny_backbone, torch.tensor([CONTEXT])), prompt.embeddings[None],
             embed(tiny_backbone, torch.tensor([INSTRUCTION])))
    hidden = tiny_backbone.body(inputs_embeds=torch.cat(parts, dim=1)).last_hidden_state
    torch.testing.assert_close(
        last_logits(tiny_backbone, prefix, INSTRUCTION),
        logits(tiny_backbone, hidden[0, -1]), rtol=1e-4, atol=1e-5)


def test_reading_a_prefix_leaves_it_unchanged(tiny_backbone):
    prefix = read_context(tiny_backbone, CONTEXT)
    before = [(keys.clone(), values.clone()) for keys, values in prefix]
    last_logits(tiny_backbone, prefix, INSTRUCTION)
    for (keys, values), (old_keys, old_values) in zip(prefix, before):
        assert torch.equal(keys, old_keys) and torch.equal(values, old_values)


def test_deep_keys_are_rotated_to_their_position(tiny_backbone):
    # Keys and values that a text leaves behind, with their rotation undone, are a deep prompt
    # that acts exactly like that text.
    text = list(b'hello')
    cache = KeyValueCache()
    layers = read_positionless(tiny_backbone, text, cache)
    prefix = read_prefix(tiny_backbone, [], FoldedPrompt(key_values=layers))
    torch.testing.assert_close(
        last_logits(tiny_backbone, prefix, INSTRUCTION),
        last_logits(tiny_backbone, read_context(tiny_backbone, text), INSTRUCTION),
        rtol=1e-4, atol=1e-4)


def read_positionless(backbone, ids, cache):
    read(backbone, embed(backbone, torch.tensor([ids])), cache)
    pairs = cache.key_values()
    keys = torch.cat([keys for keys, _ in pairs])
    values = torch.cat([values for _, values in pairs])
    # Rotating by -p undoes rotating by p: use the transpose of the rotation.
    cosine, sine = backbone.body.rotary_emb(keys, torch.arange(len(ids))[None])
    half = keys.shape[-1] // 2
    turned = torch.cat((-keys[..., half:], keys[..., :half]), dim=-1)
    positionless = keys * cosine[:, None] - turned * sine[:, None]
    torch.testing.assert_close(rotate_keys(backbone.body, positionless, 0), keys)
    return torch.stack((positionless, values), dim=1)


@pytest.mark.parametrize('stretch', [1.0, 1.14])
def test_a_rotation_is_undone_also_where_it_stretches(tiny_backbone, monkeypatch, stretch):
    """As that of YaRN does."""
    rotary = tiny_backbone.body.rotary_emb
    monkeypatch.setattr(rotary, 'attention_scaling', stretch)
    keys = torch.randn(1, 2, 5, tiny_backbone.shape.head_dim)
    rotated = rotate_keys(tiny_backbone.body, keys, 3)
    torch.testing.assert_close(rotated.norm(), stretch * keys.norm())
    torch.testing.assert_close(unrotate_keys(tiny_backbone.body, rotated, 3), keys)


def test_padding_on_the_right_changes_nothing(tiny_backbone):
    ids = torch.tensor([INSTRUCTION + [0, 0, 0], list(b'go back!')])
    padded = read(tiny_backbone, embed(tiny_backbone, ids), KeyValueCache())
    alone = read(tiny_backbone, embed(tiny_backbone, ids[:1, :5]), KeyValueCache())
    torch.testing.assert_close(padded[:1, :5], alone, rtol=1e-4, atol=1e-5)
