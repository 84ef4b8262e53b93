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

"""The seam to llguidance: every failure is an error, and nothing but the grammar may be chosen."""

from __future__ import annotations

import ctypes
import json
import sys

import numpy as np
import pytest
from ros2_nl_commander.language.errors import GrammarViolationError, ModelError
from ros2_nl_commander.model.backbone import backbone_from_model
from ros2_nl_commander.model.constraint import GrammarEngine, GrammarMatching
from ros2_nl_commander.model.matching import FreeMatching
from ros2_nl_commander.model.runner import rank
from tokenizers import Tokenizer
import torch
from transformers import PreTrainedTokenizerFast

SPECIAL_TOKENS = ('<|endoftext|>', '<|im_start|>', '<|im_end|>')
VOCABULARY = 288  # of the output layer, wider than the tokenizer
FREE_TEXT = r'start: "x " /"([^"\\\x00-\x1f\x7f]|\\["\\]){0,20}"/'


@pytest.fixture(scope='module')
def engine(tiny_backbone):
    return GrammarEngine(tiny_backbone, end_ids(tiny_backbone.tokenizer))


def end_ids(tokenizer):
    return set(tokenizer.convert_tokens_to_ids(['<|im_end|>', '<|endoftext|>']))


def ids_of(text, tokenizer):
    return list(tokenizer.encode(text, split_special_tokens=True))


def write(matching, text, tokenizer):
    """Write a text as decoding does; return what was forced."""
    left, forced = ids_of(text, tokenizer), []
    while True:
        given = matching.forced()
        assert left[:len(given)] == given
        forced, left = forced + given, left[len(given):]
        if not left:
            return forced
        matching.accept(left.pop(0))


def choose(matching, scores):
    (mask,) = matching.masks([])
    return rank(scores, mask)[0][0]


def allowed(matching, width=VOCABULARY):
    """Return every token that may be chosen, by asking for each."""
    scores = torch.zeros(width)
    found = set()
    while True:
        token = choose(matching, scores)
        if token in found:
            return found
        found.add(token)
        scores[token] = -1


def test_exactly_the_bytes_that_may_follow(engine, tiny_tokenizer):
    matching = engine.compile('start: "move " ("up" | "down" | /[0-9]+/)').start()
    assert tiny_tokenizer.decode(matching.forced()) == 'move '
    assert tiny_tokenizer.decode(sorted(allowed(matching))) == '0123456789du'
    matching.accept(*tiny_tokenizer.encode('d'))
    assert tiny_tokenizer.decode(matching.forced()) == 'own'
    assert matching.is_over


def test_both_ends_may_follow_a_whole_answer_and_only_a_whole_one(engine, tiny_tokenizer):
    matching = engine.compile('start: /[0-9]{1,3}/').start()
    assert not allowed(matching) & end_ids(tiny_tokenizer)
    matching.accept(*tiny_tokenizer.encode('1'))
    assert allowed(matching) >= end_ids(tiny_tokenizer) and not matching.is_over
    matching.accept(min(end_ids(tiny_tokenizer)))
    assert matching.is_over and matching.forced() == []


def test_an_end_before_the_answer_is_whole_is_an_error(engine, tiny_tokenizer):
    for end in end_ids(tiny_tokenizer):
        with pytest.raises(GrammarViolationError, match='not whole'):
            engine.compile('start: "ab" | "cd"').start().accept(end)


def test_no_answer_comes_out_of_the_error_state(engine, tiny_tokenizer):
    matching = engine.compile('start: /[0-9]+/').start()
    with pytest.raises(GrammarViolationError):
        matching.accept(*tiny_tokenizer.encode('x'))
    # llguidance would now allow the end of the text and call itself stopped.
    for method in (matching.forced, lambda: matching.masks([]),
                   lambda: matching.is_over, lambda: matching.accept(*end_ids(tiny_tokenizer))):
        with pytest.raises((GrammarViolationError, TypeError)):
            method()
    for end in end_ids(tiny_tokenizer):
        with pytest.raises(GrammarViolationError):
            matching.accept(end)


@pytest.mark.parametrize('text, rows', [
    ('"abc" ("d" | "e") /[0-9]/', 5), ('("ab" | "cd") "efgh"', 6), ('/[a-f]{1,12}/', 10)])
