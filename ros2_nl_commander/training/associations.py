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
Learns which words people say for which words of interfaces.

A pair counts where it comes together much more often than chance has it, with more than one robot:
a robot's own words are no help with others. Its strength is the pointwise mutual information of
"said" and "in the interface that was meant".

Source: Church and Hanks 1990, Word Association Norms, Mutual Information, and Lexicography;
Dunning 1993, Accurate Methods for the Statistics of Surprise and Coincidence (the test).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
import json
import math
from pathlib import Path

from ros2_nl_commander.language.associations import Associations
from ros2_nl_commander.language.short_form import entrances
from ros2_nl_commander.language.shortlist import interface_text, words_of
from ros2_nl_commander.training.examples import by_robot, Example

#: Fewer robots or sentences, less than this much more often than by chance, or less sure: no pair.
LEAST_ROBOTS, LEAST_SENTENCES, LEAST_RATIO, LEAST_SURE = 2, 3, 2.0, 8.0
#: Of what a word is said for, so many are kept.
MOST_PARTNERS = 12


def learn_associations(examples: Iterable[Example]) -> Associations:
    """
    Learn from sentences and the interfaces that they mean.

    :returns: for every word of a sentence its strongest partners, words and partners sorted
    """
    said: Counter[str] = Counter()
    meant: Counter[str] = Counter()
    together: Counter[tuple[str, str]] = Counter()
    robots: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    total = 0
    for of_one in by_robot(list(examples)):
        robot = of_one[0].robot
        texts = {entrance.name: frozenset(words_of(interface_text(entrance, robot)))
                 for entrance in entrances(robot)}
        for example in of_one:
            if example.command is None:
                continue
            words, partners = {*words_of(example.instruction)}, texts[example.command.name]
            said.update(words)
            meant.update(partners)
            pairs = [(word, partner) for word in words for partner in partners]
            together.update(pairs)
            for pair in pairs:
                robots[pair].add(robot.robot)
            total += 1
    strengths: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for (word, partner), count in together.items():
        ratio = count * total / (said[word] * meant[partner])
        if (word != partner and count >= LEAST_SENTENCES and ratio >= LEAST_RATIO
                and 2 * count * math.log(ratio) >= LEAST_SURE
                and len(robots[word, partner]) >= LEAST_ROBOTS):
            strengths[word][partner] = round(math.log(ratio), 2)
    return {word: _strongest(strengths[word]) for word in sorted(strengths)}


def write_associations(associations: Associations, path: Path) -> None:
    """Write them as JSON, a word a line."""
    lines = (f'{json.dumps(word)}: {json.dumps(partners)}'
             for word, partners in associations.items())
    path.write_text('{\n' + ',\n'.join(lines) + '\n}\n', encoding='utf-8')


def _strongest(partners: dict[str, float]) -> dict[str, float]:
    kept = sorted(partners, key=lambda partner: (-partners[partner], partner))[:MOST_PARTNERS]
    return {partner: partners[partner] for partner in sorted(kept)}
