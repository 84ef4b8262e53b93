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


"""Rehearsal: known sentences that are mixed in, and those that a run is judged by."""

from __future__ import annotations

from collections import Counter
import json

import pytest
from ros2_nl_commander.model.sequence import LAYOUTS, SequenceEncoder
from ros2_nl_commander.training import lessons
from ros2_nl_commander.training.batches import encode_examples, plan_epoch
from ros2_nl_commander.training.lessons import Rehearsal, with_rehearsal
from ros2_nl_commander.training.settings import TEACH, TrainingSettings
from ros2_nl_commander.training.train import Trainer

ROBOTS = 'abcdefgh'


@pytest.fixture
def known(tmp_path, monkeypatch):
    """Ship eight robots with five sentences each, twice: as two files of training data."""
    for name in ROBOTS:
        (tmp_path / f'{name}.yaml').write_text(f'robot: {name}\ntopics: {{/{name}/on: '
                                               'std_msgs/msg/Bool}\n')
    for file in lessons.KNOWN_FILES:
        lines = [{'instruction': f'{file} {count}', 'command': f'/{name}/on data: true',
                  'robot': f'{name}.yaml'} for name in ROBOTS for count in range(5)]
        (tmp_path / file).write_text(''.join(json.dumps(line) + '\n' for line in lines))
    monkeypatch.setattr(lessons, 'share_file', lambda *parts: tmp_path / parts[-1])


@pytest.fixture
def encoded(known, examples, tiny_tokenizer):
    sequence = SequenceEncoder(tiny_tokenizer, LAYOUTS['chat'])
    return encode_examples(with_rehearsal(examples, TEACH).known, sequence)


def test_what_a_run_is_judged_by_is_never_rehearsed(known, examples):
    made = with_rehearsal(examples, TEACH)
    judges = made.judged_by[len(examples):]
    assert list(made.judged_by[:len(examples)]) == examples  # too few to be held out
    assert sorted(Counter(id(judge.robot) for judge in judges).values()) == [4] * 6
    robots = {id(judge.robot) for judge in judges}
    assert not robots & {id(example.robot) for example in made.known}
    assert len(made.known) == 2 * len(ROBOTS) * 5 - len(robots) * 5


def test_phrases_are_no_judges_where_some_are_held_out(known, examples):
    made = with_rehearsal(examples, TrainingSettings(rehearsal=1.0, held_out=0.2))
    assert not set(map(id, made.judged_by)) & set(map(id, examples))


def test_every_epoch_rehearses_other_sentences_the_same_for_the_same_seed(encoded):
    rehearsal = Rehearsal(encoded, 2, seed=3)
    first, again, second = (rehearsal.batches(5, epoch) for epoch in (0, 0, 1))
    assert first == again and first != second
    assert first != Rehearsal(encoded, 2, seed=4).batches(5, 0)
    for batch in first:
        assert len(batch) == 2 and len({example.context for example in batch}) == 1
    assert len({batch[0].context for batch in first}) == 5  # as many robots


def test_more_batches_than_robots_go_round(encoded):
    batches = Rehearsal(encoded, 1, seed=0).batches(30, 0)
    assert len(batches) == 30
    assert len({batch[0].context for batch in batches}) == len({e.context for e in encoded})


def test_nothing_known_is_nothing_rehearsed():
    assert Rehearsal((), 4, seed=0).batches(0, 0) == []


def test_an_epoch_holds_every_phrase_once_and_its_share_of_known_ones(
        known, examples, tiny_backbone, accelerator, tmp_path):
    settings = TrainingSettings(kind='deep', n_tokens=3, rehearsal=2.0, held_out=0.0, epochs=2)
    made = with_rehearsal(examples, settings)
    trainer = Trainer(tiny_backbone, made, settings, tmp_path / 'run', '', accelerator)
    plans = [[example for step in trainer._plan(epoch) for example in step] for epoch in (0, 1)]
    for plan in plans:
        own = [example for example in plan if example.context.is_empty]
        assert sorted(map(hash, own)) == sorted(map(hash, trainer._training))
        assert len(plan) - len(own) == 2 * len(examples)
    assert len(trainer._plan(0)) == len(trainer._plan(1))
    outcome = trainer.run(lambda prompt, history: None)
    assert outcome.history.step == trainer.total_steps == 2 * len(trainer._plan(0))


def test_without_rehearsal_an_epoch_is_what_it_was(encoded):
    assert plan_epoch(encoded, 4, 2, 0, 1) == plan_epoch(encoded, 4, 2, 0, 1, ())
