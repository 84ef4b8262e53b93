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
Which words people say for which words of interfaces, beyond those that both share.

Learned from the training data by ``training/associations.py``; "dark" is said for "lamp" there,
and "tell" for "speaker".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
import json

from ros2_nl_commander.language.resources import share_file

#: A word of a sentence, and how strongly it speaks for words of interfaces.
Associations = Mapping[str, Mapping[str, float]]
FILE = ('data', 'associations.json')


@cache
def shipped_associations() -> Associations:
    """
    Read what ships with the package.

    :raises NlCommanderError: if it is not installed
    """
    found: Associations = json.loads(share_file(*FILE).read_text(encoding='utf-8'))
    return found
