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

"""Rows of the decoding benchmark: timed, compared, drawn. Knows neither models nor robots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
import resource
import statistics
import time

from ros2_nl_commander.language.percentile import percentile
from ros2_nl_commander.training.benchmarks.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """
    One way to answer.

    :param seconds: for each sentence
    :param forwards: runs of the model for one answer, mean; None where it was not counted
    :param tokens: of one answer, mean
    :param memory_bytes: highest resident memory of the process during the row
    """

    name: str
    seconds: Sequence[float]
    forwards: float | None
    tokens: float
    memory_bytes: int


def table_of(rows: Sequence[Row], interfaces: int) -> Table:
    """
    Write the rows as a table.

    :param rows: the first two are what the others are compared with
    """
    return Table(
        f'{len(rows[1].seconds)} sentences to a robot of {interfaces} interfaces, the first row '
        f'{len(rows[0].seconds)} of them',
        ('way', 'p50, s', 'p95, s', 'tokens', 'forwards', 'peak memory, GB', 'ratio to (a)',
         'ratio to (b)'),
        [(row.name, f'{statistics.median(row.seconds):.2f}', f'{percentile(row.seconds, 95):.2f}',
          f'{row.tokens:.1f}', '' if row.forwards is None else f'{row.forwards:.1f}',
          f'{row.memory_bytes / 1e9:.1f}', f'{_ratio(row, rows[0]):.3f}',
          f'{_ratio(row, rows[1]):.3f}') for row in rows])


def _ratio(row: Row, base: Row) -> float:
    """Compare medians over the sentences that both were asked."""
    shared = min(len(row.seconds), len(base.seconds))
    return statistics.median(row.seconds[:shared]) / statistics.median(base.seconds[:shared])


def draw_rows(rows: Sequence[Row], path: Path) -> None:
    """Draw the medians as bars, to a PNG file."""
    from matplotlib.figure import Figure
    figure = Figure(figsize=(9, 0.5 * len(rows) + 1), layout='constrained')
    axes = figure.subplots()
    names = [row.name for row in rows]
    medians = [statistics.median(row.seconds) for row in rows]
    bars = axes.barh(names, medians, color='#3b6ea5')
    axes.bar_label(bars, [f'{median:.2f} s' for median in medians], padding=4)
    axes.invert_yaxis()
    axes.set(xscale='log', xlabel='p50 of a sentence [s]',
             xlim=(min(medians) / 2, 2 * max(medians)))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format='png', dpi=110)


def time_row(
    name: str, sentences: Sequence[str], answer: Callable[[str], tuple[int, int | None]]
) -> Row:
    """Time every sentence, after one that does not count; answers give tokens and forwards."""
    _forget_peak()
    answer(sentences[0])
    seconds, tokens, forwards = [], [], []
    for sentence in sentences:
        start = time.perf_counter()
        written, runs = answer(sentence)
        seconds.append(time.perf_counter() - start)
        tokens.append(written)
        forwards.append(runs)
    counted = [runs for runs in forwards if runs is not None]
    return Row(name, seconds, statistics.mean(counted) if counted else None,
               statistics.mean(tokens), _peak_bytes())


def _forget_peak() -> None:
    with suppress(OSError):  # no Linux: the peak is that of the process
        Path('/proc/self/clear_refs').write_text('5', encoding='ascii')


def _peak_bytes() -> int:
    """Return the highest resident memory since it was forgotten (proc(5), VmHWM)."""
    with suppress(OSError):
        lines = Path('/proc/self/status').read_text(encoding='ascii').splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith('VmHWM'))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
