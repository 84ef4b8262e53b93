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

"""Prompts and PEFT's adapters: the real PEFT gives the scores that this package gives."""

from __future__ import annotations

from dataclasses import replace
import json

import pytest
from ros2_nl_commander.cli.convert_prompt import main
from ros2_nl_commander.language.errors import CheckpointError
from ros2_nl_commander.model.checkpoint import load_prompt, PromptCard, save_prompt, TrainedPrompt
from ros2_nl_commander.model.forward import append_prompt, embed, logits, read
from ros2_nl_commander.model.peft_adapters import load_adapter, save_adapter
from ros2_nl_commander.model.prompts import FoldedPrompt
import torch

TOKENS = 5
IDS = torch.tensor([[10, 20, 30, 40, 50, 60]])


def prompt(kind):
    torch.manual_seed(1)
    if kind == 'deep':
        return TrainedPrompt(FoldedPrompt(key_values=torch.randn(2, 2, 2, TOKENS, 8)),
                             PromptCard('deep', 'plain', {'id': 'tiny'}))
    return TrainedPrompt(FoldedPrompt(embeddings=torch.randn(TOKENS, 32)),
                         PromptCard(kind, 'plain', {'id': 'tiny'}))


@torch.no_grad()
def our_scores(backbone, folded):
    cache, waiting = append_prompt(backbone, [], folded, 1)
    hidden = read(backbone, torch.cat((waiting, embed(backbone, IDS)), dim=1), cache)
    return logits(backbone, hidden)[0, -IDS.shape[1]:]


@pytest.mark.parametrize('kind', ['soft', 'mlp', 'deep'])
def test_peft_gives_the_same_scores(kind, tiny_backbone, build_tiny_model, tmp_path):
    peft = pytest.importorskip('peft')
    save_adapter(tmp_path, prompt(kind), tiny_backbone)
    model = peft.PeftModel.from_pretrained(build_tiny_model(), tmp_path).eval()
    with torch.no_grad():
        scores = model(input_ids=IDS).logits[0, -IDS.shape[1]:]
    torch.testing.assert_close(scores, our_scores(tiny_backbone, prompt(kind).folded),
                               rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    'method', ['PromptTuningConfig', 'PrefixTuningConfig', 'PromptEncoderConfig'])
def test_an_adapter_of_peft_gives_the_same_scores_here(
        method, tiny_backbone, build_tiny_model, tmp_path):
    peft = pytest.importorskip('peft')
    config = getattr(peft, method)(task_type='CAUSAL_LM', num_virtual_tokens=TOKENS)
    model = peft.get_peft_model(build_tiny_model(), config).eval()
    model.save_pretrained(tmp_path)
    with torch.no_grad():
        scores = model(input_ids=IDS).logits[0, -IDS.shape[1]:]
    loaded = load_adapter(tmp_path, tiny_backbone, 'plain')
    torch.testing.assert_close(our_scores(tiny_backbone, loaded.folded), scores,
                               rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize('kind', ['soft', 'deep'])
def test_there_and_back_is_the_same_prompt(kind, tiny_model_folder, tmp_path):
    there = prompt(kind)
    save_prompt(tmp_path / 'prompt', replace(there, card=replace(there.card, layout='chat')))
    for source, output in (('prompt', 'adapter'), ('adapter', 'again')):
        assert main([str(tmp_path / source), str(tmp_path / output), '--model',
                     str(tiny_model_folder), '--device', 'cpu', '--dtype', 'float32']) == 0
    again = load_prompt(tmp_path / 'again')
    assert (again.card.kind, again.card.layout) == (kind, 'chat')
    for name, tensor in prompt(kind).folded.tensors().items():
        torch.testing.assert_close(again.folded.tensors()[name], tensor, rtol=1e-5, atol=1e-5)


def test_another_method_and_another_model_are_refused(tiny_backbone, tmp_path):
    save_adapter(tmp_path, prompt('deep'), tiny_backbone)
    config = json.loads((tmp_path / 'adapter_config.json').read_text())
    (tmp_path / 'adapter_config.json').write_text(json.dumps(config | {'peft_type': 'LORA'}))
    with pytest.raises(CheckpointError, match='is LORA'):
        load_adapter(tmp_path, tiny_backbone)
    (tmp_path / 'adapter_config.json').write_text('{')
    with pytest.raises(CheckpointError, match='damaged'):
        load_adapter(tmp_path, tiny_backbone)
    wrong = TrainedPrompt(FoldedPrompt(embeddings=torch.randn(TOKENS, 16)),
                          PromptCard('soft', 'plain'))
    with pytest.raises(CheckpointError, match='do not fit'):
        save_adapter(tmp_path / 'other', wrong, tiny_backbone)
