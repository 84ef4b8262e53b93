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

"""Contexts are read once, and what they share is read once for all of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ros2_nl_commander.language.context import RobotContext
from ros2_nl_commander.model.contexts import CHUNK, ContextReader
from ros2_nl_commander.model.forward import embed, read
from ros2_nl_commander.model.key_values import KeyValueCache, length_of
from ros2_nl_commander.model.sequence import LAYOUTS, SequenceEncoder
import torch

FIRST = RobotContext('Answer.\n', ('/lamp data: true|false\n', '/dock\n'))
MORE = RobotContext(FIRST.header, (*FIRST.blocks, '/say data: "text"\n'))
LONG = RobotContext('Answer.\n', tuple(f'/interface_{n} data: number\n' for n in range(30)))


@pytest.fixture
def sequence(tiny_tokenizer):
    return SequenceEncoder(tiny_tokenizer, LAYOUTS['chat'])


@pytest.fixture
def counted(tiny_backbone):
    """Return the backbone, and a list of how many tokens each of its forwards had."""
    lengths = []

    def body(*args, **kwargs):
        lengths.append(kwargs['inputs_embeds'].shape[1])
        return tiny_backbone.body(*args, **kwargs)

    return replace(tiny_backbone, body=body), lengths


def in_one_go(backbone, sequence, context):
    cache = KeyValueCache()
    with torch.no_grad():
        read(backbone, embed(backbone, torch.tensor([sequence.context_ids(context)])), cache)
    return cache.key_values()


def assert_same(one, other):
    for (keys, values), (other_keys, other_values) in zip(one, other, strict=True):
        torch.testing.assert_close(keys, other_keys, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(values, other_values, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize('context', [FIRST, MORE, LONG])
def test_what_is_kept_equals_reading_in_one_go(tiny_backbone, sequence, context):
    reader = ContextReader(tiny_backbone, sequence)
    reader.read(FIRST)
    assert_same(reader.read(context), in_one_go(tiny_backbone, sequence, context))
    assert len(sequence.context_ids(LONG)) > 2 * CHUNK, 'the long one takes several forwards'


def test_a_context_is_read_once(counted, sequence):
    backbone, lengths = counted
    reader = ContextReader(backbone, sequence)
    first = reader.read(FIRST)
    assert lengths == [len(sequence.context_ids(FIRST))]
    assert reader.read(FIRST) is first and len(lengths) == 1


def test_a_new_line_costs_itself(counted, sequence):
    backbone, lengths = counted
    reader = ContextReader(backbone, sequence)
    reader.read(FIRST)
    lengths.clear()
    reader.read(MORE)
    assert lengths == [len(sequence.line_ids(MORE.blocks[-1]))]
    lengths.clear()
    reader.read(RobotContext(FIRST.header, (MORE.blocks[0],)))
    assert lengths == [], 'a line less at the end costs nothing'


def test_memory_is_bounded_and_the_last_used_stay(counted, sequence):
    backbone, lengths = counted
    one = ContextReader(backbone, sequence)
    one.read(LONG)
    reader = ContextReader(backbone, sequence, memory_bytes=one.held_bytes * 2)
    others = [RobotContext(f'{number}', LONG.blocks) for number in range(3)]
    for context in (others[0], others[1], others[0], others[2]):
        reader.read(context)
    assert reader.held_bytes <= one.held_bytes * 2 + 1000
    lengths.clear()
    reader.read(others[0])
    assert lengths == []
    reader.read(others[1])
    assert lengths != []


def test_an_empty_context_has_nothing(tiny_backbone, sequence):
    assert ContextReader(tiny_backbone, sequence).read(RobotContext()) == []
    assert length_of([]) == 0
