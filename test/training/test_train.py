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


"""The training loop: what changes, what must not, and going on after a break."""

from __future__ import annotations

import math
import signal

import pytest
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.model.backbone import load_backbone
from ros2_nl_commander.training import train as module
from ros2_nl_commander.training.lessons import Lessons
from ros2_nl_commander.training.settings import TrainingSettings
from ros2_nl_commander.training.step_loss import StepLoss
from ros2_nl_commander.training.train import Trainer
import torch

KINDS = ('soft', 'mlp', 'deep')


@pytest.fixture
def make_trainer(tiny_backbone, examples, accelerator, tmp_path):
    def make(backbone=tiny_backbone, **values):
        settings = TrainingSettings(**{
            'n_tokens': 3, 'epochs': 2, 'batch_size': 4, 'held_out': 0.0, 'warmup': 0.0,
            'learning_rate': 1e-2, **values})
        return Trainer(backbone, Lessons(examples), settings, tmp_path / 'run', 'print',
                       accelerator)
    return make


def train(trainer):
    """Run to the end; return the prompts that were kept, by step."""
    kept = {}

    def keep(prompt, history):
        (tensor,) = prompt.tensors().values()
        kept[history.step] = tensor.detach().clone()

    outcome = trainer.run(keep)
    return outcome, kept


def weights(trainer):
    return torch.cat([parameter.detach().flatten() for parameter in trainer.encoder.parameters()])


def losses(outcome):
    return [loss for _, loss in outcome.history.training]


@pytest.mark.parametrize('kind', KINDS)
def test_two_steps_lower_the_loss(make_trainer, kind):
    outcome, _ = train(make_trainer(kind=kind, batch_size=8, epochs=3))
    first, second, third = losses(outcome)
    assert third < second < first
    assert outcome.finished and outcome.history.step == 3


@pytest.mark.parametrize('kind', KINDS)
def test_the_model_itself_does_not_change(make_trainer, tiny_backbone, kind):
    parts = (tiny_backbone.body, tiny_backbone.head)
    before = [value.clone() for part in parts for value in part.state_dict().values()]
    train(make_trainer(kind=kind))
    after = [value for part in parts for value in part.state_dict().values()]
    assert all(torch.equal(old, new) for old, new in zip(before, after, strict=True))
    assert all(parameter.grad is None for part in parts for parameter in part.parameters())


@pytest.mark.parametrize('kind', KINDS)
def test_same_seed_same_weights(make_trainer, kind):
    runs = []
    for seed in (5, 5, 6):
        torch.manual_seed(len(runs))  # what happened before must not matter
        trainer = make_trainer(kind=kind, seed=seed)
        train(trainer)
        runs.append(weights(trainer))
    assert torch.equal(runs[0], runs[1]) and not torch.equal(runs[0], runs[2])


def test_start_values_of_a_soft_prompt_are_embeddings_of_the_model(make_trainer, tiny_backbone):
    own = {tuple(row) for row in tiny_backbone.embeddings.weight.tolist()}
    start = make_trainer(kind='soft').encoder.embedding.weight
    assert {tuple(row) for row in start.tolist()} <= own


@pytest.mark.parametrize('batch_size', [1, 2, 3])
def test_loss_and_gradient_do_not_depend_on_how_a_step_is_cut(make_trainer, batch_size):
    whole, cut = make_trainer(batch_size=8), make_trainer(batch_size=batch_size)
    losses_of_both = [trainer._loss.mean_with_gradient(trainer.encoder, whole._training)
                      for trainer in (whole, cut)]
    assert losses_of_both[1] == pytest.approx(losses_of_both[0], rel=1e-4)
    for one, other in zip(whole.encoder.parameters(), cut.encoder.parameters()):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-3, atol=1e-5)


def test_the_prompt_stays_float32_with_a_bfloat16_model(make_trainer, tiny_model_folder):
    backbone = load_backbone(
        tiny_model_folder, device='cpu', dtype='bfloat16', for_training=True)
    trainer = make_trainer(backbone=backbone, batch_size=8, epochs=3)
    outcome, kept = train(trainer)
    assert losses(outcome)[-1] < losses(outcome)[0]
    assert {parameter.dtype for parameter in trainer.encoder.parameters()} == {torch.float32}
    assert kept[3].dtype == torch.float32


