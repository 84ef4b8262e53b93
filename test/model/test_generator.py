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

from dataclasses import replace
import math
import threading

import pytest
from ros2_nl_commander.language import verdict as module_of_verdicts
from ros2_nl_commander.language.codec import format_command, parse_command
from ros2_nl_commander.language.command import ServiceCall, TopicPublication
from ros2_nl_commander.language.context import context_from_robot
from ros2_nl_commander.language.errors import (
    CheckpointError, GrammarViolationError, InstructionError, ModelError)
from ros2_nl_commander.language.generation import GeneratorSettings
from ros2_nl_commander.language.robot import EMPTY_ROBOT, RobotDescription
from ros2_nl_commander.language.robot_sections import Place
from ros2_nl_commander.language.shortlist import ALWAYS, SIZE, WHOLE
from ros2_nl_commander.language.validation import check_command
from ros2_nl_commander.language.verdict import command_or_reason
from ros2_nl_commander.model import contexts as module_of_contexts
from ros2_nl_commander.model import generator as module
from ros2_nl_commander.model.backbone import backbone_from_model
from ros2_nl_commander.model.captured import CapturedRunner
from ros2_nl_commander.model.checkpoint import PromptCard, save_prompt, TrainedPrompt
from ros2_nl_commander.model.constraint import GrammarEngine
from ros2_nl_commander.model.contexts import ContextReader
from ros2_nl_commander.model.decode import Decoded, Ending
from ros2_nl_commander.model.forward import embed
from ros2_nl_commander.model.generator import CommandGenerator, load_generator
from ros2_nl_commander.model.prompts import FoldedPrompt
import torch

WAIT_SEC = 60
ROBOT = RobotDescription(
    'r', topics={'/volume': 'std_msgs/msg/UInt8', '/say': 'std_msgs/msg/String'},
    services={'/dock': 'std_srvs/srv/Trigger'}, limits={'/volume': {'data': (0.0, 100.0)}})
OTHER = RobotDescription('other', services={'/lamp': 'std_srvs/srv/SetBool'})
VOLUME = 'ros2 topic pub --once /volume std_msgs/msg/UInt8 "{data: 30}"'
LOUDER = TopicPublication('/volume', 'std_msgs/msg/UInt8', {'data': 30}, times=1)


def soft_prompt(hidden=32):
    torch.manual_seed(0)
    return TrainedPrompt(
        FoldedPrompt(embeddings=torch.randn(4, hidden)), PromptCard('soft', 'plain'))


def build(backbone, **settings):
    return CommandGenerator(backbone, soft_prompt(), GeneratorSettings('tiny', 'mine', **settings))


@pytest.fixture(scope='module')
def generator(tiny_backbone):
    """Return one for all tests; each says which robot it is about."""
    return build(tiny_backbone)


@pytest.fixture(scope='module')
def free_generator(tiny_backbone):
    return build(tiny_backbone, constrain=False, max_new_tokens=6)


@pytest.fixture
def answer(generator, monkeypatch, tiny_tokenizer):
    """Return what asks the generator while the model writes a given text."""
    def ask(text, robot=ROBOT, ending=Ending.WHOLE):
        generator.use_robot(robot)
        ids = tiny_tokenizer.encode(text)
        monkeypatch.setattr(
            module, 'decode_likeliest', lambda *_, **__: Decoded(ids, ending, 1, 2, -0.5))
        return generator.generate(' make it 30 ')
    return ask


@pytest.mark.parametrize('text, robot', [('/volume data: 30', ROBOT), (VOLUME, EMPTY_ROBOT)])
def test_a_command_comes_out_as_a_value(answer, text, robot):
    generation = answer(text, robot)
    assert generation.command is not None and check_command(generation.command, ROBOT) is None
    assert (generation.command.name, generation.command.fields) == (LOUDER.name, LOUDER.fields)
    assert generation.reason is None and generation.instruction == ' make it 30 '
    assert generation.tokens == len(text) and generation.seconds >= 0
    assert (generation.forwards, generation.forced) == (1, 2)
    assert math.isclose(generation.probability, math.exp(-0.5))


