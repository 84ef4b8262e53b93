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

"""How sentences and interfaces look alike is learned, with a random encoder."""

from __future__ import annotations

import json

import pytest
from ros2_nl_commander.language.context import context_line
from ros2_nl_commander.language.errors import DatasetError
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.short_form import entrances
from ros2_nl_commander.model.encoder import SentenceEncoder
from ros2_nl_commander.model.fetch import model_identity
from ros2_nl_commander.model.relevance import load_relevance
from ros2_nl_commander.training.examples import load_examples
from ros2_nl_commander.training.relevance import learn_relevance, write_relevance
import torch

SWITCH = 'std_srvs/srv/SetBool'
ROBOT = RobotDescription('r', services={'/lamp': SWITCH, '/siren': SWITCH})
BARE = RobotDescription('bare', places={'dock': {'x': 0.0}})
LIGHT = ('let there be light', '/lamp data: true')
NOISE = ('make noise', '/siren data: true')
HELLO = ('hello', 'no: not a request')
WITHOUT_ROBOT = ('light on', 'ros2 service call /lamp std_srvs/srv/SetBool "{data: true}"')


@pytest.fixture(scope='module')
def encoder(tiny_encoder_folder):
    return SentenceEncoder(tiny_encoder_folder)


@pytest.fixture
def examples(tmp_path):
    """Return what loads sentences to a robot, or to none, as examples."""
    def load(*said, robot=None):
        path = tmp_path / 'data.jsonl'
        path.write_text(''.join(json.dumps(
            {'instruction': instruction, 'command': command}) + '\n'
            for instruction, command in said))
        return load_examples(path) if robot is None else load_examples(path, robot)
    return load


def test_what_is_said_for_what_is_learned_and_written(
        tiny_encoder_folder, encoder, examples, tmp_path, caplog):
    before = encoder.encode(['make noise'])
    # Other objects: as many robots.
    data = [example for number in range(150) for example in examples(
        LIGHT, NOISE, HELLO, robot=RobotDescription(f'r{number}', services=ROBOT.services))]
    write_relevance(learn_relevance(data, encoder), tmp_path / 'learned',
                    model_identity(tiny_encoder_folder))
    assert torch.equal(encoder.encode(['make noise']), before)
    model = load_relevance(tiny_encoder_folder, tmp_path / 'learned')
    assert not caplog.records
    assert not torch.allclose(before, model.encoder.encode(['make noise']), atol=0.01)
    offered = list(entrances(ROBOT))
    vectors = model.read([context_line(entrance, ROBOT) for entrance in offered])
    for sentence, name in (('let there be light', '/lamp'), ('make noise', '/siren')):
        scores = model.scores(sentence, vectors)
        assert offered[int(scores.argmax())].name == name and scores.max() > model.none
    assert model.scores('hello', vectors).max() < model.none


@pytest.mark.parametrize('said, robot', [
    ((), ROBOT), ((WITHOUT_ROBOT,), None), ((HELLO,), BARE),
    ((('to the moon', 'no: unknown place'), ('go on', None)), ROBOT)])
def test_data_that_teach_nothing_are_refused(encoder, examples, said, robot):
    with pytest.raises(DatasetError):
        learn_relevance(examples(*said, robot=robot), encoder)


def test_what_teaches_nothing_is_left_out(encoder, examples):
    plain = examples(LIGHT, HELLO, robot=ROBOT)
    more = [*plain, *examples(WITHOUT_ROBOT), *examples(HELLO, robot=BARE)]
    torch.testing.assert_close(learn_relevance(more, encoder), learn_relevance(plain, encoder))
