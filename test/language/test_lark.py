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

"""The engine accepts what the grammar says: every text of it, and no other."""

from random import Random
from time import perf_counter

from grammar_samples import grammars, mutated, NothingFits, sample
from hypothesis import given, settings, strategies as st
import pytest

from ros2_nl_commander.language.generation import DEFAULT_MODEL
from ros2_nl_commander.language.grammar_matching import matches
from ros2_nl_commander.language.grammar_rules import (
    Choice, Grammar, Literal, Number, Pattern, Reference, Repeat, Sequence)
from ros2_nl_commander.language.lark import lark_from_grammar

llguidance = pytest.importorskip('llguidance')

BYTES = llguidance.LLTokenizer('byte')
QUOTED = Sequence((Literal('"'), Pattern(r'(?:[^"\\\x00-\x1f\x7f]|\\["\\]){0,240}'), Literal('"')))


def words(*texts):
    """Make a choice of texts."""
    return Choice(tuple(map(Literal, texts)))


def velocity(axis, following):
    """Make one axis of a right-linear list of fields."""
    field = Sequence((Literal(f'{axis}: '), Number(-0.5, 0.5), words('', ' m/s', ' m', ' mm')))
    return Choice((Sequence((field, Literal(', '), Reference(following))), field,
                   Reference(following)))


PLACES = ('ward 1', 'ward 12', 'ward', 'a"b', "it's", 'back\\slash', '$(reboot)', '`id`',
          '/x" | /.*/ | "y', '#1 // 2', 'Küche', '病房', '🤖', 'x' * 5000)
#: One robot, as the grammar of a robot is made: names in one space, fields shared, declines.
ROBOT = Grammar({
    'z': Sequence((Literal('z: '), Number(-1, 1))),
    'y': velocity('y', 'z'),
    'x': velocity('x', 'y'),
    'place': Choice((words(*PLACES), Sequence((Literal('{x: '), Number(), Literal('}'))))),
    'list': Choice((Repeat(Number(-2 ** 31, 2 ** 31 - 1, is_integer=True), ', ', 1, 36),
                    Literal(''))),
    'start': Choice((
        Sequence((Literal('/cmd_vel '), Reference('x'))),
        Sequence((Literal('/cmd_vel/raw '), Reference('z'))),
        Sequence((Literal('/cmd'), words('', ' 1 times', ' 12 times'))),
        Sequence((Literal('/goto '), Reference('place'), words('', '2', ' 3 times'))),
        Sequence((Literal('/via '), Repeat(Reference('place'), ', ', 1))),
        Sequence((Literal('/volume data: '), Number(0, 255, is_integer=True))),
        Sequence((Literal('/mast data: '), Number(0.5, 1.2, outside=True))),
        Sequence((Literal('/say data: '), QUOTED)),
        Sequence((Literal('/joints data: ['), Reference('list'), Literal(']'))),
        Sequence((Literal('/siren data: '), words('true', 'false'))),
        Sequence((Literal('/never '), Number(1e-9, 5e-8))),
        Sequence((Literal('no: '), words('unsafe', 'unknown place'))),
    ))}, 'start')


def matcher(grammar, tokenizer=BYTES):
    """Compile a grammar."""
    lark = llguidance.LLMatcher.grammar_from_lark(lark_from_grammar(grammar))
    compiled = llguidance.LLMatcher(tokenizer, lark, log_level=0)
    assert not compiled.is_error(), compiled.get_error()
    return compiled


def accepts(compiled, text):
    """Tell whether the engine takes a text byte by byte and then takes it for whole."""
    fresh = compiled.deep_copy()
    taken = all(fresh.consume_token(byte) for byte in text.encode())
    return taken and fresh.is_accepting() and not fresh.is_error()


@pytest.fixture(scope='module')
def robot():
    return matcher(ROBOT)


