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

"""Answers at fixed places, captured on a GPU: the tokens of the plain loop, and no new memory."""

from __future__ import annotations

from functools import partial

from answering import answer, free, prefix_of, TOKENS
import pytest
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.model.backbone import backbone_from_model
from ros2_nl_commander.model.captured import (
    CAPACITY_STEP, CapturedRun, CapturedRunner, FIRST_CAPACITY, PADDING)
from ros2_nl_commander.model.constraint import GrammarEngine
from ros2_nl_commander.model.cuda_graphs import CudaRecorder
from ros2_nl_commander.model.decode import DRAFT_TOKENS
from ros2_nl_commander.model.fixed_cache import FixedCache
from ros2_nl_commander.model.fixed_forward import FixedForward, ROWS, WIDTHS
from ros2_nl_commander.model.key_values import KeyValueCache, length_of
from ros2_nl_commander.model.runner import PlainRunner
import torch

LARK = """start: "say " TEXT | "move " NUMBER " m" | ("turn left" | "turn right") | "no: reason"
TEXT: /"([^"\\\\\\x00-\\x1f\\x7f]|\\\\["\\\\]){0,6}"/
NUMBER: /-?[0-9]{1,3}(\\.[0-9]{1,2})?/
"""
DEVICES = ['cpu', pytest.param('cuda', marks=pytest.mark.skipif(
    not torch.cuda.is_available(), reason='there is no GPU'))]


@pytest.fixture(params=DEVICES)
def backbone(request, build_tiny_model, tiny_tokenizer):
    return backbone_from_model(build_tiny_model(seed=3).to(request.param), tiny_tokenizer)


@pytest.fixture
def runner(backbone):
    """Return one that captures on a GPU, and runs the steps as they are elsewhere."""
    is_gpu = backbone.device.type == 'cuda'
    made = CapturedRunner(backbone, partial(CudaRecorder, backbone.device) if is_gpu else None)
    made.warm_up()
    return made


@pytest.mark.parametrize('context, instruction', [
    ('', 'g'), ('', 'y' * 17), ('a robot', 'go'), ('a robot', 'go to the kitchen ' * 7),
    ('a robot with much to offer ' * 12, 'go on'), ('a robot', 'back to where it began ' * 12)])
def test_the_same_tokens_as_the_plain_loop(backbone, runner, context, instruction):
    prefix = prefix_of(backbone, context)
    expected = answer(PlainRunner(backbone), prefix, instruction, free(backbone))
    assert answer(runner, prefix, instruction, free(backbone)) == expected


def test_guesses_right_and_wrong_are_taken_and_taken_back_alike(backbone, runner):
    prefix = prefix_of(backbone, 'a robot')
    plain = PlainRunner(backbone)
    ids = answer(plain, prefix, 'go on', free(backbone)).ids
    misleading = [token for pair in zip(ids[::2], ids[1::2]) for token in (*pair, 7)]
    for precedent in (ids, misleading, ids[:3], [7, 7, 7]):
        expected = answer(plain, prefix, 'go on', free(backbone), precedent)
        assert answer(runner, prefix, 'go on', free(backbone), precedent) == expected
        assert expected.ids == ids


@pytest.mark.parametrize('seed', range(4))
def test_under_a_grammar_too(build_tiny_model, tiny_tokenizer, seed):
    backbone = backbone_from_model(build_tiny_model(seed=seed), tiny_tokenizer)
    runner, plain = CapturedRunner(backbone), PlainRunner(backbone)
    end_ids = set(tiny_tokenizer.convert_tokens_to_ids(['<|im_end|>', '<|endoftext|>']))
    constraint = GrammarEngine(backbone, end_ids).compile(LARK)
    precedent = ()
    for _ in range(3):  # without a guess, with a right one, with one that goes wrong
        expected = answer(plain, [], 'go on', constraint.start(), precedent)
        assert answer(runner, [], 'go on', constraint.start(), precedent) == expected
        precedent = ([*expected.ids, min(end_ids)] if not precedent
                     else [*expected.ids[:2], *expected.ids])


def test_sentences_and_robots_one_after_the_other_leave_nothing_behind(backbone, runner):
    """What an earlier sentence or a longer robot left in the cache is never seen."""
    robots = [prefix_of(backbone, text) for text in ('a long-winded robot ' * 9, 'short', '')]
    plain = PlainRunner(backbone)
    for index in (0, 0, 1, 0, 2, 1, 1):
        for instruction in ('say something long and then go back again', 'go'):
            expected = answer(plain, robots[index], instruction, free(backbone))
            assert answer(runner, robots[index], instruction, free(backbone)) == expected


