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


"""The generator: only what parses and fits the robot comes out as a command."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.command import TopicPublication
from ros2_nl_commander.language.errors import CheckpointError, InstructionError, ModelError
from ros2_nl_commander.language.generation import GeneratorSettings
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.model import generator as module
from ros2_nl_commander.model.checkpoint import PromptCard, save_prompt, TrainedPrompt
from ros2_nl_commander.model.decode import Decoded, Ending
from ros2_nl_commander.model.generator import CommandGenerator, load_generator
from ros2_nl_commander.model.prompts import FoldedPrompt
import torch

ROBOT = RobotDescription(
    'r', topics={'/volume': 'std_msgs/msg/UInt8'}, limits={'/volume': {'data': (0.0, 100.0)}})
VOLUME = 'ros2 topic pub --once /volume std_msgs/msg/UInt8 "{data: 30}"'


def soft_prompt(hidden=32):
    torch.manual_seed(0)
    return TrainedPrompt(
        FoldedPrompt(embeddings=torch.randn(4, hidden)), PromptCard('soft', 'plain'))


@pytest.fixture
def generator(tiny_backbone):
    return CommandGenerator(tiny_backbone, soft_prompt(), GeneratorSettings('tiny', 'mine',
                                                                            max_new_tokens=6))


@pytest.fixture
def answer(generator, monkeypatch, tiny_tokenizer):
    """Return what asks the generator while the model writes a given text."""
    def ask(text, ending=Ending.END_TOKEN):
        ids = tiny_tokenizer.encode(text)
        monkeypatch.setattr(module, 'decode_greedily', lambda *_, **__: Decoded(ids, ending, 1))
        return generator.generate(' make it 30 ')
    return ask


def test_a_command_comes_out_as_a_value(answer):
    generation = answer(VOLUME + '\n')
    assert generation.command == TopicPublication('/volume', 'std_msgs/msg/UInt8', {'data': 30})
    assert generation.reason is None and generation.instruction == ' make it 30 '
    assert generation.tokens == len(VOLUME) + 1 and generation.seconds >= 0


@pytest.mark.parametrize('text, reason', [
    ('null', 'knows no command'),
    ('', 'no valid command'),
    ('rm -rf /', 'no valid command'),
    (VOLUME + '; rm -rf /', 'no valid command'),
    (VOLUME[:-3], 'no valid command'),
    ('<|im_start|>' + VOLUME, 'no valid command'),
])
def test_what_is_no_command_is_declined_with_a_reason(answer, text, reason):
    generation = answer(text)
    assert generation.command is None and reason in generation.reason


@pytest.mark.parametrize('text, reason', [
    (VOLUME.replace('/volume', '/loudness'), 'r has no topic /loudness'),
    (VOLUME.replace('UInt8', 'Int8'), 'is of type std_msgs/msg/UInt8'),
    (VOLUME.replace('30', '101'), 'outside'),
])
def test_what_the_robot_does_not_accept_is_declined(generator, answer, text, reason):
    assert answer(text).command is not None  # nothing is known about the robot
    generator.use_robot(ROBOT)
    assert answer(VOLUME).command is not None
    generation = answer(text)
    assert generation.command is None and reason in generation.reason


@pytest.mark.parametrize('ending, reason', [
    (Ending.LENGTH, 'no end within'), (Ending.STOPPED, 'stopped')])
def test_an_answer_without_its_end_is_declined_even_if_it_parses(answer, ending, reason):
    generation = answer(VOLUME, ending)
    assert generation.command is None and reason in generation.reason


def test_a_random_model_is_cut_off_at_max_new_tokens(generator, monkeypatch):
    monkeypatch.setattr(generator._sequence, 'end_ids', frozenset())
    generation = generator.generate('go')
    assert (generation.command, generation.tokens) == (None, 6)
    assert generation.reason.startswith('no end within 6 tokens: ')


def test_should_stop_is_asked_before_every_token(generator, monkeypatch):
    monkeypatch.setattr(generator._sequence, 'end_ids', frozenset())
    asked = iter([False, False, False, True])
    generation = generator.generate('go', lambda: next(asked))
    assert (generation.command, generation.tokens) == (None, 3)
    assert generation.reason.startswith('stopped')


def test_one_sentence_leaves_nothing_behind_for_the_next(generator):
    first = generator.generate('go')
    generator.generate('something else altogether')
    again = generator.generate('go')
    assert (first.reason, first.tokens) == (again.reason, again.tokens)


def test_the_robot_changes_what_the_model_reads(generator):
    empty = generator._prefix[0][0].shape[2]
    generator.use_robot(ROBOT)
    assert generator._prefix[0][0].shape[2] > empty
    generator.use_robot(RobotDescription())
    assert generator._prefix[0][0].shape[2] == empty


def test_a_bad_instruction_never_reaches_the_model(generator, monkeypatch):
    monkeypatch.setattr(module, 'decode_greedily', None)
    for sentence in ('', '  ', 'a\x07b', 'x' * 501, '\udcff'):
        with pytest.raises(InstructionError):
            generator.generate(sentence)


@pytest.mark.parametrize('name', ['decode_greedily', 'read_context'])
def test_a_model_that_fails_is_one_clear_line(generator, monkeypatch, name):
    def fail(*_args, **_kwargs):
        raise torch.OutOfMemoryError('out of memory\nTried to allocate')

    monkeypatch.setattr(module, name, fail)
    with pytest.raises(ModelError, match='^The model failed: out of memory$'):
        generator.use_robot(ROBOT)
        generator.generate('go')


def test_a_prompt_for_another_model_is_refused(tiny_backbone):
    with pytest.raises(CheckpointError, match=r'expected \(4, 32\), got \(4, 48\)'):
        CommandGenerator(tiny_backbone, soft_prompt(48), GeneratorSettings('tiny', ''))


def test_load_generator_from_folders(tiny_model_folder, tmp_path):
    save_prompt(tmp_path, soft_prompt())
    generator = load_generator(GeneratorSettings(
        str(tiny_model_folder), str(tmp_path), device='cpu', dtype='float32', max_new_tokens=2))
    assert generator.generate('go').command is None
    described = generator.describe()
    assert described['model'] == str(tiny_model_folder)
    assert described['prompt'] == f'{tmp_path} (soft, 4 tokens)'
    assert described['device'] == 'cpu float32'
    assert described['memory'].endswith(' MB of weights')


def test_load_generator_names_a_missing_prompt_before_it_loads_a_model(tmp_path):
    with pytest.raises(CheckpointError, match='No prompt in'):
        load_generator(GeneratorSettings('no/such-model', str(tmp_path / 'nothing')))
