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

"""The commands and sentences of ``data/attacks.yaml``, for the tests of several layers."""

from __future__ import annotations

from pathlib import Path

import yaml

ATTACKS = yaml.safe_load(
    (Path(__file__).parent / 'data' / 'attacks.yaml').read_text(encoding='utf-8'))


def expanded(text):
    """Write out ``REPEAT:word:times``."""
    if not text.startswith('REPEAT:'):
        return text
    word, _, count = text.removeprefix('REPEAT:').rpartition(':')
    return f'{word} ' * int(count)
