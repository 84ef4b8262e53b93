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
A motion has the way, the time and the speed that were said, and so ends where one was said.

A motion that leaves one out is given it only if the sentence is about nothing else: "drive forward
2 metres". In "drive forward, the wall is 3 m ahead" the length belongs to the wall. What is not
sure is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
import re

from ros2_nl_commander.language.errors import UnsaidError
from ros2_nl_commander.language.forms.interface import VELOCITY_TYPES
from ros2_nl_commander.language.forms.velocity import AXIS_WORDS
from ros2_nl_commander.language.quantities import UNITS
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.said.possible import is_possible_but_for_limits
from ros2_nl_commander.language.said.quantities import Quantity, stated
from ros2_nl_commander.language.said.sums import stands_among
from ros2_nl_commander.language.said.ways import (
    dimension_of, is_halved, said_of_motion, SaidOfMotion, spelt_quantities, with_plain_angles)
from ros2_nl_commander.language.unit_names import unit_of_word

#: What the way and the speed along or about an axis are.
_OF_AXIS = {'linear': ('length', 'speed'), 'angular': ('angle', 'angular speed')}
_STEPS = {word: _OF_AXIS[path.split('.')[0]]
          for path, words in AXIS_WORDS.items() for word in words}
_NUMBER = r'\d+(?:\.\d+)?'
_STEP = re.compile(
    rf'(?P<word>{"|".join(_STEPS)})(?P<amount> a bit| {_NUMBER} [a-z]+)?'
    rf'(?P<speed> slowly| fast| at {_NUMBER} (?:{"|".join(map(re.escape, UNITS))}))?')
_MOTION = re.compile(rf'(?:\(topic\) )?(?:circle (?:left|right)|{"|".join(_STEPS)})\b')
_TIME = re.compile(rf' (?:for|in) {_NUMBER} [a-z]+$')
#: Ways up to something: how far it is from here is not said. Nor which way round "minus" is.
_FROM_ELSEWHERE = re.compile(
    r'\b(?:until|till|from|before|within|away|minus|'
    r'to (?!(?:the )?(?:left|right|port|starboard)\b))|-\s?\d')
_VERBS = (
    'drive move go roll travel advance proceed head run ride creep crawl walk step fly swim sail '
    'cruise inch nudge reverse turn rotate spin pivot swivel yaw twist curve bend veer strafe '
    'slide shift glide climb rise ascend descend sink dive do make give take sidestep').split()
_DIRECTIONS = (
    'forward forwards ahead on straight back backward backwards astern left right up down upward '
    'upwards downward downwards sideways port starboard clockwise counterclockwise '
    'anticlockwise counter anti around round').split()
_FILLERS = (
    'i want need like slowly gently carefully slow fast quickly please now just can could would '
    'you me your the a an to by for of and while about exactly another only half halves third '
    'thirds quarter quarters eighth eighths tenth tenths hundred thousand point').split()
_OF_MOTION = {*_DIRECTIONS, *_FILLERS, *(
    form for verb in _VERBS
    for form in (verb, f'{verb}s', f'{verb}d', f'{verb}ed', f'{verb}ing', f'{verb[:-1]}ing',
                 f'{verb}{verb[-1]}ing'))}
_WORD = re.compile(r'[^\W\d_]+')
_VAGUE = re.compile(r'\b(?:dozen|hundred|thousand|few|several|some|couple)s?'
                    r'(?: of)?(?: more)? (?P<unit>[a-z]+)\b')
_ARITHMETIC = re.compile(
    r'\b(?:half|third|quarter|double|twice|thrice|times|plus|minus|more|less|each|every)\b')
#: How far, without a number: "turn round" is 180 deg, and "nudge left" is a bit.
_SAYS_HOW_FAR = re.compile(r'\b(?:a?round|about|(?:inch|nudg|step)\w*)\b')
#: A quarter is one of a turn; other numbers are degrees if they are round.
_QUARTER = 0.25


def with_motion_said(sentence: str, answer: str, robot: RobotDescription) -> str:
    """
    Give a motion the way, the time or the speed that was said of it, and that it leaves out.

    A way that nobody said gives place to the one that was, or to none: "turn left" is no 90 deg.

    :param answer: in the short form of this robot; changed only if the robot takes it then
    """
    name, _, body = answer.partition(' ')
    if robot.topics.get(name) not in VELOCITY_TYPES or not _is_of_motion_alone(sentence):
        return answer
    said = said_of_motion(sentence)
    if not _ARITHMETIC.search(sentence.lower()):
        body = _with_way_said(said, body)
        if not said.is_any and not _SAYS_HOW_FAR.search(sentence.lower()):
            body = _without_way(body)
    for complete in (_with_end, _with_speed):
        changed = complete(said, body)
        if changed != body and is_possible_but_for_limits(f'{name} {changed}', robot):
            body = changed
    return f'{name} {body}' if body else answer


def check_motion(sentence: str, body: str) -> None:
    """
    Refuse a motion that leaves out what was said of it.

    :param sentence: the instruction
    :param body: what is spelt behind the name of an interface, without its texts
    :raises UnsaidError: says what was left out
    """
    if not _MOTION.match(body):
        return
    if _is_endless(body) and (vague := _vague_amount(sentence)):
        raise UnsaidError(f'you said {vague}, and this motion would not end')
    said, spelt = said_of_motion(sentence), spelt_quantities(body)
    bare = () if spelt else tuple(_bare_of_motion(sentence, said))
    share = 0.5 if is_halved(sentence, body) else 1
    ways = (replace(one, number=one.number * share) for one in said.ways)
    amounts = (*ways, *said.times, *said.speeds, *bare)
    for one in amounts:
        if stands_among(one, amounts, spelt):
            continue
        if _is_endless(body) and one not in said.speeds:
            raise UnsaidError(f'you said {one}, and this motion would not end')
        # It may have been worked out: "twice 2 m" is 4 m.
        if not _ARITHMETIC.search(sentence.lower()) or not any(
                dimension_of(one) == dimension_of(other) for other in spelt):
            raise UnsaidError(f'you said {one}, and this leaves it out')


