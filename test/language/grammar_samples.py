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

"""Random texts of a grammar, random grammars, and texts that are nearly right."""

from fractions import Fraction
import math
import re

from hypothesis import strategies as st

from ros2_nl_commander.language.grammar_rules import (
    Choice, Grammar, Literal, Number, Pattern, Reference, Repeat, Sequence)
from ros2_nl_commander.language.pattern_nodes import node_from_pattern

#: What patterns are tried with.
CHARACTERS = 'abz09_-./ :,\'"\\$`!(){}[]\t\n~\x7fäß日🤖AZ'
_MOST = 10 ** 20


class NothingFits(Exception):
    """A node that no text fits."""


def sample(grammar, random):
    """
    Spell a random text of a grammar: numbers near their bounds, lists short and full.

    :raises NothingFits: if the choices that were made lead nowhere
    """
    return _spell(grammar.rules[grammar.start], grammar.rules, random)


#: Made to be cut wrongly: each begins like another, ends like one, or means something to a reader.
WORDS = ('', 'a', 'ab', 'abc', 'b', 'bc', ' m', ' mm', ' m/s', ' 1', '1', '12', '.5', '-', '0',
         'ward 1', 'ward 12', '"', '\\', "'", '/', '//', '#', '$(a)', '" | /.*/ | "', 'ä', '🤖')
REGEXES = ('[a-c]{0,3}', '(?:a|ab){1,2}', r'[^"\\\x00-\x1f]{0,5}', r'\$|\x41?b', '/{1,2}', r'\\/',
           '(?:[a-b]|b{2}){3}', '"(?:[^"]|""){0,3}"', 'a{0}|[äb-]?', '[/#]//?', '(?:a||b)c')
bounds = st.one_of(
    st.integers(-300, 300), st.sampled_from((math.inf, -math.inf, 2 ** 31, -2 ** 63, 10 ** 25)),
    st.floats(-3, 3), st.decimals(-40, 40, places=2).map(Fraction), st.fractions(-2, 2),
    st.floats(-1e-6, 1e-6), st.floats(allow_nan=False))
numbers = st.builds(
    lambda first, second, *flags: Number(*sorted((first, second)), *flags),
    bounds, bounds, st.booleans(), st.booleans())
_leaves = st.one_of(st.sampled_from(WORDS).map(Literal), st.sampled_from(REGEXES).map(Pattern),
                    numbers)


@st.composite
def grammars(draw):
    """Generate small grammars in which almost everything is ambiguous."""
    rules = {}
    for index in range(draw(st.integers(1, 3))):
        below = st.sampled_from(sorted(rules)).map(Reference) if rules else _leaves
        rules[f'r{index}'] = draw(st.recursive(_leaves | below, _larger, max_leaves=8))
    return Grammar(rules, f'r{len(rules) - 1}')


def _larger(nodes):
    several = st.lists(nodes, max_size=4).map(tuple)
    repeats = st.builds(
        lambda item, separator, least, more: Repeat(
            item, separator, least, None if more is None else least + more),
        nodes, st.sampled_from(WORDS), st.integers(0, 2), st.none() | st.integers(0, 2))
    return several.map(Sequence) | several.map(Choice) | repeats


def mutated(text, random):
    """Change a text a little: it may fit a grammar or no longer."""
    place = random.randint(0, len(text))
    piece = random.choice((*WORDS, *CHARACTERS, text[place:place + 3]))
    return random.choice((
        text[:place] + piece + text[place:], text[:place] + text[place + 1:],
        text[:place] + piece + text[place + len(piece):], text[:place], text[place:]))


def _spell(node, rules, random):
    if isinstance(node, Literal):
        return node.text
    if isinstance(node, Reference):
        return _spell(rules[node.rule], rules, random)
    if isinstance(node, Sequence):
        return ''.join(_spell(item, rules, random) for item in node.items)
    if isinstance(node, Choice):
        return _spell_one(node.options, rules, random)
    if isinstance(node, Repeat):
        return _spell_items(node, rules, random)
    if isinstance(node, Number):
        return _spell_number(node, random)
    whole = node_from_pattern(node)
    return _spell(whole, rules, random) if whole != node else _spell_character(node, random)


def _spell_one(options, rules, random):
    for option in random.sample(options, len(options)):
        try:
            return _spell(option, rules, random)
        except NothingFits:
            pass
    raise NothingFits


def _spell_items(node, rules, random):
    most = node.at_least + 4 if node.at_most is None else node.at_most
    near = min(most, node.at_least + 1)
    if not _is_flat(node.item, rules):
        most = min(most, node.at_least + 2)
    count = random.choice((node.at_least, near, random.randint(node.at_least, most), most))
    try:
        return node.separator.join(_spell(node.item, rules, random) for _ in range(count))
    except NothingFits:
        if node.at_least:
            raise
        return ''


def _is_flat(node, rules):
    """Tell whether nothing is repeated inside: then a full list is of a bearable length."""
    if isinstance(node, Reference):
        return _is_flat(rules[node.rule], rules)
    parts = getattr(node, 'items', None) or getattr(node, 'options', ())
    return not isinstance(node, Repeat) and all(_is_flat(part, rules) for part in parts)


def _spell_character(node, random):
    fits = [character for character in CHARACTERS if re.fullmatch(node.regex, character)]
    return random.choice(fits or [chr(code) for code in range(0x20, 0x7f)
                                  if re.fullmatch(node.regex, chr(code))])


def _spell_number(node, random):
    """Spell a number next to a bound, or any."""
    step = Fraction(1) if node.is_integer else Fraction(1, 10 ** 6)
    low, high = (bound if math.isinf(bound) else round(Fraction(bound), 9)
                 for bound in (node.low, node.high))
    bases = [bound for bound in (low, high, 0) if not math.isinf(bound)]
    near = [math.floor(base / step) + more for base in bases for more in (-1, 0, 1)]
    far = [random.randrange(-10 ** size, 10 ** size) for size in range(1, 25)]
    ends = [sign * (int(_MOST / step) - 1) for sign in (-1, 1)]
    fits = [count for count in (*near, *far, *ends) if abs(count * step) < _MOST
            and (low <= count * step <= high) != node.outside]
    if not fits:
        raise NothingFits
    return _spelt(random.choice(fits) * step, node.is_integer, random)


def _spelt(value, is_integer, random):
    whole, fraction = divmod(abs(value), 1)
    sign = '-' if value < 0 else ''
    if is_integer:
        return f'{sign}{whole}'
    digits = f'{int(fraction * 10 ** 6):06}'
    shortest = len(digits.rstrip('0'))
    kept = random.randint(shortest, 6)
    return f'{sign}{whole}' + (f'.{digits[:kept]}' if kept else '')
