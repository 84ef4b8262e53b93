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

"""The examples that ship, read once for all tests of a process: that takes half a minute."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ros2_nl_commander.training.examples import Example, load_examples

DATA = Path(__file__).parents[1] / 'data'
TRAINING = ('general_train.jsonl', 'porter_train.jsonl')


@lru_cache(maxsize=None)
def shipped_examples(name: str) -> tuple[Example, ...]:
    """Give the examples of a file of the data; they cannot be changed."""
    return tuple(load_examples(DATA / name))