@pytest.mark.parametrize('text', [
    '/cmd_vel x: 0.5', '/cmd_vel x: 0.50 m, y: -0.5 mm, z: 1', '/cmd_vel z: -1.000000',
    '/cmd_vel y: 0.123456 m/s', '/cmd_vel x: 0, z: 0.0', '/cmd_vel/raw z: 1', '/cmd 12 times',
    '/cmd', '/goto ward 12', '/goto ward 122', '/goto ward 1', '/goto ward 12 3 times',
    '/goto {x: -99999.5}', '/via ward, ward 1, a"b, ward 12', '/volume data: 255',
    '/volume data: 0', '/mast data: 0.499999', '/mast data: 1.200001', '/mast data: -7',
    '/say data: ""', r'/say data: "a \"b\" \\ $(reboot) `id` 🤖"', '/joints data: []',
    '/joints data: [-2147483648, 2147483647]', '/siren data: true', 'no: unsafe',
    '/siren data: false'])
def test_what_the_robot_can_do_is_accepted(robot, text):
    assert matches(ROBOT, text) and accepts(robot, text)


@pytest.mark.parametrize('text', [
    '', '/cmd_vel', '/cmd_vel ', '/cmd_vel x: 0.51', '/cmd_vel x: -0.500001', '/cmd_vel x: -0',
    '/cmd_vel x: 0.5000001', '/cmd_vel x: 5e-1', '/cmd_vel x: 0.5 km', '/cmd_vel y: 0, x: 0',
    '/cmd_vel x: 0,y: 0', '/cmd_vel x: 0, ', '/cmd_vel x: "0"', '/cmd_vel w: 0', '/cmd_vel  x: 0',
    '/cmd_vel2 x: 0', '/cmdvel', '/cmd 2 times', '/goto ward 2', '/goto ward 13', '/goto xyzzy',
    '/goto a.b', '/volume data: 256', '/volume data: -1', '/volume data: 1.0', '/volume data: 007',
    '/volume data: "5"', '/mast data: 0.5', '/mast data: 1.2', '/mast data: 1', '/say data: hi',
    '/say data: "a"b"', '/say data: "\n"', '/say data: "\\n"', '/say data: "hi"; reboot',
    '/joints data: [2147483648]', '/joints data: [1, ]', '/siren data: True', '/siren data: 1',
    '/never 0.00000001', '/never ', '$(reboot)', 'ros2 topic pub /cmd_vel', 'no: ', 'no: unsafe.',
    '/goto /x', '/goto "y', 'NO: unsafe'])
def test_what_the_robot_cannot_do_is_refused(robot, text):
    assert not matches(ROBOT, text) and not accepts(robot, text)


@pytest.mark.parametrize('place', range(len(PLACES)))
def test_places_are_called_anything(robot, place):
    name = PLACES[place]
    for text in (f'/goto {name}', f'/goto {name}2', f'/via {name}, {name}', f'/goto {name}3',
                 f'/goto {name[:-1]}', f'/goto {name}{name}', f'/goto {name[1:]}'):
        assert matches(ROBOT, text) == accepts(robot, text), text
    assert accepts(robot, f'/goto {name}') and not accepts(robot, f'/goto x{name}')


@pytest.mark.parametrize('spelt, most', [('/say data: "{}"', 240), ('/joints data: [{}]', 36)])
def test_lengths_are_bounded(robot, spelt, most):
    for count in (most, most + 1):
        text = spelt.format('ä' * count if 'say' in spelt else ', '.join('1' * count))
        assert matches(ROBOT, text) == accepts(robot, text) == (count == most)


