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

"""Small changes to a model: learned, taken away, and applied for good."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.errors import CheckpointError
from ros2_nl_commander.model.low_rank import apply_changes, low_rank_changes, tensors_of
import torch
from torch import nn

GIVEN = torch.linspace(-1, 1, 8).reshape(2, 4)


class Tiny(nn.Module):
    """Two layers that are changed, and one that is not."""

    def __init__(self, width=4):
        super().__init__()
        torch.manual_seed(0)
        self.encoder = nn.Sequential(nn.Linear(width, 3), nn.Tanh(), nn.Linear(3, width))
        self.pooler = nn.Linear(width, width)

    def forward(self, given):
        return self.pooler(self.encoder(given))


def learn(model, steps=20):
    """Let a model learn to give zeros; return what it gave in the end, and the changes."""
    with low_rank_changes(model, 2, torch.Generator().manual_seed(0)) as changes:
        parameters = [number for change in changes.values() for number in change.parameters()]
        assert [number for number in model.parameters() if number.requires_grad] == parameters
        optimizer = torch.optim.Adam(parameters, lr=0.05)
        for _ in range(steps):
            optimizer.zero_grad()
            model(GIVEN).square().mean().backward()
            optimizer.step()
        return model(GIVEN).detach(), tensors_of(changes)


def test_changes_learn_and_leave_the_model_as_it_was():
    model = Tiny()
    before = model(GIVEN)
    with low_rank_changes(model, 2, torch.Generator()):
        assert torch.equal(model(GIVEN), before), 'what has not learned must change nothing'
    after, tensors = learn(model)
    assert after.square().mean() < 0.5 * before.square().mean()
    assert torch.equal(model(GIVEN), before)
    assert set(model.state_dict()) == set(Tiny().state_dict())
    assert set(tensors) == {f'encoder.{layer}.{part}'
                            for layer in (0, 2) for part in ('down', 'up')}


def test_the_model_is_as_it_was_after_an_error():
    model = Tiny()
    with pytest.raises(KeyboardInterrupt), low_rank_changes(model, 2, torch.Generator()):
        raise KeyboardInterrupt
    assert set(model.state_dict()) == set(Tiny().state_dict())


def test_what_cannot_be_changed_is_named_and_stays():
    model = Tiny().half()  # changes are in float32
    with pytest.raises(ValueError, match='dtype'), low_rank_changes(
            model, 2, torch.Generator()):
        pass
    assert set(model.state_dict()) == set(Tiny().state_dict())


def test_applied_changes_give_what_was_learned():
    after, tensors = learn(Tiny())
    model = Tiny()
    apply_changes(model, tensors)
    assert torch.allclose(model(GIVEN), after, atol=1e-5)


@pytest.mark.parametrize('spoil, message', [
    (lambda tensors: tensors.pop('encoder.0.up'), 'other layers'),
    (lambda tensors: tensors.update({'pooler.up': torch.zeros(1)}), 'other layers'),
    (lambda tensors: tensors.update({'encoder.2.up': torch.zeros(4, 1)}), 'encoder.2 is for'),
    (lambda tensors: tensors.update({'encoder.2.down': torch.zeros(2)}), 'encoder.2 is for'),
    (lambda tensors: tensors.update({'encoder.2.down': torch.tensor(1.0)}), 'encoder.2 is for')])
def test_changes_for_another_model_change_nothing(spoil, message):
    _, tensors = learn(Tiny())
    spoil(tensors)
    model = Tiny()
    with pytest.raises(CheckpointError, match=message):
        apply_changes(model, tensors)
    assert torch.equal(model(GIVEN), Tiny()(GIVEN))
