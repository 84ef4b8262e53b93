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

"""What an engine is asked: it needs nothing else to answer as this package does."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
import sys
from types import SimpleNamespace

import pytest
from ros2_nl_commander.language.command import ServiceCall
from ros2_nl_commander.language.context import context_from_robot
from ros2_nl_commander.language.errors import CheckpointError
from ros2_nl_commander.language.generation import GeneratorSettings
from ros2_nl_commander.language.grammar import grammar_from_robot
from ros2_nl_commander.language.lark import lark_from_grammar
from ros2_nl_commander.language.robot import EMPTY_ROBOT, RobotDescription
from ros2_nl_commander.language.robot_writer import write_robot
from ros2_nl_commander.language.verdict import command_or_reason
from ros2_nl_commander.model.backbone import backbone_from_model
from ros2_nl_commander.model.checkpoint import PromptCard, save_prompt, TrainedPrompt
from ros2_nl_commander.model.contexts import ContextReader
from ros2_nl_commander.model.decode import decode_likeliest
from ros2_nl_commander.model.drafts import Drafter
from ros2_nl_commander.model.engine_request import completion_request, embed_sequence
from ros2_nl_commander.model.forward import read_prefix
from ros2_nl_commander.model.generator import CommandGenerator
from ros2_nl_commander.model.matching import FreeMatching
from ros2_nl_commander.model.prompts import DeepPrompt, FoldedPrompt, PTuningV2Prompt, SoftPrompt
from ros2_nl_commander.model.runner import PlainRunner
from ros2_nl_commander.model.sequence import LAYOUTS, SequenceEncoder
import torch
from transformers import LogitsProcessor

llguidance = pytest.importorskip('llguidance')
llguidance_hf = pytest.importorskip('llguidance.hf')
llguidance_torch = pytest.importorskip('llguidance.torch')

SENTENCE = 'say "hello" to everybody'
ROBOT = RobotDescription(
    'r', topics={'/volume': 'std_msgs/msg/UInt8', '/say': 'std_msgs/msg/String'},
    services={'/dock': 'std_srvs/srv/Trigger'}, limits={'/volume': {'data': (0.0, 100.0)}})
OTHER = RobotDescription('other', services={'/lamp': 'std_srvs/srv/SetBool'})
TOKENS = 24


@pytest.fixture
def build_model(build_tiny_model, tiny_tokenizer):
    """Return what builds models whose answers depend on all that they read."""
    end, other_end = tiny_tokenizer.convert_tokens_to_ids(['<|im_end|>', '<|endoftext|>'])

    def build(seed):
        model = build_tiny_model(seed, initializer_range=0.3)
        # The engine lets the tokenizer's own end token end an answer and no other, our decoding
        # either: with the same scores it does not matter which.
        with torch.no_grad():
            model.lm_head.weight[other_end] = model.lm_head.weight[end]
        return model

    return build


def prompt_of(kind, shape):
    torch.manual_seed(1)
    if kind == 'soft':
        return SoftPrompt(shape, 4, torch.randn(4, shape.hidden_size)).fold()
    return PTuningV2Prompt(shape, 4, initial=torch.randn(4, shape.hidden_size) * 9).fold()


def request_for(backbone, prompt, robot, layout='plain', max_new_tokens=120):
    sequence = SequenceEncoder(backbone.tokenizer, LAYOUTS[layout])
    embedded = embed_sequence(backbone, sequence, prompt, context_from_robot(robot), SENTENCE)
    return completion_request(
        'served', embedded, grammar=lark_from_grammar(grammar_from_robot(robot)),
        end_ids=sequence.end_ids, max_new_tokens=max_new_tokens)


def tensor_of(body):
    return torch.load(io.BytesIO(base64.b64decode(body['prompt_embeds'], validate=True)),
                      weights_only=True)


def own_tokens(backbone, sequence, prompt, context):
    prefix = read_prefix(backbone, ContextReader(backbone, sequence).read(context), prompt)
    ids = sequence.instruction_ids(SENTENCE, behind_context=not context.is_empty)
    with PlainRunner(backbone).behind(prefix, len(ids) + TOKENS) as run:
        return decode_likeliest(
            run, ids, start=lambda: FreeMatching(sequence.end_ids, len(backbone.tokenizer)),
            drafter=Drafter(ids, ()), max_new_tokens=TOKENS, should_stop=lambda: False,
            search_forwards=0).ids


class Masked(LogitsProcessor):
    """Masks as vLLM's backend ``guidance`` does: its calls, its tokenizer, the default limits."""

    def __init__(self, tokenizer, width, grammar):
        self._matcher = llguidance.LLMatcher(
            llguidance_hf.from_tokenizer(tokenizer, width),
            llguidance.grammar_from('grammar', grammar))
        assert not self._matcher.get_error()
        self._mask = llguidance_torch.allocate_token_bitmask(1, width)
        self._is_first = True

    def __call__(self, input_ids, scores):
        if not self._is_first:
            assert self._matcher.is_stopped() or self._matcher.consume_token(int(input_ids[0, -1]))
        self._is_first = False
        llguidance_torch.fill_next_token_bitmask(self._matcher, self._mask)
        llguidance_torch.apply_token_bitmask_inplace(scores, self._mask)
        return scores


