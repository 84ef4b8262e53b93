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
Learns how a sentence and the interface that it means look alike, for ``model/relevance.py``.

The encoder stays as it is: all texts are encoded once, and what is learned are a linear map of
each side and a scale, by the cross-entropy of the interface that was meant among all that its
robot has. It takes minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from ros2_nl_commander.language.context import context_line
from ros2_nl_commander.language.short_form import entrances
from ros2_nl_commander.language.validation import noun_of
from ros2_nl_commander.model.encoder import SentenceEncoder
from ros2_nl_commander.model.relevance import plain_text
from ros2_nl_commander.training.examples import by_robot, Example
from safetensors.torch import save
import torch
from torch.nn.functional import cross_entropy, normalize

#: More epochs fit these robots better, and others worse.
EPOCHS, LEARNING_RATE = 2, 1e-3


@dataclass(frozen=True, slots=True)
class Choices:
    """
    Sentences to one robot, and what each of them means.

    :param sentences: (sentences, width)
    :param interfaces: (interfaces, width)
    :param meant: (sentences,) rows of ``interfaces``
    """

    sentences: torch.Tensor
    interfaces: torch.Tensor
    meant: torch.Tensor


def learn_relevance(
    examples: Sequence[Example], encoder: SentenceEncoder, seed: int = 0
) -> dict[str, torch.Tensor]:
    """
    Learn the maps.

    :param examples: those that are to be declined teach nothing here
    :returns: what ``RelevanceModel`` takes
    """
    robots = [choices for choices in (_encoded(of_one, encoder) for of_one in by_robot(examples))
              if len(choices.meant)]
    sides = [torch.eye(encoder.width).requires_grad_() for _ in range(2)]
    log_scale = torch.tensor(3.0).requires_grad_()
    optimizer = torch.optim.AdamW([*sides, log_scale], lr=LEARNING_RATE)
    random = Random(seed)
    for _ in range(EPOCHS):
        for choices in random.sample(robots, len(robots)):
            said, offered = (normalize(vectors @ side, dim=-1) for vectors, side in zip(
                (choices.sentences, choices.interfaces), sides))
            loss = cross_entropy(log_scale.exp() * said @ offered.T, choices.meant)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return {'sentence': sides[0].detach(), 'interface': sides[1].detach(),
            'scale': log_scale.detach().exp()}


def write_relevance(maps: dict[str, torch.Tensor], path: Path) -> None:
    """Write maps down, in half precision."""
    path.write_bytes(save({name: tensor.half() for name, tensor in maps.items()}))


def _encoded(examples: Sequence[Example], encoder: SentenceEncoder) -> Choices:
    """Encode the sentences to one robot, and its interfaces."""
    robot = examples[0].robot
    offered = list(entrances(robot))
    rows = {(entrance.noun, entrance.name): row for row, entrance in enumerate(offered)}
    said = [(example.instruction, rows[noun_of(example.command), example.command.name])
            for example in examples if example.command is not None]
    return Choices(
        encoder.encode([sentence for sentence, _ in said]).clone(),
        encoder.encode([plain_text(context_line(entrance, robot))
                        for entrance in offered]).clone(),
        torch.tensor([row for _, row in said], dtype=torch.long))
