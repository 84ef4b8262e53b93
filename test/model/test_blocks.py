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

"""Contexts read in blocks: cached equals uncached, and only new lines cost anything."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import pytest
from ros2_nl_commander.language.context import RobotContext
from ros2_nl_commander.model import blocks as module
from ros2_nl_commander.model.blocks import ContextReader
from ros2_nl_commander.model.constraint import FreeMatching
from ros2_nl_commander.model.decode import decode_greedily
from ros2_nl_commander.model.drafts import Drafter
from ros2_nl_commander.model.forward import read
from ros2_nl_commander.model.key_values import KeyValueCache, length_of
from ros2_nl_commander.model.sequence import LAYOUTS, SequenceEncoder
import torch
from uncached_context import read_at, uncached

HEADER = 'Header:\n'
LINES = ('/cmd_vel move\n', '/say data: "text"\n', '/mast data: 0..1.2 m # its height\n',
         '/dock\n')
CONTEXT = RobotContext(HEADER, LINES)


@pytest.fixture
def sequence(tiny_tokenizer):
    return SequenceEncoder(tiny_tokenizer, LAYOUTS['chat'])


@pytest.fixture
def reader(tiny_backbone, sequence):
    return ContextReader(tiny_backbone, sequence)


@pytest.fixture
def forwards(monkeypatch):
    """Return the shapes of what is read, as it is read."""
    shapes = []

    def counting(backbone, embedded, cache):
        shapes.append(tuple(embedded.shape[:2]))
        return read(backbone, embedded, cache)

    monkeypatch.setattr(module, 'read', counting)
    return shapes


def assert_same(some, others):
    assert len(some) == len(others)
    for (keys, values), (other_keys, other_values) in zip(some, others):
        torch.testing.assert_close(keys, other_keys, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(values, other_values, rtol=1e-4, atol=1e-5)


def decoded(backbone, prefix):
    return decode_greedily(
        backbone, prefix, list(b'go on'), matching=FreeMatching(set(), len(backbone.tokenizer)),
        end_ids=set(), max_new_tokens=20, should_stop=lambda: False, drafter=Drafter([])).ids


def test_cached_equals_uncached(tiny_backbone, sequence, reader):
    expected = uncached(tiny_backbone, sequence, CONTEXT)
    assert length_of(expected) == len(sequence.header_ids(str(CONTEXT)))
    for _ in range(2):  # read, then remembered
        assert_same(reader.read(CONTEXT), expected)
        assert decoded(tiny_backbone, reader.read(CONTEXT)) == decoded(tiny_backbone, expected)


def test_any_lines_in_any_order(tiny_backbone, sequence, reader):
    reader.read(CONTEXT)
    for lines in (*permutations(LINES, 3), (), LINES[:1], LINES[1:2] * 2):
        context = RobotContext(HEADER, lines)
        prefix, expected = reader.read(context), uncached(tiny_backbone, sequence, context)
        assert_same(prefix, expected)
        assert decoded(tiny_backbone, prefix) == decoded(tiny_backbone, expected)


def test_one_line_is_read_as_if_it_stood_behind_the_header_in_one_text(
        tiny_backbone, sequence, reader):
    ids = sequence.header_ids(HEADER) + sequence.block_ids(LINES[1])
    assert_same(reader.read(RobotContext(HEADER, LINES[1:2])), read_at(tiny_backbone, ids, 0))


def test_an_empty_context_is_nothing(reader, forwards):
    assert reader.read(RobotContext()) == [] and forwards == []


def test_a_changed_graph_costs_only_its_new_lines(reader, forwards, sequence):
    reader.read(CONTEXT)
    assert forwards == [(1, len(sequence.header_ids(HEADER))), (4, max(map(len, LINES)))]
    forwards.clear()
    reader.read(RobotContext(HEADER, LINES[2:]))
    assert forwards == []
    reader.read(RobotContext(HEADER, ('/new line\n', *reversed(LINES))))
    assert forwards == [(1, len('/new line\n'))]


def test_blocks_are_read_in_batches_of_like_length(reader, forwards):
    lines = [f'/{"x" * (index % 7)}{index:02}\n' for index in range(40)]
    reader.read(RobotContext(HEADER, tuple(lines)))
    assert [rows for rows, _ in forwards[1:]] == [16, 16, 8]
    assert [width for _, width in forwards[1:]] == [6, 9, 10]


def test_another_header_is_another_reading(tiny_backbone, sequence, reader):
    reader.read(CONTEXT)
    other = RobotContext('Other words entirely:\n', LINES)
    assert_same(reader.read(other), uncached(tiny_backbone, sequence, other))


def test_memory_is_bounded_and_the_least_recently_used_go_first(
        tiny_backbone, sequence, forwards):
    token = 2 * sum(keys.nbytes for keys, _ in uncached(
        tiny_backbone, sequence, RobotContext('a', ()))) // len(sequence.header_ids('a'))
    limit = token * (len(sequence.header_ids(HEADER)) + 25)
    reader = ContextReader(tiny_backbone, sequence, memory_bytes=limit)
    names = [f'/name_{index}__\n' for index in range(6)]  # 10 tokens each: two fit
    for name in names:
        reader.read(RobotContext(HEADER, (name,)))
        assert 0 < reader.held_bytes <= limit
    forwards.clear()
    reader.read(RobotContext(HEADER, (names[-1], names[-2])))
    assert forwards == []
    reader.read(RobotContext(HEADER, (names[0],)))
    reader.read(RobotContext(HEADER, (names[-2],)))
    assert forwards == [(1, 10)]
    reader.read(RobotContext(HEADER, (names[-1],)))  # was used the longest time ago
    assert forwards == [(1, 10)] * 2


def test_a_context_larger_than_the_memory_is_read_all_the_same(tiny_backbone, sequence):
    reader = ContextReader(tiny_backbone, sequence, memory_bytes=1)
    assert_same(reader.read(CONTEXT), uncached(tiny_backbone, sequence, CONTEXT))
    assert reader.held_bytes == 0


def test_what_was_given_out_does_not_change(reader):
    prefix = reader.read(CONTEXT)
    before = [(keys.clone(), values.clone()) for keys, values in prefix]
    cache = KeyValueCache(prefix)
    cache.update(prefix[0][0], prefix[0][1], 0)
    reader.read(RobotContext(HEADER, LINES[::-1]))
    for (keys, values), (old_keys, old_values) in zip(prefix, before):
        assert torch.equal(keys, old_keys) and torch.equal(values, old_values)


def test_several_threads_may_read(tiny_backbone, sequence, reader):
    contexts = [RobotContext(HEADER, lines) for lines in permutations(LINES, 2)]
    with ThreadPoolExecutor(4) as pool:
        prefixes = list(pool.map(reader.read, contexts))
    for context, prefix in zip(contexts, prefixes):
        assert_same(prefix, uncached(tiny_backbone, sequence, context))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(reader.read, [CONTEXT] * 8))
    total = sum(len(text) for text in LINES) + len(sequence.header_ids(HEADER))
    assert reader.held_bytes == total * prefixes[0][0][0][:, :, :1].nbytes * 2 * len(prefixes[0])


def test_reading_ahead_ends_when_told_and_goes_on_later(reader, forwards):
    context = RobotContext(HEADER, tuple(f'/name_{index:02}\n' for index in range(40)))
    asked = iter([False, True])
    reader.read_ahead(context, lambda: next(asked))
    assert [rows for rows, _ in forwards] == [1, 16]
    reader.read_ahead(context, lambda: False)
    assert [rows for rows, _ in forwards] == [1, 16, 16, 8]
    reader.read(context)
    assert len(forwards) == 4


def test_reading_ahead_never_pushes_out_what_it_read(tiny_backbone, sequence, forwards):
    context = RobotContext(HEADER, tuple(f'/name_{index:04}\n' for index in range(160)))
    whole = ContextReader(tiny_backbone, sequence)
    whole.read(context)
    reader = ContextReader(tiny_backbone, sequence, memory_bytes=whole.held_bytes // 2)
    for _ in range(3):
        forwards.clear()
        reader.read_ahead(context, lambda: False)
    assert forwards == []
