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

"""What a soak showed of memory, threads and entities over the instructions: judged and drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
import gc
import json
from pathlib import Path
from statistics import linear_regression
from typing import Any

#: How much the memory may grow over the second half, by its fitted line [MiB].
MOST_GROWTH_MIB = 4.0
#: The same with a language model in memory, whose library keeps buffers [MiB].
MOST_GROWTH_REAL_MIB = 32.0
#: The same for the threads of the process: rclpy's executors start theirs as they are needed.
MOST_THREADS_GROWTH = 3.0
_KIB = 1024
#: Height of the axis of memory, as a multiple of the highest value; threads get twice as much.
HEADROOM = 1.2


@dataclass(frozen=True, slots=True)
class Sample:
    """
    The process at one moment.

    :param instruction: how many instructions have ended
    :param seconds: since the first one [s]
    :param memory_mib: resident memory [MiB]
    :param threads: all threads of the process, DDS's included
    :param objects: Python objects that the garbage collector knows
    :param entities: publishers, subscriptions, clients, ... of the node
    """

    instruction: int
    seconds: float
    memory_mib: float
    threads: int
    objects: int
    entities: dict[str, int]


def take_sample(instruction: int, seconds: float, entities: dict[str, int]) -> Sample:
    """Look at this process."""
    gc.collect()
    lines = Path('/proc/self/status').read_text(encoding='ascii').splitlines()
    status = dict(line.split(':', 1) for line in lines)
    return Sample(instruction, round(seconds, 2), int(status['VmRSS'].split()[0]) / _KIB,
                  int(status['Threads']), len(gc.get_objects()), entities)


@dataclass(slots=True)
class SoakReport:
    """
    One soak.

    :param generator: ``fake`` or ``real``
    :param samples: in order, evenly spread
    :param ends: how many instructions of each kind ended in which stage: ``kind: stage``
    :param problems: what was not as it has to be
    """

    generator: str
    samples: list[Sample] = field(default_factory=list)
    ends: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def judge(self) -> None:
        """Add what the samples show to the problems."""
        if len(self.samples) < 4:
            self.problems.append('too few samples to judge growth')
            return
        most = MOST_GROWTH_MIB if self.generator == 'fake' else MOST_GROWTH_REAL_MIB
        if self.growth('memory_mib') > most:
            self.problems.append(f'memory grew by {self.growth("memory_mib"):.1f} MiB over the '
                                 f'second half, more than {most:g}')
        if self.growth('threads') > MOST_THREADS_GROWTH:
            self.problems.append(f'threads grew by {self.growth("threads"):.1f}')
        first, last = self._second_half[0].entities, self.samples[-1].entities
        self.problems += [f'{kind}: {first[kind]} in the middle, {count} at the end'
                          for kind, count in last.items() if count > first[kind]]

    def growth(self, name: str) -> float:
        """Give by how much something grew over the second half, by its fitted line."""
        half = self._second_half
        xs = [float(sample.instruction) for sample in half]
        line = linear_regression(xs, [float(getattr(sample, name)) for sample in half])
        return line.slope * (xs[-1] - xs[0])

    @property
    def _second_half(self) -> Sequence[Sample]:
        return self.samples[len(self.samples) // 2:]

    def row(self) -> list[str]:
        """Give the line of a table."""
        last = self.samples[-1]
        return [self.generator, str(last.instruction), f'{last.seconds:.0f}',
                f'{last.memory_mib:.1f}', f'{self.growth("memory_mib"):+.2f}',
                str(last.threads), f'{self.growth("threads"):+.2f}',
                str(sum(last.entities.values())), str(len(self.problems))]


COLUMNS = ('generator', 'instructions', 'seconds', 'memory, MiB', 'growth over the second half',
           'threads', 'growth over the second half', 'entities', 'problems')


def write_reports(reports: Sequence[SoakReport], picture: Path) -> None:
    """Draw a PNG file, and write the figures beside it as JSON."""
    picture.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(report) for report in reports], indent=1)
    picture.with_suffix('.json').write_text(text + '\n', encoding='utf-8')
    from matplotlib.figure import Figure
    figure = Figure(figsize=(10, 3.2 * len(reports)), layout='constrained')
    for axes, report in zip(figure.subplots(len(reports), squeeze=False)[:, 0], reports):
        axes.set(xlabel=f'instructions ({report.generator} generator)')
        axes.grid(alpha=0.3)
        _draw(axes, report.samples, 'memory_mib', 'memory [MiB]', '#3b6ea5', HEADROOM)
        _draw(axes.twinx(), report.samples, 'threads', 'threads', '#c0504d', 2 * HEADROOM)
    figure.savefig(picture, dpi=110)


def _draw(
    axes: Any, samples: Sequence[Sample], name: str, label: str, colour: str, headroom: float
) -> None:
    """Draw a line over the instructions, from zero, so that what is flat looks flat."""
    values = [getattr(sample, name) for sample in samples]
    axes.plot([sample.instruction for sample in samples], values, color=colour)
    axes.set_ylabel(label, color=colour)
    axes.set_ylim(0, headroom * max(values))
