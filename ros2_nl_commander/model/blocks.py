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
The context, read in blocks that know nothing of one another.

Every line is read behind the header alone, once, and its keys and values are kept. A context is
its lines put one behind another, with the keys turned to where they stand (RoPE turns by
differences). So a robot that gains an interface costs one line, and any selection of lines costs
a copy. Training reads contexts through here too: the prompt learns on what it will stand behind.

Sources: Gim et al. 2023, Prompt Cache (arXiv:2311.04934); Sun et al. 2024, Block-Attention
(arXiv:2409.15355).

Shapes: B blocks, T positions, L layers, K key/value heads, D head dimension.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from threading import Lock
from typing import TypeAlias

from ros2_nl_commander.language.context import RobotContext
from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.forward import embed, read
from ros2_nl_commander.model.key_values import KeyValueCache, KeyValues, shift_keys
from ros2_nl_commander.model.sequence import SequenceEncoder
import torch

#: Blocks in one forward; more would only wait longer for the first.
BATCH = 16
DEFAULT_MEMORY_BYTES = 1 << 30

#: Texts of header and block; the header itself goes with an empty block.
_Key: TypeAlias = 'tuple[str, str]'


class ContextReader:
    """
    Reads contexts and remembers their blocks; may be used by several threads.

    :param backbone: the model
    :param sequence: turns texts into tokens
    :param memory_bytes: what the remembered blocks may take, least recently used ones go first
    """

    def __init__(
        self, backbone: Backbone, sequence: SequenceEncoder,
        memory_bytes: int = DEFAULT_MEMORY_BYTES,
    ) -> None:
        self._backbone = backbone
        self._sequence = sequence
        self._memory_bytes = memory_bytes
        self._remembered: OrderedDict[_Key, torch.Tensor] = OrderedDict()
        self._held_bytes = 0
        self._lock = Lock()

    @property
    def held_bytes(self) -> int:
        """Return the memory that the remembered blocks take."""
        return self._held_bytes

    @torch.no_grad()
    def read(self, context: RobotContext) -> KeyValues:
        """
        Give the keys and values of a context.

        :returns: L pairs of (1, K, T, D); none for an empty context
        """
        if context.is_empty:
            return []
        header = self._header(context.header)
        blocks = self._blocks_behind(context.header, header, context.blocks)
        return self._joined(header, [blocks[text] for text in context.blocks])

    @torch.no_grad()
    def read_ahead(self, context: RobotContext, should_stop: Callable[[], bool]) -> None:
        """
        Read blocks before they are asked for; what was read before costs nothing.

        Ends at half of the memory: more would push out its own first blocks.

        :param should_stop: asked before every forward; True leaves the rest for another time
        """
        header = self._header(context.header)
        taken = 0
        for start in range(0, len(context.blocks), BATCH):
            if should_stop() or taken > self._memory_bytes // 2:
                return
            texts = context.blocks[start:start + BATCH]
            blocks = self._blocks_behind(context.header, header, texts)
            taken += sum(block.nbytes for block in blocks.values())

    def _header(self, text: str) -> torch.Tensor:
        key = (text, '')
        known = self._known([key])
        if key not in known:
            ids = torch.tensor([self._sequence.header_ids(text)], device=self._backbone.device)
            cache = KeyValueCache()
            read(self._backbone, embed(self._backbone, ids), cache)
            known = {key: _stacked(cache)[:, :, 0]}
            self._remember(known)
        return known[key]

    def _blocks_behind(
        self, header_text: str, header: torch.Tensor, texts: Sequence[str]
    ) -> dict[str, torch.Tensor]:
        known = self._known([(header_text, text) for text in texts])
        blocks = {text: block for (_, text), block in known.items()}
        missing = {text: self._sequence.block_ids(text) for text in texts if text not in blocks}
        # Blocks of like length share a forward, so that little of it is padding.
        order = sorted(missing, key=lambda text: len(missing[text]))
        for start in range(0, len(order), BATCH):
            chosen = order[start:start + BATCH]
            new = dict(zip(chosen, self._read_behind(header, [missing[text] for text in chosen])))
            self._remember({(header_text, text): block for text, block in new.items()})
            blocks.update(new)
        return blocks

    def _known(self, keys: Iterable[_Key]) -> dict[_Key, torch.Tensor]:
        with self._lock:
            known = {key: self._remembered[key] for key in keys if key in self._remembered}
            for key in known:
                self._remembered.move_to_end(key)
        return known

    def _remember(self, blocks: Mapping[_Key, torch.Tensor]) -> None:
        with self._lock:
            for key, block in blocks.items():
                if key not in self._remembered:  # two threads may have read the same
                    self._remembered[key] = block
                    self._held_bytes += block.nbytes
            while self._held_bytes > self._memory_bytes:
                _, forgotten = self._remembered.popitem(last=False)
                self._held_bytes -= forgotten.nbytes

    def _read_behind(
        self, header: torch.Tensor, rows: Sequence[list[int]]
    ) -> Iterator[torch.Tensor]:
        """Read rows of tokens, each behind the header alone: (L, 2, K, T, D) each."""
        ids = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.long)
        for row, tokens in enumerate(rows):
            ids[row, :len(tokens)] = torch.tensor(tokens)
        cache = KeyValueCache(_pairs(header), len(rows))
        read(self._backbone, embed(self._backbone, ids.to(self._backbone.device)), cache)
        length = header.shape[3]
        both = _stacked(cache)  # (L, 2, B, K, length + T, D)
        for row, tokens in enumerate(rows):
            yield both[:, :, row, :, length:length + len(tokens)].clone()

    def _joined(self, header: torch.Tensor, blocks: Sequence[torch.Tensor]) -> KeyValues:
        """Put blocks behind the header, turning each block's keys to its place."""
        if not blocks:
            return _pairs(header)
        joined = torch.cat(list(blocks), dim=3)  # (L, 2, K, T, D)
        lengths = torch.tensor([block.shape[3] for block in blocks])
        distances = torch.repeat_interleave(lengths.cumsum(0) - lengths, lengths)
        keys = shift_keys(self._backbone.body, joined[:, 0], distances.to(joined.device))
        return _pairs(torch.cat((header, torch.stack((keys, joined[:, 1]), dim=1)), dim=3))


def _stacked(cache: KeyValueCache) -> torch.Tensor:
    """Stack all layers: (L, 2, B, K, T, D)."""
    return torch.stack([torch.stack(pair) for pair in cache.key_values()])


def _pairs(stacked: torch.Tensor) -> KeyValues:
    """Take apart (L, 2, K, T, D) into L pairs of (1, K, T, D)."""
    return [(layer[0][None], layer[1][None]) for layer in stacked]
