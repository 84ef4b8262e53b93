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


"""Loading a model: devices, number formats, frozen weights, and folders that hold none."""

from __future__ import annotations

import shutil

import pytest
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.model import backbone as module
from ros2_nl_commander.model.backbone import (
    backbone_from_model, choose_device, choose_dtype, load_backbone)
from ros2_nl_commander.model.forward import embed, logits, read
from ros2_nl_commander.model.key_values import KeyValueCache
from ros2_nl_commander.model.packed_linear import can_pack, PackedLinear
from safetensors.torch import load_file, save_file
import torch
from torch import nn
import transformers

CPU = torch.device('cpu')
needs_packing = pytest.mark.skipif(
    not can_pack(torch.bfloat16), reason='no packed bfloat16 products here')


@pytest.fixture(params=[True, False], ids=['gpu', 'no gpu'])
def has_gpu(request, monkeypatch):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: request.param)
    return request.param


def test_auto_takes_the_gpu_if_there_is_one(has_gpu):
    assert choose_device('auto').type == ('cuda' if has_gpu else 'cpu')
    assert choose_device('cpu') == CPU


def test_a_gpu_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    with pytest.raises(ModelError, match="'cuda:0' is not available here: use auto or cpu"):
        choose_device('cuda:0')


def test_a_number_of_gpus_is_known(monkeypatch):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: True)
    monkeypatch.setattr(torch.cuda, 'device_count', lambda: 1)
    assert choose_device('cuda').type == choose_device('cuda:0').type == 'cuda'
    with pytest.raises(ModelError, match="'cuda:1' is not available here: there are 1, counted"):
        choose_device('cuda:1')


def test_unknown_device_and_dtype_are_refused():
    with pytest.raises(ModelError, match="Unknown device 'gpu': use auto, cpu, cuda"):
        choose_device('gpu')
    with pytest.raises(ModelError, match="Unknown dtype 'int4': use auto, bfloat16, float16"):
        choose_dtype('int4', CPU)


@pytest.mark.parametrize('name', ['bfloat16', 'float16', 'float32'])
def test_a_dtype_that_is_asked_for_is_taken(name):
    assert choose_dtype(name, CPU) is getattr(torch, name)


@pytest.mark.parametrize('instructions, packing, expected', [
    (True, True, torch.bfloat16), (False, True, torch.float32), (True, False, torch.float32)])
def test_auto_dtype_on_a_cpu(monkeypatch, instructions, packing, expected):
    monkeypatch.setattr(module, '_cpu_has_bfloat16', lambda: instructions)
    monkeypatch.setattr(module.packed_linear, 'can_pack', lambda dtype: packing)
    assert choose_dtype('auto', CPU) is expected


@pytest.mark.parametrize('capability, expected', [
    ((7, 2), torch.float32), ((7, 5), torch.float32), ((8, 0), torch.bfloat16),
    ((8, 7), torch.bfloat16), ((9, 0), torch.bfloat16)])
def test_auto_dtype_on_a_gpu_is_what_it_computes_in(monkeypatch, capability, expected):
    monkeypatch.setattr(torch.cuda, 'get_device_capability', lambda device: capability)
    assert choose_dtype('auto', torch.device('cuda')) is expected


@pytest.mark.parametrize('for_training', [True, False], ids=['training', 'inference'])
@pytest.mark.parametrize('dtype', ['bfloat16', 'float32'])
def test_a_loaded_model_is_frozen_and_in_evaluation_mode(tiny_model_folder, dtype, for_training):
    backbone = load_backbone(
        tiny_model_folder, device='cpu', dtype=dtype, for_training=for_training)
    assert backbone.dtype is getattr(torch, dtype) and backbone.device == CPU
    assert (backbone.shape.hidden_size, backbone.shape.layers) == (32, 2)
    assert (backbone.shape.key_value_heads, backbone.shape.head_dim) == (2, 8)
    for part in (backbone.body, backbone.head, backbone.embeddings):
        assert not any(module.training for module in part.modules())
        assert not any(parameter.requires_grad for parameter in part.parameters())


@pytest.mark.parametrize('device_map', ['cpu', 'auto'])
def test_device_map_is_passed_on(tiny_model_folder, device_map):
    backbone = load_backbone(tiny_model_folder, dtype='float32', device_map=device_map)
    hidden = read(backbone, embed(backbone, torch.tensor([[1, 2]], device=backbone.device)),
                  KeyValueCache())
    assert logits(backbone, hidden).shape == (1, 2, 288)


