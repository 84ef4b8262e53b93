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

"""What depends on the robot alone is made once, kept, and bounded."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.robot import EMPTY_ROBOT, RobotDescription
from ros2_nl_commander.model.constraint import GrammarMatching
from ros2_nl_commander.model.contexts import ContextReader
from ros2_nl_commander.model.key_values import length_of
from ros2_nl_commander.model.matching import FreeMatching
from ros2_nl_commander.model.prepared import KEPT, RobotPreparation
from ros2_nl_commander.model.prompts import FoldedPrompt
from ros2_nl_commander.model.runner import PlainRun
from ros2_nl_commander.model.sequence import LAYOUTS, SequenceEncoder
import torch

PROMPT_TOKENS = 4


def robot_with(*names):
    return RobotDescription('r', services=dict.fromkeys(names, 'std_srvs/srv/Trigger'))


@pytest.fixture
def sequence(tiny_backbone):
    return SequenceEncoder(tiny_backbone.tokenizer, LAYOUTS['chat'])


@pytest.fixture
def build(tiny_backbone, sequence):
    def build(constrain=True):
        torch.manual_seed(0)
        prompt = FoldedPrompt(embeddings=torch.randn(PROMPT_TOKENS, 32))
        return RobotPreparation(tiny_backbone, sequence, prompt, constrain)
    return build


def test_preparing_a_robot_again_is_free(build, monkeypatch):
    preparation = build()
    first = preparation.prepare(robot_with('/dock'))
    monkeypatch.setattr(ContextReader, 'read', None)
    assert preparation.prepare(robot_with('/dock')) is first


def test_only_the_robots_used_last_are_kept(build, monkeypatch):
    preparation = build()
    robots = [robot_with(f'/dock_{index}') for index in range(KEPT + 1)]
    prepared = [preparation.prepare(robot) for robot in robots[:KEPT]]
    assert preparation.prepare(robots[0]) is prepared[0]
    preparation.prepare(robots[KEPT])  # pushes out the second, not the first
    assert preparation.prepare(robots[0]) is prepared[0]
    assert preparation.prepare(robots[1]) is not prepared[1]


def test_the_prefix_is_the_context_and_the_prompt(build, tiny_tokenizer):
    prepared = build().prepare(robot_with('/dock', '/undock'))
    text = '<|im_start|>system\n' + str(prepared.context)
    assert length_of(prepared.prefix) == len(tiny_tokenizer.encode(text)) + PROMPT_TOKENS
    assert '/undock' in text
    assert length_of(build().prepare(EMPTY_ROBOT).prefix) == PROMPT_TOKENS


@pytest.mark.parametrize('robot', [EMPTY_ROBOT, robot_with('/dock')], ids=['empty', 'dock'])
def test_what_every_instruction_begins_with_may_be_read_before(
        build, tiny_backbone, sequence, robot):
    plain, opened = build().prepare(robot), build().prepare(robot, opened=True)
    ids = sequence.instruction_ids(
        'go home', behind_context=not plain.context.is_empty)
    assert plain.opening == () and 0 < len(opened.opening) < len(ids)
    assert list(opened.opening) == ids[:len(opened.opening)]
    scores = []
    for prepared in (plain, opened):
        run = PlainRun(tiny_backbone, prepared.prefix)
        run.read(ids[len(prepared.opening):], 1)
        scores.append(run._scores)
    torch.testing.assert_close(*scores)


def test_every_answer_begins_anew_in_the_grammar_of_the_robot(build, tiny_tokenizer):
    prepared = build().prepare(robot_with('/dock', '/dock/now'))
    for _ in range(2):
        matching = prepared.start()
        assert isinstance(matching, GrammarMatching)
        matching.accept(*tiny_tokenizer.encode('/'))
        assert tiny_tokenizer.decode(matching.forced()) == 'dock'


def test_a_constraint_can_be_left_out_and_then_needs_no_library(build, monkeypatch):
    monkeypatch.setitem(__import__('sys').modules, 'llguidance', None)
    prepared = build(constrain=False).prepare(robot_with('/dock'))
    assert isinstance(prepared.start(), FreeMatching)


def test_the_line_of_an_interface_stands_for_a_sentence_that_begins_with_its_name(
        build, tiny_tokenizer):
    robot = RobotDescription(
        'r', services={'/dock': 'std_srvs/srv/Trigger', '/lamp': 'std_srvs/srv/SetBool'},
        places={})
    pairs = [(tiny_tokenizer.decode(precedent.question), tiny_tokenizer.decode(precedent.answer))
             for precedent in build().prepare(robot).precedents]
    assert [answer for _, answer in pairs] == ['/dock', '/lamp']
    assert all(question.startswith(answer) and question.endswith('\n')
               for question, answer in pairs)
