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

"""From the start of a process to its first answers: what takes how long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
import json
from pathlib import Path
import subprocess
import sys
import time

from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.training.benchmarks.startup_process import PARTS, SECOND
from ros2_nl_commander.training.benchmarks.table import Table

#: Processes that are measured; one before them warms the disk.
RUNS = 3
SENTENCES = ('mute the siren', 'raise the lift to 65 cm')


def measure_startup(folder: Path, device: str, dtype: str) -> Table:
    """
    Start fresh processes, and show the one that took the median time.

    :param folder: the model
    :raises ModelError: if a process fails
    """
    _run(folder, device, dtype)
    runs = sorted((_run(folder, device, dtype) for _ in range(RUNS)), key=_to_answer)
    parts = runs[len(runs) // 2]
    total = _to_answer(parts)
    rows = [(part, f'{parts[part]:.2f}', f'{parts[part] / total:.0%}')
            for part in PARTS if part != SECOND]
    times = ', '.join(f'{_to_answer(run):.1f}' for run in runs)
    return Table(
        f'From the start of a process to its first answer (warm disk; {RUNS} runs: {times} s, '
        'the parts of the median one)', ('part', 's', 'share'),
        [*rows, ('to the first answer', f'{total:.2f}', '100%'),
         (SECOND, f'{parts[SECOND]:.2f}', '')])


def _run(folder: Path, device: str, dtype: str) -> Mapping[str, float]:
    settings = {'model': str(folder), 'device': device, 'dtype': dtype, 'sentences': SENTENCES,
                'robot_file': str(share_file('config', 'robots', 'demo_robot.yaml'))}
    module = 'ros2_nl_commander.training.benchmarks.startup_process'
    done = subprocess.run(
        [sys.executable, '-m', module, str(time.monotonic()), json.dumps(settings)],
        capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ['no message']
        raise ModelError(f'the process that was to be measured failed: {lines[-1]}')
    parts: dict[str, float] = defaultdict(float)
    for part, seconds in json.loads(done.stdout.splitlines()[-1]):
        parts[part] += seconds
    return parts


def _to_answer(parts: Mapping[str, float]) -> float:
    return sum(seconds for part, seconds in parts.items() if part != SECOND)
