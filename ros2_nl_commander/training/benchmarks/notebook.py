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
The notebook "c02 P-Tuning" as it was written: the yardstick of ``benchmark``, used nowhere else.

It works on the plain transformers model, one pair at a time, whole sequences through the output
layer, no end token, and ``generate`` from embeddings; whatever this package does otherwise is
measured against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ros2_nl_commander.model.prompts import PTuningV2Prompt
from ros2_nl_commander.training.settings import NOTEBOOK
import torch
from transformers import AutoModelForCausalLM

MAX_NEW_TOKENS = 64

#: A sentence and the text it should become.
Pair = tuple[str, str]


def load_like_notebook(folder: Path, device: torch.device) -> Any:
    """Load the model as the notebook does: bfloat16 on a GPU, float32 on a CPU."""
    dtype = torch.bfloat16 if device.type == 'cuda' else torch.float32
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype)
    return model.to(device).eval().requires_grad_(False)


def train_like_notebook(
    model: Any, tokenizer: Any, prompt: PTuningV2Prompt, pairs: Sequence[Pair]
) -> list[float]:
    """
    Train as the notebook does.

    :param model: the frozen transformers model
    :returns: mean loss of each epoch
    """
    optimizer = torch.optim.AdamW(prompt.parameters(), lr=NOTEBOOK.learning_rate)
    losses = []
    for _ in range(NOTEBOOK.epochs):
        total = 0.0
        for pair in pairs:
            optimizer.zero_grad()
            loss = _loss(model, tokenizer, prompt, pair)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(prompt.parameters(), NOTEBOOK.clip)
            optimizer.step()
            total += loss.item()
        losses.append(total / len(pairs))
    return losses


@torch.no_grad()
def answer_like_notebook(
    model: Any, tokenizer: Any, prompt: PTuningV2Prompt, sentence: str
) -> str:
    """Answer as the notebook does: up to 64 tokens, greedily."""
    ids = _ids(tokenizer, sentence).to(model.device)
    embedded = torch.cat((_prompt(prompt, model), model.get_input_embeddings()(ids)), dim=1)
    output = model.generate(
        inputs_embeds=embedded, max_new_tokens=MAX_NEW_TOKENS, do_sample=False,
        attention_mask=torch.ones_like(embedded[..., 0], dtype=torch.long),
        pad_token_id=tokenizer.eos_token_id)
    return str(tokenizer.decode(output[0], skip_special_tokens=True))


def _loss(model: Any, tokenizer: Any, prompt: PTuningV2Prompt, pair: Pair) -> torch.Tensor:
    ids, answer = (_ids(tokenizer, text).to(model.device) for text in pair)  # (1, T) each
    learned = _prompt(prompt, model)  # (1, P, H)
    embedded = torch.cat((learned, model.get_input_embeddings()(torch.cat((ids, answer), 1))), 1)
    ignored = torch.full((1, learned.shape[1] + ids.shape[1]), -100, device=model.device)
    output = model(inputs_embeds=embedded, labels=torch.cat((ignored, answer), dim=1))
    loss: torch.Tensor = output.loss
    return loss


def _prompt(prompt: PTuningV2Prompt, model: Any) -> torch.Tensor:
    embeddings = prompt.fold().embeddings
    if embeddings is None:
        raise TypeError('the notebook needs a prompt of embeddings')
    return embeddings[None].to(model.device, model.dtype)


def _ids(tokenizer: Any, text: str) -> torch.Tensor:
    ids: torch.Tensor = tokenizer(text, return_tensors='pt').input_ids
    return ids
