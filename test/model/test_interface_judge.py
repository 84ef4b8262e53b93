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

"""The judges of interfaces besides the language model, with a random encoder and a real one."""

from __future__ import annotations

import math
from pathlib import Path
import shutil

import pytest
from ros2_nl_commander.language.errors import CheckpointError, ModelError
from ros2_nl_commander.language.generation import DEFAULT_ENCODER, GeneratorSettings
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.shortlist import ALWAYS, SIZE
from ros2_nl_commander.model.encoder import SentenceEncoder
from ros2_nl_commander.model.fetch import fetch_model
from ros2_nl_commander.model.interface_judge import (
    InterfaceJudge, LEAST_OF_DECLINING, NONE_FITS)
from ros2_nl_commander.model.low_rank import low_rank_changes, tensors_of
from ros2_nl_commander.model.relevance import (
    load_relevance, plain_text, relevance_for, RelevanceModel)
from ros2_nl_commander.training.examples import load_examples
from ros2_nl_commander.training.relevance import write_relevance
import torch

SWITCH = 'std_srvs/srv/SetBool'
ROBOT = RobotDescription('r', topics={'/lamp': 'std_msgs/msg/Bool'},
                         services={'/lamp': SWITCH, '/siren': SWITCH})


@pytest.fixture(scope='module')
def encoder(tiny_encoder_folder):
    return SentenceEncoder(tiny_encoder_folder)


def learned(encoder, width=16, scale=10.0):
    """Return maps at random, and changes that change nothing."""
    torch.manual_seed(1)
    with low_rank_changes(encoder.body, 2, torch.Generator()) as changes:
        return {'sentence': torch.randn(width, width), 'interface': torch.randn(width, width),
                'scale': torch.tensor(scale), 'none': torch.tensor(1.0),
                **tensors_of(changes)}


def test_a_text_is_encoded_the_same_alone_and_among_others(encoder):
    texts = ['a', 'mute the siren', 'a much longer sentence than the others', 'b'] * 20
    vectors = encoder.encode(texts)
    assert vectors.shape == (80, 16)
    assert torch.allclose(vectors.norm(dim=-1), torch.ones(80), atol=1e-5)
    for index in (0, 1, 2, 79):
        assert torch.allclose(vectors[index], encoder.encode([texts[index]])[0], atol=1e-5)
    assert encoder.encode([]).shape == (0, 16)
    assert torch.isfinite(encoder.encode(['', 'long ' * 5000])).all()


def test_a_folder_without_an_encoder_is_one_error(tmp_path):
    with pytest.raises(ModelError, match='Cannot load the model'):
        SentenceEncoder(tmp_path)


@pytest.mark.parametrize('name, content', [
    ('model.safetensors', b'cut off'), ('tokenizer.json', b'{}'), ('config.json', b'{}'),
    ('config.json', b'{"model_type": "bert", "hidden_size": "wide"}')])
def test_a_damaged_encoder_is_one_error(tiny_encoder_folder, tmp_path, name, content):
    damaged = shutil.copytree(tiny_encoder_folder, tmp_path / 'encoder')
    (damaged / name).write_bytes(content)
    with pytest.raises(ModelError, match='Cannot load the model in [^\n]*$'):
        SentenceEncoder(damaged)


def test_who_has_no_encoder_is_told_how_to_do_without(tmp_path):
    assert relevance_for(GeneratorSettings('any', '', encoder='')) is None
    with pytest.raises(ModelError, match="set encoder to ''"):
        relevance_for(GeneratorSettings('any', '', encoder=str(tmp_path)))


def test_lines_are_read_once(encoder, monkeypatch):
    model = RelevanceModel(encoder, learned(encoder))
    first = model.read(['/lamp data\n', '/siren\n', '/lamp data\n'])
    assert torch.equal(first[0], first[2]) and not torch.allclose(first[0], first[1])
    monkeypatch.setattr(encoder, 'encode', lambda texts: torch.empty(len(texts) and 1 / 0, 16))
    assert torch.equal(model.read(['/siren\n', '/lamp data\n']), first[[1, 0]])


def test_what_was_learned_for_another_width_is_refused(encoder):
    with pytest.raises(CheckpointError, match='not for this encoder'):
        RelevanceModel(encoder, learned(encoder, 32))


@pytest.mark.parametrize('number', [math.nan, math.inf])
@pytest.mark.parametrize('name', ['none', 'interface', 'encoder.layer.0.attention.self.query.up'])
def test_what_was_learned_must_be_numbers(encoder, name, number):
    spoilt = learned(encoder)
    spoilt[name] = torch.full_like(spoilt[name], number)
    with pytest.raises(CheckpointError, match='no numbers'):
        RelevanceModel(encoder, spoilt)