@given(st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_engine_and_oracle_agree_on_the_robot(robot, random):
    text = sample(ROBOT, random)
    assert matches(ROBOT, text) and accepts(robot, text)
    for _ in range(3):
        text = mutated(text, random)
        assert matches(ROBOT, text) == accepts(robot, text), text


@given(grammars(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_engine_and_oracle_agree_on_any_grammar(grammar, random):
    try:
        text = sample(grammar, random)
    except NothingFits:
        with pytest.raises(ValueError, match='no text fits'):
            lark_from_grammar(grammar)
        return
    compiled = matcher(grammar)
    assert accepts(compiled, text)
    for _ in range(6):
        text = mutated(text, random)
        assert matches(grammar, text) == accepts(compiled, text), text


def test_the_text_can_be_read():
    grammar = Grammar({'unit': words(' m', ' mm', ''), 'start': Choice((
        Literal('say "no"'), Sequence((Number(0, 9, is_integer=True), Reference('unit'))),
        Repeat(Pattern('[/a]'), ', ', 0, 3)))}, 'start')
    assert lark_from_grammar(grammar).splitlines() == [
        'UNIT: (" m" | " mm")?',
        r'START: ("say \"no\"" | /[0-9]/ UNIT | (/[\/a]/ (", " /[\/a]/){0,2})?)',
        'start: START']


def test_long_expressions_are_written_once():
    number = Number(-0.123, 4.567)
    item = Sequence((number, QUOTED, number))
    lark = lark_from_grammar(Grammar({'start': Repeat(item, ', ', 1)}, 'start'))
    assert lark.count('/') == 4 and lark.count('NUMBER-0') == 3


def test_the_same_grammar_gives_the_same_text():
    assert lark_from_grammar(ROBOT) == lark_from_grammar(Grammar(dict(ROBOT.rules), 'start'))


def test_2000_interfaces_are_written_and_compiled_soon():
    """Default limits of the engine are enough, though its lists of rules end at 2,000 options."""
    names = [f'/robot_{index % 7}/arm/joint_{index}' for index in range(2000)]
    options = (Sequence((Literal(name), words(' ', ' fast '), Reference('x'))) for name in names)
    grammar = Grammar({**ROBOT.rules, 'start': Choice(tuple(options))}, 'start')
    start = perf_counter()
    lark = lark_from_grammar(grammar)
    written = perf_counter()
    compiled = matcher(grammar)
    print(f'{len(lark)} characters, written in {written - start:.3f} s, '
          f'compiled in {perf_counter() - written:.3f} s')
    for name in names[::97]:
        assert accepts(compiled, f'{name} fast x: 0.5')
        assert not accepts(compiled, f'{name}x x: 0.5')


@pytest.fixture(scope='module')
def tokenizer():
    """Return the engine's view of the real tokenizer, where the model is on this machine."""
    cache = pytest.importorskip('ros2_nl_commander.model.cache')
    path = cache.cache_root() / 'models' / cache.folder_name(DEFAULT_MODEL) / 'tokenizer.json'
    if not path.is_file():
        pytest.skip('the default model is not fetched')
    return llguidance.LLTokenizer(
        path.read_text(encoding='utf-8'), n_vocab=151936, eos_token=[151645, 151643])


def test_the_real_tokenizer_is_forced_to_nothing_but_its_own_way(tokenizer):
    """Whatever is forced is what the tokenizer would spell, so that the model has seen it."""
    compiled, random, forced = matcher(ROBOT, tokenizer), Random(0), 0
    for _ in range(100):
        left, fresh = tokenizer.tokenize_str(sample(ROBOT, random)), compiled.deep_copy()
        while left:
            tokens = fresh.compute_ff_tokens() or left[:1]
            forced += len(tokens) if tokens != left[:1] else 0
            assert tokens == left[:len(tokens)] and fresh.consume_tokens(tokens)
            left = left[len(tokens):]
        assert fresh.is_accepting()
    assert forced


@given(st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_the_real_tokenizer_spells_the_same_texts(tokenizer, random):
    compiled = matcher(ROBOT, tokenizer)
    text = mutated(sample(ROBOT, random), random)
    whole = compiled.consume_tokens(tokenizer.tokenize_str(text)) and compiled.is_accepting()
    assert whole == matches(ROBOT, text), text
