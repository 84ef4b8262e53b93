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
The same robots with more interfaces that sound like theirs, none of which is ever meant.

A distractor is the look-alike of an interface that is there: another machine's, the one of the
simulator, or the value after the next restart. Three rules keep the expected answer the only good
one. No distractor adds an ability, so what was rightly declined still is. What it says about
itself tells that it does nothing to this robot now. And the words that tell it apart stand in no
sentence to the robot, nor in its description; sentences that speak of all, both or another are
left out, because a second lamp changes what they mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
import random
import re

from ros2_nl_commander.language.forms.fields import FieldsForm
from ros2_nl_commander.language.forms.interface import body_form
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.short_form import Entrance, entrances
from ros2_nl_commander.training.examples import by_robot, Example

#: Distractors of a robot; the suites' robots stay small enough to be read whole.
COUNT = 8
#: Sentences with these may mean more than one thing where there is a second one.
_OF_SEVERAL = re.compile(
    r'\b(all|both|each|every\w*|(an)?other|others|spare|twin|duplicate|copy|remaining|rest)\b',
    re.IGNORECASE)
_PLACES = ('sawmill', 'brewery', 'quarry', 'observatory', 'embassy', 'casino', 'monastery',
           'foundry')
_OWNERS = ('machine', 'unit', 'vehicle', 'device')
#: Beginnings of words that would be meant for a simulator, or for a value of later.
_OF_SIMULATION = ('sim', 'virtual', 'rehears', 'pretend', 'practi', 'dry')
_OF_LATER = ('default', 'startup', 'restart', 'reboot', 'boot', 'after', 'next', 'later', 'always',
             'future', 'usual', 'tomorrow', 'standard')
_WORD = re.compile(r'[a-z]+')


@dataclass(frozen=True, slots=True)
class Distractor:
    """
    An interface that is never meant.

    :param name: its name
    :param like: the interface that it looks like
    :param remark: what sets it apart from that
    """

    name: str
    like: Entrance
    remark: str


def add_distractors(examples: Sequence[Example]) -> list[Example]:
    """
    Add distractors to every robot once.

    :returns: the examples whose sentences mean the same among them, in their order
    """
    kept = [example for example in examples if not _OF_SEVERAL.search(example.instruction)]
    robots = {id(group[0].robot): distracted(group[0].robot, group) for group in by_robot(kept)}
    return [replace(example, robot=robots[id(example.robot)]) for example in kept]


def distracted(robot: RobotDescription, examples: Sequence[Example]) -> RobotDescription:
    """
    Add distractors to a robot, the same ones every time.

    :param examples: everything that it will be asked
    """
    source = random.Random(f'distractors/{robot.robot}')
    chosen = list(islice(_distractors(robot, examples, source), COUNT))
    likes = {one.name: one.like.name for one in chosen}

    def among(noun: str) -> dict[str, str]:
        items = list(robot.offered(noun).items())
        for one in chosen:
            if one.like.noun == noun:
                items.insert(source.randint(0, len(items)),
                             (one.name, robot.offered(noun)[one.like.name]))
        return dict(items)

    return replace(
        robot, topics=among('topic'), services=among('service'), actions=among('action'),
        about={**robot.about, **{one.name: _about(robot, one) for one in chosen}},
        limits={**robot.limits, **{name: robot.limits[like] for name, like in likes.items()
                                   if like in robot.limits}},
        choices={**robot.choices, **{name: robot.choices[like] for name, like in likes.items()
                                     if like in robot.choices}})


def _distractors(
    robot: RobotDescription, examples: Sequence[Example], source: random.Random
) -> Iterator[Distractor]:
    """Give look-alikes, those of interfaces that are asked for first; one of each, then more."""
    said = _words_of(robot, examples)
    asked = {command.name for example in examples for command in example.accepted if command}
    order = list(entrances(robot))
    source.shuffle(order)
    order.sort(key=lambda entrance: entrance.name not in asked)
    taken = {entrance.name for entrance in order}
    looks = [list(_look_alikes(robot, entrance, said, source)) for entrance in order]
    for turn in range(max(map(len, looks), default=0)):
        for distractor in (look[turn] for look in looks if turn < len(look)):
            if distractor.name not in taken:
                taken.add(distractor.name)
                yield distractor


def _look_alikes(
    robot: RobotDescription, like: Entrance, said: set[str], source: random.Random
) -> Iterator[Distractor]:
    """Give one distractor of every sort that suits an interface, in any order."""
    sorts = [_elsewhere(like, said, source), _simulated(like, said, source)]
    if _holds_value(robot, like):
        sorts.append(_later(like, said, source))
    source.shuffle(sorts)
    yield from (one for one in sorts if one is not None)


def _elsewhere(like: Entrance, said: set[str], source: random.Random) -> Distractor | None:
    places = [place for place in _PLACES if not _is_said((place,), said)]
    owners = [owner for owner in _OWNERS if not _is_said((owner,), said)]
    if not places or not owners:
        return None
    place = source.choice(places)
    return Distractor(_named(like.name, place, source), like,
                      f'of the {owners[0]} at the {place}, not of this robot')


def _simulated(like: Entrance, said: set[str], source: random.Random) -> Distractor | None:
    return None if _is_said(_OF_SIMULATION, said) else Distractor(
        _named(like.name, 'sim', source), like, 'only in the simulator, nothing real happens')


def _later(like: Entrance, said: set[str], source: random.Random) -> Distractor | None:
    parent, _, last = like.name.rpartition('/')
    name = source.choice((f'{parent}/{last}_default', f'{parent}/default_{last}'))
    return None if _is_said(_OF_LATER, said) else Distractor(
        name, like, 'only what holds after the next restart, nothing changes now')


def _named(name: str, word: str, source: random.Random) -> str:
    """Work a word into a name: a namespace around it, or a part of its last part."""
    parent, _, last = name.rpartition('/')
    return source.choice((f'/{word}{name}', f'{parent}/{word}_{last}', f'{parent}/{last}_{word}'))


def _holds_value(robot: RobotDescription, entrance: Entrance) -> bool:
    """Tell whether an interface sets something that stays, which could be set for later, too."""
    form = body_form(entrance.name, entrance.noun, robot)
    return entrance.noun != 'action' and isinstance(form, FieldsForm) and bool(form.entries)


def _is_said(beginnings: tuple[str, ...], said: set[str]) -> bool:
    return any(word.startswith(beginnings) for word in said)


def _words_of(robot: RobotDescription, examples: Sequence[Example]) -> set[str]:
    """Give every word that is said to a robot, and every word of its own."""
    choices = (str(value) for fields in robot.choices.values() for values in fields.values()
               for value in values)
    text = ' '.join((*(example.instruction for example in examples), *robot.about.values(),
                     *robot.places, *choices, *(one.name for one in entrances(robot))))
    return set(_WORD.findall(text.lower()))


def _about(robot: RobotDescription, distractor: Distractor) -> str:
    about = robot.about.get(distractor.like.name, '')
    return f'{about}; {distractor.remark}' if about else distractor.remark
