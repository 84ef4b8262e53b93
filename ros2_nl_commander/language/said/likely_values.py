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

"""What fields may hold by what a sentence says: guesses, which a model checks many at once."""

from __future__ import annotations

import re

from ros2_nl_commander.language.said.quantities import stated

_NEGATIVE = re.compile(
    r"\b(?:off|out|stop|no|not|never|without|end|close|shut|disable|quit)\b|n't\b", re.IGNORECASE)


def likely_values(sentence: str) -> tuple[str, ...]:
    """
    Guess values as the short form spells them, the likeliest first.

    :returns: quantities in the order in which they were said, then ``true`` or ``false``
    """
    switch = 'false' if _NEGATIVE.search(sentence) else 'true'
    return (*dict.fromkeys(map(str, stated(sentence))), switch)
