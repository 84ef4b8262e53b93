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

"""Turns short texts into vectors that lie close where texts mean the same: a small frozen BERT."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from huggingface_hub.errors import StrictDataclassError
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.model.cache import first_line
from ros2_nl_commander.model.tokenizer import load_tokenizer
from safetensors import SafetensorError
import torch
from torch.nn.functional import normalize
from transformers import AutoModel, PreTrainedModel

#: Texts in one forward, about equally long, and tokens of one that are read.
_BATCH, _LONGEST = 32, 64


class SentenceEncoder:
    """
    Encodes texts, each by itself; may be used by several threads.

    Source: Reimers and Gurevych 2019 (arXiv:1908.10084), mean over the tokens.

    :param folder: a model folder
    :raises ModelError: if it cannot be loaded
    """

    def __init__(self, folder: Path) -> None:
        self._tokenizer = load_tokenizer(folder)
        try:
            self.body: PreTrainedModel = AutoModel.from_pretrained(
                folder, local_files_only=True, dtype=torch.float32)
        except (OSError, ValueError, RuntimeError, ImportError, KeyError, SafetensorError,
                StrictDataclassError) as error:
            raise ModelError(f'Cannot load the model in {folder}: {first_line(error)}') from error
        self.body.eval()
        #: How texts are cut and filled up is a setting of the tokenizer while it reads them.
        self._reading = Lock()

    @property
    def width(self) -> int:
        """Return the length of a vector."""
        return int(self.body.config.hidden_size)

    @torch.inference_mode()
    def encode(self, texts: Sequence[str]) -> torch.Tensor:
        """
        Encode texts; what is beyond 64 tokens is left out.

        :returns: (texts, width), each of length 1
        """
        vectors = torch.empty(len(texts), self.width)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for start in range(0, len(order), _BATCH):
            batch = order[start:start + _BATCH]
            vectors[batch] = self.encode_batch([texts[index] for index in batch])
        return vectors

    def encode_batch(self, texts: list[str]) -> torch.Tensor:
        """Encode texts in one forward, with gradients where they are on; otherwise as above."""
        with self._reading:
            given = self._tokenizer(
                texts, padding=True, truncation=True, max_length=_LONGEST, return_tensors='pt')
        hidden = self.body(**given).last_hidden_state  # (texts, tokens, width)
        is_read = given['attention_mask'].unsqueeze(-1)
        return normalize((hidden * is_read).sum(1) / is_read.sum(1).clamp(min=1), dim=-1)
