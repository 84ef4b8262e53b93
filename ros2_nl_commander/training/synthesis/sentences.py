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

"""What people say to a made robot, and what the model shall spell for it."""

from __future__ import annotations

from collections.abc import Callable
import random

from ros2_nl_commander.language.forms.colours import COLOURS
from ros2_nl_commander.training.synthesis.archetypes import (
    load_archetypes, load_declines, load_motions)
from ros2_nl_commander.training.synthesis.interfaces import Interface
from ros2_nl_commander.training.synthesis.robots import MadeRobot
from ros2_nl_commander.training.synthesis.values import number_in_words, VALUES

Pair = tuple[str, str]

_SLOTS = {'{d}': 'distance', '{a}': 'turn', '{s}': 'speed', '{w}': 'angular', '{t}': 'duration'}
_JOINS = ('{} and then {}', 'first {}, then {}', '{}, afterwards {}', '{}; {}',
          '{} and after that {}')
#: Places that no made robot has.
_NOWHERE = ('the moon', 'the roof', 'the cellar', 'table 99', 'Paris', 'ward 17', 'gate Z',
            'the swimming pool', 'room 999', 'the cinema', "Anna's desk", 'the attic',
            'building 8')
#: A base that flies or dives can do what these are for by moving.
_HEIGHTS = ('hover_height', 'target_depth', 'mast_height')
_VAGUE = ('set the {}', 'change the {}', 'adjust the {}', 'give the {} another value',
          'what about the {}, change it', 'put the {} somewhere else')
_BEFORE = ('please ', 'hey robot, ', 'robot, ', 'could you ', 'ok, ', 'now ', 'can you ', 'hey, ',
           'I want you to ', "let's see, ", 'kindly ', 'would you mind: ', 'quick, ')
_AFTER = (' please', ' now', '!', '.', ' thanks', ', ok?', ' will you', ', quickly', ' if you can')


def command_pair(source: random.Random, robot: MadeRobot) -> Pair:
    """Ask for something that the robot can do."""
    interface = source.choice(robot.interfaces)
    meaning = interface.meaning or source.choice(tuple(interface.archetype.say))
    sentence = source.choice(interface.archetype.say[meaning])
    said, spelt = _slot(source, robot, interface, meaning)
    return sentence.replace('{v}', said), f'{interface.name} {spelt}'.strip()


def _slot(
    source: random.Random, robot: MadeRobot, interface: Interface, meaning: str
) -> tuple[str, str]:
    """Fill the slot: what is said, and the fields that are spelt."""
    archetype, path = interface.archetype, interface.field
    if archetype.group == 'switch':
        return '', f'{path}: {meaning}' if path else ''
    if archetype.group == 'trigger':
        return '', ''
    if archetype.group == 'value':
        value = VALUES[archetype.kind](source)
        return value.said, f'{path}: {value.spelt}'
    if archetype.group == 'choice':
        chosen = source.choice(archetype.values)
        return chosen, f'{path}: {interface.spellings.get(chosen, chosen)}'
    chosen = source.choice(tuple(COLOURS) if archetype.group == 'colour'
                           else tuple(robot.description.places))
    said = chosen if archetype.group == 'colour' else _place_said(source, chosen)
    return said, f'{path}: {chosen}' if path else chosen


def _place_said(source: random.Random, place: str) -> str:
    words = place.split()
    if len(words) == 2 and words[1].isdigit() and source.random() < 0.3:
        words[1] = number_in_words(int(words[1])) or words[1]
    said = ' '.join(words)
    if words[-1].isalpha() and len(words[-1]) > 1 and source.random() < 0.7:
        return f'the {said}'
    return said.capitalize() if source.random() < 0.1 else said


def motion_pair(source: random.Random, robot: MadeRobot) -> Pair:
    """Ask the base to move."""
    motions = [pair for kind in robot.motions for pair in load_motions()[kind]]
    sentence, spelt = source.choice(motions)
    for slot, kind in _SLOTS.items():
        while slot in sentence:
            value = VALUES[kind](source)
            sentence = sentence.replace(slot, value.said, 1)
            spelt = spelt.replace(slot, value.spelt, 1)
    return sentence, f'{robot.base} {spelt}'


