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


"""The search for the likeliest answer: it finds it, and costs no more than it must."""

from __future__ import annotations

import itertools
import math
from random import Random

import pytest
from ros2_nl_commander.language.errors import GrammarViolationError, ModelError
from ros2_nl_commander.model.backbone import backbone_from_model
from ros2_nl_commander.model.captured import CapturedRunner
from ros2_nl_commander.model.constraint import GrammarEngine
from ros2_nl_commander.model.decode import decode_likeliest, Ending
from ros2_nl_commander.model.drafts import Drafter, Precedent
from ros2_nl_commander.model.forward import embed, logits, read
from ros2_nl_commander.model.key_values import KeyValueCache
from ros2_nl_commander.model.matching import FreeMatching
from ros2_nl_commander.model.preference import NamePreference, PreferringMatching
from ros2_nl_commander.model.runner import PlainRunner
import torch

INSTRUCTION = list(b'go on')
#: Few enough that all can be scored: names that begin alike, and some that do not.
ANSWERS = ('/arm/left', '/arm/right', '/arm/rest', '/base', '/bell 1', '/bell 2', '/lamp', 'no')
LARK = 'start: ' + ' | '.join(f'"{answer}"' for answer in ANSWERS)


@pytest.fixture(params=range(8))
def backbone(request, build_tiny_model, tiny_tokenizer):
    """Return models that find different answers likely."""
    return backbone_from_model(build_tiny_model(seed=request.param), tiny_tokenizer)


@pytest.fixture
def constraint(backbone, tiny_tokenizer):
    return GrammarEngine(backbone, {tiny_tokenizer.eos_token_id}).compile(LARK)


def search(backbone, start, *, runner=None, precedent=(), **options):
    drafter = Drafter(INSTRUCTION, [Precedent((1,), tuple(precedent))] if precedent else ())
    options = {'max_new_tokens': 40, 'should_stop': lambda: False, 'search_forwards': 99,
               **options}
    with (runner or PlainRunner(backbone)).behind([], 80) as run:
        return decode_likeliest(run, INSTRUCTION, start=start, drafter=drafter, **options)


def log_probability(backbone, answer):
    """Score a whole answer token by token, among those that go on to one of the answers."""
    total = 0.0
    tokenizer = backbone.tokenizer
    texts = [[*tokenizer.encode(text), tokenizer.eos_token_id] for text in ANSWERS]
    written = [*tokenizer.encode(answer), tokenizer.eos_token_id]
    for place, token in enumerate(written):
        allowed = sorted({text[place] for text in texts if text[:place] == written[:place]})
        ids = torch.tensor([INSTRUCTION + written[:place]])
        hidden = read(backbone, embed(backbone, ids), KeyValueCache())
        scores = logits(backbone, hidden[0, -1])[allowed]
        total += float(scores.log_softmax(-1)[allowed.index(token)])
    return total


def test_it_finds_the_likeliest_of_all_answers(backbone, constraint):
    chances = {answer: log_probability(backbone, answer) for answer in ANSWERS}
    assert math.isclose(sum(map(math.exp, chances.values())), 1.0, abs_tol=1e-3)
    found = search(backbone, constraint.start)
    assert found.ending is Ending.WHOLE
    assert backbone.tokenizer.decode(found.ids) == max(chances, key=chances.get)
    assert math.isclose(found.log_probability, max(chances.values()), abs_tol=1e-3)
    greedy = search(backbone, constraint.start, search_forwards=0)
    text = backbone.tokenizer.decode(greedy.ids)
    assert math.isclose(greedy.log_probability, chances[text], abs_tol=1e-3)
    assert greedy.log_probability <= found.log_probability + 1e-6


