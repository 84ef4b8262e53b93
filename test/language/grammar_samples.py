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
    return node.separator.join(_spell(node.item, rules, random) for _ in range(count))


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
