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

"""The real vocabulary and the real model: what a model of bytes cannot show."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.context import context_from_robot, RobotContext
from ros2_nl_commander.language.generation import DEFAULT_MODEL
from ros2_nl_commander.language.grammar import grammar_from_robot
from ros2_nl_commander.language.lark import lark_from_grammar
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.language.robot import load_robot
from ros2_nl_commander.model.backbone import load_backbone
from ros2_nl_commander.model.captured import CapturedRunner
from ros2_nl_commander.model.constraint import GrammarEngine
from ros2_nl_commander.model.contexts import ContextReader
from ros2_nl_commander.model.decode import decode_likeliest, Ending
from ros2_nl_commander.model.drafts import Drafter, Precedent
from ros2_nl_commander.model.fetch import fetch_model
from ros2_nl_commander.model.forward import embed, read
from ros2_nl_commander.model.key_values import KeyValueCache
from ros2_nl_commander.model.runner import PlainRunner, rank
from ros2_nl_commander.model.sequence import LAYOUTS, SequenceEncoder
import torch

#: Fetching the model is part of it where this test is the first.
pytestmark = [pytest.mark.real_model, pytest.mark.timeout(1200)]

SENTENCES = ('move forward 2 meters', 'say "mind the step, please" loudly', 'mute the siren',
             'raise the lift to 65 cm', 'what is the weather like?')
STEPWISE = '%llguidance {"no_forcing": true}\n'


@pytest.fixture(scope='module')
def backbone():
    """Return the model in float32, so that only real differences show."""
    return load_backbone(fetch_model(DEFAULT_MODEL, print), device='cpu', dtype='float32')


@pytest.fixture(scope='module')
def sequence(backbone):
    return SequenceEncoder(backbone.tokenizer, LAYOUTS['chat'])


@pytest.fixture(scope='module')
def engine(backbone, sequence):
    return GrammarEngine(backbone, sequence.end_ids)


@pytest.fixture(scope='module')
def robot():
    return load_robot(share_file('config', 'robots', 'demo_robot.yaml'))


@pytest.fixture(scope='module')
def lark(robot):
    return lark_from_grammar(grammar_from_robot(robot))


@pytest.fixture(scope='module')
def prefix(backbone, sequence, robot):
    return ContextReader(backbone, sequence).read(context_from_robot(robot))


def decode(backbone, sequence, prefix, constraint, sentence, precedents=(), runner=None):
    ids = sequence.instruction_ids(sentence, behind_context=True)
    with (runner or PlainRunner(backbone)).behind(prefix, len(ids) + 40) as run:
        return decode_likeliest(
            run, ids, start=constraint.start, drafter=Drafter(ids, precedents),
            max_new_tokens=40, should_stop=lambda: False, search_forwards=0)


def test_cached_equals_uncached(backbone, sequence, engine, robot, lark):
    """A context that grew line by line gives the same answers as one that is read in one go."""
    context = context_from_robot(robot)
    reader = ContextReader(backbone, sequence)
    for count in (2, 5, 6):
        reader.read(RobotContext(context.header, context.blocks[:count]))
    cache = KeyValueCache()
    with torch.no_grad():
        read(backbone, embed(backbone, torch.tensor([sequence.context_ids(context)])), cache)
    cached, expected = reader.read(context), cache.key_values()
    for pairs in zip(cached, expected):
        for some, other in zip(*pairs):
            torch.testing.assert_close(some, other, rtol=1e-3, atol=1e-3)
    constraint = engine.compile(lark)
    for sentence in SENTENCES:
        assert decode(backbone, sequence, cached, constraint, sentence).ids == decode(
            backbone, sequence, expected, constraint, sentence).ids


def test_forced_equals_stepwise(backbone, sequence, engine, prefix, lark):
    """
    The same is written, and for most sentences token for token.

    Step by step the model may spell a forced word in uncommon tokens (a blank alone, then the
    word), which is why forced ones are those that the tokenizer makes of it.
    """
    jumping, stepping = engine.compile(lark), engine.compile(STEPWISE + lark)
    tokenizer, same = backbone.tokenizer, 0
    for sentence in SENTENCES:
        jumped = decode(backbone, sequence, prefix, jumping, sentence)
        stepped = decode(backbone, sequence, prefix, stepping, sentence)
        text = tokenizer.decode(stepped.ids)
        assert tokenizer.decode(jumped.ids) == text and jumped.ending is Ending.WHOLE
        same += jumped.ids == stepped.ids
        assert jumped.forced > stepped.forced == 0 and jumped.forwards < stepped.forwards
        precedent = Precedent((1,), (*jumped.ids, sequence.end_id))
        guessed = decode(backbone, sequence, prefix, jumping, sentence, [precedent])
        assert guessed.ids == jumped.ids and guessed.forwards <= jumped.forwards
    assert same > len(SENTENCES) // 2


def test_at_fixed_places_the_answers_are_the_same(backbone, sequence, engine, prefix, lark):
    """What a GPU runs captured, here as it is: padded, masked, in one cache for all sentences."""
    runner, constraint = CapturedRunner(backbone), engine.compile(lark)
    for sentence in SENTENCES:
        plain = decode(backbone, sequence, prefix, constraint, sentence)
        assert decode(backbone, sequence, prefix, constraint, sentence, runner=runner) == plain


def test_what_is_forced_leaves_the_next_token_whole(backbone, engine):
    """A space that is forced before a number would make every minus a rare token."""
    matching = engine.compile('start: "x: " /-?[0-9]/').start()
    tokenizer = backbone.tokenizer
    assert tokenizer.decode(matching.forced()) == 'x:'
    for text in (' -', ' '):
        scores = torch.zeros(backbone.shape.vocabulary)
        scores[tokenizer.encode(text)] = 1
        assert tokenizer.decode(rank(scores, *matching.masks([]))[0][0]) == text


def test_nothing_but_text_may_follow_in_a_text(backbone, engine):
    matching = engine.compile(r'start: "x " /"([^"\\\x00-\x1f\x7f]|\\["\\]){0,240}"/').start()
    matching.forced()
    matching.accept(*backbone.tokenizer.encode(' "'))
    for token in range(151643, backbone.shape.vocabulary):
        scores = torch.zeros(backbone.shape.vocabulary)
        scores[token] = 1  # the likeliest by far, were it allowed
        assert rank(scores, *matching.masks([]))[0][0] < 151643