def test_masks_along_a_guess_are_those_of_writing_it(engine, tiny_tokenizer, text, rows):
    """What may follow each token, none behind the end, and nothing is written."""
    constraint = engine.compile(f'start: {text}')
    guess = tiny_tokenizer.encode({'"': 'abcd7', '(': 'abefgh', '/': 'abcdefabc'}[text[0]])
    ends = [*guess, min(end_ids(tiny_tokenizer))]
    matching, stepping = constraint.start(), constraint.start()
    for given in (guess, ends, guess[:2], []):
        masks = matching.masks(given)
        assert len(masks) == min(len(given) + 1, rows)
    masks = matching.masks(ends)
    for token, mask in zip(guess, masks):
        assert np.array_equal(stepping.masks([]), [mask])
        stepping.accept(token)
    write(matching, tiny_tokenizer.decode(guess), tiny_tokenizer)
    assert matching.is_over or np.array_equal(matching.masks([]), masks[-1:])


def test_a_guess_that_is_not_viable_is_an_error(engine, tiny_tokenizer):
    with pytest.raises(GrammarViolationError):
        engine.compile('start: "ab" | "cd"').start().masks(tiny_tokenizer.encode('xy'))


def test_answers_know_nothing_of_one_another(engine, tiny_tokenizer):
    constraint = engine.compile('start: "ab" | "cd"')
    broken = constraint.start()
    with pytest.raises(GrammarViolationError):
        broken.accept(*tiny_tokenizer.encode('x'))
    for text in ('ab', 'cd', 'ab'):
        matching = constraint.start()
        write(matching, text, tiny_tokenizer)
        assert matching.is_over


class Broken:
    """A matcher that goes wrong at one call, the way llguidance does: without raising."""

    def __init__(self, call):
        self._call = call
        self._failed = False

    def _result(self, call, good, bad):
        self._failed |= call == self._call
        return bad if self._failed else good

    def compute_ff_tokens(self):
        return self._result('compute_ff_tokens', [1], [])

    def consume_tokens(self, _):
        return self._result('consume_tokens', True, False)

    def consume_token(self, _):
        return self._result('consume_token', True, False)

    def rollback(self, _):
        return self._result('rollback', True, False)

    def unsafe_compute_mask_ptr(self, pointer, size):
        self._result('unsafe_compute_mask_ptr', None, None)
        ctypes.memset(pointer, 0 if self._call == 'none' else 255, size)

    def is_error(self):
        return self._failed

    def is_stopped(self):
        return self._failed

    def is_accepting(self):
        return True

    def get_error(self):
        return 'out of fuel' if self._failed else ''


@pytest.mark.parametrize('call', [
    'compute_ff_tokens', 'consume_tokens', 'consume_token', 'unsafe_compute_mask_ptr',
    'rollback'])
def test_every_call_that_can_fail_is_checked(call):
    matching = GrammarMatching(Broken(call), 64, frozenset({63}))
    with pytest.raises(GrammarViolationError, match='out of fuel'):
        matching.forced()
        matching.accept(1)
        matching.masks([2])
    with pytest.raises(GrammarViolationError, match='out of fuel'):
        _ = matching.is_over


def test_a_mask_without_any_token_is_an_error():
    matching = GrammarMatching(Broken('none'), 64, frozenset({63}))
    with pytest.raises(GrammarViolationError, match='no token may follow'):
        matching.masks([])  # the broken matcher leaves the mask empty


@pytest.mark.parametrize('lark', [
    '', 'start: nothing', 'start: "a', 'start: /(/', 'begin: "a"'])
def test_a_grammar_that_cannot_be_used_is_an_error(engine, lark):
    with pytest.raises(GrammarViolationError, match='grammar cannot be used'):
        engine.compile(lark)


def test_special_tokens_and_padding_ids_are_never_chosen(engine, tiny_tokenizer):
    matching = engine.compile(FREE_TEXT).start()
    write(matching, 'x "a', tiny_tokenizer)
    special = set(tiny_tokenizer.convert_tokens_to_ids(list(SPECIAL_TOKENS)))
    may_follow = allowed(matching)
    assert len(may_follow) > 100 and not may_follow & special
    assert max(may_follow) < len(tiny_tokenizer) < VOCABULARY


