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

from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.prompts import (
    check_fits, DeepPrompt, FoldedPrompt, PromptEncoder, PTuningV2Prompt, SoftPrompt)
from ros2_nl_commander.training.settings import TrainingSettings
import torch


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
    generator = torch.Generator().manual_seed(settings.seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        encoder = _encoder(settings, backbone, generator)
    return encoder.float().to(backbone.device)


def _encoder(
    settings: TrainingSettings, backbone: Backbone, generator: torch.Generator
) -> PromptEncoder:
    shape, count = backbone.shape, settings.n_tokens
    layers, activation = settings.encoder_layers, settings.activation
    if settings.kind == 'soft':
        return SoftPrompt(shape, count, _own_embeddings(backbone, count, generator))
    if settings.kind == 'mlp':
        return PTuningV2Prompt(shape, count, mlp_layers=layers, activation=activation)
    return DeepPrompt(shape, count, mlp_layers=layers, activation=activation)


def _started(backbone: Backbone, start: FoldedPrompt) -> PromptEncoder:
    if start.embeddings is not None:
        return SoftPrompt(backbone.shape, start.length, start.embeddings)
    return DeepPrompt(backbone.shape, start.length, initial=start.key_values)


def _own_embeddings(
    backbone: Backbone, count: int, generator: torch.Generator
) -> torch.Tensor:
    ids = torch.randint(len(backbone.tokenizer), (count,), generator=generator)
    embeddings: torch.Tensor = backbone.embeddings(ids.to(backbone.device))
    return embeddings.float().cpu()  # (P, H)
