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
Which of very many interfaces a sentence may mean, by the words that they share, or more.

A robot with Nav2 shows hundreds of interfaces, a plant a thousand; a model reads a few dozen. The
rest is left out of context and grammar for this sentence. It goes by names, types, fields,
choices, places and what is said about an interface, and by which words people were found to say
for them.

Source: Robertson and Zaragoza 2009, The Probabilistic Relevance Framework: BM25 and Beyond;
Berger and Lafferty 1999, Information Retrieval as Statistical Translation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
import math
import re
from typing import TypeVar
from zlib import crc32

from ros2_nl_commander.language.associations import Associations, shipped_associations
from ros2_nl_commander.language.context import context_line
from ros2_nl_commander.language.forms.interface import body_form
from ros2_nl_commander.language.forms.motion import MotionForm
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.short_form import Entrance, entrances

#: A robot with so many interfaces is read whole, once for all sentences. Of a hundred, a selection
#: is as often right, and the robot is ready after a tenth of the time.
WHOLE = 40
#: Of one with more, at most so many are read for a sentence: reading costs time, and each one more
#: is one more to take for what is meant.
SIZE = 12
#: So many of them are the same for all sentences, and read once: where the robot moves and goes,
#: as "whoa" shares no word with that, then any, since behind three lines a prompt that was trained
#: behind more misspells values. Which ones hardly changes with the graph, or all were read again.
ALWAYS = 6

_WORD = re.compile(r'[a-z]+|[0-9]+')
_CAMEL = re.compile(r'(?<=[a-z0-9])(?=[A-Z])')
#: Parts of words that count besides whole ones, so that "lighting" finds "light".
_PART = 4
_PART_WEIGHT = 0.3
_SATURATION, _LENGTH_WEIGHT = 1.2, 0.5
#: What a word that is said for another counts beside the other itself, times their strength.
_ASSOCIATED = 0.25
#: What people say to a base, and its topics are never called.
_MOTION_WORDS = ('forward back backward ahead left right turn rotate spin drive move go reverse '
                 'straight circle stop halt up down metres meters degrees clockwise around')
_GOAL_WORDS = 'go drive navigate bring take come return to at'
_GOAL_TYPES = ('geometry_msgs/msg/Pose', 'geometry_msgs/msg/PoseStamped')
_Rule = TypeVar('_Rule')


class InterfaceIndex:
    """
    Finds interfaces of one robot.

    :param robot: the robot
    :param size: how many interfaces are kept for a sentence, at most
    :param whole: up to so many are kept always
    :param associations: which words are said for others; what ships if None
    :raises RobotDescriptionError: if the definition of a type cannot be read
    """

    def __init__(
        self, robot: RobotDescription, size: int = SIZE, whole: int = WHOLE,
        associations: Associations | None = None,
    ) -> None:
        self.robot = robot
        self._size = size
        self._whole = whole
        self._entrances = tuple(entrances(robot))
        self._weights = _weighted(
            [_terms(interface_text(entrance, robot)) for entrance in self._entrances])
        self._always = self._steady() if self.is_crowded else ()
        self._associations = shipped_associations() if associations is None else associations

    @property
    def is_crowded(self) -> bool:
        """Tell whether the robot offers more than is read for one sentence."""
        return len(self._entrances) > self._whole

    def worths(self, sentence: str) -> list[float]:
        """Tell how much the words of a sentence speak for each interface, in their order."""
        worths = [0.0] * len(self._entrances)
        for term in _terms(sentence):
            for index, weight in self._worth(term).items():
                worths[index] += weight
        return worths

    def shortlist(
        self, sentence: str, scores: Sequence[float] | None = None, enough: int | None = None
    ) -> RobotDescription:
        """
        Keep the interfaces that a sentence may mean.

        :param scores: of each interface, if there is more to go by than words
        :param enough: how many of the best are; as many as there is room for if None
        :returns: the robot itself if it has no more; else one with these, in their order
        """
        if not self.is_crowded:
            return self.robot
        scores = self.worths(sentence) if scores is None else scores
        order = sorted(range(len(scores)), key=lambda index: -scores[index])
        best = [index for index in order[:enough] if index not in self._always]
        return self._only([*self._always, *best][:self._size])

    def always(self) -> RobotDescription:
        """Give the robot with those interfaces that are kept for every sentence."""
        return self._only(self._always) if self.is_crowded else self.robot

    def _steady(self) -> tuple[int, ...]:
        """Find what moves the robot, velocities first, and others drawn by lot, by their names."""
        moving = [index for is_such in (_is_velocity, _is_goal)
                  for index, entrance in enumerate(self._entrances)
                  if is_such(entrance, self.robot)][:ALWAYS]
        others = (index for index in range(len(self._entrances)) if index not in moving)
        drawn = sorted(others, key=lambda index: crc32(self._entrances[index].name.encode()))
        return (*moving, *drawn[:ALWAYS - len(moving)])

    def _only(self, kept: Sequence[int]) -> RobotDescription:
        return _only(self.robot, [self._entrances[index] for index in kept])

    def _worth(self, term: str) -> Mapping[int, float]:
        """Tell how much a term of a sentence speaks for interfaces, by their numbers."""
        worth = dict(self._weights.get(term, {}))
        partners: dict[int, float] = {}
        for partner, strength in self._associations.get(term, {}).items():
            for index, weight in self._weights.get(partner, {}).items():
                partners[index] = max(partners.get(index, 0.0), strength * weight)
        for index, weight in partners.items():
            worth[index] = worth.get(index, 0.0) + _ASSOCIATED * weight
        return worth