def test_a_sentence_that_broke_does_not_break_the_next(backbone, runner):
    prefix = prefix_of(backbone, 'a robot')
    expected = answer(runner, prefix, 'go', free(backbone))
    with torch.inference_mode(), runner.behind(prefix, 8) as run:
        # As an overflow in float16 does.
        run._forward.cache._slab[..., length_of(prefix):, :] = torch.nan
    assert answer(runner, prefix, 'go', free(backbone)) == expected


def test_a_prefix_is_copied_only_when_it_changes(backbone, runner):
    one, other = prefix_of(backbone, 'one robot'), prefix_of(backbone, 'another')
    first = answer(runner, one, 'go', free(backbone))
    for keys, values in one:  # which nobody may do: only so it shows when it is read
        keys.zero_()
        values.zero_()
    assert answer(runner, one, 'go', free(backbone)) == first
    answer(runner, other, 'go', free(backbone))
    expected = answer(PlainRunner(backbone), one, 'go', free(backbone))
    assert answer(runner, one, 'go', free(backbone)) == expected != first


def test_no_sentence_allocates_a_cache(backbone, runner, monkeypatch):
    prefix = prefix_of(backbone, 'a robot')
    expected = answer(runner, prefix, 'go on', free(backbone))
    places = [buffer.data_ptr() for buffer in buffers(runner)]
    for owner in (FixedCache, FixedForward, KeyValueCache):
        monkeypatch.setattr(owner, '__init__', None)
    allocated = device_allocations(backbone)
    assert answer(runner, prefix, 'go on', free(backbone), expected.ids[:5]).ids == expected.ids
    assert [buffer.data_ptr() for buffer in buffers(runner)] == places
    assert device_allocations(backbone) == allocated


def buffers(runner):
    forward = runner._forward
    return (forward.cache._slab, forward._scores, forward._ranking, forward._positions,
            forward._inputs.device, forward._masks.device)


def device_allocations(backbone):
    """Count what was ever taken from the device, small things included; nothing on a CPU."""
    if backbone.device.type == 'cpu':
        return 0
    return torch.cuda.memory_stats(backbone.device)['allocation.all.allocated']


def test_memory_grows_where_a_robot_needs_it_and_stays(backbone, runner):
    long = prefix_of(backbone, 'x' * FIRST_CAPACITY)
    short = prefix_of(backbone, 'short')
    for prefix in (short, long, short, long):
        expected = answer(PlainRunner(backbone), prefix, 'go', free(backbone))
        assert answer(runner, prefix, 'go', free(backbone)) == expected
    assert runner._forward.capacity == FIRST_CAPACITY + CAPACITY_STEP


def test_the_room_that_was_asked_for_is_enough_to_the_last_token(backbone, runner):
    """With the widest padding, where capacity and need are equal."""
    ids = 'y' * (WIDTHS[-1] // 2 + 1)
    room = len(ids) + TOKENS
    prefix = prefix_of(backbone, 'x' * (FIRST_CAPACITY - PADDING - room))
    expected = answer(PlainRunner(backbone), prefix, ids, free(backbone))
    assert answer(runner, prefix, ids, free(backbone)) == expected
    assert runner._forward.capacity == FIRST_CAPACITY


def test_more_than_there_is_room_for_is_a_clear_error(backbone):
    run = CapturedRun(FixedForward(backbone, 64), 60)
    with torch.inference_mode():
        run.read([1, 2, 3], 1)
        with pytest.raises(ModelError, match='room for 64 tokens, and 65 are asked for'):
            run.read([4, 5], 1)


def test_every_guess_fits_into_the_rows_that_are_scored():
    assert 1 + DRAFT_TOKENS <= ROWS <= WIDTHS[-1]


def test_all_widths_give_the_scores_of_one_plain_forward(backbone):
    """For every length of a run, also those that are padded or cut."""
    ids = [index * 7 % 250 for index in range(1, 2 * WIDTHS[-1] + 4)]
    plain, captured = PlainRunner(backbone), CapturedRunner(backbone)
    for length in (*range(1, 20), 63, 64, 65, *range(127, 131), len(ids)):
        asked = min(length, 1 + DRAFT_TOKENS)
        with torch.inference_mode(), plain.behind([], 0) as one, captured.behind([], 300) as two:
            one.read(ids[:length], asked)
            two.read(ids[:length], asked)
            torch.testing.assert_close(captured._forward._scores[:asked], one._scores,
                                       rtol=1e-4, atol=1e-5)
