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

"""
The unit that a comment or a sentence about an interface says a field holds.

Such a text has other units too: of a tolerance, of a range, of how fast something is. The one that
is set apart is meant ("in metres", "[mm]", "height, cm"), then one without a number before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
import re

from ros2_nl_commander.language.quantities import Unit, UNITS
from ros2_nl_commander.language.unit_names import (
    IS_ALSO_A_WORD, own_unit, rate_of, unit_of_name, unit_of_word, with_plain_signs)
from ros2_nl_commander.language.unit_scales import scale_of, scaled

_WARMTH = re.compile(r'(?:degrees?\s+|degs?\.?\s+|°\s?)'
                     r'(c|celsius|centigrade|f|fahrenheit|k|kelvin)(?![a-z])', re.I)
_WORD = re.compile(r'[A-Za-z]+?(?=E\d\b)|[A-Za-z]+|[%°]')
#: "centidegrees", "mrad".
_SMALL = re.compile(r'(?P<part>deci|centi|milli|c|m)(?P<unit>deg(?:ree)?|rad(?:ian)?)s?', re.I)
_PARTS = {'deci': 10, 'centi': 100, 'milli': 1000, 'c': 100, 'm': 1000}
#: What "min" then stands for.
_LEAST = re.compile(r'\b(?:minimum|minimal|at least|least|shortest|lower)\b', re.I)
#: Longer than any comment; what stands behind it is not read.
_LONGEST = 4000
_PER = re.compile(r'\s*(/|\b(?:per|an?|each)\b)\s*([A-Za-z]+)')
#: "In a second", "a turn a second time" are no speeds.
_NOT_BEFORE_A = IS_ALSO_A_WORD - {'m', 'g', 'l'}
#: "rad/m" is one or the other, for joints of both kinds.
_EITHER = ({'length', 'angle'}, {'length', 'share'}, {'angle', 'share'})
#: Powers: square metres, and what is said per second squared.
_POWER = re.compile(r'\s?(?:\^|\*\*)\s?-?\d|[23](?![\d.])|[²³]')
_SQUARED = re.compile(r'\s*(?:(?:\^|\*\*)\s*2|²|2(?![\d.])|squared\b|(?:/|per)\s*s)')
_OF_POWER = re.compile(r'\b(?:square|cubic)\s*$', re.I)
#: No unit of the field: "not degrees", "clicks per metre".
_OF_ELSE = re.compile(r'(?:\bnot(?: in)?|\bper|/)\s*$', re.I)
_AMOUNT = re.compile(r'(?:\d|\b(?:an?|one|half|quarter|each|every))[\s-]*$', re.I)
_NAMED = re.compile(r'\b(?:in|units?(?:\s+(?:is|are))?)[\s:=]*$', re.I)
#: "In percent of the maximum or in m/s", as another field says: nav2_msgs/msg/SpeedLimit.
_OR_IN = re.compile(r'\bor\s+(?:in\s+)?$', re.I)
_APART = re.compile(r'(?:^|[\[(,;:])\s*$')
_END = re.compile(r'\s*(?:$|[\]),;.])')
#: What may follow a short word that is a unit; "turns of the drum" is none, "g of salt" is.
_BEHIND = r'\s*(?:$|[\]),;.]|from|above|\d)'
_BEHIND_OF = {'g': rf'{_BEHIND}|\s*(?:of|each)\b', 'l': rf'{_BEHIND}|\s*(?:of|each)\b',
              # "In 10 cm steps" are no inches, "min 0" no minutes.
              'in': r'\s*(?:$|[\]),;.]|from|above)', 'min': r'\s*(?:$|[\]),;.])'}


@dataclass(frozen=True, slots=True)
class _Mention:
    """A unit, and where a text names it."""

    unit: Unit
    start: int
    end: int


def unit_said(name: str, text: str) -> Unit | None:
    """
    Tell the unit of what has a name and a comment, or is talked about.

    A name goes before, as it was chosen for the unit; but ``timeout_min`` may be the least.
    """
    named, said = unit_of_name(name), unit_of_text(text)
    if named is UNITS['min'] and name.endswith('_min'):
        is_least = said is not None and said.dimension == named.dimension
        return said if is_least or _LEAST.search(text) else named
    return named or said


@lru_cache(maxsize=4096)
def unit_of_text(text: str) -> Unit | None:
    """Tell the unit that a comment or a sentence about an interface says a field holds."""
    text = with_plain_signs(text[:_LONGEST])
    mentions = [one for one in _mentions(text) if not _OF_ELSE.search(text[:one.start])]
    ranked = [(*_ranked(one, text), one.start) for one in mentions]
    if not ranked:
        return None
    rank, unit, _ = min(ranked, key=lambda one: (one[0], one[2]))
    is_either = any(other == rank and alternative.dimension != unit.dimension
                    and _OR_IN.search(text[:start]) for other, alternative, start in ranked)
    return None if is_either else unit


def _ranked(mention: _Mention, text: str) -> tuple[int, Unit]:
    """Tell how plainly a field's unit is named, 0 for the most plainly, and what it then is."""
    before, behind = text[:mention.start], text[mention.end:]
    scale, is_sure = scale_of(before, behind)
    if scale is not None:
        return 0 if is_sure else 2, scaled(mention.unit, scale)
    if _AMOUNT.search(before):
        return 2, mention.unit
    is_apart = _NAMED.search(before) or (_APART.search(before) and _END.match(behind))
    return 0 if is_apart else 1, mention.unit