@pytest.mark.parametrize('text, reason', [
    ('no: what value', 'say how much'),
    ('no: because', 'no reason'),
    ('', 'r has no'),
    ('null', 'r has no'),
    (VOLUME, 'r has no'),
    ('rm -rf /', 'r has no'),
    ('/loudness data: 30', "r has no '/loudness'"),
    ('/volume data: 30; rm -rf /', 'not possible'),
    ('/volume data: ', 'not possible'),
    ('/volume data: 101', 'outside'),
    ('/volume data: 256', 'not possible'),
    ('/volume data: "loud"', 'not possible'),
    ('/volume level: 3', 'not possible'),
    ('<|im_start|>/volume data: 30', 'r has no'),
])
def test_what_is_no_command_of_the_robot_is_declined_with_a_reason(answer, text, reason):
    generation = answer(text)
    assert generation.command is None and reason in generation.reason


@pytest.mark.parametrize('text', ['null', '', 'rm -rf /', VOLUME + '; rm -rf /', VOLUME[:-3],
                                  '/volume data: 30', '<|im_start|>' + VOLUME])
def test_without_a_robot_only_whole_lines_are_commands(answer, text):
    generation = answer(text, EMPTY_ROBOT)
    assert generation.command is None and generation.reason


@pytest.mark.parametrize('ending, reason', [
    (Ending.LENGTH, 'no end within'), (Ending.STOPPED, 'stopped')])
def test_an_answer_without_its_end_is_declined_even_if_it_parses(answer, ending, reason):
    generation = answer('/volume data: 30', ending=ending)
    assert generation.command is None and reason in generation.reason


@pytest.mark.parametrize('robot', [ROBOT, OTHER, EMPTY_ROBOT], ids=['r', 'other', 'empty'])
def test_whatever_a_random_model_writes_is_a_command_or_a_decline(
        build_tiny_model, tiny_tokenizer, robot):
    generations = []
    for seed in range(20):
        backbone = backbone_from_model(build_tiny_model(seed=seed), tiny_tokenizer)
        generator = build(backbone, max_new_tokens=120)
        generator.use_robot(robot)
        generations += [generator.generate(text) for text in ('go', 'say "hello" to everybody')]
    for generation in generations:
        if generation.command is not None:
            check_command(generation.command, robot)
            assert parse_command(format_command(generation.command)) == generation.command
        else:
            assert generation.reason
    if not robot.is_empty:  # a random model never ends a long line
        assert any(generation.command for generation in generations)


def test_a_violated_grammar_declines_and_leaves_no_text(generator, monkeypatch):
    def violate(*_args, **_kwargs):
        raise GrammarViolationError('The answer left the grammar: out of fuel')

    monkeypatch.setattr(module, 'decode_likeliest', violate)
    generation = generator.generate('go')
    assert (generation.command, generation.tokens) == (None, 0)
    assert generation.reason == 'The answer left the grammar: out of fuel'
    assert generation.probability == 0.0


def test_without_a_grammar_a_random_model_is_cut_off_and_declined(free_generator, monkeypatch):
    monkeypatch.setattr(free_generator._sequence, 'end_ids', frozenset())
    free_generator.use_robot(ROBOT)
    generation = free_generator.generate('go')
    assert (generation.command, generation.tokens, generation.forced) == (None, 6, 0)
    assert generation.reason.startswith('no end within 6 tokens: ')


def test_should_stop_is_asked_before_every_token(free_generator, monkeypatch):
    monkeypatch.setattr(free_generator._sequence, 'end_ids', frozenset())
    free_generator.use_robot(ROBOT)
    monkeypatch.setattr(module, 'Drafter', lambda *_: SilentDrafter())
    asked = iter([False, False, False, True])
    generation = free_generator.generate('go', lambda: next(asked))
    assert (generation.command, generation.tokens) == (None, 3)
    assert generation.reason.startswith('stopped')


def test_the_text_is_told_as_it_forms(tiny_backbone):
    generator = build(tiny_backbone)
    generator.use_robot(ROBOT)
    told = []
    generation = generator.generate('volume 30', on_text=told.append)
    *forming, last = told
    assert forming[0]
    assert (generation.command, generation.reason) == command_or_reason('volume 30', last, ROBOT)
    assert all(later.startswith(sooner) for sooner, later in zip(forming, forming[1:]))
    without = generator.generate('volume 30')
    assert (without.command, without.reason) == (generation.command, generation.reason)


