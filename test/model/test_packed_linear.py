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


"""Packed layers: the same results and gradients as the plain ones."""

from __future__ import annotations

import weakref

import pytest
from ros2_nl_commander.model import packed_linear
from ros2_nl_commander.model.packed_linear import (
    can_pack, pack_linear_layers, PackedLinear)
import torch
from torch import nn

pytestmark = pytest.mark.skipif(
    not can_pack(torch.float32), reason='this torch has no packed products')

#: Sums in another order round differently, by about one bit of bfloat16 and some of float32.
CLOSE = {torch.bfloat16: {'rtol': 2e-2, 'atol': 2e-2}, torch.float32: {'rtol': 1e-5, 'atol': 1e-5}}


@pytest.fixture(params=[torch.bfloat16, torch.float32], ids=['bfloat16', 'float32'])
def dtype(request):
    if not can_pack(request.param):
        pytest.skip('this CPU has no packed products in this format')
    return request.param


def plain_layer(bias, outputs=48, dtype=torch.float32):
    torch.manual_seed(0)
    return nn.Linear(32, outputs, bias=bias).to(dtype).requires_grad_(False)


@pytest.mark.parametrize('bias', [True, False], ids=['bias', 'no bias'])
@pytest.mark.parametrize('shape', [(32,), (1, 32), (7, 32), (2, 3, 32)], ids=str)
@pytest.mark.parametrize('trainable', [True, False], ids=['trainable', 'inference'])
def test_result_is_that_of_the_plain_layer(bias, shape, trainable, dtype):
    layer = plain_layer(bias, dtype=dtype)
    inputs = torch.randn(shape).to(dtype)
    packed = PackedLinear(layer, trainable_input=trainable)
    torch.testing.assert_close(packed(inputs), layer(inputs), **CLOSE[dtype])


def test_other_formats_are_not_packed():
    assert can_pack(torch.float32) and not can_pack(torch.float16)


@pytest.mark.parametrize('bias', [True, False], ids=['bias', 'no bias'])
@pytest.mark.parametrize('shape', [(1, 32), (7, 32), (2, 3, 32)], ids=str)
def test_gradient_of_the_input_is_that_of_the_plain_layer(bias, shape, dtype):
    layer = plain_layer(bias, dtype=dtype)
    gradients = []
    weights = torch.randn(*shape[:-1], 48).to(dtype)
    values = torch.randn(shape)
    for module in (layer, PackedLinear(layer, trainable_input=True)):
        inputs = values.clone().requires_grad_()
        (module(inputs.to(dtype)) * weights).sum().backward()
        gradients.append(inputs.grad)
    torch.testing.assert_close(gradients[1], gradients[0], **CLOSE[dtype])


def test_inputs_and_gradients_need_not_be_contiguous(dtype):
    layer = plain_layer(True, dtype=dtype)
    packed = PackedLinear(layer, trainable_input=True)
    inputs = torch.randn(32, 6).to(dtype).requires_grad_()
    outputs = packed(inputs.t())
    torch.testing.assert_close(outputs, layer(inputs.t()), **CLOSE[dtype])
    outputs.t().sum().backward()
    expected = layer.weight.float().sum(0).expand(6, -1).t()
    torch.testing.assert_close(inputs.grad.float(), expected, **CLOSE[dtype])


def test_no_gradient_passes_a_layer_that_was_not_made_for_it():
    packed = PackedLinear(plain_layer(True), trainable_input=False)
    with pytest.raises(RuntimeError, match='trainable_input'):
        packed(torch.randn(2, 32).requires_grad_())


def test_every_linear_layer_below_a_module_is_replaced():
    inner = nn.Sequential(plain_layer(True, 32), nn.Tanh())
    model = nn.ModuleDict({'inner': inner, 'head': plain_layer(False), 'norm': nn.LayerNorm(4)})
    assert pack_linear_layers(model, trainable_input=False) == 2
    kinds = {name: type(module) for name, module in model.named_modules()}
    assert kinds['inner.0'] is kinds['head'] is PackedLinear
    assert kinds['norm'] is nn.LayerNorm


@pytest.mark.parametrize('trainable, copies', [(False, 1), (True, 2)])
def test_packed_weights_count_as_memory_but_are_neither_trained_nor_saved(trainable, copies):
    packed = PackedLinear(plain_layer(True), trainable_input=trainable)
    assert sum(buffer.numel() for buffer in packed.buffers()) == copies * 32 * 48 + 48
    assert not list(packed.parameters()) and not packed.state_dict()


def test_plain_weights_are_released_one_by_one(monkeypatch):
    model = nn.Sequential(plain_layer(True), nn.Sequential(plain_layer(False)), plain_layer(True))
    plain = [weakref.ref(module.weight) for module in model.modules()
             if isinstance(module, nn.Linear)]
    alive = []

    def noted(weight):
        alive.append(sum(reference() is not None for reference in plain))
        return reorder(weight)

    reorder = packed_linear._reorder
    monkeypatch.setattr(packed_linear, '_reorder', noted)
    assert pack_linear_layers(model, trainable_input=False) == 3
    assert alive == [3, 2, 1]
