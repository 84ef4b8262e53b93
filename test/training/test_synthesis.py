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

"""Robots that nobody built, and what is said to them."""

from __future__ import annotations

from collections import Counter
import random

import pytest
from ros2_nl_commander.language.grammar import grammar_from_robot
from ros2_nl_commander.language.grammar_matching import matches
from ros2_nl_commander.language.robot import parse_robot
from ros2_nl_commander.language.robot_writer import write_robot
from ros2_nl_commander.training.examples import load_examples
from ros2_nl_commander.training.synthesis.archetypes import load_archetypes
from ros2_nl_commander.training.synthesis.dataset import make_pairs, write_dataset
from ros2_nl_commander.training.synthesis.robots import make_robot
from ros2_nl_commander.training.synthesis.values import number_in_words, VALUES


@pytest.mark.parametrize('seed', range(12))
def test_every_answer_is_in_the_grammar_of_its_robot(seed):
    source = random.Random(seed)
    robot = make_robot(source)
    grammar = grammar_from_robot(robot.description)
    pairs = list(make_pairs(source, robot, 15))
    assert len(pairs) == 15
    for said, spelt in pairs:
        assert matches(grammar, spelt), (said, spelt)


def test_a_made_robot_can_be_written_down():
    robot = make_robot(random.Random(3)).description
    assert parse_robot(write_robot(robot), 'made').topics == robot.topics


def test_the_same_seed_gives_the_same_files(tmp_path):
    first = write_dataset(tmp_path / 'a', 4, 6, seed=1)
    second = write_dataset(tmp_path / 'b', 4, 6, seed=1)
    assert first.read_text() == second.read_text()
    assert write_dataset(tmp_path / 'c', 4, 6, seed=2).read_text() != first.read_text()
    assert len(load_examples(first)) == 24


def test_the_mixture_has_commands_motions_and_declines():
    answers = Counter()
    for seed in range(40):
        source = random.Random(seed)
        robot = make_robot(source)
        for _, spelt in make_pairs(source, robot, 20):
            answers[spelt.split(':')[0] if spelt.startswith('no: ') else
                    'motion' if robot.base and spelt.startswith(robot.base) else 'other'] += 1
    total = sum(answers.values())
    assert 0.12 < answers['no'] / total < 0.35
    assert answers['motion'] / total > 0.1 and answers['other'] / total > 0.3


def test_every_archetype_can_be_had():
    names = [archetype.names[0] for archetype in load_archetypes()]
    assert len(names) == len(set(names)) > 70


@pytest.mark.parametrize('number, words', [
    (0.5, 'half a'), (2.5, 'two and a half'), (17, 'seventeen'), (42, 'forty-two'), (90, 'ninety'),
    (100, None), (0.3, None), (-1, None)])
def test_numbers_in_words(number, words):
    assert number_in_words(number) == words


@pytest.mark.parametrize('kind', VALUES)
def test_values_have_something_to_say(kind):
    for seed in range(50):
        value = VALUES[kind](random.Random(seed))
        assert value.said.strip() and value.spelt.strip()
