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

"""Where the time of a command goes: a random model, real DDS, and numbers that add up."""

from __future__ import annotations

from functools import partial

import pytest
from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.language.generation import GeneratorSettings
from ros2_nl_commander.language.robot import load_robot
from ros2_nl_commander.model.backbone import backbone_from_model
from ros2_nl_commander.model.checkpoint import PromptCard, TrainedPrompt
from ros2_nl_commander.model.generator import CommandGenerator
from ros2_nl_commander.model.prompts import FoldedPrompt
from ros2_nl_commander.ros.journeys import travel
from ros2_nl_commander.training.benchmarks import profiling
import torch

#: Whatever a model chooses, it is the lamp, on or off, or a decline.
ROBOT = 'robot: r\nservices: {/lamp: std_srvs/srv/SetBool}\n'
SENTENCES = ['lamp', 'lamp on', 'lamp off']


@pytest.fixture
def robot_file(tmp_path):
    path = tmp_path / 'robot.yaml'
    path.write_text(ROBOT)
    return path


@pytest.fixture
def build_generator(build_tiny_model, tiny_tokenizer):
    """Return a generator whose model likes one byte best, as the first of its answer."""
    def build(first):
        model = build_tiny_model()
        with torch.no_grad():
            # The hidden states are normalised: a bias in one of them reaches every token.
            model.model.norm.weight.zero_()
            model.lm_head = torch.nn.Linear(32, model.config.vocab_size)
            model.lm_head.weight.zero_()
            model.lm_head.bias.zero_()
            model.lm_head.bias[tiny_tokenizer.encode(first)[0]] = 1.0
        backbone = backbone_from_model(model, tiny_tokenizer)
        prompt = TrainedPrompt(FoldedPrompt(embeddings=torch.zeros(2, 32)),
                               PromptCard('soft', 'chat'))
        return CommandGenerator(backbone, prompt, GeneratorSettings('', ''))
    return build


def test_parts_of_real_journeys_add_up(build_generator, robot_file, tmp_path):
    journeys = []

    def noted(make, sentences):
        journeys.extend(travel(make, sentences, robot_file))
        return journeys

    generator = build_generator('/')
    followed = profiling.follow(generator, torch.device('cpu'), SENTENCES, noted)
    assert len(followed) == len(SENTENCES) and len(journeys) == len(SENTENCES) + 1
    for sentence, legs in zip(followed, journeys[1:]):
        assert set(sentence.parts) == set(profiling.PARTS)
        assert sentence.total == pytest.approx(sum(legs.values()))
        assert sentence.parts[profiling.PREFILL] > 0
        assert all(seconds >= 0 for seconds in sentence.parts.values()), sentence.parts
        # Nothing of weight is left over: every place is where the time goes.
        assert sentence.parts[profiling.REST] < sentence.total / 2
    assert all(sum(one.parts[part] for one in followed) > 0 for part in profiling.PARTS)


def test_a_decline_is_left_out(build_generator, robot_file):
    with pytest.raises(NodeError, match='none of 3 sentences became a command'):
        profiling.follow(build_generator('n'), torch.device('cpu'), SENTENCES,
                         partial(travel, robot_file=robot_file))


def legs(generator_seconds):
    return {'DDS in': 0.001, 'queue': 0.002, 'generator': generator_seconds,
            'handing on': 0.003, 'DDS out': 0.004}


def test_each_answer_gets_its_own_forwards_and_the_table_their_shares(
        build_generator, robot_file, tmp_path, monkeypatch):
    generator = build_generator('/')
    generator.use_robot(load_robot(robot_file))
    seen = []

    def slowly(make, sentences):
        for sentence in sentences:
            generation = make(None).generate(sentence)
            seen.append(generation.forwards)
        return [legs(1.0), None, *(legs(1.0) for _ in sentences[2:])]

    followed = profiling.follow(generator, torch.device('cpu'), ['a', 'b', 'c'], slowly)
    assert [len(one.forwards) for one in followed] == seen[2:]
    monkeypatch.setattr(profiling, 'read_bandwidth', lambda device: 1e9)
    table = profiling._table(followed, generator._backbone)
    assert [row[0] for row in table.rows] == [*profiling.PARTS, 'all']
    shares = [float(row[3].rstrip('%')) for row in table.rows]
    assert sum(shares[:-1]) == pytest.approx(100, abs=0.5)
    assert table.rows[-1][1] == '1010.00'
    assert all(row[4].endswith('%') for row in table.rows if 'forward' in row[0])
    profiling._draw(followed, tmp_path / 'profile.png')
    assert (tmp_path / 'profile.png').stat().st_size > 1000


def test_the_user_that_ends_is_noticed(robot_file, monkeypatch):
    from ros2_nl_commander.ros import journeys
    monkeypatch.setattr(journeys.sys, 'executable', '/bin/true')

    class Never:

        def use_robot(self, robot):
            pass

        def describe(self):
            return {}

    with pytest.raises(NodeError, match='the user ended before'):
        travel(lambda settings: Never(), ['lamp'], robot_file)