def test_without_held_out_data_the_last_prompt_is_kept(make_trainer):
    trainer = make_trainer()
    outcome, kept = train(trainer)
    assert list(kept) == [2, 4] and outcome.history.best_step == 4
    assert torch.equal(kept[4], trainer.encoder.fold().embeddings)


def use_held_out_losses(monkeypatch, values):
    remaining = iter(values)
    monkeypatch.setattr(Trainer, 'held_out_loss', lambda self: next(remaining))


def test_the_best_prompt_is_kept_and_no_progress_ends_the_run(make_trainer, monkeypatch):
    use_held_out_losses(monkeypatch, [3.0, 2.0, 2.5, 2.0, 1.0])
    outcome, kept = train(make_trainer(held_out=0.2, epochs=9, patience=2))
    history = outcome.history
    assert outcome.finished and list(kept) == [2, 4]
    assert (history.best_loss, history.best_step, history.step) == (2.0, 4, 8)
    assert history.held_out == [(2, 3.0), (4, 2.0), (6, 2.5), (8, 2.0)]


def test_without_patience_a_run_goes_to_its_end(make_trainer, monkeypatch):
    use_held_out_losses(monkeypatch, [3.0, 4.0, 5.0, 6.0])
    outcome, kept = train(make_trainer(held_out=0.2, epochs=4, patience=0))
    assert list(kept) == [2] and outcome.history.step == 8


def test_a_held_out_loss_that_is_no_number_is_never_the_best(make_trainer, monkeypatch):
    use_held_out_losses(monkeypatch, [3.0, math.nan, 2.0])
    _, kept = train(make_trainer(held_out=0.2, epochs=3))
    assert list(kept) == [2, 6]


@pytest.mark.parametrize('evaluations, steps', [
    (1, [6, 12]), (2, [3, 6, 9, 12]), (99, list(range(1, 13)))])
def test_evaluations_come_as_often_as_asked(make_trainer, evaluations, steps):
    outcome, _ = train(make_trainer(
        held_out=0.2, batch_size=1, epochs=2, evaluations=evaluations, patience=0))
    assert [step for step, _ in outcome.history.held_out] == steps


def test_the_held_out_loss_is_that_of_the_held_out_examples(make_trainer):
    trainer = make_trainer(held_out=0.3)
    before = trainer.held_out_loss()
    assert trainer.held_out_loss() == before  # measuring changes nothing
    assert all(parameter.grad is None for parameter in trainer.encoder.parameters())


def test_a_loss_that_is_no_number_ends_the_run_with_advice(make_trainer):
    trainer = make_trainer()
    with torch.no_grad():
        trainer.encoder.embedding.weight.fill_(math.nan)
    with pytest.raises(ModelError, match='loss of step 1 is nan: train with a lower learning'):
        train(trainer)


def test_a_gradient_that_is_no_number_ends_the_run_with_advice(make_trainer, monkeypatch):
    """The loss was one; after the step the prompt would not be."""
    trainer = make_trainer()
    before = weights(trainer)
    monkeypatch.setattr(torch.nn.utils, 'clip_grad_norm_', lambda *_: torch.tensor(math.inf))
    with pytest.raises(ModelError, match='gradient of step 1 is inf: train with a lower learning'):
        train(trainer)
    assert torch.equal(weights(trainer), before)


def test_a_model_that_fails_leaves_what_going_on_needs(make_trainer, monkeypatch):
    trainer = make_trainer()

    def fail(*_):
        if trainer._history.step == 1:
            raise torch.OutOfMemoryError('CUDA out of memory')
        return plain(trainer._loss, *_)

    plain = StepLoss.mean_with_gradient
    monkeypatch.setattr(trainer._loss, 'mean_with_gradient', fail)
    with pytest.raises(ModelError, match='failed in step 2: CUDA out of memory. --resume goes on'):
        train(trainer)
    monkeypatch.undo()
    trainer = make_trainer()
    trainer.resume()
    assert train(trainer)[0].finished


