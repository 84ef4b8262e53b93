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
The same training steps in two ways: this package's, and Hugging Face PEFT's.

Both start from the same values. PEFT has the prompt before everything and the robot's context in
the input of every sentence; here the context comes first and is read once.

Shapes: B batch, T positions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
import tempfile
import time
from typing import Any

from accelerate import Accelerator
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.model.backbone import (
    Backbone, choose_device, choose_dtype, load_backbone)
from ros2_nl_commander.model.checkpoint import PromptCard, TrainedPrompt
from ros2_nl_commander.model.peft_adapters import ADAPTER_WEIGHTS, save_adapter
from ros2_nl_commander.model.prompts import PromptEncoder
from ros2_nl_commander.model.sequence import LAYOUTS, SequenceEncoder
from ros2_nl_commander.model.shape import shape_from_config
from ros2_nl_commander.training.batches import EncodedExample
from ros2_nl_commander.training.encoders import build_encoder
from ros2_nl_commander.training.objective import Objective
from ros2_nl_commander.training.settings import TrainingSettings
from ros2_nl_commander.training.step_loss import StepLoss
from safetensors.torch import load_file
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

Encode = Callable[[SequenceEncoder], Sequence[Sequence[EncodedExample]]]


@dataclass(frozen=True, slots=True)
class Course:
    """
    How a few steps went.

    :param losses: of every step, before it [nats a token]
    :param seconds: of every step [s]
    :param tokens: of the sentences and answers of every step
    """

    losses: Sequence[float]
    seconds: Sequence[float]
    tokens: Sequence[int]


def train_ours(
    folder: Path, device: str, dtype: str, settings: TrainingSettings, encode: Encode
) -> Course:
    """
    Train as this package does.

    :param encode: gives the examples of every step
    """
    backbone = load_backbone(folder, device=device, dtype=dtype, for_training=True)
    sequence = SequenceEncoder(backbone.tokenizer, LAYOUTS[settings.layout])
    encoder = build_encoder(settings, backbone)
    loss = StepLoss(Objective(backbone, sequence),
                    Accelerator(cpu=backbone.device.type == 'cpu'), settings.batch_size,
                    sequence.end_id)
    return _train(lambda examples: loss.mean_with_gradient(encoder, examples),
                  encoder.parameters(), settings, encode(sequence))


def train_peft(
    folder: Path, device: str, dtype: str, settings: TrainingSettings, encode: Encode
) -> Course:
    """
    Train with PEFT's prefix tuning for the kind ``deep``, its p-tuning for ``mlp``.

    :param encode: gives the examples of every step
    :raises ModelError: if PEFT is not installed
    """
    target = choose_device(device)
    model: Any = AutoModelForCausalLM.from_pretrained(
        folder, dtype=choose_dtype(dtype, target), local_files_only=True)
    model = model.to(target)
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    # Not packed: PEFT's users have the model as transformers loads it.
    backbone = Backbone(model.model, model.get_output_embeddings(), model.get_input_embeddings(),
                        tokenizer, shape_from_config(model.config), target, model.dtype)
    sequence = SequenceEncoder(tokenizer, LAYOUTS[settings.layout])
    adapted = adapt(model, backbone, build_encoder(settings, backbone), settings)

    def mean_with_gradient(examples: Sequence[EncodedExample]) -> float:
        adapted.zero_grad()
        loss = adapted(**_inputs(examples, sequence, target)).loss
        loss.backward()
        return float(loss.item())

    trained = [one for one in adapted.parameters() if one.requires_grad]
    return _train(mean_with_gradient, trained, settings, encode(sequence))


def adapt(
    model: Any, backbone: Backbone, encoder: PromptEncoder, settings: TrainingSettings
) -> Any:
    """
    Put PEFT's adapter around a model, with the values of one of our prompts.

    :param backbone: the same model
    :raises ModelError: if PEFT is not installed
    """
    try:
        import peft
    except ImportError as error:
        raise ModelError('peft is missing, which is compared with: pip install peft') from error
    given: dict[str, Any] = {'task_type': 'CAUSAL_LM', 'num_virtual_tokens': settings.n_tokens}
    if settings.kind == 'deep':
        adapted = peft.get_peft_model(model, peft.PrefixTuningConfig(**given))
        state = {'embedding.weight': _prefix(encoder, backbone)}
    else:
        adapted = peft.get_peft_model(model, peft.PromptEncoderConfig(
            **given, encoder_hidden_size=backbone.shape.hidden_size))
        state = {name.replace('mlp.', 'mlp_head.'): values
                 for name, values in encoder.state_dict().items()}
    adapted.prompt_encoder['default'].load_state_dict(state)
    adapted.train()
    return adapted


def _prefix(encoder: PromptEncoder, backbone: Backbone) -> torch.Tensor:
    with tempfile.TemporaryDirectory() as folder:
        prompt = TrainedPrompt(encoder.fold(), PromptCard('deep', 'chat'))
        save_adapter(Path(folder), prompt, backbone)
        tensor, = load_file(Path(folder) / ADAPTER_WEIGHTS).values()
        return tensor.clone()


def _inputs(
    examples: Sequence[EncodedExample], sequence: SequenceEncoder, device: torch.device
) -> dict[str, torch.Tensor]:
    """Return ids, mask and labels, (B, T) each, padded on the right."""
    rows = [(*sequence.context_ids(example.context), *example.instruction, *example.answer)
            for example in examples]
    size = (len(rows), max(map(len, rows)))
    ids, mask = torch.full(size, sequence.end_id), torch.zeros(size, dtype=torch.long)
    labels = torch.full(size, -100)
    for number, (row, example) in enumerate(zip(rows, examples)):
        ids[number, :len(row)] = torch.tensor(row)
        mask[number, :len(row)] = 1
        labels[number, len(row) - len(example.answer):len(row)] = torch.tensor(example.answer)
    return {'input_ids': ids.to(device), 'attention_mask': mask.to(device),
            'labels': labels.to(device)}


def _train(
    mean_with_gradient: Callable[[Sequence[EncodedExample]], float],
    parameters: Iterable[torch.nn.Parameter], settings: TrainingSettings,
    steps: Sequence[Sequence[EncodedExample]],
) -> Course:
    trained = list(parameters)
    optimizer = torch.optim.AdamW(
        trained, lr=settings.learning_rate, weight_decay=settings.weight_decay)
    losses, seconds = [], []
    for examples in steps:
        start = time.perf_counter()
        losses.append(mean_with_gradient(examples))
        torch.nn.utils.clip_grad_norm_(trained, settings.clip)
        optimizer.step()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    return Course(losses, seconds, [sum(map(len, examples)) for examples in steps])
