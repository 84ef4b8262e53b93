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

"""The decoding loop: forced tokens, masks and guesses change nothing but the time."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.errors import GrammarViolationError
from ros2_nl_commander.model.backbone import backbone_from_model
from ros2_nl_commander.model.constraint import GrammarEngine
from ros2_nl_commander.model.decode import decode_likeliest, Decoded, Ending
from ros2_nl_commander.model.drafts import Drafter, Precedent
from ros2_nl_commander.model.forward import embed, logits, read
from ros2_nl_commander.model.key_values import KeyValueCache
from ros2_nl_commander.model.matching import FreeMatching
from ros2_nl_commander.model.runner import PlainRunner
import torch

INSTRUCTION = list(b'go on')
STEPWISE = '%llguidance {"no_forcing": true}\n'
LARK = """start: "say " TEXT | "move " NUMBER " m" | ("turn left" | "turn right") | "no: reason"
TEXT: /"([^"\\\\\\x00-\\x1f\\x7f]|\\\\["\\\\]){0,6}"/
NUMBER: /-?[0-9]{1,3}(\\.[0-9]{1,2})?/
"""


def free(backbone, end_ids=frozenset()):
    return FreeMatching(end_ids, len(backbone.tokenizer))


def decode(backbone, matching, *, max_new_tokens=40, precedent=(),
           should_stop=lambda: False, prefix=(), on_answer=None):
    drafter = Drafter(INSTRUCTION, [Precedent((1,), tuple(precedent))] if precedent else ())
    with PlainRunner(backbone).behind(list(prefix), 0) as run:
        return decode_likeliest(
            run, INSTRUCTION, start=lambda: matching, drafter=drafter,
            max_new_tokens=max_new_tokens, should_stop=should_stop, on_answer=on_answer,
            search_forwards=0)


@pytest.fixture(params=range(4))
def random_backbone(request, build_tiny_model, tiny_tokenizer):
    """Return models that write different things."""
    return backbone_from_model(build_tiny_model(seed=request.param), tiny_tokenizer)


@pytest.fixture
def end_ids(tiny_tokenizer):
    return frozenset(tiny_tokenizer.convert_tokens_to_ids(['<|im_end|>', '<|endoftext|>']))


def last_scores(backbone, prefix, ids):
    hidden = read(backbone, embed(backbone, torch.tensor([ids])), KeyValueCache(prefix))
    return logits(backbone, hidden[0, -1])


def test_decoding_equals_recomputing_every_step(tiny_backbone):
    cache = KeyValueCache()
    read(tiny_backbone, embed(tiny_backbone, torch.tensor([list(b'context')])), cache)
    prefix = cache.key_values()
    decoded = decode(tiny_backbone, free(tiny_backbone), max_new_tokens=8, prefix=prefix)
    expected = []
    for _ in range(8):
        scores = last_scores(tiny_backbone, prefix, INSTRUCTION + expected)
        expected.append(int(scores[:len(tiny_backbone.tokenizer)].argmax()))
    assert decoded == Decoded(expected, Ending.LENGTH, 8, 0)


def test_an_end_token_ends_a_free_answer_and_is_no_part_of_it(tiny_backbone):
    whole = decode(tiny_backbone, free(tiny_backbone), max_new_tokens=4)
    end_ids = {whole.ids[2]} - set(whole.ids[:2]) or {whole.ids[0]}
    ended = decode(tiny_backbone, free(tiny_backbone, end_ids))
    assert ended.ending is Ending.WHOLE
    assert ended.ids == whole.ids[:whole.ids.index(*end_ids)]


def test_should_stop_is_asked_before_every_forward(tiny_backbone):
    answers = iter([False, False, True])
    stopped = decode(tiny_backbone, free(tiny_backbone), should_stop=lambda: next(answers))
    assert (len(stopped.ids), stopped.ending, stopped.forwards) == (2, Ending.STOPPED, 2)


def test_the_answer_so_far_is_told_after_every_forward(random_backbone, end_ids):
    told = []
    engine = GrammarEngine(random_backbone, end_ids)
    decoded = decode(random_backbone, engine.compile(LARK).start(),
                     on_answer=lambda answer: told.append(list(answer)))
    assert len(told) == decoded.forwards > 1
    assert told[-1] == decoded.ids
    assert all(later[:len(sooner)] == sooner for sooner, later in zip(told, told[1:]))


def test_guesses_change_nothing_but_the_number_of_forwards(tiny_backbone):
    stepwise = decode(tiny_backbone, free(tiny_backbone), max_new_tokens=30)
    half_right = [token for pair in zip(stepwise.ids[::2], stepwise.ids[1::2])
                  for token in (*pair, 7)]
    exact, wrong = (decode(tiny_backbone, free(tiny_backbone), max_new_tokens=30, precedent=seen)
                    for seen in (stepwise.ids, half_right))
    assert exact.ids == wrong.ids == stepwise.ids
    assert exact.forwards <= 6 and wrong.forwards < stepwise.forwards


def test_forced_equals_stepwise_and_with_guesses(random_backbone, end_ids):
    engine = GrammarEngine(random_backbone, end_ids)
    jumped = decode(random_backbone, engine.compile(LARK).start())
    stepwise = decode(random_backbone, engine.compile(STEPWISE + LARK).start())
    assert jumped.ids == stepwise.ids and jumped.ending is stepwise.ending is Ending.WHOLE
    assert stepwise.forced == 0 < jumped.forced
    # The end, where nothing else may follow, is forced as well.
    assert jumped.forwards <= len(jumped.ids) - jumped.forced + 1 < stepwise.forwards + 1

    guessed = decode(random_backbone, engine.compile(LARK).start(),
                     precedent=[*jumped.ids, min(end_ids)])
    misled = decode(random_backbone, engine.compile(LARK).start(),
                    precedent=[*jumped.ids[:2], *jumped.ids])
    assert guessed.ids == misled.ids == jumped.ids
    assert guessed.forwards <= jumped.forwards


def test_what_is_forced_from_the_start_to_the_end_needs_no_forward(tiny_backbone, end_ids):
    constraint = GrammarEngine(tiny_backbone, end_ids).compile('start: "only this"')
    decoded = decode(tiny_backbone, constraint.start())
    expected = list(tiny_backbone.tokenizer.encode('only this'))
    assert decoded == Decoded(expected, Ending.WHOLE, 0, len(expected))


def test_forced_tokens_ride_in_the_forward_of_the_instruction(
        tiny_backbone, end_ids, monkeypatch):
    from ros2_nl_commander.model import runner as module

    widths = []

    def counting(backbone, embedded, cache):
        widths.append(embedded.shape[1])
        return read(backbone, embedded, cache)

    monkeypatch.setattr(module, 'read', counting)
    constraint = GrammarEngine(tiny_backbone, end_ids).compile('start: "abc" ("d" | "e") "fgh"')
    decoded = decode(tiny_backbone, constraint.start())
    assert widths == [len(INSTRUCTION) + 3]
    assert (len(decoded.ids), decoded.forced, decoded.forwards) == (7, 6, 1)


def test_an_answer_of_a_grammar_is_cut_off_at_max_new_tokens(tiny_backbone, end_ids):
    constraint = GrammarEngine(tiny_backbone, end_ids).compile('start: /[a-z]{50}/')
    decoded = decode(tiny_backbone, constraint.start(), max_new_tokens=5)
    assert (len(decoded.ids), decoded.ending, decoded.forwards) == (5, Ending.LENGTH, 5)


class Failing(FreeMatching):
    """Follows nothing for some tokens, then fails as a matcher does."""

    def __init__(self, backbone, method, after):
        super().__init__(frozenset(), len(backbone.tokenizer))
        self._failing, self._left = method, after

    def _count(self, method):
        self._left -= method == self._failing
        if self._left < 0:
            raise GrammarViolationError('matcher failed')

    def forced(self):
        self._count('forced')
        return super().forced()

    def masks(self, guess):
        self._count('masks')
        return super().masks(guess)

    def accept(self, token):
        self._count('accept')
        super().accept(token)


@pytest.mark.parametrize('method', ['forced', 'masks', 'accept'])
@pytest.mark.parametrize('after', [0, 3])
def test_a_matcher_that_fails_leaves_no_text(tiny_backbone, method, after):
    with pytest.raises(GrammarViolationError, match='matcher failed'):
        decode(tiny_backbone, Failing(tiny_backbone, method, after))