def interface_text(entrance: Entrance, robot: RobotDescription) -> str:
    """Give everything that is known about an interface, and what people say to its kind."""
    type_name = robot.offered(entrance.noun)[entrance.name]
    line = context_line(entrance, robot)
    if _is_velocity(entrance, robot):
        return f'{line} {_MOTION_WORDS}'
    is_goal = 'Pose' in type_name or 'PLACE' in line
    goal = f'{_GOAL_WORDS} {" ".join(robot.places)}' if is_goal else ''
    return f'{line} {type_name.rsplit("/", 1)[1]} {goal}'


def _is_velocity(entrance: Entrance, robot: RobotDescription) -> bool:
    return isinstance(body_form(entrance.name, entrance.noun, robot), MotionForm)


def _is_goal(entrance: Entrance, robot: RobotDescription) -> bool:
    """Tell whether something is sent to a place by it: maps and detections have places, too."""
    if entrance.noun == 'action':
        return 'PLACE' in context_line(entrance, robot)
    return robot.offered(entrance.noun)[entrance.name] in _GOAL_TYPES


def words_of(text: str) -> Iterator[str]:
    """Give the words of a text or a name, and its numbers, without the s of most plurals."""
    for word in _WORD.findall(_CAMEL.sub(' ', text).lower()):
        yield word.removesuffix('s')


def _terms(text: str) -> Counter[str]:
    """Count the words of a text, and the parts of the longer ones."""
    counts: Counter[str] = Counter()
    for word in words_of(text):
        counts[word] += 1
        counts.update(f'~{part}' for part in _parts_of(word))
    return counts


def _parts_of(word: str) -> Iterator[str]:
    for start in range(len(word) - _PART + 1):
        yield word[start:start + _PART]


def _weighted(documents: list[Counter[str]]) -> Mapping[str, Mapping[int, float]]:
    """Weigh every term of every document (BM25)."""
    frequency = Counter(term for document in documents for term in document)
    mean = sum(map(len, documents)) / max(1, len(documents))
    weights: dict[str, dict[int, float]] = {}
    for index, document in enumerate(documents):
        length = 1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * len(document) / mean
        for term, count in document.items():
            rarity = math.log(1 + (len(documents) - frequency[term] + 0.5)
                              / (frequency[term] + 0.5))
            often = count * (_SATURATION + 1) / (count + _SATURATION * length)
            share = _PART_WEIGHT if term.startswith('~') else 1.0
            weights.setdefault(term, {})[index] = share * rarity * often
    return weights


def _only(robot: RobotDescription, kept: list[Entrance]) -> RobotDescription:
    """Give the robot with some of its interfaces, in their order."""
    names = {(entrance.noun, entrance.name) for entrance in kept}

    def some(noun: str) -> dict[str, str]:
        return {name: kind for name, kind in robot.offered(noun).items() if (noun, name) in names}

    said = {name for _, name in names}

    def rules(section: Mapping[str, _Rule]) -> dict[str, _Rule]:
        return {name: rule for name, rule in section.items() if name in said}

    return replace(robot, topics=some('topic'), services=some('service'),
                   actions=some('action'), about=rules(robot.about),
                   choices=rules(robot.choices), limits=rules(robot.limits))
