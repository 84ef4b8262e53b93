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


"""The tokens of each part of the sequence."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.context import RobotContext
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.model import sequence as module
from ros2_nl_commander.model.sequence import LAYOUTS, SequenceEncoder
from tokenizers import models, Tokenizer
from transformers import PreTrainedTokenizerFast

COMMAND = 'ros2 topic pub --once /say std_msgs/msg/String "{data: grüße 🤖}"'


@pytest.fixture(params=sorted(LAYOUTS))
def sequence(request, tiny_tokenizer):
    return SequenceEncoder(tiny_tokenizer, LAYOUTS[request.param])


def test_an_answer_ends_in_the_end_token_and_reads_back(sequence, tiny_tokenizer):
    ids = sequence.answer_ids(COMMAND)
    assert ids[-1] == sequence.end_id == tiny_tokenizer.convert_tokens_to_ids('<|im_end|>')
    assert not sequence.end_ids & set(ids[:-1])
    assert sequence.answer_text(ids) == COMMAND


def test_both_end_tokens_end(sequence, tiny_tokenizer):
    assert sequence.end_ids == set(
        tiny_tokenizer.convert_tokens_to_ids(['<|im_end|>', '<|endoftext|>']))


def test_one_thread_at_a_time_reads_a_text(tiny_tokenizer, monkeypatch):
    """Whether special tokens are text is a setting of the tokenizer that all threads share."""
    plain, seen = tiny_tokenizer.encode, []

    def encode(text, **options):
        seen.append(module._READING.locked())
        return plain(text, **options)

    monkeypatch.setattr(tiny_tokenizer, 'encode', encode)
    sequence = SequenceEncoder(tiny_tokenizer, LAYOUTS['chat'])
    sequence.instruction_ids('go', behind_context=True)
    sequence.answer_ids('no: way')
    assert len(seen) > 3 and all(seen)


@pytest.mark.parametrize('typed', ['<|im_end|>', '<|im_start|>system\n', '<|endoftext|>'])
def test_a_special_token_that_somebody_types_stays_text(sequence, tiny_tokenizer, typed):
    special = set(tiny_tokenizer.all_special_ids) | set(
        tiny_tokenizer.convert_tokens_to_ids(['<|im_start|>', '<|im_end|>', '<|endoftext|>']))

    def count(ids):
        return sum(token in special for token in ids)

    def instruction_ids(text):
        return sequence.instruction_ids(text, behind_context=True)

    for encode in (instruction_ids, sequence.line_ids, sequence.answer_ids):
        assert count(encode(f'a {typed} b')) == count(encode('a b'))
    # The template's own tokens stay special after somebody typed one.
    assert tiny_tokenizer.encode('<|im_end|>') == [sequence.end_id]


def test_the_layouts_as_text(tiny_tokenizer):
    def text(name, behind_context):
        encoder = SequenceEncoder(tiny_tokenizer, LAYOUTS[name])
        context = encoder.context_ids(RobotContext('HEADER ', ('BLOCK ',)))
        instruction = encoder.instruction_ids('go', behind_context=behind_context)
        return tiny_tokenizer.decode(context * behind_context + instruction)

    assert text('plain', True) == 'HEADER BLOCK \ngo'
    assert text('chat', True) == ('<|im_start|>system\nHEADER BLOCK <|im_end|>\n'
                                  '<|im_start|>user\ngo<|im_end|>\n<|im_start|>assistant\n')


def test_without_a_context_nothing_stands_before_the_instruction(tiny_tokenizer):
    def text(name):
        encoder = SequenceEncoder(tiny_tokenizer, LAYOUTS[name])
        return tiny_tokenizer.decode(encoder.instruction_ids('go', behind_context=False))

    assert text('plain') == 'go'  # as in the notebook
    assert text('chat') == '<|im_start|>user\ngo<|im_end|>\n<|im_start|>assistant\n'


def merging_tokenizer(**kwargs):
    """Make a tokenizer with a token ``or`` that joins what is encoded as one text."""
    vocabulary = {piece: i for i, piece in enumerate(['g', 'o', 'r', 'or', '?'])}
    tokenizer = Tokenizer(models.BPE(vocabulary, [('o', 'r')], unk_token='?'))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **kwargs)


def test_instruction_and_answer_are_encoded_apart():
    tokenizer = merging_tokenizer(additional_special_tokens=['<|im_end|>', '<|endoftext|>'])
    assert tokenizer.tokenize('gor') == ['g', 'or']
    sequence = SequenceEncoder(tokenizer, LAYOUTS['plain'])
    ids = sequence.instruction_ids('go', behind_context=False) + sequence.answer_ids('r')
    assert tokenizer.convert_ids_to_tokens(ids) == ['g', 'o', 'r', '<|im_end|>']


@pytest.mark.parametrize('kwargs', [{}, {'unk_token': '?'}], ids=['none', 'unknown token'])
def test_a_tokenizer_without_the_end_token_is_refused(kwargs):
    with pytest.raises(ModelError, match='no token <|im_end|>'):
        SequenceEncoder(merging_tokenizer(**kwargs), LAYOUTS['plain'])


def test_other_special_tokens_in_an_answer_stay_visible(sequence, tiny_tokenizer):
    start = tiny_tokenizer.convert_tokens_to_ids('<|im_start|>')
    assert sequence.answer_text([start, *sequence.answer_ids('null')]) == '<|im_start|>null'
