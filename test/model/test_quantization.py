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


"""Layers of 8 and 4 bits: near the plain ones, small, and refused where they cannot work."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.model import (
    backbone as backbone_module, quantization as module, quantized_linear)
from ros2_nl_commander.model.backbone import backbone_from_model, load_backbone
from ros2_nl_commander.model.forward import embed, logits, read
from ros2_nl_commander.model.key_values import KeyValueCache
from ros2_nl_commander.model.quantization import check_quantization
from ros2_nl_commander.model.quantized_linear import (
    can_use_int4, can_use_int8, Int4Linear, Int8Linear)
import torch
from torch import nn

needs_kernels = pytest.mark.skipif(
    not (can_use_int8() and can_use_int4()), reason='this torch or CPU lacks the kernels')

CPU, CUDA = torch.device('cpu'), torch.device('cuda')
#: Relative errors that rounding to so many bits may make, on normally distributed numbers.
WORST = {Int8Linear: 0.02, Int4Linear: 0.12}
KINDS = pytest.mark.parametrize('kind', WORST, ids=['int8', 'int4'])


def plain_layer(bias=True, dtype=torch.bfloat16, inputs=96, outputs=528):
    """Make a layer of more outputs than are rounded at once."""
    torch.manual_seed(0)
    return nn.Linear(inputs, outputs, bias=bias).to(dtype).requires_grad_(False)


def relative_error(got, expected):
    """Return the error of every row."""
    return (got.float() - expected.float()).norm(dim=-1) / expected.float().norm(dim=-1)


def printed_with(instructions, program):
    """Run a program where FBGEMM may use these instructions at most; return what it prints."""
    return subprocess.run(
        [sys.executable, '-c', program], capture_output=True, text=True, check=True,
        env={**os.environ, 'FBGEMM_ENABLE_INSTRUCTIONS': instructions}).stdout


INSTRUCTIONS = pytest.mark.parametrize('instructions', ['AVX2', 'AVX512'])


@needs_kernels
@INSTRUCTIONS
def test_8_bits_are_right_without_the_instructions_for_them(instructions):
    """Where products are added in 16 bits, too large ones would come out as nonsense."""
    found = printed_with(instructions, """
import torch
from ros2_nl_commander.model.quantized_linear import Int8Linear
layer = torch.nn.Linear(64, 1, bias=False)
torch.nn.init.ones_(layer.weight)
print(float(Int8Linear(layer)(torch.ones(1, 64))))
""")
    assert float(found) == pytest.approx(64, rel=0.02)


@needs_kernels
@INSTRUCTIONS
def test_rounding_the_inputs_adds_nothing_to_rounding_the_weights(instructions):
    """One input is ten times the others, as in a real model: they keep their bits beside it."""
    error, of_weights = map(float, printed_with(instructions, """
