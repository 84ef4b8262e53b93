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
A ROS domain for each test, from one counter for all of them, that nobody is in.

A node that has a twin carries nothing out, so no test may meet a node of another. Who was there
may still be seen: a process that was killed for 20 s, since it could not say goodbye, and a node
of this process whose handle is part of a reference cycle until garbage is collected.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path
import time

#: Those whose ports Linux gives to nobody else, from one on. Processes that test at the same time
#: (pytest-xdist says how many, and which this is) share them.
WORKERS = int(os.environ.get('PYTEST_XDIST_WORKER_COUNT', '1'))
WORKER = int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0').removeprefix('gw'))
DOMAINS = 100 // WORKERS

#: How long a domain rests after it was given [s]; quick tests use all of them within that.
REST_SEC = 40.0

_numbers = itertools.count(os.getpid() * 13)
_given_at: dict[int, float] = {}


def next_domain() -> int:
    """Give the free domain that was not used for longest; zero, which people use, is left out."""
    for _ in range(DOMAINS):
        domain = 1 + WORKER * DOMAINS + next(_numbers) % DOMAINS
        if domain in _given_at:
            time.sleep(max(0.0, _given_at[domain] + REST_SEC - time.monotonic()))
        _given_at[domain] = time.monotonic()
        if not is_in_use(domain):
            return domain
    raise RuntimeError(f'each of {DOMAINS} domains has a participant on this machine')


def is_in_use(domain: int) -> bool:
    """Tell whether a participant on this machine holds one of the ports of a domain."""
    first = 7400 + 250 * domain  # DDSI-RTPS 2.5, section 9.6.2.3: PB + DG * domain
    sockets = Path('/proc/net/udp').read_text().splitlines()[1:]
    ports = {int(socket.split()[1].rpartition(':')[2], 16) for socket in sockets}
    return any(first <= port < first + 250 for port in ports)
