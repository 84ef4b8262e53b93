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
A ROS domain for each test, from one counter for all of them.

A process that was killed cannot say goodbye: others see its nodes for 20 s more. Whoever counted
for himself could meet one, and a node that has a twin carries nothing out.
"""

from __future__ import annotations

import itertools
import os
import time

#: Those whose ports Linux gives to nobody else, from one on.
DOMAINS = 100

#: How long a domain rests after it was given [s]; quick tests use all of them within that.
REST_SEC = 40.0

_numbers = itertools.count(os.getpid() * 13)
_given_at: dict[int, float] = {}


def next_domain() -> int:
    """Give the domain that was not used for longest; zero, which people use, is left out."""
    domain = 1 + next(_numbers) % DOMAINS
    if domain in _given_at:
        time.sleep(max(0.0, _given_at[domain] + REST_SEC - time.monotonic()))
    _given_at[domain] = time.monotonic()
    return domain