def test_half_a_character_is_not_told(free_generator, monkeypatch):
    told = []
    bytes_of = ([10, 195], [10, 195, 169], [10, 195, 169, 32])  # e with an accent, byte by byte

    def write(*_args, on_answer, **_kwargs):
        for ids in bytes_of:
            on_answer(ids)
        return Decoded([], Ending.STOPPED)

    monkeypatch.setattr(free_generator._sequence, 'answer_text',
                        lambda ids: bytes(ids).decode(errors='replace'))
    monkeypatch.setattr(module, 'decode_likeliest', write)
    free_generator.generate('go', on_text=told.append)
    assert told == ['', '\u00e9', '\u00e9']


class SilentDrafter:
    """Guesses nothing."""

    def proposals(self, _answer, _limit):
        return iter(())


def test_one_sentence_leaves_nothing_behind_but_time_saved(generator):
    generator.use_robot(ROBOT)
    first = generator.generate('go')
    generator.generate('something else altogether')
    again = generator.generate('go')
    assert (first.command, first.reason, first.tokens) == (
        again.command, again.reason, again.tokens)
    assert again.forwards <= first.forwards


def test_at_fixed_places_the_same_is_said(generator, tiny_backbone, monkeypatch):
    """What answers on a GPU, here as it is."""
    monkeypatch.setattr(module, 'runner_for', CapturedRunner)
    captured = build(tiny_backbone)
    for robot in (ROBOT, OTHER, ROBOT):
        said = []
        for one in (generator, captured):
            one.use_robot(robot)
            generation = one.generate('say "hello" to everybody')
            said.append((generation.command, generation.reason, generation.tokens))
        assert said[0] == said[1] and said[0][2]


def test_a_sentence_goes_on_for_the_robot_that_it_began_with(generator, monkeypatch):
    generator.use_robot(ROBOT)
    started, changed = threading.Event(), threading.Event()
    finished = []

    def hold():
        started.set()
        assert changed.wait(WAIT_SEC)
        return False

    thread = threading.Thread(target=lambda: finished.append(generator.generate('go', hold)))
    seen = []
    monkeypatch.setattr(module_of_verdicts, 'read_answer',
                        lambda text, robot: seen.append(robot) or ServiceCall('/x', 'a/srv/B', {}))
    thread.start()
    assert started.wait(WAIT_SEC)
    generator.use_robot(OTHER)  # while the sentence is being answered
    changed.set()
    thread.join(WAIT_SEC)
    generator.generate('go')
    assert finished and seen == [ROBOT, OTHER]


def crowd(count):
    return RobotDescription('crowd', services={
        **{f'/cell_{index}/start': 'std_srvs/srv/Trigger' for index in range(count)},
        '/kitchen_lamp': 'std_srvs/srv/SetBool'})


def test_of_a_crowd_only_what_the_sentence_may_mean_is_read(generator, monkeypatch):
    generator.use_robot(crowd(WHOLE))
    contexts = []
    read = ContextReader.read
    monkeypatch.setattr(ContextReader, 'read',
                        lambda self, context: contexts.append(context) or read(self, context))
    generator.generate('switch the kitchen lamp on')
    (context,) = contexts
    assert len(context.blocks) == SIZE
    assert any('/kitchen_lamp' in line for line in context.blocks)


def test_a_topic_that_appears_costs_its_line_and_what_stands_behind_all(
        generator, tiny_backbone, monkeypatch):
    read = []
    monkeypatch.setattr(module_of_contexts, 'embed',
                        lambda backbone, ids: read.append(ids.shape[1]) or embed(backbone, ids))
    robot = RobotDescription('r', topics={'/say': 'std_msgs/msg/String'},
                             services={'/dock': 'std_srvs/srv/Trigger'})
    generator.use_robot(robot)
    read.clear()
    grown = replace(robot, topics={'/a_lamp': 'std_msgs/msg/Bool', **robot.topics})
    generator.use_robot(grown)
    line = context_from_robot(grown).blocks[0]
    assert '/a_lamp' in line and read == [len(generator._sequence.line_ids(line))]


