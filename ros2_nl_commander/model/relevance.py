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
How likely a sentence means each of a robot's interfaces, judged by a model of its own.

Sentence and interfaces are encoded apart, by an encoder with small changes to its weights, and
compared after a linear map of each side; ``training/relevance.py`` learns all of it. Where an
interface stands, and what stands beside it, counts for nothing here, so many interfaces confuse it
less than the language model.

Source: Karpukhin et al. 2020 (arXiv:2004.04906), dense retrieval with two encoders.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
import logging
from pathlib import Path
import re
from threading import Lock

from ros2_nl_commander.language.errors import CheckpointError, ModelError, NlCommanderError
from ros2_nl_commander.language.generation import GeneratorSettings
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.model.cache import first_line
from ros2_nl_commander.model.encoder import SentenceEncoder
from ros2_nl_commander.model.fetch import fetch_model, warn_of_another_model
from ros2_nl_commander.model.low_rank import apply_changes
from safetensors import safe_open, SafetensorError
import torch
from torch.nn.functional import normalize

#: What ships, for ``sentence-transformers/all-MiniLM-L6-v2``.
FILE = ('data', 'relevance.safetensors')
#: Lines of interfaces whose vectors are kept, 1.5 kB each.
KEPT = 20_000

_logger = logging.getLogger(__name__)

_CAMEL = re.compile(r'(?<=[a-z0-9])(?=[A-Z])')
_JOINTS = re.compile(r'[_/\s]+')


class RelevanceModel:
    """
    Compares sentences with interfaces; may be used by several threads.

    :param encoder: of its own; its weights are changed
    :param learned: maps ``sentence`` and ``interface`` (width, width), ``scale`` () and ``none``
        (), and the changes to the encoder
    :raises CheckpointError: if what was learned is not for this encoder, or no numbers
    """

    def __init__(self, encoder: SentenceEncoder, learned: Mapping[str, torch.Tensor]) -> None:
        square = torch.Size((encoder.width, encoder.width))
        single = torch.Size(())
        shapes = {'sentence': square, 'interface': square, 'scale': single, 'none': single}
        if any(name not in learned or learned[name].shape != shape
               for name, shape in shapes.items()):
            raise CheckpointError('the relevance model is not for this encoder')
        if not all(torch.isfinite(tensor.float()).all() for tensor in learned.values()):
            raise CheckpointError('the relevance model is no numbers')
        apply_changes(encoder.body, {
            name: tensor for name, tensor in learned.items() if name not in shapes})
        self.encoder = encoder
        self._maps = {name: learned[name].float() for name in shapes}
        self._kept: OrderedDict[str, torch.Tensor] = OrderedDict()
        self._lock = Lock()

    @property
    def none(self) -> float:
        """Return the score of no interface at all."""
        return float(self._maps['none'])

    @torch.inference_mode()
    def read(self, lines: Sequence[str]) -> torch.Tensor:
        """
        Read the lines of interfaces, as the language model gets them; what was read is kept.

        :returns: (lines, width)
        """
        with self._lock:
            known = {line: self._kept[line] for line in lines if line in self._kept}
            for line in known:
                self._kept.move_to_end(line)
        # Of a thousand lines it takes seconds, which no sentence waits for.
        new = list(dict.fromkeys(line for line in lines if line not in known))
        vectors = self._mapped([plain_text(line) for line in new], 'interface')
        # Own memory: a row of the whole would keep alive the rest.
        known.update(zip(new, (vector.clone() for vector in vectors)))
        with self._lock:
            self._kept.update(known)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return torch.stack([known[line] for line in lines])

    @torch.inference_mode()
    def scores(self, sentence: str, vectors: torch.Tensor) -> torch.Tensor:
        """
        Score interfaces for a sentence; a softmax makes probabilities of the scores.

        :param vectors: (interfaces, width), as ``read`` gives them
        :returns: (interfaces,)
        """
        meant = self._mapped([sentence], 'sentence')[0]
        return self._maps['scale'] * (vectors @ meant)

    def _mapped(self, texts: list[str], side: str) -> torch.Tensor:
        return normalize(self.encoder.encode(texts) @ self._maps[side], dim=-1)


def relevance_for(settings: GeneratorSettings) -> RelevanceModel | None:
    """
    Load what has a say in which interface is meant, fetching its encoder if need be.

    :raises ModelError: if the encoder cannot be had or loaded
    :raises CheckpointError: if what ships is not for this encoder
    """
    if not settings.encoder:
        return None
    try:
        return load_relevance(fetch_model(settings.encoder, _logger.info))
    except ModelError as error:
        raise ModelError(f"{error} (the sentence encoder; set encoder to '' to do without, and to "
                         'have more mistakes)') from error


def load_relevance(folder: Path, file: Path | None = None) -> RelevanceModel:
    """
    Load the encoder, and what was learned for it.

    :param folder: of the encoder
    :param file: what was learned; what ships if None
    :raises ModelError: if the encoder cannot be loaded
    :raises CheckpointError: if what was learned cannot be read, or is not for it
    """
    try:
        with safe_open(file if file is not None else share_file(*FILE), 'pt') as handle:
            learned_for = handle.metadata() or {}
            learned = {name: handle.get_tensor(name) for name in handle.keys()}
    except (OSError, SafetensorError, NlCommanderError) as error:
        raise CheckpointError(f'Cannot read the relevance model: {first_line(error)}') from error
    encoder = SentenceEncoder(folder)
    warn_of_another_model('the relevance model', learned_for, folder)
    return RelevanceModel(encoder, learned)


def plain_text(line: str) -> str:
    """Write the line of an interface as words: ``/arm/setSpeed`` is "arm set Speed"."""
    return _JOINTS.sub(' ', _CAMEL.sub(' ', line)).strip()
