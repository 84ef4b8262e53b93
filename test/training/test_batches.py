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


"""From examples to batches: tokens, split, order, padding, labels."""

from __future__ import annotations

from collections import Counter
import random

import pytest
from ros2_nl_commander.language.context import context_from_robot, RobotContext
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.shortlist import ALWAYS, InterfaceIndex, SIZE, WHOLE
from ros2_nl_commander.model.sequence import LAYOUTS, SequenceEncoder
from ros2_nl_commander.training.batches import (
    encode_examples, EncodedExample, make_batches, plan_epoch, split_held_out)
from ros2_nl_commander.training.examples import Example

NOWHERE = RobotContext()
MANY = [EncodedExample(NOWHERE, (number,), (1, 2)) for number in range(40)]


def test_encoding(examples, tiny_tokenizer):
    sequence = SequenceEncoder(tiny_tokenizer, LAYOUTS['chat'])
    robot = RobotDescription('box', topics={'/a': 'std_msgs/msg/Bool'})
    examples = [*examples, Example('go', None, 'no: unsafe', robot)]
    first, *_, last = encode_examples(examples, sequence)
    assert first.context.is_empty and last.context == context_from_robot(robot)
    assert list(last.instruction) == sequence.instruction_ids('go', behind_context=True)
    assert list(first.answer) == sequence.answer_ids(examples[0].answer)
    assert len(first) == len(first.instruction) + len(first.answer)
    assert first.answer[-1] == sequence.end_id


def test_a_sentence_is_learned_behind_what_is_read_for_it(tiny_tokenizer):
    lamps = {f'/lamp_{number}/on': 'std_msgs/msg/Bool' for number in range(WHOLE)}
    robot = RobotDescription('plant', {**lamps, '/horn': 'std_msgs/msg/Bool',
                                       '/cmd_vel': 'geometry_msgs/msg/Twist'})
    sentences = ('honk the horn', 'lamp 7 on please')
    encoded = encode_examples(
        [Example(sentence, None, 'no: unsafe', robot) for sentence in sentences],
        SequenceEncoder(tiny_tokenizer, LAYOUTS['chat']))
    index = InterfaceIndex(robot)
    always = context_from_robot(index.always())
    for example, sentence in zip(encoded, sentences):
        served = context_from_robot(index.shortlist(sentence)).continuing(always)
        assert example.context == served and len(served.blocks) == SIZE
        assert served.blocks[:ALWAYS] == always.blocks
        assert any(block.startswith('/cmd_vel') for block in always.blocks)
    assert encoded[0].context != encoded[1].context


def test_the_split_depends_on_the_seed_alone():
    training, held_out = split_held_out(MANY, 0.1, 7)
    assert (len(training), len(held_out)) == (36, 4)
    assert Counter(training + held_out) == Counter(MANY)
    assert split_held_out(MANY, 0.1, 7) == (training, held_out)
    assert split_held_out(MANY, 0.1, 8) != (training, held_out)


@pytest.mark.parametrize('count, share, held_out', [
    (40, 0.0, 0), (40, 0.001, 1), (2, 0.1, 1), (2, 0.9, 1), (1, 0.5, 0), (10, 0.99, 9)])
def test_something_is_left_to_train_on(count, share, held_out):
    parts = split_held_out(MANY[:count], share, 0)
    assert [len(part) for part in parts] == [count - held_out, held_out]


def test_an_epoch_visits_every_example_once_in_its_own_order():
    first = plan_epoch(MANY, 7, 1, seed=1, epoch=0)
    assert sorted(len(step) for step in first) == [5, 7, 7, 7, 7, 7]
    assert Counter(sum(first, [])) == Counter(MANY)
    assert first == plan_epoch(MANY, 7, 1, seed=1, epoch=0)
    assert first != plan_epoch(MANY, 7, 1, seed=1, epoch=1)
    assert first != plan_epoch(MANY, 7, 1, seed=2, epoch=0)


def test_a_step_is_made_of_batches_that_each_share_a_context():
    examples = [EncodedExample(RobotContext(robot, ()), (number,), (1,))
                for robot in 'abcd' for number in range(6)]
    steps = plan_epoch(examples, 3, 2, seed=0, epoch=0)
    assert [len(step) for step in steps] == [6] * 4
    for step in steps:
        assert all(len({example.context for example in step[start:start + 3]}) == 1
                   for start in (0, 3))
    assert any(len({example.context for example in step}) == 2 for step in steps)


def test_a_batch_has_one_context_and_wastes_little_padding():
    examples = [EncodedExample(RobotContext(robot), (1,) * length, (2,)) for length, robot
                in enumerate('abababab', 1)]
    batches = list(make_batches(examples, 3, end_id=9))
    assert [(batch.context.header, tuple(batch.ids.shape)) for batch in batches] == [
        ('a', (3, 6)), ('a', (1, 8)), ('b', (3, 7)), ('b', (1, 9))]


def test_the_batches_of_an_epoch_waste_little_padding():
    source = random.Random(3)
    examples = [EncodedExample(RobotContext(robot, ()), (1,) * source.randint(5, 40), (1, 2))
                for robot in 'abcd' for _ in range(40)]
    steps = plan_epoch(examples, 4, 2, seed=0, epoch=0)
    batches = [batch for step in steps for batch in make_batches(step, 4, 0)]
    assert sum(batch.ids.numel() for batch in batches) < 1.15 * sum(map(len, examples))
    pairs = [{tuple(map(len, step)) for step in plan_epoch(examples, 4, 1, seed=0, epoch=epoch)}
             for epoch in (0, 1)]
    assert pairs[0] != pairs[1]


def test_only_what_predicts_the_answer_is_labelled():
    (batch,) = make_batches(
        [EncodedExample(NOWHERE, (10, 11), (20, 21, 9)),
         EncodedExample(NOWHERE, (12,), (22, 9))], 2, 9)
    assert batch.ids.tolist() == [[12, 22, 9, 9, 9], [10, 11, 20, 21, 9]]
    assert batch.labels.tolist() == [
        [22, 9, -100, -100, -100], [-100, 20, 21, 9, -100]]


def test_no_examples_make_no_batches():
    assert list(make_batches([], 4, 9)) == []
