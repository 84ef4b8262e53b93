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

"""Builds the trainable module that settings ask for, with its start values."""

from __future__ import annotations

import math

from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.forward import embed, read
from ros2_nl_commander.model.key_values import KeyValueCache, unrotate_keys
from ros2_nl_commander.model.prompts import (
    check_fits, DeepPrompt, FoldedPrompt, PromptEncoder, PTuningV2Prompt, SoftPrompt)
from ros2_nl_commander.training.settings import TrainingSettings
import torch

#: What a prompt of the start values ``text`` begins as, as often as its length asks for.
INITIAL_TEXT = (
    'Answer with the one command that this robot offers for what the person says: first the name '
    'of the interface, then its fields with the values as they were said. Answer no, with the '
    'reason, if it offers none. ')


def build_encoder(
    settings: TrainingSettings, backbone: Backbone, start: FoldedPrompt | None = None
) -> PromptEncoder:
    """
    Create a prompt with float32 parameters, whatever the model's number format.

    :param start: a trained prompt to go on from; ``settings_from_start`` gives fitting settings
    :returns: the same values for the same seed
    :raises CheckpointError: if the start does not fit the model
    """
    if start is not None:
        check_fits(start, backbone.shape)
        return _started(backbone, start).float().to(backbone.device)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        encoder = _encoder(settings, backbone)
    return encoder.float().to(backbone.device)


def _encoder(settings: TrainingSettings, backbone: Backbone) -> PromptEncoder:
    shape, count = backbone.shape, settings.n_tokens
    layers, activation = settings.encoder_layers, settings.activation
    tokens = _initial_tokens(settings, backbone)
    if settings.kind == 'deep' and not layers:
        return DeepPrompt(shape, count, initial=_key_values_of(tokens, backbone))
    initial = None if tokens is None else embed(backbone, tokens).float().cpu()  # (P, H)
    if settings.kind == 'soft':
        return SoftPrompt(shape, count, initial)
    if settings.kind == 'mlp':
        return PTuningV2Prompt(
            shape, count, mlp_layers=layers, activation=activation, initial=initial)
    return DeepPrompt(shape, count, mlp_layers=layers, activation=activation, initial=initial)


def _started(backbone: Backbone, start: FoldedPrompt) -> PromptEncoder:
    if start.embeddings is not None:
        return SoftPrompt(backbone.shape, start.length, start.embeddings)
    return DeepPrompt(backbone.shape, start.length, initial=start.key_values)


def _initial_tokens(settings: TrainingSettings, backbone: Backbone) -> torch.Tensor | None:
    """Choose the tokens, (P,), whose embeddings a prompt starts as; None for random numbers."""
    if settings.start_values == 'random':
        return None
    if settings.start_values == 'text':
        text = backbone.tokenizer.encode(INITIAL_TEXT, add_special_tokens=False)
        ids = torch.tensor(text).repeat(math.ceil(settings.n_tokens / len(text)))
        return ids[:settings.n_tokens].to(backbone.device)
    generator = torch.Generator().manual_seed(settings.seed)
    ids = torch.randint(len(backbone.tokenizer), (settings.n_tokens,), generator=generator)
    return ids.to(backbone.device)


@torch.no_grad()
def _key_values_of(tokens: torch.Tensor | None, backbone: Backbone) -> torch.Tensor | None:
    """Read tokens (P,) as the model would; give their keys, without position, and values."""
    if tokens is None:
        return None
    # The first token of a text gets keys and values like no other (an attention sink): one more
    # goes before, and is dropped.
    ids = torch.cat((tokens[:1], tokens))
    cache = KeyValueCache()
    read(backbone, embed(backbone, ids[None]), cache)
    pairs = cache.key_values()
    keys = torch.cat([keys for keys, _ in pairs]).float()[:, :, 1:]  # (L, K, P, D)
    values = torch.cat([values for _, values in pairs]).float()[:, :, 1:]
    return torch.stack((unrotate_keys(backbone.body, keys, 1), values), dim=1)
