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

"""What tests of runners share: a prefix, and an answer behind it."""

from __future__ import annotations

from ros2_nl_commander.model.decode import decode_likeliest
from ros2_nl_commander.model.drafts import Drafter, Precedent
from ros2_nl_commander.model.forward import embed, read
from ros2_nl_commander.model.key_values import KeyValueCache
from ros2_nl_commander.model.matching import FreeMatching
import torch

TOKENS = 12


def prefix_of(backbone, text):
    cache = KeyValueCache()
    if text:
        ids = torch.tensor([list(text.encode())], device=backbone.device)
        read(backbone, embed(backbone, ids), cache)
    return cache.key_values()


def answer(runner, prefix, instruction, matching, precedent=(), max_new_tokens=TOKENS):
    ids = list(instruction.encode())
    drafter = Drafter(ids, [Precedent((1,), tuple(precedent))] if precedent else ())
    with runner.behind(prefix, len(ids) + max_new_tokens) as run:
        return decode_likeliest(
            run, ids, start=lambda: matching, drafter=drafter, search_forwards=0,
            max_new_tokens=max_new_tokens, should_stop=lambda: False)


def free(backbone):
    return FreeMatching(frozenset(), len(backbone.tokenizer))
