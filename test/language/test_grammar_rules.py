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

"""What a grammar may be made of, and which texts fit it."""

from random import Random
import re
from time import perf_counter

from grammar_samples import CHARACTERS, grammars, NothingFits, REGEXES, sample
from hypothesis import given, settings, strategies as st
import pytest

from ros2_nl_commander.language.grammar_matching import matches
from ros2_nl_commander.language.grammar_rules import (
    Choice, Grammar, Literal, Number, Pattern, Reference, Repeat, Sequence)
from ros2_nl_commander.language.pattern_nodes import node_from_pattern


def grammar(node, **rules):
    """Make a grammar that starts with a node."""
    return Grammar({**rules, 'start': node}, 'start')


@pytest.mark.parametrize('text', [
    'a\nb', '\r', 'a\tb', '\x00', '\x1b[0m', '\x7f', '\x85', '\ud800', '\u2028', '\u2029',
    'e\u0301', '\u212b'])
def test_literals_are_one_line_of_composed_characters(text):
    with pytest.raises(ValueError, match='control characters|NFC'):
        Literal(text)
    with pytest.raises(ValueError):
        Repeat(Literal('a'), text)


@pytest.mark.parametrize('text', ['', ' ', '"', "'", '\\', '$(reboot)', '`', '" | /.*/ | "', '日本',
                                  '🤖', '\U0001f469\u200d\U0001f680', '\u00a0', 'é', 'x' * 5000])
def test_any_other_text_is_a_literal(text):
    only = grammar(Literal(text))
    assert matches(only, text) and not matches(only, text + 'x') and not matches(only, '\n' + text)


@pytest.mark.parametrize('regex', [
    '', '.', 'a*', 'a+', 'a{2,}', '^a', 'a$', '(a)', '(?=a)', '(?!a)', '(?i:a)', 'a??', 'a{1,2}?',
    r'\d', r'\w', r'\b', r'\n', r'\u0041', r'\xe9', '[a&&b]', '[a--b]', '[a~~b]', '[[:alpha:]]',
    '[a', 'a)', '(?:a', '[]a]', '[b-a]', 'a{2,1}', '{2}', '?', 'a|?', 'a\nb', '[\n]', '\ud800'])
def test_patterns_are_what_both_engines_read_alike(regex):
    with pytest.raises(ValueError, match='.'):
        Pattern(regex)


@pytest.mark.parametrize('regex', [
    *REGEXES, r'[^"\\\x00-\x1f\x7f]{0,240}', r'[\]\[\-\^]', '[_./-]', "'(?:[^']|''){0,9}'",
    '(?:/[a-z]{1,3}){1,6}', '[ä-ü日]?', '|a'])
@given(text=st.text(CHARACTERS, max_size=8))
@settings(max_examples=30, deadline=None)
def test_a_pattern_means_what_python_takes_it_for(regex, text):
    assert matches(grammar(Pattern(regex)), text) == bool(re.fullmatch(regex, text))


def test_a_pattern_is_taken_apart():
    node = node_from_pattern(Pattern(r'(?:a|[b-c]{2,3})?\$'))
    inner = Choice((Pattern('a'), Repeat(Pattern('[b-c]'), '', 2, 3)))
    assert node == Sequence((Repeat(inner, '', 0, 1), Pattern(r'\$')))
    assert node_from_pattern(Pattern('[^a]')) == Pattern('[^a]')


@pytest.mark.parametrize('low, high', [(1, 0), (float('nan'), 1), (0, float('nan'))])
def test_a_number_has_an_order(low, high):
    with pytest.raises(ValueError, match='no numbers'):
        Number(low, high)


@pytest.mark.parametrize('least, most', [(-1, 2), (3, 2), (1, 0)])
def test_a_repeat_has_a_count(least, most):
    with pytest.raises(ValueError, match='no count'):
        Repeat(Literal('a'), '', least, most)