def engine_answer(model, tokenizer, written):
    """Stand in for the engine: knows the model and what was sent, and nothing else."""
    body = json.loads(written)
    assert (body['temperature'], body['repetition_penalty']) == (0, 1)
    masked = Masked(tokenizer, model.config.vocab_size, body['structured_outputs']['grammar'])
    ids = model.generate(
        inputs_embeds=tensor_of(body)[None], max_new_tokens=body['max_tokens'], do_sample=False,
        eos_token_id=body['stop_token_ids'], logits_processor=[masked])[0].tolist()
    is_whole = ids[-1] in body['stop_token_ids']
    return tokenizer.decode(ids[:-1] if is_whole else ids), is_whole


@pytest.mark.parametrize('robot', [ROBOT, EMPTY_ROBOT], ids=['r', 'empty'])
@pytest.mark.parametrize('layout', ['plain', 'chat'])
@pytest.mark.parametrize('kind', ['soft', 'mlp'])
def test_generate_behind_the_tensor_writes_the_tokens_of_our_own_decoding(
        build_model, tiny_tokenizer, kind, layout, robot):
    model = build_model(3)
    backbone = backbone_from_model(model, tiny_tokenizer)
    sequence = SequenceEncoder(tiny_tokenizer, LAYOUTS[layout])
    prompt, context = prompt_of(kind, backbone.shape), context_from_robot(robot)
    embedded = embed_sequence(backbone, sequence, prompt, context, SENTENCE)
    ids = sequence.instruction_ids(SENTENCE, behind_context=not context.is_empty)
    assert embedded.shape == (len(sequence.context_ids(context)) + 4 + len(ids), 32)

    theirs = model.generate(
        inputs_embeds=embedded[None], max_new_tokens=TOKENS, do_sample=False,
        eos_token_id=sorted(sequence.end_ids),
        suppress_tokens=list(range(len(tiny_tokenizer), model.config.vocab_size)))[0].tolist()
    own = own_tokens(backbone, sequence, prompt, context)
    assert len(own) > 2 and theirs[:len(own)] == own


@pytest.mark.parametrize('robot', [ROBOT, OTHER], ids=['r', 'other'])
def test_who_has_the_request_alone_answers_as_this_package_does(
        build_model, tiny_tokenizer, robot):
    outcomes = []
    for seed in range(6):
        model = build_model(seed)
        backbone = backbone_from_model(model, tiny_tokenizer)
        prompt = prompt_of('soft', backbone.shape)
        generator = CommandGenerator(
            backbone, TrainedPrompt(prompt, PromptCard('soft', 'plain')),
            GeneratorSettings('tiny', 'mine', max_new_tokens=120))
        generator.use_robot(robot)
        own = generator.generate(SENTENCE)

        text, is_whole = engine_answer(
            model, tiny_tokenizer, json.dumps(request_for(backbone, prompt, robot)))
        if is_whole:
            outcomes.append(command_or_reason(SENTENCE, text, robot))
            assert outcomes[-1] == (own.command, own.reason)
        else:
            assert own.reason.startswith('no end within 120 tokens')
    assert any(command for command, _ in outcomes) and any(reason for _, reason in outcomes)