import torch
from ros2_nl_commander.model import quantized_linear as module
torch.manual_seed(0)
layer = torch.nn.Linear(512, 256, bias=False).requires_grad_(False)
inputs = torch.randn(16, 512)
inputs[:, 0] *= 10
values, scales = module._int8_from_weight(layer.weight)
expected = layer(inputs)
rounded = inputs @ (values.float() * scales[:, None]).T
got = module.Int8Linear(layer)(inputs)
print(*(float((one - expected).norm()) for one in (got, rounded)))
""").split())
    assert 0.98 * of_weights < error < 1.02 * of_weights


@needs_kernels
@KINDS
@pytest.mark.parametrize('dtype', [torch.bfloat16, torch.float32], ids=str)
@pytest.mark.parametrize('bias', [True, False], ids=['bias', 'no bias'])
@pytest.mark.parametrize('shape', [(96,), (1, 96), (7, 96), (2, 70, 96)], ids=str)
def test_result_is_near_that_of_the_plain_layer(kind, dtype, bias, shape):
    layer = plain_layer(bias, dtype)
    inputs = torch.randn(shape).to(dtype)
    before = layer.weight.clone()
    outputs, expected = kind(layer)(inputs), layer(inputs)
    assert outputs.dtype is dtype and outputs.shape == expected.shape
    assert (relative_error(outputs, expected) < WORST[kind]).all()
    assert torch.equal(layer.weight, before), 'the weight may be that of the embeddings too'


@needs_kernels
def test_an_outlier_among_the_weights_spoils_only_its_part_of_a_wide_layer(monkeypatch):
    layer = plain_layer(bias=True, dtype=torch.float32, inputs=160)
    inputs = torch.randn(4, 160)
    inputs[:, 0], layer.weight[:, 0] = 0.0, 10.0
    errors = []
    for width in (160, 64):
        monkeypatch.setattr(quantized_linear, 'WEIGHTS_A_SCALE', width)
        rounded = Int8Linear(layer)
        assert len(rounded._packed) == -(-160 // width)
        errors.append(relative_error(rounded(inputs), layer(inputs)).max())
    assert errors[1] < 0.8 * errors[0]


@needs_kernels
@KINDS
def test_a_row_does_not_depend_on_the_others(kind):
    layer = kind(plain_layer(bias=False, dtype=torch.float32))
    rows = torch.randn(3, 96) * torch.tensor([[1.0], [1000.0], [0.001]])
    alone = torch.cat([layer(row[None]) for row in rows])
    torch.testing.assert_close(layer(rows), alone, rtol=1e-5, atol=0.0)


@needs_kernels
@KINDS
def test_rows_and_weights_of_zero_give_the_bias(kind):
    layer = plain_layer(dtype=torch.float32)
    torch.testing.assert_close(kind(layer)(torch.zeros(2, 96)), layer.bias.expand(2, -1))
    layer.weight.zero_()
    torch.testing.assert_close(kind(layer)(torch.randn(2, 96)), layer.bias.expand(2, -1))


@needs_kernels
@pytest.mark.parametrize('steps', [15, 14, 13])
def test_weights_on_a_grid_of_four_bits_are_found_again(steps):
    torch.manual_seed(0)
    levels = torch.randint(0, steps + 1, (64, 3, 32)).float()
    levels[..., 0], levels[..., 1] = 0, steps
    layer = plain_layer(bias=False, dtype=torch.float32, outputs=64)
    layer.weight.copy_((levels * (0.5 + torch.rand(64, 3, 1)) - 4).view(64, 96))
    inputs = torch.randn(5, 96)
    assert (relative_error(Int4Linear(layer)(inputs), layer(inputs.bfloat16().float()))
            < 0.01).all()


def answers(backbone):
    """Return the logits of a few tokens."""
    ids = torch.arange(24)[None] * 11 % 280
    return logits(backbone, read(backbone, embed(backbone, ids), KeyValueCache()))


@needs_kernels
@pytest.mark.parametrize('tied', [True, False], ids=['tied', 'untied'])
@pytest.mark.parametrize('dtype', [torch.bfloat16, torch.float32], ids=str)
def test_a_rounded_model_answers_nearly_the_same_and_is_smaller(
    build_tiny_model, tiny_tokenizer, dtype, tied,
):
    sizes = {'hidden_size': 64, 'intermediate_size': 256, 'tie_word_embeddings': tied}
    backbones = {quantize: backbone_from_model(
        build_tiny_model(**sizes).to(dtype), tiny_tokenizer, quantize=quantize)
        for quantize in ('none', 'int8', 'int4')}
    expected = answers(backbones['none'])
    for quantize, worst in (('int8', 0.03), ('int4', 0.15)):
        got = answers(backbones[quantize])
        assert (got - expected).norm() / expected.norm() < worst
        torch.testing.assert_close(
            backbones[quantize].embeddings.weight, backbones['none'].embeddings.weight)
    memory = [backbone.memory_bytes() for backbone in backbones.values()]
    assert memory[0] > memory[1] > memory[2]
    assert backbones['int4'].describe() == f'cpu {str(dtype)[6:]}, int4 weights'


@needs_kernels
def test_layers_are_of_the_kind_asked_for(tiny_model_folder):
    for quantize, kind in (('int8', Int8Linear), ('int4', Int4Linear)):
        backbone = load_backbone(tiny_model_folder, device='cpu', quantize=quantize)
        kinds = [type(layer) for layer in backbone.body.modules()]
        assert nn.Linear not in kinds and kinds.count(kind) == 2 * 7
        assert isinstance(backbone.head, Int8Linear) and backbone.quantize == quantize
        assert not any(layer.training for layer in (backbone.body, backbone.head))


@needs_kernels
def test_memory_of_a_layer_of_8_bits_is_counted(build_tiny_model, tiny_tokenizer):
    model = build_tiny_model(hidden_size=256, intermediate_size=1024)
    weights = sum(layer.weight.numel() for layer in model.modules()
                  if isinstance(layer, nn.Linear))
    rest = 4 * (sum(p.numel() for p in model.parameters()) - weights)
    memory = backbone_from_model(model, tiny_tokenizer, quantize='int8').memory_bytes()
    assert weights + rest <= memory <= 1.1 * weights + rest


@needs_kernels
def test_a_layer_that_four_bits_do_not_fit_gets_eight(build_tiny_model, tiny_tokenizer):
    model = build_tiny_model(intermediate_size=80)
    kinds = [type(layer) for layer in backbone_from_model(
        model, tiny_tokenizer, quantize='int4').body.modules()]
    assert (kinds.count(Int4Linear), kinds.count(Int8Linear)) == (2 * 6, 2 * 1)


@needs_kernels
@pytest.mark.parametrize('computes, options, expected', [
    (False, {}, 'int8'), (True, {}, 'none'), (False, {'dtype': 'float32'}, 'none'),
    (False, {'for_training': True}, 'none'), (False, {'device_map': 'cpu'}, 'none')])
def test_auto_is_8_bits_where_the_cpu_does_not_compute_in_bfloat16(
    tiny_model_folder, monkeypatch, computes, options, expected,
):
    """What somebody chose stays as it is."""
    monkeypatch.setattr(backbone_module, '_computes_bfloat16', lambda device: computes)
    backbone = load_backbone(tiny_model_folder, device='cpu', quantize='auto', **options)
    assert backbone.quantize == expected
    assert backbone.dtype is (torch.bfloat16 if computes else torch.float32)
    assert answers(backbone).isfinite().all()


def test_auto_is_none_without_the_kernels(monkeypatch):
    monkeypatch.setattr(module, 'can_use_int8', lambda: False)
    assert module.auto_quantization(CPU, torch.float32) == 'none'
    assert module.auto_quantization(CUDA, torch.float32) == 'none'


@needs_kernels
@pytest.mark.parametrize('quantize', ['int8', 'int4'])
@pytest.mark.parametrize('dtype', ['bfloat16', 'float32'])
def test_what_is_not_rounded_has_the_format_asked_for(tiny_model_folder, quantize, dtype):
    backbone = load_backbone(tiny_model_folder, device='cpu', dtype=dtype, quantize=quantize)
    assert backbone.dtype is getattr(torch, dtype)
    norms = [parameter for name, parameter in backbone.body.named_parameters() if 'norm' in name]
    assert {parameter.dtype for parameter in norms} == {backbone.dtype} and len(norms) == 2 * 2 + 1
    assert embed(backbone, torch.tensor([[1]])).dtype is backbone.dtype
    assert backbone.body.rotary_emb.inv_freq.dtype is torch.float32
    assert answers(backbone).isfinite().all()


@pytest.mark.parametrize('quantize, options, part', [
    ('int3', {}, "Unknown quantize 'int3': use auto, none, int8, int4"),
    ('int8', {'for_training': True}, 'training needs none'),
    ('int8', {'device_map': 'auto'}, 'leave device_map empty'),
])
def test_what_cannot_work_is_refused_before_loading(tmp_path, quantize, options, part):
    with pytest.raises(ModelError, match=part) as caught:
        load_backbone(tmp_path / 'none', device='cpu', quantize=quantize, **options)
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize('quantize, missing, part', [
    ('int8', 'can_use_int8', 'fbgemm.*: use none'), ('int4', 'can_use_int4', 'use int8 or none')])
def test_a_cpu_without_the_kernels_is_refused(monkeypatch, quantize, missing, part):
    monkeypatch.setattr(module, 'can_use_int8', lambda: True)
    monkeypatch.setattr(module, missing, lambda: False)
    with pytest.raises(ModelError, match=part):
        check_quantization(quantize, CPU, torch.bfloat16)


def test_other_devices_and_formats_are_refused(monkeypatch):
    with pytest.raises(ModelError, match='not on mps: use none'):
        check_quantization('int8', torch.device('mps'), torch.bfloat16)
    monkeypatch.setitem(sys.modules, 'torchao.quantization', None)
    with pytest.raises(ModelError, match='pip install torchao'):
        check_quantization('int8', CUDA, torch.bfloat16)
    monkeypatch.setitem(sys.modules, 'torchao', nn)
    monkeypatch.setitem(sys.modules, 'torchao.quantization', nn)
    with pytest.raises(ModelError, match='use dtype auto or bfloat16'):
        check_quantization('int4', CUDA, torch.float32)
    check_quantization('int4', CUDA, torch.bfloat16)
    check_quantization('none', torch.device('mps'), torch.float32, for_training=True)