def test_with_a_preference_it_finds_what_is_likeliest_by_both(backbone, constraint):
    random = Random(len(ANSWERS))
    changed = 0
    plain = search(backbone, constraint.start)
    for _ in range(8):
        weights = {answer.partition(' ')[0]: -random.random() * 3 for answer in ANSWERS}
        preference = NamePreference(
            {name: weight for name, weight in weights.items() if name != 'no'},
            {'no': weights['no']})
        chances = {answer: log_probability(backbone, answer) + weights[answer.partition(' ')[0]]
                   for answer in ANSWERS}
        found = search(backbone, lambda: PreferringMatching(
            constraint.start(), preference, backbone.tokenizer.decode))
        assert backbone.tokenizer.decode(found.ids) == max(chances, key=chances.get)
        assert math.isclose(-found.cost, max(chances.values()), abs_tol=1e-3)
        whole = math.log(sum(map(math.exp, chances.values())))
        # What was not gone on with counts with the most that it may become.
        assert -found.cost - 1e-6 <= found.log_probability <= -found.cost - whole + 1e-3
        changed += found.ids != plain.ids
    assert changed


def test_some_answer_is_likelier_than_the_greedy_one(build_tiny_model, tiny_tokenizer):
    """Else the tests above would show nothing."""
    better = 0
    for seed in range(8):
        backbone = backbone_from_model(build_tiny_model(seed=seed), tiny_tokenizer)
        start = GrammarEngine(backbone, {tiny_tokenizer.eos_token_id}).compile(LARK).start
        greedy, found = (search(backbone, start, search_forwards=count) for count in (0, 99))
        better += found.ids != greedy.ids
        assert found.forwards >= greedy.forwards
    assert better


def test_guesses_and_captured_forwards_find_the_same(backbone, constraint):
    found = search(backbone, constraint.start)
    for guess in ANSWERS:
        guessed = search(backbone, constraint.start, precedent=backbone.tokenizer.encode(guess))
        assert guessed.ids == found.ids
        assert math.isclose(guessed.log_probability, found.log_probability, abs_tol=1e-3)
    captured = search(backbone, constraint.start, runner=CapturedRunner(backbone))
    assert captured == found


@pytest.mark.parametrize('limit', range(1, 6))
def test_the_forwards_are_bounded(backbone, constraint, limit):
    greedy = search(backbone, constraint.start, search_forwards=0)
    found = search(backbone, constraint.start, search_forwards=limit)
    longest = max(len(answer) for answer in ANSWERS)
    assert found.forwards <= max(greedy.forwards, limit + longest)
    assert found.log_probability >= greedy.log_probability


def test_the_answer_is_told_as_it_forms_and_at_the_end(backbone, constraint):
    told = []
    found = search(backbone, constraint.start, on_answer=lambda ids: told.append(list(ids)))
    assert told[-1] == found.ids
    greedy = search(backbone, constraint.start, search_forwards=0)
    assert greedy.ids in told


#: What a model says where the tests decide: chances of the next letter, behind what was written.
#: Greedily this is "ab.", with 0.6 * 0.5; "c." has 0.4.
CHANCES = {'': {'a': 0.6, 'c': 0.4}, 'a': {'b': 0.5, 'd': 0.3, 'e': 0.2}}
END = ord('.')


class Letters(FreeMatching):
    """Whatever is written; a point ends it."""

    def __init__(self):
        super().__init__({END}, 128)


class Scripted:
    """A model whose chances are known; what is not in its table ends."""

    def __init__(self, chances):
        self._chances, self._text, self._asked, self.read_so_far = chances, '', 0, []

    def read(self, ids, asked):
        assert ids and asked <= len(ids)
        self._text += ''.join(map(chr, ids))
        self._asked = asked
        self.read_so_far.append(self._text)

    def rank(self, masks):
        assert len(masks) <= self._asked
        ends = range(len(self._text) - self._asked + 1, len(self._text) + 1)
        return [self._ranking(self._text[:end].removeprefix('go on ')) for end in ends]

    def forget(self, count):
        self._text = self._text[:len(self._text) - count]

    def _ranking(self, written):
        chances = self._chances.get(written, {'.': 1.0})
        return sorted(((ord(letter), math.log(chance)) for letter, chance in chances.items()),
                      key=lambda one: -one[1])


def scripted(chances, **options):
    run = Scripted(chances)
    options = {'max_new_tokens': 8, 'should_stop': lambda: False, 'drafter': Drafter(()),
               'start': Letters, **options}
    found = decode_likeliest(run, list(b'go on '), **options)
    return ''.join(map(chr, found.ids)), found, run