def test_the_request_carries_the_tensor_and_no_more(tiny_backbone):
    wide = torch.randn(50, 32, dtype=torch.bfloat16)
    view = wide[10:20]
    body = completion_request(
        'served', view, grammar='start: "a"', end_ids=frozenset({7, 3}), max_new_tokens=9)
    assert torch.equal(tensor_of(body), view) and tensor_of(body).dtype == torch.bfloat16
    assert len(base64.b64decode(body.pop('prompt_embeds'))) < view.nbytes + 2_000 < wide.nbytes
    assert json.loads(json.dumps(body)) == {
        'model': 'served', 'max_tokens': 9, 'temperature': 0.0, 'repetition_penalty': 1.0,
        'stop_token_ids': [3, 7], 'structured_outputs': {'grammar': 'start: "a"'}}


@pytest.mark.parametrize('text, fits', [
    ('/volume data: 30', True), ('/dock', True), ('no: what value', True),
    ('/volume level: 3', False), ('/loudness data: 30', False), ('rm -rf /', False),
    ('/volume data: ', False)])
def test_the_grammar_of_the_request_is_one_for_the_engine(tiny_backbone, text, fits):
    body = request_for(tiny_backbone, prompt_of('soft', tiny_backbone.shape), ROBOT)
    grammar = llguidance.grammar_from('grammar', body['structured_outputs']['grammar'])
    assert llguidance.LLMatcher.validate_grammar(grammar, None) == ''
    matcher = llguidance.LLMatcher(
        llguidance_hf.from_tokenizer(tiny_backbone.tokenizer, tiny_backbone.shape.vocabulary),
        grammar)
    ids = tiny_backbone.tokenizer.encode(text)
    is_whole = matcher.validate_tokens(ids) == len(ids) and matcher.consume_tokens(ids)
    assert (is_whole and matcher.is_accepting()) is fits


def test_a_deep_prompt_and_one_of_another_model_are_refused(tiny_backbone):
    sequence = SequenceEncoder(tiny_backbone.tokenizer, LAYOUTS['chat'])
    context = context_from_robot(ROBOT)
    deep = DeepPrompt(tiny_backbone.shape, 4).fold()
    with pytest.raises(CheckpointError, match='expected kind soft or mlp, got deep'):
        embed_sequence(tiny_backbone, sequence, deep, context, SENTENCE)
    wide = FoldedPrompt(embeddings=torch.zeros(4, 48))
    with pytest.raises(CheckpointError, match=r'expected \(4, 32\), got \(4, 48\)'):
        embed_sequence(tiny_backbone, sequence, wide, context, SENTENCE)


def test_the_example_of_the_page_about_fleets(
        tiny_model_folder, tiny_backbone, tmp_path, monkeypatch):
    page = (Path(__file__).parents[2] / 'docs' / 'fleets.md').read_text(encoding='utf-8')
    example = page.partition('```python\n')[2].partition('```')[0]
    prompt = prompt_of('soft', tiny_backbone.shape)
    monkeypatch.chdir(tmp_path)
    save_prompt(Path('runs/fleet'), TrainedPrompt(prompt, PromptCard('soft', 'chat')))
    Path('robot.yaml').write_text(write_robot(ROBOT), encoding='utf-8')
    posted = []

    def post(url, json, timeout):
        posted.append((url, json))
        return SimpleNamespace(
            json=lambda: {'choices': [{'text': '/dock', 'finish_reason': 'stop'}]})

    monkeypatch.setitem(sys.modules, 'requests', SimpleNamespace(post=post))
    names = {}
    exec(example.replace('Qwen/Qwen2.5-Coder-1.5B-Instruct', str(tiny_model_folder)), names)
    assert names['command'] == ServiceCall('/dock', 'std_srvs/srv/Trigger', {})
    ((url, body),) = posted
    assert url == 'http://127.0.0.1:8000/v1/completions'
    assert tensor_of(body).shape[1] == 32 and body['model'] == str(tiny_model_folder)