@pytest.mark.parametrize('text', SPECIAL_TOKENS)
def test_special_text_in_a_grammar_never_becomes_a_special_token(engine, tiny_tokenizer, text):
    matching = engine.compile(f'start: "a " {json.dumps(text)} | "b"').start()
    special = set(tiny_tokenizer.convert_tokens_to_ids(list(SPECIAL_TOKENS)))
    try:
        matching.accept(*tiny_tokenizer.encode('a'))
        forced = matching.forced()
    except GrammarViolationError:
        return
    assert not special & set(forced)
    assert tiny_tokenizer.decode(forced) in f' {text}'


def test_fillers_of_gguf_are_never_chosen(build_tiny_model, tiny_tokenizer):
    content = json.loads(tiny_tokenizer.backend_tokenizer.to_str())
    vocabulary = content['model']['vocab']
    vocabulary.update({token['content']: token['id'] for token in content['added_tokens']})
    fillers = {f'[PAD{index}]': index for index in range(len(vocabulary), VOCABULARY)}
    vocabulary.update(fillers)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(json.dumps(content)), eos_token='<|im_end|>')
    assert len(tokenizer) == VOCABULARY
    backbone = backbone_from_model(build_tiny_model(), tokenizer)
    matching = GrammarEngine(backbone, end_ids(tokenizer)).compile(FREE_TEXT).start()
    write(matching, 'x "', tokenizer)
    assert not allowed(matching) & set(fillers.values())


def test_hostile_names_stay_names(engine, tiny_tokenizer):
    names = ['/x" | /.*/ | "y', '/a\nstart: /.*/', '$(reboot)', "/o'neil", '/\\d+', '/%ignore /./']
    grammar = 'start: ' + ' | '.join(map(json.dumps, names))
    constraint = engine.compile(grammar)
    for name in names:
        matching = constraint.start()
        write(matching, name, tiny_tokenizer)
        assert matching.is_over
    with pytest.raises((GrammarViolationError, AssertionError)):
        write(constraint.start(), 'y', tiny_tokenizer)


def test_thousands_of_interfaces_fit(engine, tiny_tokenizer):
    names = [f'/plant/cell_{index}/start' for index in range(5000)]
    constraint = engine.compile('start: ' + ' | '.join(map(json.dumps, names)))
    matching = constraint.start()
    write(matching, '/plant/cell_4999/start', tiny_tokenizer)
    assert matching.is_over


def test_how_many_guesses_fit(engine, tiny_tokenizer):
    matching = engine.compile('start: "ab" /[0-9]+/').start()
    matching.forced()
    end = min(end_ids(tiny_tokenizer))
    twelve = tiny_tokenizer.encode('12')
    assert matching.viable([*twelve, end, *twelve]) in (2, 3)
    assert matching.viable([*twelve, *tiny_tokenizer.encode('x1')]) == 2
    assert matching.viable(tiny_tokenizer.encode('x')) == 0
    assert matching.viable([end]) == 0
    # Asking changes nothing.
    assert tiny_tokenizer.decode(sorted(allowed(matching))) == '0123456789'


def test_a_missing_library_is_one_clear_error(tiny_backbone, monkeypatch):
    monkeypatch.setitem(sys.modules, 'llguidance', None)
    with pytest.raises(ModelError, match='pip install llguidance.*constrain'):
        GrammarEngine(tiny_backbone, {1})


def test_a_tokenizer_that_llguidance_cannot_read_is_a_model_error(tiny_backbone):
    with pytest.raises(ModelError, match='cannot be constrained.*constrain to false'):
        GrammarEngine(tiny_backbone, {VOCABULARY + 1})


def test_without_a_grammar_every_token_of_the_tokenizer_may_follow():
    matching = FreeMatching({3}, 10)
    scores = torch.zeros(16)
    scores[12], scores[7] = 9, 1  # 12 is beyond the tokenizer
    assert choose(matching, scores) == 7 and len(matching.masks([1, 2])) == 3
    assert matching.forced() == [] and matching.viable([1, 2]) == 2
    matching.accept(7)
    assert not matching.is_over
    matching.accept(3)
    assert matching.is_over