def test_another_beginning_is_gone_on_with():
    text, found, run = scripted(CHANCES)
    assert (text, found.forwards) == ('c', 4)
    assert math.isclose(found.log_probability, math.log(0.4))
    assert run.read_so_far == ['go on ', 'go on a', 'go on ab', 'go on c']


def test_an_answer_of_a_half_or_more_costs_nothing_more():
    text, found, _run = scripted({'': {'a': 0.9, 'c': 0.1}, 'a': {'b': 0.56, 'd': 0.44}})
    assert (text, found.forwards) == ('ab', 3)


def test_an_end_may_be_another_beginning():
    text, found, _run = scripted({'': {'a': 1.0}, 'a': {'b': 0.6, '.': 0.4}, 'ab': {
        'c': 0.5, 'd': 0.5}})
    assert (text, found.ending, found.forwards) == ('a', Ending.WHOLE, 4)
    assert math.isclose(found.log_probability, math.log(0.4))


def test_an_answer_that_is_too_long_does_not_replace_a_whole_one():
    endless = {'c' * count: {'c': 1.0} for count in range(1, 9)}
    text, found, _run = scripted({**CHANCES, **endless})
    assert (text, found.ending, found.forwards) == ('ab', Ending.WHOLE, 3 + 7)


def test_another_beginning_does_not_go_on_without_end():
    endless = {'c' * count: {'c': 1.0} for count in range(1, 99)}
    text, found, _run = scripted({**CHANCES, **endless}, max_new_tokens=90, search_forwards=4)
    assert (text, found.forwards) == ('ab', 8)


@pytest.mark.parametrize('after, ending', [(3, Ending.STOPPED), (4, Ending.WHOLE)])
def test_a_stop_is_heard_while_another_beginning_is_tried(after, ending):
    asked = itertools.count()
    _text, found, _run = scripted(CHANCES, should_stop=lambda: next(asked) >= after)
    assert found.ending is ending


def test_what_the_grammar_does_to_another_beginning_leaves_the_answer_that_there_is():
    class Fragile(Letters):

        def accept(self, token):
            if token == ord('c'):
                raise GrammarViolationError('out of fuel')
            super().accept(token)

    text, found, _run = scripted(CHANCES, start=Fragile)
    assert (text, found.ending) == ('ab', Ending.WHOLE)
    assert math.isclose(found.log_probability, math.log(CHANCES['']['a'] * CHANCES['a']['b']))


@pytest.mark.parametrize('ranking', [[], [(97, math.nan), (98, math.nan)]])
def test_scores_that_are_no_numbers_are_an_error(ranking, monkeypatch):
    monkeypatch.setattr(Scripted, '_ranking', lambda *_args: ranking)
    with pytest.raises(ModelError, match='no numbers'):
        scripted(CHANCES)


class Weighed(Letters):
    """What is known besides speaks for some letters, the first time."""

    def __init__(self, weights):
        super().__init__()
        self.weights = weights

    def weighed(self, ranking):
        weights, self.weights = self.weights, {}
        return sorted(((token, score + weights.get(chr(token), 0.0)) for token, score in ranking),
                      key=lambda pair: -pair[1])


def test_how_sure_an_answer_is_is_told_among_all_by_both():
    weights = {'a': math.log(0.1), 'c': math.log(0.8)}
    for forwards, wanted in ((99, 'c'), (0, 'c')):
        text, found, _run = scripted({'': {'a': 0.6, 'c': 0.4}}, search_forwards=forwards,
                                     start=lambda: Weighed(weights))
        assert text == wanted and math.isclose(found.cost, -math.log(0.32))
        assert math.isclose(math.exp(found.log_probability), 0.32 / (0.32 + 0.06))


def test_a_weight_beyond_all_bounds_is_no_error():
    text, found, _run = scripted({}, start=lambda: Weighed({'.': -2000.0}))
    assert (text, found.log_probability) == ('', 0.0)
