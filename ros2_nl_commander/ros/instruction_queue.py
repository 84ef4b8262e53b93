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
The waiting line for instructions: bounded, and the newest wins.

Knows no threads: whoever owns it holds the lock.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

Item = TypeVar('Item')


class InstructionQueue(Generic[Item]):
    """
    First in, first out, at most ``depth`` items; when it is full the oldest makes room.

    A person who says something new to a robot means the new thing, so the oldest is the one to
    give up. What is dropped is handed back, never forgotten.

    :param depth: how many may wait, at least 1
    """

    def __init__(self, depth: int) -> None:
        self._items: deque[Item] = deque()
        self.resize(depth)

    def __len__(self) -> int:
        return len(self._items)

    def resize(self, depth: int) -> list[Item]:
        """
        Change the bound.

        :returns: the oldest items, those that no longer fit
        :raises ValueError: if depth is not positive
        """
        if depth < 1:
            raise ValueError(f'a queue needs room for at least 1 instruction, not {depth}')
        self._depth = depth
        return self._take_surplus()

    def push(self, item: Item) -> list[Item]:
        """
        Add the newest item.

        :returns: the oldest items, those that had to make room
        """
        self._items.append(item)
        return self._take_surplus()

    def pop(self) -> Item | None:
        """Take the oldest item out, or None from an empty queue."""
        return self._items.popleft() if self._items else None

    def drain(self) -> list[Item]:
        """Take everything out, oldest first."""
        items = list(self._items)
        self._items.clear()
        return items

    def _take_surplus(self) -> list[Item]:
        return [self._items.popleft() for _ in range(len(self._items) - self._depth)]