@pytest.mark.parametrize('dtype, for_training, is_packed', [
    pytest.param('bfloat16', True, True, marks=needs_packing),
    pytest.param('bfloat16', False, True, marks=needs_packing),
    ('float32', True, False), ('float32', False, True), ('float16', False, False)])
def test_what_is_packed_on_the_cpu(tiny_model_folder, dtype, for_training, is_packed):
    backbone = load_backbone(
        tiny_model_folder, device='cpu', dtype=dtype, for_training=for_training)
    kinds = [type(module) for module in backbone.body.modules()]
    assert kinds.count(PackedLinear if is_packed else nn.Linear) == 2 * 7
    assert nn.Linear not in kinds or PackedLinear not in kinds
    assert isinstance(backbone.head, PackedLinear) is is_packed


@needs_packing
def test_gradients_flow_through_a_packed_model_as_through_a_plain_one(tiny_model_folder):
    gradients = []
    for dtype in ('float32', 'bfloat16'):
        backbone = load_backbone(
            tiny_model_folder, device='cpu', dtype=dtype, for_training=True)
        inputs = embed(backbone, torch.tensor([[5, 6, 7]])).detach().requires_grad_()
        scores = logits(backbone, read(backbone, inputs, KeyValueCache())[0, -1])
        scores.log_softmax(-1)[3].backward()
        gradients.append(inputs.grad.float().flatten())
    assert torch.cosine_similarity(*gradients, dim=0) > 0.99


def test_memory_is_that_of_the_weights(build_tiny_model, tiny_tokenizer):
    def memory(**kwargs):
        return backbone_from_model(build_tiny_model(**kwargs), tiny_tokenizer).memory_bytes()

    weights = 4 * sum(p.numel() for p in build_tiny_model().parameters())
    assert weights <= memory() <= weights + 1000  # the angles of the positions


def test_memory_of_shared_weights_counts_once(build_tiny_model, tiny_tokenizer):
    def memory(**kwargs):
        model = build_tiny_model(**kwargs)
        return backbone_from_model(model, tiny_tokenizer, for_training=True).memory_bytes()

    assert memory() - memory(tie_word_embeddings=True) == 4 * 288 * 32


@needs_packing
def test_memory_counts_packed_weights(tiny_model_folder):
    def memory(for_training):
        return load_backbone(tiny_model_folder, device='cpu', dtype='bfloat16',
                             for_training=for_training).memory_bytes()

    plain = load_backbone(tiny_model_folder, device='cpu', dtype='float32').memory_bytes()
    assert memory(False) == pytest.approx(plain / 2, rel=0.02)
    assert memory(True) > 1.5 * memory(False)


def broken_folder(kind, source, folder):
    """Copy a model and spoil it."""
    shutil.copytree(source, folder, dirs_exist_ok=True)
    weights = folder / 'model.safetensors'
    if kind == 'empty':
        for path in folder.iterdir():
            path.unlink()
    elif kind == 'config':
        (folder / 'config.json').write_text('{"model_type": ')
    elif kind == 'unknown type':
        (folder / 'config.json').write_text('{"model_type": "nonsense"}')
    elif kind == 'truncated':
        weights.write_bytes(weights.read_bytes()[:-100])
    elif kind == 'a weight too few':
        tensors = load_file(weights)
        tensors.pop('model.layers.0.mlp.up_proj.weight')
        save_file(tensors, weights, {'format': 'pt'})
    elif kind == 'index':
        (folder / 'model.safetensors.index.json').write_text('{"weight_map"')
    elif kind == 'no weights':
        weights.unlink()
    elif kind == 'no tokenizer':
        for path in folder.glob('*token*'):
            path.unlink()
    return folder


@pytest.mark.parametrize('kind', [
    'empty', 'config', 'unknown type', 'truncated', 'a weight too few', 'index', 'no weights',
    'no tokenizer'])
def test_a_folder_without_a_model_is_refused_in_one_line(tiny_model_folder, tmp_path, kind):
    folder = broken_folder(kind, tiny_model_folder, tmp_path)
    with pytest.raises(ModelError, match='Cannot load the model in') as caught:
        load_backbone(folder, device='cpu')
    assert '\n' not in str(caught.value)


def test_a_model_without_rotary_positions_is_refused(tiny_tokenizer):
    config = transformers.GPT2Config(n_embd=16, n_layer=1, n_head=2, vocab_size=300)
    with pytest.raises(ModelError, match='GPT2LMHeadModel is not a decoder with rotary'):
        backbone_from_model(transformers.GPT2LMHeadModel(config), tiny_tokenizer)
