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


"""Prompts on disk: what is written, what is read back, and what is refused."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest
from ros2_nl_commander.language.errors import CheckpointError
from ros2_nl_commander.model import checkpoint
from ros2_nl_commander.model.checkpoint import (
    find_prompt, load_prompt, PromptCard, save_encoder, save_prompt, TrainedPrompt)
from ros2_nl_commander.model.prompts import FoldedPrompt, PTuningV2Prompt, SoftPrompt
from ros2_nl_commander.model.shape import ModelShape
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
import torch

SHAPE = ModelShape(hidden_size=16, layers=2, key_value_heads=2, head_dim=4, vocabulary=50)


def trained(kind='mlp', fill=None, **card):
    size = (2, 2, 2, 3, 4) if kind == 'deep' else (3, 16)
    tensor = torch.randn(size) if fill is None else torch.full(size, float(fill))
    name = 'key_values' if kind == 'deep' else 'embeddings'
    return TrainedPrompt(FoldedPrompt(**{name: tensor}), PromptCard(kind, 'chat', **card))


def refused(path, match):
    """Load what must be refused; return the one line."""
    with pytest.raises(CheckpointError, match=match) as caught:
        load_prompt(path)
    assert '\n' not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize('kind', ['soft', 'mlp', 'deep'])
def test_round_trip(tmp_path, kind):
    prompt = trained(kind, base_model={'id': 'a/b'}, data={'files': {'x.jsonl': 'abc'}},
                     training={'seed': 1}, metrics={'held_out_loss': 0.5})
    save_prompt(tmp_path / 'new' / 'prompt', prompt)
    loaded = load_prompt(tmp_path / 'new' / 'prompt')
    assert loaded.card == prompt.card
    for name, tensor in prompt.folded.tensors().items():
        assert torch.equal(loaded.folded.tensors()[name], tensor)


def test_exactly_these_files_are_written(tmp_path):
    save_prompt(tmp_path, trained())
    assert {path.name for path in tmp_path.iterdir()} == {'prompt.safetensors', 'prompt.json'}
    encoder = PTuningV2Prompt(SHAPE, 3)
    save_encoder(tmp_path, encoder)
    assert {path.name for path in tmp_path.iterdir()} == {
        'prompt.safetensors', 'prompt.json', 'encoder.safetensors'}
    state = load_file(tmp_path / 'encoder.safetensors')
    assert all(torch.equal(state[name], tensor) for name, tensor in encoder.state_dict().items())


def test_a_prompt_is_kept_in_float32_whatever_it_was_computed_in(tmp_path):
    folded = FoldedPrompt(embeddings=torch.randn(3, 16).bfloat16().requires_grad_())
    save_prompt(tmp_path, TrainedPrompt(folded, PromptCard('soft', 'plain')))
    loaded = load_prompt(tmp_path).folded.embeddings
    assert loaded.dtype == torch.float32 and not loaded.requires_grad


def test_whoever_reads_the_card_can_read_the_weights(tmp_path):
    """The node may run as another user than who trained."""
    save_prompt(tmp_path, trained())
    modes = {(tmp_path / name).stat().st_mode for name in ('prompt.json', 'prompt.safetensors')}
    assert len(modes) == 1


def fail_after_some_bytes(error):
    def write(path, _content):
        Path(path).write_bytes(b'some bytes')
        raise error
    return write


@pytest.mark.parametrize('error', [
    OSError(errno.ENOSPC, 'No space left on device'), SafetensorError('I/O error'),
    RuntimeError('PytorchStreamWriter failed')], ids=lambda error: type(error).__name__)
def test_weights_that_cannot_be_written_leave_the_old_prompt(tmp_path, monkeypatch, error):
    save_prompt(tmp_path, trained(fill=1, metrics={'run': 1}))
    monkeypatch.setattr(checkpoint, 'write_tensors', fail_after_some_bytes(error))
    with pytest.raises(CheckpointError, match='Cannot write to'):
        save_prompt(tmp_path, trained(fill=2, metrics={'run': 2}))
    check_is_old(tmp_path)


@pytest.mark.parametrize('error', [
    OSError(errno.ENOSPC, 'No space left on device'), KeyboardInterrupt()], ids=repr)
def test_a_card_that_cannot_be_written_leaves_the_old_prompt_whole(tmp_path, monkeypatch, error):
    save_prompt(tmp_path, trained(fill=1, metrics={'run': 1}))

    def write_text(path, _text, **_kwargs):
        path.write_bytes(b'{"kind"')
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Path, 'write_text', write_text)
        with pytest.raises((CheckpointError, KeyboardInterrupt)):
            save_prompt(tmp_path, trained(fill=2, metrics={'run': 2}))
    check_is_old(tmp_path)


def check_is_old(folder):
    loaded = load_prompt(folder)
    assert loaded.card.metrics == {'run': 1}
    assert (loaded.folded.embeddings == 1).all()
    assert {path.name for path in folder.iterdir()} == {'prompt.safetensors', 'prompt.json'}


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(CheckpointError, match='Cannot write to'):
        save_prompt(tmp_path / 'file', trained())


@pytest.mark.parametrize('missing', ['prompt.json', 'prompt.safetensors', ''])
def test_a_missing_folder_or_file_is_refused(tmp_path, missing):
    save_prompt(tmp_path / 'prompt', trained())
    if missing:
        (tmp_path / 'prompt' / missing).unlink()
        folder = tmp_path / 'prompt'
    else:
        folder = tmp_path / 'nothing'
    refused(folder, 'No prompt in .*prompt.safetensors and prompt.json; train makes one')


@pytest.mark.parametrize('spoil', [
    lambda content: content[:-7], lambda content: b'', lambda content: b'garbage' * 20,
    lambda content: b'\xff' * 8 + content[8:]], ids=['cut', 'empty', 'garbage', 'header'])
def test_damaged_weights_are_refused(tmp_path, spoil):
    save_prompt(tmp_path, trained())
    path = tmp_path / 'prompt.safetensors'
    path.write_bytes(spoil(path.read_bytes()))
    refused(tmp_path, 'is damaged')


@pytest.mark.parametrize('text', [
    '', '{', '[]', '3', '"mlp"', '{}', '{"kind": "mlp"}',
    '{"kind": "lora", "layout": "chat"}', '{"kind": "mlp", "layout": "poem"}',
    '{"kind": "mlp", "layout": ["chat"]}', '{"kind": "mlp", "layout": "chat", "other": 1}'])
def test_a_damaged_card_is_refused(tmp_path, text):
    save_prompt(tmp_path, trained())
    (tmp_path / 'prompt.json').write_text(text)
    refused(tmp_path, 'is damaged')


def test_a_card_that_is_not_utf8_is_refused(tmp_path):
    save_prompt(tmp_path, trained())
    (tmp_path / 'prompt.json').write_bytes(b'\xff\xfe{')
    refused(tmp_path, 'is damaged')


@pytest.mark.parametrize('tensors', [
    {}, {'weights': torch.zeros(3, 16)}, {'embeddings': torch.zeros(16)},
    {'embeddings': torch.zeros(3, 16), 'key_values': torch.zeros(2, 2, 2, 3, 4)},
    {'key_values': torch.zeros(2, 2, 2, 3, 4)}])
def test_weights_that_are_not_those_of_the_kind_are_refused(tmp_path, tensors):
    save_prompt(tmp_path, trained('mlp'))
    save_file(tensors, tmp_path / 'prompt.safetensors')
    refused(tmp_path, 'expected embeddings of 2 axes for the kind mlp, got')


def test_the_card_is_json_a_person_can_read(tmp_path):
    save_prompt(tmp_path, trained(training={'seed': 1}))
    text = (tmp_path / 'prompt.json').read_text()
    assert json.loads(text)['training'] == {'seed': 1}
    assert text.count('\n') > 5 and text.endswith('}\n')


def test_the_notebooks_mlp_file_loads(tmp_path):
    module = PTuningV2Prompt(SHAPE, 3)
    torch.save(module.state_dict(), tmp_path / 'p_tuning_ros2.pt')
    loaded = load_prompt(tmp_path / 'p_tuning_ros2.pt')
    torch.testing.assert_close(loaded.folded.embeddings, module.fold().embeddings)
    assert (loaded.card.kind, loaded.card.layout) == ('mlp', 'plain')


def test_the_notebooks_soft_file_loads_in_half_precision_too(tmp_path):
    module = SoftPrompt(SHAPE, 3, torch.randn(3, 16)).half()
    torch.save(module.state_dict(), tmp_path / 'soft.pt')
    loaded = load_prompt(tmp_path / 'soft.pt')
    assert torch.equal(loaded.folded.embeddings, module.embedding.weight.float())
    assert (loaded.card.kind, loaded.card.layout) == ('soft', 'plain')


class _Code:
    """Unpickling this runs code."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return Path.touch, (self.marker,)


