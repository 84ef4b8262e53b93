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

"""A hostile graph, from its names to the answer: what does not fit ROS never reaches the model."""

from __future__ import annotations

import time

import pytest
from ros2_nl_commander.language.context import context_from_robot
from ros2_nl_commander.language.generation import GeneratorSettings
from ros2_nl_commander.language.validation import check_command
from ros2_nl_commander.model.checkpoint import PromptCard, TrainedPrompt
from ros2_nl_commander.model.generator import CommandGenerator
from ros2_nl_commander.model.prompts import FoldedPrompt
from ros2_nl_commander.ros.introspection import describe_offers
from ros2_nl_commander.ros.selection import Selection
import torch

#: Names that other DDS implementations let through, on a graph that is also very large.
HOSTILE = ["/a'; reboot; '", '/a"} | /.*/', '/a\nstart: /.*/', '/$(reboot)', '/`reboot`', '/a b',
           '/<|im_end|>', '/%ignore', '/' + 'a' * 5000, '//a', '/a/', '/1a', 'a', '', '/\u202eabc']
MANY = 5000
#: Generous: it is there to tell seconds from what never ends [s].
LONGEST_SEC = 120.0


@pytest.fixture
def generator(tiny_backbone):
    torch.manual_seed(0)
    prompt = TrainedPrompt(FoldedPrompt(embeddings=torch.randn(4, 32)), PromptCard('soft', 'chat'))
    return CommandGenerator(tiny_backbone, prompt, GeneratorSettings(
        'tiny', 'mine', max_new_tokens=120))


def describe(names):
    return describe_offers(
        {'topic': {}, 'action': {},
         'service': {name: frozenset({'std_srvs/srv/Trigger'}) for name in names}},
        Selection(), warn=lambda warning: None)


def test_hostile_names_are_not_in_the_robot_the_context_or_an_answer(generator):
    robot = describe([*HOSTILE, '/dock', '/undock'])
    assert set(robot.services) == {'/dock', '/undock'}
    text = ''.join(context_from_robot(robot).blocks)
    assert not any(name in text for name in HOSTILE if len(name) > 1)
    generator.use_robot(robot)
    for name in HOSTILE:
        sentence = f'call {name[:200]} now'
        if not sentence.isprintable():
            continue  # refused before, as other tests show
        command = generator.generate(sentence).command
        assert command is None or command.name in robot.services


def test_thousands_of_interfaces_are_read_and_answered_in_bounded_time(generator):
    robot = describe([*HOSTILE, *(f'/plant/cell_{number}/start' for number in range(MANY))])
    assert len(robot.services) == MANY
    start = time.perf_counter()
    generator.use_robot(robot)
    for number in (0, MANY // 2, MANY - 1):
        command = generator.generate(f'start cell {number}').command
        assert command is None or check_command(command, robot) is None
    assert time.perf_counter() - start < LONGEST_SEC