def decline_pair(source: random.Random, robot: MadeRobot) -> Pair:
    """Ask for something that is no command of this robot."""
    ways: list[Callable[[random.Random, MadeRobot], Pair | None]] = [
        _listed('not a request'), _listed('cannot do that'), _listed('unsafe'),
        _missing, _missing, _missing, _unknown, _unknown, _vague, _several, _several]
    while True:
        pair = source.choice(ways)(source, robot)
        if pair is not None:
            return pair


def _listed(reason: str) -> Callable[[random.Random, MadeRobot], Pair | None]:
    def pair(source: random.Random, robot: MadeRobot) -> Pair | None:
        return source.choice(load_declines()[reason]), f'no: {reason}'

    return pair


def _missing(source: random.Random, robot: MadeRobot) -> Pair | None:
    """Ask for a thing that other robots have."""
    if not robot.base and source.random() < 0.3:
        sentence, _ = motion_pair(source, MadeRobot(robot.description, (), '', ('any',)))
        return sentence, 'no: cannot do that'
    archetype = source.choice(load_archetypes())
    moves = bool(robot.base) and archetype.names[0] in _HEIGHTS
    if robot.has(archetype.names[0]) or archetype.group == 'place' or moves:
        return None
    sentence = source.choice(source.choice(tuple(archetype.say.values())))
    value = VALUES[archetype.kind](source).said if archetype.kind else source.choice(
        archetype.values or tuple(COLOURS))
    return sentence.replace('{v}', value), 'no: cannot do that'


def _unknown(source: random.Random, robot: MadeRobot) -> Pair | None:
    """Ask for a place or a choice that this robot does not know."""
    interface = source.choice(robot.interfaces)
    sentence = source.choice(tuple(interface.archetype.say.values())[0])
    if interface.archetype.group == 'place':
        return sentence.replace('{v}', source.choice(_NOWHERE)), 'no: unknown place'
    if interface.archetype.group != 'choice':
        return None
    wrong = source.choice(('purple', 'seventh', 'backup', 'outer', 'golden', 'upper', 'Klingon'))
    return sentence.replace('{v}', wrong), 'no: unknown place'


def _vague(source: random.Random, robot: MadeRobot) -> Pair | None:
    """Leave out what must be said."""
    interface = source.choice(robot.interfaces)
    if interface.archetype.group not in ('value', 'choice', 'place'):
        return None
    if interface.archetype.group == 'place':
        return source.choice(('go', 'drive somewhere', 'bring this over', 'go there',
                              'deliver it')), 'no: what value'
    thing = source.choice(interface.archetype.names).replace('_', ' ')
    return source.choice(_VAGUE).format(thing.removeprefix('set ')), 'no: what value'


def _several(source: random.Random, robot: MadeRobot) -> Pair | None:
    """Ask for two things, one after the other."""
    ways = [command_pair, motion_pair] if robot.base else [command_pair]
    first, second = (source.choice(ways)(source, robot) for _ in range(2))
    return source.choice(_JOINS).format(first[0], second[0]), 'no: one step only'


def vary(source: random.Random, sentence: str) -> str:
    """Say it as somebody else would: politely, in a hurry, with a slip of the finger."""
    way = source.random()
    if way < 0.2:
        sentence = source.choice(_BEFORE) + sentence[:1].lower() + sentence[1:]
    elif way < 0.35:
        sentence += source.choice(_AFTER)
    if source.random() < 0.2:
        sentence = sentence[:1].upper() + sentence[1:]
    if source.random() < 0.05 and '"' not in sentence:
        sentence = sentence.lower()
    return _slip(source, sentence) if source.random() < 0.05 else sentence


def _slip(source: random.Random, sentence: str) -> str:
    """Swap two letters of a longer word."""
    words = sentence.split(' ')
    long = [index for index, word in enumerate(words) if word.isalpha() and len(word) > 4]
    if not long:
        return sentence
    index = source.choice(long)
    at = source.randint(1, len(words[index]) - 3)
    word = words[index]
    words[index] = word[:at] + word[at + 1] + word[at] + word[at + 2:]
    return ' '.join(words)
