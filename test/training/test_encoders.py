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


"""What a prompt starts as: random numbers, embeddings of the model's own, or a text."""

from __future__ import annotations

import pytest
from ros2_nl_commander.model.forward import append_prompt, embed, read
from ros2_nl_commander.model.key_values import KeyValueCache
from ros2_nl_commander.training.encoders import build_encoder, INITIAL_TEXT
from ros2_nl_commander.training.settings import TrainingSettings
import torch


def build(backbone, **values):
    return build_encoder(TrainingSettings(**{'n_tokens': 4, **values}), backbone)


def rows(tensor):
    return {tuple(row) for row in tensor.tolist()}


@pytest.mark.parametrize('values', [
    {'kind': 'soft'}, {'kind': 'mlp'}, {'kind': 'deep', 'mlp_layers': 2}])
def test_embeddings_and_text_are_rows_of_the_models_own_and_random_is_not(tiny_backbone, values):
    own = rows(tiny_backbone.embeddings.weight)
    starts = {initial: build(tiny_backbone, initial=initial, **values).embedding.weight
              for initial in ('random', 'embeddings', 'text')}
    assert rows(starts['embeddings']) <= own and not rows(starts['random']) & own
    ids = tiny_backbone.tokenizer.encode(INITIAL_TEXT, add_special_tokens=False)[:4]
    assert torch.equal(starts['text'], tiny_backbone.embeddings(torch.tensor(ids)))


@pytest.mark.parametrize('kind, initial', [
    ('soft', 'embeddings'), ('mlp', 'random'), ('deep', 'random')])
def test_every_kind_has_start_values_of_its_own(tiny_backbone, kind, initial):
    for one, other in zip(build(tiny_backbone, kind=kind).parameters(),
                          build(tiny_backbone, kind=kind, initial=initial).parameters()):
        assert torch.equal(one, other)


def test_a_deep_prompt_from_a_text_is_that_text_behind_its_first_token(tiny_backbone):
    folded = build(tiny_backbone, kind='deep', initial='text').fold()
    ids = tiny_backbone.tokenizer.encode(INITIAL_TEXT, add_special_tokens=False)[:4]
    whole = KeyValueCache()
    read(tiny_backbone, embed(tiny_backbone, torch.tensor([[ids[0], *ids]])), whole)
    context = [(keys[:, :, :1], values[:, :, :1]) for keys, values in whole.key_values()]
    cache, _ = append_prompt(tiny_backbone, context, folded, 1)
    for got, expected in zip(cache.key_values(), whole.key_values(), strict=True):
        torch.testing.assert_close(got, expected, rtol=1e-4, atol=1e-5)


def test_a_prompt_longer_than_the_text_repeats_it(tiny_backbone):
    ids = tiny_backbone.tokenizer.encode(INITIAL_TEXT, add_special_tokens=False)
    weight = build(tiny_backbone, kind='soft', initial='text', n_tokens=len(ids) + 2
                   ).embedding.weight
    assert torch.equal(weight[len(ids):], weight[:2])


def test_deep_prompts_from_embeddings_differ_by_seed(tiny_backbone):
    one, same, other = (build(tiny_backbone, kind='deep', initial='embeddings', seed=seed)
                        .embedding.weight for seed in (1, 1, 2))
    assert torch.equal(one, same) and not torch.equal(one, other)
