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

"""
One sentence as a request to an engine that serves many robots: vLLM, given prompt embeddings.

A learned prompt has no tokens, so the engine gets the input embeddings of all that stands before
the answer, in the order in which this package reads them itself. Writes requests and sends none;
what comes back is read by ``language.verdict.command_or_reason``. See docs/fleets.md.

Shapes: T positions, P prompt tokens, H hidden size.
Source: vLLM 0.33.0, its pages prompt_embeds and structured_outputs.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence, Set
import io
from typing import Any

from ros2_nl_commander.language.context import RobotContext
from ros2_nl_commander.language.errors import CheckpointError
from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.forward import embed
from ros2_nl_commander.model.prompts import check_fits, FoldedPrompt
from ros2_nl_commander.model.sequence import SequenceEncoder
import torch


@torch.no_grad()
def embed_sequence(
    backbone: Backbone, sequence: SequenceEncoder, prompt: FoldedPrompt, context: RobotContext,
    instruction: str,
) -> torch.Tensor:
    """
    Give all that stands before an answer as one run of input embeddings.

    :param backbone: the weights that the engine serves; only the input embeddings are used
    :param prompt: of the kind ``soft`` or ``mlp``
    :param context: of the robot, or of the interfaces that the sentence may mean
    :param instruction: what ``check_instruction`` has passed
    :returns: context, prompt, instruction: (T, H), in the number format of the backbone
    :raises CheckpointError: if the prompt is of the kind ``deep`` or was made for another model
    """
    if prompt.embeddings is None:
        raise CheckpointError(
            'A deep prompt is keys and values in every layer, which no engine takes over HTTP: '
            'expected kind soft or mlp, got deep; train one with --kind soft')
    check_fits(prompt, backbone.shape)  # a wrong width is said to crash the engine for everybody
    behind = sequence.instruction_ids(instruction, behind_context=not context.is_empty)
    return torch.cat((
        _embedded(backbone, sequence.context_ids(context)),
        prompt.embeddings.to(backbone.device, backbone.dtype),  # (P, H)
        _embedded(backbone, behind)))


def completion_request(
    model: str, embedded: torch.Tensor, *, grammar: str, end_ids: Set[int], max_new_tokens: int,
) -> dict[str, Any]:
    """
    Write the body of a request to ``/v1/completions``, ready to be written as JSON.

    :param model: the name under which the engine serves the model
    :param embedded: (T, H), of ``embed_sequence``
    :param grammar: what an answer must follow, as ``language.lark`` writes it
    :param end_ids: tokens that end an answer
    :param max_new_tokens: longest answer, with its end
    """
    return {
        'model': model,
        'prompt_embeds': _base64_from_tensor(embedded),
        'max_tokens': max_new_tokens,
        'temperature': 0.0,
        # A model's generation_config.json may have another one, which the engine would apply.
        'repetition_penalty': 1.0,
        'stop_token_ids': sorted(end_ids),
        'structured_outputs': {'grammar': grammar},
    }


def _embedded(backbone: Backbone, ids: Sequence[int]) -> torch.Tensor:
    return embed(backbone, torch.tensor(ids, dtype=torch.long, device=backbone.device))


def _base64_from_tensor(tensor: torch.Tensor) -> str:
    # A view would be saved with all that it is a view of.
    file = io.BytesIO()
    torch.save(tensor.detach().cpu().clone(), file)
    return base64.b64encode(file.getvalue()).decode('ascii')