def _vague_amount(sentence: str) -> str | None:
    """Find an amount that is no number: "a few metres", "a dozen steps" is none."""
    for match in _VAGUE.finditer(sentence.lower()):
        unit = unit_of_word(match['unit'])
        is_amount = unit is not None and unit.dimension in ('length', 'angle', 'duration')
        if is_amount and match['unit'] != 'in':  # "there are some in the way"
            return match[0]
    return None


def _is_endless(body: str) -> bool:
    plain = body.removeprefix('(topic) ')
    return not _TIME.search(plain) and all(
        (step := _STEP.fullmatch(part)) is not None and step['amount'] is None
        for part in plain.split(', '))


def _with_end(said: SaidOfMotion, body: str) -> str:
    """Add the one way, or the time, to a motion without an end."""
    if not _is_endless(body):
        return body
    spelt = spelt_quantities(body)
    steps = list(_STEP.finditer(body))
    is_turn = all(_STEPS[step['word']][0] == 'angle' for step in steps)
    ways = (*said.ways, *(_as_angles(said.bare) if is_turn else ()))
    if not ways and len(said.times) == 1:
        return f'{body} for {said.times[0]}'
    # A speed of the same number is the way once more.
    if len(ways) != 1 or said.times or any(one.number == ways[0].number for one in spelt):
        return body
    return _inserted(body, [step.end('word') for step in steps
                            if _STEPS[step['word']][0] == dimension_of(ways[0])], str(ways[0]))


def _with_way_said(said: SaidOfMotion, body: str) -> str:
    """Put the one way that was said in the place of that of a single step."""
    step = _STEP.fullmatch(body.removeprefix('(topic) '))
    spelt = spelt_quantities(step['amount'] or '') if step else ()
    if step is None or len(spelt) != 1 or len(said.ways) != 1 or said.times:
        return body
    way = said.ways[0]
    is_said = way.is_same(spelt[0]) or spelt[0].number in said.numbers
    if is_said or dimension_of(way) != _STEPS[step['word']][0]:
        return body
    return body.replace(step['amount'], f' {way}', 1)


def _without_way(body: str) -> str:
    """Take the way and the time from a motion in one direction."""
    step = _STEP.fullmatch(_TIME.sub('', body))
    return f'{step["word"]}{step["speed"] or ""}' if step else body


def _with_speed(said: SaidOfMotion, body: str) -> str:
    """Add the one speed to a motion in one direction that has none."""
    steps = list(_STEP.finditer(body))
    if len(said.speeds) != 1 or not _MOTION.match(body) or any(step['speed'] for step in steps):
        return body
    speed = said.speeds[0]
    ends = [step.end() for step in steps if _STEPS[step['word']][1] == dimension_of(speed)]
    return _inserted(body, ends, f'at {speed}')


def _inserted(body: str, places: list[int], text: str) -> str:
    """Put a text where it belongs, if there is one such place."""
    return f'{body[:places[0]]} {text}{body[places[0]:]}' if len(places) == 1 else body


def _as_angles(bare: tuple[Quantity, ...]) -> Iterator[Quantity]:
    """Read numbers that were said of a turn: "turn 90 to the left", "turn left a quarter"."""
    for one in bare:
        if one.number == _QUARTER:
            yield Quantity(90, UNITS['deg'])
        elif is_round_angle(one.number):
            yield Quantity(one.number, UNITS['deg'])


def is_round_angle(number: float) -> bool:
    """Tell whether a number without a unit can only be one of degrees: tens and half corners."""
    return number >= 10 and (number % 10 == 0 or number % 45 == 0)


def _bare_of_motion(sentence: str, said: SaidOfMotion) -> Iterator[Quantity]:
    """Give the numbers without a unit that stand beside words of motion: "forward 2"."""
    # "Both at once" is no number, nor is robot 2.
    is_alone = _is_of_motion_alone(sentence)
    for one in said.bare:
        if one.number != 1 and (is_alone or _is_beside_motion(sentence.lower(), one)):
            yield one


def _is_beside_motion(sentence: str, number: Quantity) -> bool:
    words = re.findall(r'\d+(?:\.\d+)?|[^\W\d_]+', sentence)
    return any(
        word not in ('a', 'an') and [one.number for one in stated(word)] == [number.number]
        and before in _OF_MOTION - {'the', 'you', 'and', 'of', 'to', 'me', 'your'}
        for before, word in zip(words, words[1:]))


def _is_of_motion_alone(sentence: str) -> bool:
    """Tell whether all that a sentence says is how to move."""
    text = with_plain_angles(sentence)
    words = _WORD.findall(re.sub(r'(?<=\d) ?in\b', ' ', text))
    known = _OF_MOTION | ({'at'} if said_of_motion(sentence).speeds else set())
    return not _FROM_ELSEWHERE.search(text) and all(
        word in known or (word != 'in' and (unit_of_word(word) is not None or stated(word)))
        for word in words)
