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
The keys and values of contexts, read once and kept.

A context that begins like one that is kept is read from where they part: a robot that gains an
interface costs one line, if that line comes last. Training reads contexts through here too.

Lines that are each read by themselves and put together afterwards (Block-Attention,
arXiv:2409.15355) would make any selection of lines a copy; tried, and the model no longer told the
interfaces apart: see docs/decisions.md.

Shapes: T positions, L layers, K key/value heads, D head dimension.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from ros2_nl_commander.language.context import RobotContext
from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.forward import embed, read
from ros2_nl_commander.model.key_values import KeyValueCache, KeyValues, shared_beginning
from ros2_nl_commander.model.sequence import SequenceEncoder
import torch

#: Tokens in one forward: bounds the memory of a long context, and the wait for its end.
CHUNK = 256
DEFAULT_MEMORY_BYTES = 1 << 30


class ContextReader:
    """
    Reads contexts and remembers them; may be used by several threads.

    :param backbone: the model
    :param sequence: turns texts into tokens
    :param memory_bytes: what remembered contexts may take; the least recently used go first
    """

    def __init__(
        self, backbone: Backbone, sequence: SequenceEncoder,
        memory_bytes: int = DEFAULT_MEMORY_BYTES,
    ) -> None:
        self._backbone = backbone
        self._sequence = sequence
        self._memory_bytes = memory_bytes
        self._kept: OrderedDict[tuple[int, ...], KeyValues] = OrderedDict()
        self._lock = Lock()

    @torch.no_grad()
    def read(self, context: RobotContext) -> KeyValues:
        """
        Give the keys and values of a context.

        :returns: L pairs of (1, K, T, D); none for an empty context
        """
        ids = tuple(self._sequence.context_ids(context))
        if not ids:
            return []
        with self._lock:
            if ids not in self._kept:
                self._kept[ids] = self._extended(*self._longest_beginning(ids), ids)
            self._kept.move_to_end(ids)
            self._forget()
            return self._kept[ids]

    @property
    def held_bytes(self) -> int:
        """Return the memory that the remembered contexts take."""
        return sum(_bytes_of(kept) for kept in self._kept.values())

    def _longest_beginning(self, ids: tuple[int, ...]) -> tuple[KeyValues, int]:
        """Find what is kept of how a context begins, and how many tokens of it."""
        shared, found = 0, None
        for kept in self._kept:
            count = shared_beginning(kept, ids)
            if count > shared:
                shared, found = count, kept
        if found is None:
            return [], 0
        return [(keys[:, :, :shared], values[:, :, :shared])
                for keys, values in self._kept[found]], shared

    def _extended(self, beginning: KeyValues, start: int, ids: tuple[int, ...]) -> KeyValues:
        cache = KeyValueCache(beginning)
        for first in range(start, len(ids), CHUNK):
            chunk = torch.tensor([ids[first:first + CHUNK]], device=self._backbone.device)
            read(self._backbone, embed(self._backbone, chunk), cache)
        # Own memory: views would keep alive what they were cut from.
        return [(keys.clone(), values.clone()) for keys, values in cache.key_values()]

    def _forget(self) -> None:
        held = self.held_bytes
        while held > self._memory_bytes and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            held -= _bytes_of(oldest)


def _bytes_of(key_values: KeyValues) -> int:
    return sum(keys.nbytes + values.nbytes for keys, values in key_values)
