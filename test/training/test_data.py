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

"""The data that ships: inside the grammars of its robots, and nothing held out is trained on."""

from __future__ import annotations

import json
import re

import pytest
from ros2_nl_commander.language.errors import UnsaidError
from ros2_nl_commander.language.grammar import grammar_from_robot
from ros2_nl_commander.language.grammar_matching import matches
from ros2_nl_commander.language.robot import load_robot
from ros2_nl_commander.language.said.evidence import check_said
from ros2_nl_commander.training.examples import load_examples
from shipped_data import DATA, shipped_examples, TRAINING

HELD_OUT = ('general_heldout.jsonl', 'porter_heldout.jsonl', 'strangers/strangers.jsonl',
            'newcomers/newcomers.jsonl')


@pytest.mark.parametrize('name', [*TRAINING, *HELD_OUT])
def test_every_answer_is_inside_the_grammar_of_its_robot(name):
    grammars = {}
    for example in shipped_examples(name):
        key = id(example.robot)
        if key not in grammars:
            grammars[key] = grammar_from_robot(example.robot)
        assert matches(grammars[key], example.answer), (example.instruction, example.answer)


@pytest.mark.parametrize('name', TRAINING)
def test_no_right_answer_is_refused_as_unsaid(name):
    refused = []
    for example in shipped_examples(name):
        try:
            if example.command is not None:
                check_said(example.instruction, example.answer)
        except UnsaidError as error:
            refused.append((example.instruction, example.answer, str(error)))
    assert refused == []


def taught(name):
    robot = load_robot(DATA / 'teach' / 'robot.yaml')
    return load_examples(DATA / 'teach' / f'{name}.jsonl', robot)


@pytest.mark.parametrize('name', ['phrases', 'heldout'])
def test_what_the_benchmark_teaches_can_be_answered(name):
    examples = taught(name)
    grammar = grammar_from_robot(examples[0].robot)
    assert len(examples) == 20
    for example in examples:
        assert matches(grammar, example.answer), (example.instruction, example.answer)
        if example.command is not None:
            check_said(example.instruction, example.answer)


def test_held_out_phrases_ask_for_what_was_taught_in_other_words():
    phrases, held_out = taught('phrases'), taught('heldout')
    assert not {plain(e.instruction) for e in phrases} & {plain(e.instruction) for e in held_out}
    names = {example.answer.split()[0] for example in phrases}
    assert {example.answer.split()[0] for example in held_out} <= names


def test_no_held_out_robot_and_no_held_out_sentence_is_trained_on():
    trained = [example for name in TRAINING for example in shipped_examples(name)]
    held_out = [example for name in HELD_OUT for example in shipped_examples(name)]
    names = {interface for example in trained for interface in interfaces(example.robot)}
    for example in held_out:
        if example.robot.robot != 'porter':
            shared = interfaces(example.robot) & names
            assert len(shared) < len(interfaces(example.robot)) / 2, (example.robot.robot, shared)
    said = {(example.robot.robot, plain(example.instruction)) for example in trained}
    assert not [e.instruction for e in held_out if (e.robot.robot, plain(e.instruction)) in said]


def test_no_held_out_sentence_stands_in_the_training_files_whatever_the_robot():
    """Of three words or more: "lights on" is said to many robots, and tells nothing."""
    held_out = held_out_sentences()
    trained = [f'data/{name}:{number}' for name in TRAINING
               for number, sentence in sentences(name) if sentence in held_out]
    assert not trained, '\n'.join(trained)


def test_no_held_out_sentence_is_a_wording_of_synthesis():
    held_out = held_out_sentences()
    wordings = [f'{path.relative_to(DATA.parent)}:{number}'
                for path in sorted((DATA / 'synthesis').glob('*.yaml'))
                for number, line in enumerate(path.read_text(encoding='utf-8').split('\n'), 1)
                if plain(line.partition(' => ')[0]) in held_out]
    assert not wordings, '\n'.join(wordings)


def held_out_sentences():
    """Give the sentences of three words or more."""
    return {sentence for name in HELD_OUT for _, sentence in sentences(name)
            if len(sentence.split()) >= 3}


def sentences(name):
    """Give the number of each line of a file, and what is said in it."""
    for number, line in enumerate((DATA / name).read_text(encoding='utf-8').split('\n'), 1):
        if line.strip():
            yield number, plain(json.loads(line)['instruction'])


def interfaces(robot):
    return {(name, kind) for noun in ('topic', 'service', 'action')
            for name, kind in robot.offered(noun).items()}


def plain(sentence):
    """Leave out case and punctuation."""
    return re.sub(r'[\W_]+', ' ', re.sub("['\u2019]", '', sentence.casefold())).strip()
