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


"""The loss: the answer's tokens and nothing else, whatever way the sequence is computed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ros2_nl_commander.language.context import RobotContext
from ros2_nl_commander.model.contexts import ContextReader
from ros2_nl_commander.model.forward import embed, logits, read, read_prefix
from ros2_nl_commander.model.key_values import KeyValueCache
from ros2_nl_commander.model.prompts import DeepPrompt, FoldedPrompt, PTuningV2Prompt
from ros2_nl_commander.model.sequence import LAYOUTS, SequenceEncoder
from ros2_nl_commander.training.batches import EncodedExample, make_batches
from ros2_nl_commander.training.objective import Objective
import torch
from torch.nn import functional

NOWHERE = RobotContext()
CONTEXT = RobotContext('Answer.\n', ('/go\n', '/stay data: true|false\n'))


@pytest.fixture
def sequence(tiny_tokenizer):
    return SequenceEncoder(tiny_tokenizer, LAYOUTS['chat'])


@pytest.fixture
def batch(sequence):
    pairs = [('go', 'ros2'), ('a longer sentence', 'null'), ('x', 'another answer')]
    (batch,) = make_batches(
        [EncodedExample(CONTEXT, tuple(sequence.instruction_ids(
            instruction, behind_context=True)),
                        tuple(sequence.answer_ids(answer))) for instruction, answer in pairs],
        3, sequence.end_id)
    return batch


def reference_loss(backbone, embeddings, batch):
    """Compute the loss as the notebook does: whole sequences, whole head, labels of -100."""
    total = torch.zeros(())
    for ids, shifted in zip(batch.ids, batch.labels):
        parts = (embeddings, backbone.embeddings(ids))
        hidden = backbone.body(inputs_embeds=torch.cat(parts)[None]).last_hidden_state[0]
        ignored = torch.full((len(embeddings) + 1,), -100)
        labels = torch.cat((ignored, shifted[:-1]))  # the label of a position is its own token
        scores = backbone.head(hidden)
        total = total + functional.cross_entropy(
            scores[:-1], labels[1:], ignore_index=-100, reduction='sum')
    return total


def test_loss_and_gradient_are_those_of_the_plain_computation(tiny_backbone, sequence, batch):
    batch = replace(batch, context=NOWHERE)
    encoder = PTuningV2Prompt(tiny_backbone.shape, 4)
    loss, tokens = Objective(tiny_backbone, sequence).total(encoder.fold(), batch)
    expected = reference_loss(tiny_backbone, encoder.fold().embeddings, batch)
    assert tokens == len('ros2') + len('null') + len('another answer') + 3
    torch.testing.assert_close(loss, expected, rtol=1e-4, atol=1e-4)
    parameters = list(encoder.parameters())
    for ours, theirs in zip(torch.autograd.grad(loss, parameters),
                            torch.autograd.grad(expected, parameters)):
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-4)


def test_training_reads_the_context_as_answering_does(tiny_backbone, sequence, batch):
    encoder = DeepPrompt(tiny_backbone.shape, 3)
    loss, _ = Objective(tiny_backbone, sequence).total(encoder.fold(), batch)
    context = ContextReader(tiny_backbone, sequence).read(CONTEXT)
    prefix = read_prefix(tiny_backbone, context, encoder.fold())
    total = torch.zeros(())
    for ids, labels in zip(batch.ids, batch.labels):
        hidden = read(tiny_backbone, embed(tiny_backbone, ids[None]), KeyValueCache(prefix))
        total = total + functional.cross_entropy(
            logits(tiny_backbone, hidden[0]), labels, ignore_index=-100, reduction='sum')
    torch.testing.assert_close(loss, total, rtol=1e-4, atol=1e-4)


def test_a_deep_prompt_that_holds_what_embeddings_leave_has_the_same_loss(
        tiny_backbone, sequence, batch):
    # At position 0 keys are not rotated, so those of one embedding are a deep prompt of one token.
    batch = replace(batch, context=NOWHERE)
    soft = FoldedPrompt(embeddings=torch.randn(1, tiny_backbone.shape.hidden_size))
    pairs = read_prefix(tiny_backbone, [], soft)
    deep = FoldedPrompt(key_values=torch.stack([torch.cat(pair) for pair in pairs]))
    objective = Objective(tiny_backbone, sequence)
    torch.testing.assert_close(objective.total(deep, batch), objective.total(soft, batch),
                               rtol=1e-4, atol=1e-4)


def test_every_number_of_a_deep_prompt_gets_a_gradient(tiny_backbone, sequence, batch):
    encoder = DeepPrompt(tiny_backbone.shape, 3)
    loss, _ = Objective(tiny_backbone, sequence).total(encoder.fold(), batch)
    loss.backward()
    assert (encoder.embedding.weight.grad != 0).float().mean() > 0.99


def test_only_the_answer_goes_through_the_output_layer(tiny_backbone, sequence, batch):
    rows = []

    class Head(torch.nn.Module):

        def forward(self, hidden):
            rows.append(hidden.shape)
            return tiny_backbone.head(hidden)

    objective = Objective(replace(tiny_backbone, head=Head()), sequence)
    _, tokens = objective.total(PTuningV2Prompt(tiny_backbone.shape, 4).fold(), batch)
    assert rows == [(tokens, tiny_backbone.shape.hidden_size)]


def test_only_the_end_of_a_context_that_grew_is_read(tiny_backbone, sequence, batch):
    lengths = []

    def body(*args, **kwargs):
        lengths.append(kwargs['inputs_embeds'].shape[1])
        return tiny_backbone.body(*args, **kwargs)

    body.rotary_emb = tiny_backbone.body.rotary_emb
    objective = Objective(replace(tiny_backbone, body=body), sequence)
    prompt = PTuningV2Prompt(tiny_backbone.shape, 4).fold()
    more = RobotContext(CONTEXT.header, (*CONTEXT.blocks, '/new\n'))
    forwards = []
    for context in (CONTEXT, CONTEXT, more):
        lengths.clear()
        objective.total(prompt, replace(batch, context=context))
        forwards.append(len(lengths))
    assert forwards == [2, 1, 2]  # context and sentences; sentences; the new line besides
    assert lengths[0] == len(sequence.context_ids(more)) - len(sequence.context_ids(CONTEXT))