@pytest.mark.parametrize('content', [None, b'', b'no tensors'])
def test_what_cannot_be_read_is_one_error(tiny_encoder_folder, tmp_path, content):
    if content is not None:
        (tmp_path / 'learned').write_bytes(content)
    with pytest.raises(CheckpointError, match='Cannot read the relevance model'):
        load_relevance(tiny_encoder_folder, tmp_path / 'learned')


def test_an_interface_is_read_as_words():
    assert plain_text('/arm/setSpeed data: 0..3 # in the_hall\n') == (
        'arm set Speed data: 0..3 # in the hall')


def test_another_encoder_of_the_same_size_is_told(
        tiny_encoder_folder, encoder, tmp_path, caplog):
    write_relevance(learned(encoder), tmp_path / 'learned', {'name': 'them/Other', 'hash': '1'})
    load_relevance(tiny_encoder_folder, tmp_path / 'learned')
    assert 'the relevance model was trained on them/Other, and this is ' in caplog.text


def test_a_judge_prefers_by_label_and_leaves_the_robot_whole(encoder):
    judged = InterfaceJudge(ROBOT, RelevanceModel(encoder, learned(encoder))).judge('the siren')
    assert judged.robot is ROBOT
    assert judged.preference.best('/lamp (topic)', is_whole=True) < 0.0
    # The word that both share decides where the encoder knows nothing.
    assert judged.preference.first() == '/siren'


def test_a_judge_of_a_crowd_prefers_among_what_is_read(encoder):
    crowd = RobotDescription('crowd', services={
        '/siren': SWITCH, **{f'/pump_{number}/enable': SWITCH for number in range(300)}})
    judged = InterfaceJudge(crowd, RelevanceModel(encoder, learned(encoder))).judge('siren on')
    assert len(judged.robot.services) == SIZE and '/siren' in judged.robot.services
    assert judged.preference.first() == '/siren'


class Certain:
    """Knows a score for every line, whatever is said, 0 for those that it is not told of."""

    def __init__(self, *best, none=0.0):
        self._best = best
        self.none = none

    def read(self, lines):
        return torch.zeros(len(lines))

    def scores(self, sentence, vectors):
        vectors[:len(self._best)] = torch.tensor(self._best)
        return vectors


@pytest.mark.parametrize('best, count', [
    ((30.0,), ALWAYS + 1), ((30.0,) * 2, ALWAYS + 2), ((30.0,) * 40, SIZE), ((), SIZE)])
def test_of_a_crowd_as_many_are_read_as_may_be_meant(best, count):
    crowd = RobotDescription('crowd', services={
        f'/pump_{number}/enable': SWITCH for number in range(300)})
    judged = InterfaceJudge(crowd, Certain(*best)).judge('go')
    assert len(judged.robot.services) == count


def test_nothing_fits_as_much_as_the_relevance_model_says():
    def weights(none):
        preference = InterfaceJudge(ROBOT, Certain(8.0, none=none)).judge('x').preference
        return [preference.best(text) for text in (
            preference.first(), 'no:', f'no: {NONE_FITS[0]}')]

    (little, least, none), (most, mere, hardly) = weights(30.0), weights(-30.0)
    assert little < -20 and math.isclose(least, 0.0, abs_tol=0.01) and none == least
    # That none fits is as unlikely as that; ...
    assert hardly < -20
    # ... declining for a reason that is not seen from the names stays possible.
    assert math.isclose(most, 0.0, abs_tol=0.01) and mere == LEAST_OF_DECLINING


def test_without_a_relevance_model_nothing_is_preferred(encoder):
    assert InterfaceJudge(ROBOT, None).judge('the siren').preference is None
    nothing = InterfaceJudge(
        RobotDescription('empty'), RelevanceModel(encoder, learned(encoder)))
    assert nothing.judge('go').preference is None


@pytest.mark.real_model
def test_what_ships_finds_the_interface_on_robots_that_it_has_not_learned_from():
    relevance = load_relevance(Path(fetch_model(DEFAULT_ENCODER, print)))
    found = total = 0
    judges = {}
    for example in load_examples(share_file('data', 'general_heldout.jsonl'))[::3]:
        if example.command is None:
            continue
        robot = example.robot
        judge = judges.setdefault(id(robot), InterfaceJudge(robot, relevance))
        preferred = judge.judge(example.instruction).preference.first()
        found += preferred.partition(' ')[0] == example.command.name
        total += 1
    assert total > 60 and found / total > 0.9
