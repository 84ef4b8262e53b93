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

What is learned are small changes to the encoder, a linear map of each side, a scale, and how
little is as good as nothing, by the cross-entropy of the interface that is meant, or of none,
among those of its robot and some of others. On two cores it takes a quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from ros2_nl_commander.language.context import context_line
from ros2_nl_commander.language.errors import DatasetError
from ros2_nl_commander.language.short_form import DECLINES, entrances
from ros2_nl_commander.language.validation import noun_of
from ros2_nl_commander.model.encoder import SentenceEncoder
from ros2_nl_commander.model.low_rank import low_rank_changes, tensors_of
from ros2_nl_commander.model.relevance import plain_text
from ros2_nl_commander.training.examples import by_robot, Example
from safetensors.torch import save
import torch
from torch.nn.functional import cross_entropy, normalize
from tqdm import tqdm
from transformers import get_linear_schedule_with_warmup

#: Of the products that change the encoder's 36 layers.
RANK = 16
#: Of these changes, and of everything else; once over the data.
LEARNING_RATE, MAPS_LEARNING_RATE = 5e-4, 1e-3
WEIGHT_DECAY, WARM_UP = 0.01, 1 / 15
#: Where the scale begins, and the cosine that is as good as nothing.
SCALE, LEAST = 20.0, 0.4

#: Why a sentence is declined that no interface fits: where it lacks a value, one does.
FITS_NONE = frozenset(f'{DECLINES}{reason}' for reason in (
    'not a request', 'cannot do that', 'unsafe'))

#: Sentences in a step, all to one robot; interfaces of it, if it has so many; those of others.
SENTENCES, INTERFACES, STRANGERS = 24, 30, 8


@dataclass(frozen=True, slots=True)
class Choices:
    """
    Sentences to one robot, and what each of them means.

    :param lines: of its interfaces, in words
    :param said: each sentence with the number of the line that it means; None if none fits
    """

    lines: list[str]
    said: list[tuple[str, int | None]]

    def batches(self, random: Random) -> Iterator[Choices]:
        """Give the sentences in parts of a step, in any order."""
        said = random.sample(self.said, len(self.said))
        for start in range(0, len(said), SENTENCES):
            yield Choices(self.lines, said[start:start + SENTENCES])

    def sampled(self, random: Random) -> Choices:
        """Give the same sentences among fewer lines: the ones that are meant, and others."""
        meant = sorted({line for _, line in self.said if line is not None})
        others = [line for line in range(len(self.lines)) if line not in meant]
        room = min(len(others), max(0, INTERFACES - len(meant)))
        kept = [*meant, *random.sample(others, room)]
        return Choices([self.lines[line] for line in kept], [
            (sentence, None if line is None else kept.index(line))
            for sentence, line in self.said])


class _Learner:
    """What is learned beside the changes to the encoder."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self._encoder = encoder
        self.sides = [torch.eye(encoder.width).requires_grad_() for _ in range(2)]
        self.log_scale = torch.tensor(SCALE).log().requires_grad_()
        self.least = torch.tensor(LEAST).requires_grad_()

    @property
    def parameters(self) -> list[torch.Tensor]:
        return [*self.sides, self.log_scale, self.least]

    def tensors(self) -> dict[str, torch.Tensor]:
        scale = self.log_scale.detach().exp()
        return {'sentence': self.sides[0].detach(), 'interface': self.sides[1].detach(),
                'scale': scale, 'none': scale * self.least.detach()}

    def loss(self, choices: Choices, strangers: list[str]) -> torch.Tensor:
        """
        Give the mean cross-entropy of what is meant [nats].

        :param strangers: lines of other robots, that none of the sentences means
        """
        texts = [sentence for sentence, _ in choices.said], [*choices.lines, *strangers]
        said, offered = (normalize(self._encoder.encode_batch(side_texts) @ side, dim=-1)
                         for side_texts, side in zip(texts, self.sides, strict=True))
        none = self.least.expand(len(said), 1)
        scores = self.log_scale.exp() * torch.cat((said @ offered.T, none), dim=1)
        fits_none = torch.tensor([line is None for _, line in choices.said])
        of_strangers = torch.zeros(scores.shape[1], dtype=torch.bool)
        of_strangers[len(choices.lines):-1] = True
        # What this robot cannot do, another one may.
        scores = scores.masked_fill(fits_none[:, None] & of_strangers, float('-inf'))
        return cross_entropy(scores, torch.tensor(
            [len(offered) if line is None else line for _, line in choices.said]))


def learn_relevance(
    examples: Sequence[Example], encoder: SentenceEncoder, seed: int = 0
) -> dict[str, torch.Tensor]:
    """
    Learn all of it.

    :param examples: sentences to no robot in particular teach nothing here, and of those that are
        declined, only the ones that no interface fits do
    :param encoder: its weights are afterwards what they were before
    :returns: what ``RelevanceModel`` takes
    :raises DatasetError: if none of them teaches anything
    """
    random = Random(seed)
    robots = [choices for choices in map(_choices, by_robot(examples))
              if choices.said and choices.lines]
    batches = [batch for choices in robots for batch in choices.batches(random)]
    if not batches:
        raise DatasetError('no sentence of this data means an interface of its robot')
    random.shuffle(batches)
    learner = _Learner(encoder)
    with low_rank_changes(
            encoder.body, RANK, torch.Generator().manual_seed(seed)) as changes:
        thin = [matrix for change in changes.values() for matrix in change.parameters()]
        optimizer = torch.optim.AdamW(
            [{'params': thin, 'lr': LEARNING_RATE},
             {'params': learner.parameters, 'lr': MAPS_LEARNING_RATE}],
            weight_decay=WEIGHT_DECAY)
        schedule = get_linear_schedule_with_warmup(
            optimizer, round(WARM_UP * len(batches)), len(batches))
        progress = tqdm(batches, desc='relevance', unit='step')
        for batch in progress:
            strangers = (random.choice(random.choice(robots).lines) for _ in range(STRANGERS))
            loss = learner.loss(batch.sampled(random), [
                line for line in strangers if line not in batch.lines])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            progress.set_postfix(loss=f'{loss.item():.3f}')
        return {**learner.tensors(), **tensors_of(changes)}


def write_relevance(
    learned: Mapping[str, torch.Tensor], path: Path, learned_for: Mapping[str, str]
) -> None:
    """
    Write what was learned, in half precision.

    :param learned_for: the encoder, as ``model_identity`` names it
    """
    path.write_bytes(save(
        {name: tensor.half().contiguous() for name, tensor in learned.items()},
        dict(learned_for)))


def _choices(examples: Sequence[Example]) -> Choices:
    """Find what the sentences to one robot mean; nothing of one that is not known."""
    robot = examples[0].robot
    if robot.is_empty:
        return Choices([], [])
    offered = list(entrances(robot))
    rows = {(entrance.noun, entrance.name): row for row, entrance in enumerate(offered)}
    said: list[tuple[str, int | None]] = []
    for example in examples:
        if example.command is not None:
            row = rows[noun_of(example.command), example.command.name]
            said.append((example.instruction, row))
        elif example.has_reason and example.answer in FITS_NONE:
            said.append((example.instruction, None))
    return Choices([plain_text(context_line(entrance, robot)) for entrance in offered], said)
