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

"""Whom the benchmarks ask: the generator as it ships, around a model that they have loaded."""

from __future__ import annotations

from ros2_nl_commander.language.generation import GeneratorSettings
from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.checkpoint import TrainedPrompt
from ros2_nl_commander.model.generator import CommandGenerator
from ros2_nl_commander.model.relevance import relevance_for
from ros2_nl_commander.model.shipped import load_shipped


def generator_as_shipped(
    backbone: Backbone, prompt: TrainedPrompt | None = None
) -> CommandGenerator:
    """
    Build the generator with everything that it has by default.

    :param prompt: the one that ships for this model if None
    :raises ModelError: if the sentence encoder cannot be had
    """
    settings = GeneratorSettings('', '')
    return CommandGenerator(backbone, prompt or load_shipped(backbone.shape), settings,
                            relevance_for(settings))