def interrupt(monkeypatch, owner, name, call):
    """Make the given call of a method a Ctrl-C, once."""
    plain, calls = getattr(owner, name), []

    def method(*args):
        calls.append(args)
        if len(calls) == call:
            raise KeyboardInterrupt
        return plain(*args)

    monkeypatch.setattr(owner, name, method)


@pytest.mark.parametrize('kind', KINDS)
@pytest.mark.parametrize('call', [1, 3, 4])
def test_going_on_after_ctrl_c_ends_where_an_unbroken_run_ends(
        make_trainer, monkeypatch, kind, call):
    values = {'kind': kind, 'held_out': 0.2, 'patience': 0}
    unbroken = make_trainer(**values)
    expected, kept = train(unbroken)

    with monkeypatch.context() as patch:
        interrupt(patch, StepLoss, 'mean_with_gradient', call)
        broken, kept_before = train(make_trainer(**values))
    assert not broken.finished and broken.history.step == call - 1

    resumed = make_trainer(**values)
    resumed.resume()
    outcome, kept_after = train(resumed)
    assert outcome.finished
    assert outcome.history.training == expected.history.training
    assert outcome.history.held_out == expected.history.held_out
    assert torch.equal(weights(resumed), weights(unbroken))
    assert {**kept_before, **kept_after}.keys() == kept.keys()


def test_a_killed_run_loses_no_more_than_the_steps_since_the_last_save(
        make_trainer, monkeypatch):
    values = {'evaluations': 1, 'held_out': 0.0, 'patience': 0}
    monkeypatch.setattr(module, 'SAVE_PERIOD_SEC', -1.0)
    plain = StepLoss.mean_with_gradient
    done = []

    def step(*args):
        done.append(args)
        if len(done) == 3:
            raise SystemExit  # as a signal that nobody handles: nothing is saved on the way out
        return plain(*args)

    with monkeypatch.context() as patch:
        patch.setattr(StepLoss, 'mean_with_gradient', step)
        with pytest.raises(SystemExit):
            train(make_trainer(**values))
    resumed = make_trainer(**values)
    resumed.resume()
    assert resumed._history.step == 2


@pytest.mark.parametrize('call, held_out', [(1, 0.2), (2, 0.2)])
def test_an_evaluation_that_was_broken_off_is_made_up_for(
        make_trainer, monkeypatch, call, held_out):
    with monkeypatch.context() as patch:
        interrupt(patch, Trainer, 'held_out_loss', call)
        broken, _ = train(make_trainer(held_out=held_out))
    assert not broken.finished and broken.history.step == 2 * call

    resumed = make_trainer(held_out=held_out)
    resumed.resume()
    outcome, kept = train(resumed)
    assert [step for step, _ in outcome.history.held_out] == [2, 4]
    assert 2 * call in kept


def test_ctrl_c_in_the_middle_of_an_update_waits_for_its_end(
        make_trainer, monkeypatch, default_ctrl_c):
    plain = torch.optim.AdamW.step

    def step(optimizer, *args):
        signal.raise_signal(signal.SIGINT)
        return plain(optimizer, *args)

    with monkeypatch.context() as patch:
        patch.setattr(torch.optim.AdamW, 'step', step)
        trainer = make_trainer()
        start = weights(trainer)
        outcome, _ = train(trainer)
    assert not outcome.finished
    assert outcome.history.step == len(outcome.history.training) == 1
    assert not torch.equal(weights(trainer), start)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_run_that_had_stalled_does_not_go_on(make_trainer, monkeypatch):
    use_held_out_losses(monkeypatch, [1.0, 2.0, 3.0])
    values = {'held_out': 0.2, 'epochs': 9, 'patience': 1}
    train(make_trainer(**values))  # its state is there until the session ends
    resumed = make_trainer(**values)
    resumed.resume()
    outcome, _ = train(resumed)
    assert outcome.finished and outcome.history.step == 4