def test_a_pickle_with_code_in_it_is_refused_and_not_run(tmp_path):
    torch.save({'embedding.weight': _Code(tmp_path / 'ran')}, tmp_path / 'evil.pt')
    refused(tmp_path / 'evil.pt', 'Cannot read .*evil.pt as plain tensors')
    assert not (tmp_path / 'ran').exists()


@pytest.mark.parametrize('state', [
    [1, 2], torch.zeros(3), {}, {'embedding.weight': 'text'}, {'embedding.weight': 3},
    {'embedding.weight': torch.zeros(3)}, {'lora.weight': torch.zeros(3, 16)},
    PTuningV2Prompt(SHAPE, 3, mlp_layers=3).state_dict(),
    PTuningV2Prompt(SHAPE, 3).state_dict() | {'mlp.0.weight': torch.zeros(8, 16)}])
def test_a_pt_file_that_is_no_notebook_prompt_is_refused(tmp_path, state):
    torch.save(state, tmp_path / 'other.pt')
    refused(tmp_path / 'other.pt', r'is not a notebook prompt: expected .* got ')


@pytest.mark.parametrize('content', [b'', b'garbage', None], ids=['empty', 'garbage', 'missing'])
def test_a_damaged_or_missing_pt_file_is_refused(tmp_path, content):
    path = tmp_path / 'prompt.pt'
    if content is not None:
        path.write_bytes(content)
    refused(path, 'as plain tensors')


def test_a_prompt_that_ships_is_found_by_its_name_and_others_by_their_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'general').mkdir()
    assert (find_prompt('general') / 'prompt.json').is_file()
    for name in ('./general/', '..', '.', 'mine', str(tmp_path / 'general')):
        assert find_prompt(name) == Path(name)
