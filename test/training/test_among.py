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

"""Robots of a data set among the parts of a machine: same sentences, same meaning."""

from __future__ import annotations

from itertools import islice

import pytest
from ros2_nl_commander.language.errors import DatasetError
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.shortlist import WHOLE, words_of
from ros2_nl_commander.training.examples import load_examples
from ros2_nl_commander.training.synthesis.among import LEAST_MORE, MOST, write_among
from ros2_nl_commander.training.synthesis.devices import device_interfaces
from ros2_nl_commander.training.synthesis.parts import PARTS, PROGRAMS
from shipped_data import shipped_examples, TRAINING

DATA = [share_file('data', 'porter_train.jsonl'), share_file('data', 'general_train.jsonl')]
MANY_DEVICES = 2000


def names(robot: RobotDescription) -> set[str]:
    return {name for noun in ('topic', 'service', 'action') for name in robot.offered(noun)}


@pytest.fixture(scope='module')
def known():
    return {(example.instruction, example.answer, example.robot.robot): example.robot
            for name in TRAINING for example in shipped_examples(name)}


@pytest.fixture(scope='module')
def made(tmp_path_factory):
    return load_examples(write_among(DATA, tmp_path_factory.mktemp('among'), 25, 6, seed=3))


def test_what_sentences_mean_stays_the_same(known, made):
    assert 100 < len(made) <= 25 * 6
    for example in made:
        was = known[example.instruction, example.answer, example.robot.robot]
        assert names(was) < names(example.robot)
        assert len(names(was)) + LEAST_MORE <= len(names(example.robot)) <= MOST


def test_what_joins_a_robot_is_not_what_was_rightly_refused(made):
    things = {word for noun in PARTS for name in (*PARTS[noun], *PROGRAMS[noun])
              for word in words_of(name.split('/')[1].replace('_{}', ''))}
    strangers = [(example, name) for example in made if example.command is None
                 for name in names(example.robot)
                 if name.split('/')[1].rsplit('_', 1)[0] in things]
    assert strangers
    for example, name in strangers:
        assert not set(words_of(name)) & set(words_of(example.instruction)) & things


def test_a_crowd_has_more_than_are_read_whole(known, tmp_path):
    data = write_among(DATA, tmp_path, 3, 4, seed=3, least=WHOLE + 1, most=200)
    sizes = {len(names(example.robot)) for example in load_examples(data)}
    assert len(sizes) > 1 and all(WHOLE < size <= 200 for size in sizes)


def test_more_at_least_than_at_most_is_refused(tmp_path):
    with pytest.raises(DatasetError, match='at least 60 interfaces are more than 40 at most'):
        write_among(DATA, tmp_path, 3, 4, seed=3, least=60, most=40)


def test_benchmarks_have_other_devices():
    there = {name for _, name, _ in islice(device_interfaces(), MANY_DEVICES)}
    numbers = range(MANY_DEVICES // 20)
    here = {name.format(number) for noun in PARTS for name in (*PARTS[noun], *PROGRAMS[noun])
            for number in numbers}
    assert len(there) == MANY_DEVICES and not here & there


def test_the_same_seed_gives_the_same_file(tmp_path):
    one, same, other = (write_among(DATA[:1], tmp_path / name, 1, 9, seed).read_text()
                        for name, seed in (('a', 5), ('b', 5), ('c', 6)))
    assert one == same != other


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(DatasetError, match='Cannot write to'):
        write_among(DATA[:1], tmp_path / 'file', 1, 1, seed=0)
