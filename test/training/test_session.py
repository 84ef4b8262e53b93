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


"""A session: the files it leaves, its card, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
import json
import math
import signal
import threading

import pytest
from ros2_nl_commander.language.errors import CheckpointError, DatasetError
from ros2_nl_commander.model.checkpoint import load_prompt
from ros2_nl_commander.model.prompts import check_fits
from ros2_nl_commander.training import history as history_module
from ros2_nl_commander.training.examples import hash_file
from ros2_nl_commander.training.interrupts import interrupt_delayed
from ros2_nl_commander.training.session import run_session, Session
from ros2_nl_commander.training.settings import TrainingSettings
from ros2_nl_commander.training.step_loss import StepLoss
from ros2_nl_commander.training.train import Trainer
from safetensors.torch import load_file
import torch

SETTINGS = TrainingSettings(n_tokens=3, epochs=2, batch_size=4, held_out=0.2)
WRITTEN = {'prompt.safetensors', 'prompt.json', 'metrics.json', 'loss.png', 'tensorboard'}
STATE = 'training_state.pt'


@pytest.fixture
def session(data_file, tmp_path):
    return Session(SETTINGS, [data_file], tmp_path / 'out', {'id': 'tiny', 'hash': 'abc'})


@pytest.fixture
def run(tiny_backbone, accelerator):
    return lambda session: run_session(session, tiny_backbone, accelerator)


@pytest.fixture
def interrupted(session, run, monkeypatch):
    """Return a session that was broken off at its second step."""
    plain, calls = StepLoss.mean_with_gradient, []

    def method(*args):
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return plain(*args)

    with monkeypatch.context() as patch:
        patch.setattr(StepLoss, 'mean_with_gradient', method)
        assert not run(session).finished
    return session


def names(folder):
    return {path.name for path in folder.iterdir()}


def strict_json(path):
    def refuse(constant):
        raise ValueError(f'{constant} is not JSON')

    return json.loads(path.read_text(), parse_constant=refuse)


@pytest.mark.parametrize('kind, trained, kept', [
    ('soft', 3 * 32, 3 * 32), ('mlp', 3 * 32 + 2 * (32 * 32 + 32), 3 * 32),
    ('deep', 3 * 64, 3 * 64)])
def test_exactly_these_files_are_written(session, run, tiny_backbone, kind, trained, kept):
    session = replace(session, settings=replace(SETTINGS, kind=kind))
    outcome = run(session)
    assert outcome.finished and names(session.output) == WRITTEN
    assert len(names(session.output / 'tensorboard')) == 1
    check_fits(load_prompt(session.output).folded, tiny_backbone.shape)
    metrics = strict_json(session.output / 'metrics.json')
    assert (metrics['parameters_trained'], metrics['parameters_kept']) == (trained, kept)
    assert metrics['step'] == 4 and [step for step, _ in metrics['training']] == [1, 2, 3, 4]
    assert [step for step, _ in metrics['held_out']] == [2, 4]
    assert metrics['best_loss'] == min(loss for _, loss in metrics['held_out'])
    assert (session.output / 'loss.png').read_bytes().startswith(b'\x89PNG')


def test_figures_are_json_without_held_out_data_too(session, run):
    run(replace(session, settings=replace(SETTINGS, held_out=0.0)))
    metrics = strict_json(session.output / 'metrics.json')
    assert metrics['best_loss'] is None and metrics['best_step'] == metrics['step'] == 4
    assert 'held_out_loss' not in load_prompt(session.output).card.metrics


def test_the_card_says_how_the_prompt_was_made(session, run, data_file):
    run(session)
    card = load_prompt(session.output).card
    assert (card.kind, card.layout) == ('mlp', 'chat')
    assert card.base_model == {'id': 'tiny', 'hash': 'abc'}
    assert card.data == {'files': {'data.jsonl': hash_file(data_file)}, 'examples': 8}
    assert card.training['n_tokens'] == 3 and card.training['processes'] == 1
    assert card.training['dtype'] == 'float32' and card.training['seconds'] >= 0
    assert set(card.metrics) == {'training_loss', 'held_out_loss'}
    assert str(session.output.parent) not in (session.output / 'prompt.json').read_text()


def test_files_of_one_name_are_told_apart(session, tmp_path, data_file):
    other = tmp_path / 'more' / 'data.jsonl'
    other.parent.mkdir()
    other.write_text(data_file.read_text() * 2)
    card = replace(session, data=[data_file, other]).data_card()
    assert card == {'files': {'data.jsonl': hash_file(data_file),
                              'more/data.jsonl': hash_file(other)}}


def test_the_encoder_is_kept_on_request_only(session, run):
    run(replace(session, keep_encoder=True))
    assert names(session.output) == WRITTEN | {'encoder.safetensors'}
    state = load_file(session.output / 'encoder.safetensors')
    assert set(state) == {'embedding.weight', 'mlp.0.weight', 'mlp.0.bias', 'mlp.2.weight',
                          'mlp.2.bias'}
    run(session)
    assert names(session.output) == WRITTEN


def test_a_broken_run_leaves_what_going_on_needs(interrupted, run):
    assert names(interrupted.output) == {STATE, 'tensorboard'}
    outcome = run(replace(interrupted, resume=True))
    assert outcome.finished and outcome.history.step == 4
    assert names(interrupted.output) == WRITTEN


@pytest.mark.parametrize('change', [
    {'settings': replace(SETTINGS, learning_rate=1.0)}, {'settings': replace(SETTINGS, epochs=3)},
    {'base_model': {'id': 'other'}}])
def test_a_run_goes_on_with_the_same_settings_and_model_only(interrupted, run, change):
    with pytest.raises(CheckpointError, match='other settings or data'):
        run(replace(interrupted, resume=True, **change))
    assert run(replace(interrupted, resume=True)).finished  # and is not spoilt by the attempt


def test_a_run_goes_on_with_the_same_data_only(interrupted, run, data_file):
    data_file.write_text(data_file.read_text().replace('lamp', 'lamps'))
    with pytest.raises(CheckpointError, match='other settings or data'):
        run(replace(interrupted, resume=True))


def test_a_run_goes_on_with_the_same_robots_only(interrupted, run, monkeypatch):
    """A file that a line names may have been edited."""
    load = Session.load_examples
    monkeypatch.setattr(Session, 'load_examples', lambda session: [
        replace(example, robot=replace(example.robot, robot='another'))
        for example in load(session)])
    with pytest.raises(CheckpointError, match='other settings or data'):
        run(replace(interrupted, resume=True))


def test_a_held_out_loss_that_is_no_number_does_not_hide_the_others(session, run, monkeypatch):
    losses = iter([math.nan, 2.0])
    monkeypatch.setattr(Trainer, 'held_out_loss', lambda trainer: next(losses))
    assert run(session).finished
    metrics = strict_json(session.output / 'metrics.json')
    assert (metrics['held_out'], metrics['best_loss']) == ([[2, None], [4, 2.0]], 2.0)


def test_more_processes_are_another_run_unless_a_step_stays_the_same(session):
    halved = replace(session, settings=replace(SETTINGS, accumulate=3))
    whole = replace(session, settings=replace(SETTINGS, accumulate=6))
    data = whole.data_card()
    assert halved.fingerprint(1, data) != halved.fingerprint(2, data) == whole.fingerprint(1, data)


def test_without_a_broken_run_there_is_nothing_to_resume(session, run):
    with pytest.raises(CheckpointError, match=f'Nothing to resume in .*: no {STATE}'):
        run(replace(session, resume=True))
    run(session)
    with pytest.raises(CheckpointError, match='Nothing to resume'):
        run(replace(session, resume=True))


@pytest.mark.parametrize('content', [b'', b'garbage', None], ids=['empty', 'garbage', 'cut'])
def test_a_damaged_state_is_refused(interrupted, run, content):
    path = interrupted.output / STATE
    path.write_bytes(path.read_bytes()[:-900] if content is None else content)
    with pytest.raises(CheckpointError, match=f'{STATE} is damaged'):
        run(replace(interrupted, resume=True))


def test_a_state_of_something_else_is_refused(interrupted, run):
    torch.save({'encoder': {}}, interrupted.output / STATE)
    with pytest.raises(CheckpointError, match=f'{STATE} is damaged'):
        run(replace(interrupted, resume=True))


def test_an_output_that_cannot_be_a_folder_is_refused(session, run):
    session.output.write_text('a file')
    with pytest.raises(CheckpointError, match='Cannot write to .*out'):
        run(session)


def test_a_full_disk_is_one_clear_error(session, run, monkeypatch):
    def save(_state, path):
        path.write_bytes(b'half')
        raise RuntimeError('PytorchStreamWriter failed writing file')

    monkeypatch.setattr(history_module.torch, 'save', save)
    with pytest.raises(CheckpointError, match='Cannot write to .*: PytorchStreamWriter failed'):
        run(session)
    assert not list(session.output.glob('*.partial'))


def test_bad_lines_of_all_files_are_named_at_once(session, data_file, tmp_path):
    (tmp_path / 'b.jsonl').write_text('{\n')
    (tmp_path / 'c.jsonl').write_text('\n[]\n')
    session = replace(session, data=[tmp_path / 'b.jsonl', data_file, tmp_path / 'c.jsonl'])
    with pytest.raises(DatasetError) as caught:
        session.load_examples()
    first, second = str(caught.value).splitlines()
    assert 'b.jsonl:1: ' in first and 'c.jsonl:2: ' in second


def test_ctrl_c_is_held_back_until_the_block_is_done(default_ctrl_c):
    done = []
    with pytest.raises(KeyboardInterrupt):
        with interrupt_delayed():
            signal.raise_signal(signal.SIGINT)
            done.append(True)
    assert done and signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_holding_back_works_beside_the_main_thread():
    done = []

    def work():
        with interrupt_delayed():
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)
    assert done