def _mentions(text: str) -> Iterator[_Mention]:
    """Give the units that a text names, in its order."""
    position = 0
    while match := _WORD.search(text, position):
        mention = _warmth(text, match.start()) or _rate(text, match) or _plain(text, match)
        position = mention.end if mention else match.end()
        if mention:
            yield mention


def _warmth(text: str, start: int) -> _Mention | None:
    match = _WARMTH.match(text, start)
    return match and _Mention(UNITS[match[1][0].upper()], *match.span())


def _rate(text: str, match: re.Match[str]) -> _Mention | None:
    """Read "m/s", "degrees a second", "ml per minute", "N/mm"."""
    above, per = _unit(match[0]), _PER.match(text, match.end())
    below = _unit(per[2]) if per else None
    if above is None or per is None or below is None or above.dimension == below.dimension:
        return None
    is_timed = below.dimension == 'duration'
    if per[1] not in ('/', 'per') and (not is_timed or match[0].lower() in _NOT_BEFORE_A):
        return None
    if per[1] == '/' and {above.dimension, below.dimension} in _EITHER:
        return None
    squared = _SQUARED.match(text, per.end()) if is_timed else None
    unit = own_unit(f'{above.symbol}/{below.symbol}2') if squared else rate_of(above, below)
    end = squared.end() if squared else per.end()
    return _Mention(unit, match.start(), end)


def _plain(text: str, match: re.Match[str]) -> _Mention | None:
    unit = _unit(match[0])
    if unit is None:
        return None
    power = _POWER.match(text, match.end()) or _OF_POWER.search(text[:match.start()])
    if power is not None:
        exponent = 3 if re.search('3|³|cubic', power[0], re.I) else 2
        return _Mention(own_unit(f'{unit.symbol}{exponent}'), match.start(),
                        max(match.end(), power.end()))
    return _Mention(unit, *match.span()) if _stands_for_unit(match[0], text, match) else None


def _unit(word: str) -> Unit | None:
    if word == '°':
        return UNITS['deg']
    small = _SMALL.fullmatch(word)
    if small is None:
        return unit_of_word(word)
    whole = UNITS[small['unit'][:3].lower()]
    return scaled(whole, Fraction(1, _PARTS[small['part'].lower()]))


def _stands_for_unit(word: str, text: str, match: re.Match[str]) -> bool:
    if word not in IS_ALSO_A_WORD and word.rstrip('s') not in IS_ALSO_A_WORD:
        return True
    before = text[:match.start()]
    if scale_of(before, text[match.end():])[0] is not None:
        return True
    # "[m]", "(s)", ", minutes", "0 to 5 m", "in s": set apart as units are.
    return bool(re.search(r'(?:^|[\[(,;:]|\d|\bin)\s*$', before)
                and re.match(_BEHIND_OF.get(word, _BEHIND), text[match.end():]))