@pytest.mark.parametrize('rules, message', [
    ({'a': Literal('x')}, 'no rule start'),
    ({'start': Reference('b')}, 'no rule b'),
    ({'start': Reference('start')}, 'refer to themselves: start to start'),
    ({'start': Choice((Literal('x'), Reference('b'))),
      'b': Sequence((Repeat(Reference('c')),)), 'c': Reference('b')}, 'refer to themselves'),
    ({'start': Literal('x'), 'Start': Literal('y')}, 'no name'),
    ({'start': Literal('x'), 'a b': Literal('y')}, 'no name'),
    ({'start': Literal('x'), '': Literal('y')}, 'no name')])
def test_rules_exist_are_named_well_and_never_lead_back(rules, message):
    with pytest.raises(ValueError, match=message):
        Grammar(rules, 'start')


def test_rules_come_after_those_that_they_refer_to():
    rules = {'start': Sequence((Reference('b'), Reference('a'), Reference('b'))),
             'b': Reference('a'), 'a': Literal('x')}
    assert Grammar(rules, 'start').order == ('a', 'b', 'start')


def test_every_way_to_read_a_text_counts():
    either = Choice((Literal('a'), Literal('ab')))
    twice = Sequence((either, Choice((Literal('bc'), Literal('c')))))
    assert [text for text in ('ac', 'abc', 'abbc', 'bc', 'ab', 'abcc') if matches(
        grammar(twice), text)] == ['ac', 'abc', 'abbc']


def test_a_number_may_end_within_digits():
    dozen = grammar(Sequence((Number(0, 12, is_integer=True), Literal('5'))))
    assert matches(dozen, '125') and matches(dozen, '05') and not matches(dozen, '135')


@pytest.mark.parametrize('text, fits', [
    ('a', False), ('a, a', True), ('a, a, a', True), ('a, a, a, a', False), ('a, a, ', False),
    ('a,a', False), ('', False), ('a, , a', False)])
def test_a_repeat_counts_and_separates(text, fits):
    assert matches(grammar(Repeat(Literal('a'), ', ', 2, 3)), text) == fits


def test_endless_repeats_of_nothing_come_to_an_end():
    nothing = Repeat(Choice((Literal(''), Literal('ab'), Repeat(Literal('')))))
    assert matches(grammar(nothing), 'abab') and not matches(grammar(nothing), 'aba')
    assert matches(grammar(Repeat(nothing, ';', 3)), ';ab;;') and matches(grammar(nothing), '')


def test_no_options_mean_that_nothing_fits():
    assert not matches(grammar(Choice(())), '') and matches(grammar(Sequence(())), '')


def test_halves_of_characters_fit_nowhere():
    assert not matches(grammar(Pattern('[^a]')), '\ud83e')


@pytest.mark.parametrize('character', ['x', '"', '\\', '🤖', '{'])
def test_long_texts_are_judged_soon(character):
    text, value = character * 5000, Choice((Pattern(r'[^a]'), Literal('"')))
    start = perf_counter()
    assert matches(grammar(Repeat(value, '', 0, 5000)), text)
    assert not matches(grammar(Repeat(value, '', 0, 4999)), text)
    assert matches(grammar(Repeat(Repeat(value), '')), text[:50])
    print(f'5,000 characters: {perf_counter() - start:.2f} s')


def test_long_chains_of_rules_are_no_deep_stack():
    rules = {f'r{index}': Choice((
        Sequence((Literal('a'), Reference(f'r{index + 1}'))), Literal('b')))
        for index in range(3000)}
    chain = Grammar({**rules, 'r3000': Literal('c')}, 'r0')
    assert matches(chain, 'a' * 3000 + 'c') and matches(chain, 'a' * 2999 + 'b')
    assert not matches(chain, 'a' * 3000 + 'b')


@given(grammars(), st.integers(0, 2 ** 32))
@settings(max_examples=30, deadline=None)
def test_samples_fit(generated, seed):
    try:
        text = sample(generated, Random(seed))
    except NothingFits:
        return
    assert matches(generated, text)