@pytest.mark.parametrize('name, first', [('growing', '/undock'), ('another', '/say')])
def test_only_the_same_robot_keeps_its_order(generator, name, first):
    services = {'/undock': 'std_srvs/srv/Trigger'}
    generator.use_robot(RobotDescription('growing', services=services))
    generator.use_robot(
        RobotDescription(name, topics={'/say': 'std_msgs/msg/String'}, services=services))
    assert generator._context.blocks[0].startswith(first)


def test_of_a_crowd_what_is_always_read_is_read_once(generator, monkeypatch):
    robot = replace(crowd(WHOLE), topics={'/wheels': 'geometry_msgs/msg/Twist'},
                    places={'home': Place('map', 0.0, 0.0, 0.0)})
    generator.use_robot(robot)
    contexts, tokens = [], []
    read = ContextReader.read
    monkeypatch.setattr(ContextReader, 'read',
                        lambda self, context: contexts.append(context) or read(self, context))
    monkeypatch.setattr(module_of_contexts, 'embed',
                        lambda backbone, ids: tokens.append(ids.shape[1]) or embed(backbone, ids))
    generator.generate('switch the kitchen lamp on')
    (context,) = contexts
    assert context.blocks[0].startswith('/wheels') and len(context.blocks) == SIZE + 1
    assert context.blocks[ALWAYS] == 'places: home\n'
    lines = [len(generator._sequence.line_ids(line)) for line in context.blocks]
    assert sum(tokens) == sum(lines[ALWAYS + 1:])


def test_a_bad_instruction_never_reaches_the_model(generator, monkeypatch):
    monkeypatch.setattr(module, 'decode_likeliest', None)
    for sentence in ('', '  ', 'a\x07b', 'x' * 501, '\udcff'):
        with pytest.raises(InstructionError):
            generator.generate(sentence)


@pytest.mark.parametrize('owner, name', [(module, 'decode_likeliest'), (ContextReader, 'read')])
def test_a_model_that_fails_is_one_clear_line(tiny_backbone, monkeypatch, owner, name):
    def fail(*_args, **_kwargs):
        raise torch.OutOfMemoryError('out of memory\nTried to allocate')

    generator = build(tiny_backbone)
    monkeypatch.setattr(owner, name, fail)
    with pytest.raises(ModelError, match='^The model failed: out of memory$'):
        generator.use_robot(ROBOT)
        generator.generate('go')


def test_a_robot_that_cannot_be_prepared_leaves_the_old_one_serving(generator, monkeypatch):
    def fail(*_args):
        raise GrammarViolationError('The grammar cannot be used: too large')

    generator.use_robot(ROBOT)
    monkeypatch.setattr(GrammarEngine, 'compile', fail)
    with pytest.raises(GrammarViolationError):
        generator.use_robot(RobotDescription('new', services={'/new': 'std_srvs/srv/Trigger'}))
    generation = generator.generate('go')
    assert generation.tokens > 0 and generator._judge.index.robot is ROBOT


def test_a_prompt_for_another_model_is_refused(tiny_backbone):
    with pytest.raises(CheckpointError, match=r'expected \(4, 32\), got \(4, 48\)'):
        CommandGenerator(tiny_backbone, soft_prompt(48), GeneratorSettings('tiny', ''))


def test_load_generator_from_folders(tiny_model_folder, tmp_path):
    save_prompt(tmp_path, soft_prompt())
    generator = load_generator(GeneratorSettings(
        str(tiny_model_folder), str(tmp_path), device='cpu', dtype='float32', max_new_tokens=2,
        encoder=''))
    assert generator.generate('go').command is None
    described = generator.describe()
    assert described['model'] == str(tiny_model_folder)
    assert described['prompt'] == f'{tmp_path} (soft, 4 tokens)'
    assert described['encoder'] == 'none'
    assert described['device'] == 'cpu float32'
    assert described['memory'].endswith(' MB of weights')


def test_load_generator_names_a_missing_prompt_before_it_loads_a_model(tmp_path):
    with pytest.raises(CheckpointError, match='No prompt in'):
        load_generator(GeneratorSettings('no/such-model', str(tmp_path / 'nothing')))
