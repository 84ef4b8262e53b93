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
The questions of the notebook about prompts, each answered by a table of small trainings.

Kinds at equal steps and equal time, depth and activation of the MLP, length, learning rate, start
values. Small enough for a small model on two cores; what wins here is to be confirmed on the
model that ships.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
import statistics
import sys

import numpy as np
from ros2_nl_commander.model.checkpoint import KINDS
from ros2_nl_commander.model.prompts import ACTIVATIONS
from ros2_nl_commander.training.benchmarks.cells import (
    CellFile, open_workbench, Record, Workbench)
from ros2_nl_commander.training.benchmarks.table import Page, Table
from ros2_nl_commander.training.evaluate import share_as_text
from ros2_nl_commander.training.settings import INITIALS, TrainingSettings

#: No schedule: the loss of every step counts as that of a run that ends there.
BASE = TrainingSettings(epochs=1, batch_size=4, schedule='constant', held_out=0.0, evaluations=6,
                        patience=0)
#: Learning rates that are tried for each kind; the second stands in where none was tried yet.
RATES = {'soft': (3e-3, 1e-2, 3e-2, 1e-1), 'mlp': (5e-4, 2e-3, 5e-3, 1e-2),
         'deep': (1e-2, 3e-2, 6e-2, 1e-1)}
NAMES = {'soft': 'soft (c01)', 'mlp': 'mlp (c02)', 'deep': 'deep (the paper)'}
COLUMNS = ('prompt', 'learning rate', 'parameters trained', 'numbers kept', 's a step',
           'loss at equal steps', 'loss at equal time', 'right', 'right interface')

#: The best learning rate of each kind.
Rates = Mapping[str, float]
#: Label and settings of each row of a table.
Rows = list[tuple[str, TrainingSettings]]


@dataclass(frozen=True, slots=True)
class Sweep:
    """
    What is to be measured.

    :param cells: file of finished cells
    :param only: name of the one group to run; empty runs all
    :param seeds: runs of each cell, except of the learning rates, which have one
    :param epochs: passes over the sample
    """

    cells: Path
    only: str = ''
    seeds: int = 1
    epochs: int = 1


def _of_kind(kind: str, rates: Rates, **values: object) -> TrainingSettings:
    return replace(BASE, kind=kind, learning_rate=rates[kind], **values)  # type: ignore[arg-type]


def _rates(rates: Rates) -> Rows:
    return [(NAMES[kind], replace(BASE, kind=kind, learning_rate=rate))
            for kind in KINDS for rate in RATES[kind]]


def _kinds(rates: Rates) -> Rows:
    return [(NAMES[kind], _of_kind(kind, rates)) for kind in KINDS]


def _depths(rates: Rates) -> Rows:
    return [(f'mlp, {layers} linear layers', _of_kind('mlp', rates, mlp_layers=layers))
            for layers in (1, 2, 3)]


def _activations(rates: Rates) -> Rows:
    return [(f'mlp, {name}', _of_kind('mlp', rates, mlp_layers=2, activation=name))
            for name in ACTIVATIONS]


def _tokens(rates: Rates) -> Rows:
    return [(f'{kind}, {count} tokens', _of_kind(kind, rates, n_tokens=count))
            for kind in ('mlp', 'deep') for count in (5, 10, 20, 50, 100)]


def _initials(rates: Rates) -> Rows:
    return [(f'{kind}, from {initial}', _of_kind(kind, rates, initial=initial))
            for kind in KINDS for initial in INITIALS]


#: The tables, in the order in which they are measured: the others take the best rate of the first.
GROUPS: Mapping[str, tuple[str, Callable[[Rates], Rows]]] = {
    'rates': ('Learning rates', _rates),
    'kinds': ('Kinds', _kinds),
    'depths': ('Depth of the MLP', _depths),
    'activations': ('Activation of the MLP', _activations),
    'tokens': ('Virtual tokens', _tokens),
    'initials': ('Start values', _initials),
}


def measure_prompts(folder: Path, device: str, dtype: str, sweep: Sweep) -> Page:
    """
    Train and score every cell that is not finished yet; a Ctrl-C ends it with what there is.

    :param folder: the model
    """
    cells = CellFile(sweep.cells)
    workbench = open_workbench(folder, device, dtype)
    for name in [sweep.only] if sweep.only else list(GROUPS):
        if not _run_group(name, workbench, cells, sweep):
            break
    tables = [_table(name, workbench, cells, sweep) for name in GROUPS]
    return Page('Prompts compared', _introduction(workbench, sweep),
                [table for table in tables if table.rows])


def _run_group(name: str, workbench: Workbench, cells: CellFile, sweep: Sweep) -> bool:
    """Run what is not finished of a group; tell whether it came to its end."""
    planned = list(_planned(name, workbench, cells, sweep))
    for number, (label, settings) in enumerate(planned, 1):
        identity = workbench.identity(settings)
        if cells.find(identity):
            continue
        print(f'{name} {number}/{len(planned)}: {label}, learning rate '
              f'{settings.learning_rate:g}, seed {settings.seed}', file=sys.stderr, flush=True)
        figures = workbench.train(settings)
        if figures is None:
            return False
        cells.add(identity, figures)
    return True


def _planned(
    name: str, workbench: Workbench, cells: CellFile, sweep: Sweep
) -> Iterator[tuple[str, TrainingSettings]]:
    rates = {kind: _best_rate(kind, workbench, cells, sweep) for kind in KINDS}
    _, rows = GROUPS[name]
    for label, settings in rows(rates):
        for seed in range(1 if name == 'rates' else sweep.seeds):
            yield label, _canonical(replace(settings, seed=seed, epochs=sweep.epochs))


def _canonical(settings: TrainingSettings) -> TrainingSettings:
    """Spell out what a kind has by itself, so that a cell which two tables share runs once."""
    layers = settings.encoder_layers if settings.kind == 'mlp' else None
    return replace(settings, mlp_layers=layers, initial=settings.start_values)


def _best_rate(kind: str, workbench: Workbench, cells: CellFile, sweep: Sweep) -> float:
    losses = {}
    for rate in RATES[kind]:
        settings = replace(BASE, kind=kind, learning_rate=rate, epochs=sweep.epochs)
        found = cells.find(workbench.identity(_canonical(settings)))
        if found and 'curve' in found:
            losses[rate] = found['curve'][-1][1]
    return min(losses, key=lambda rate: losses[rate]) if losses else RATES[kind][1]


def _table(name: str, workbench: Workbench, cells: CellFile, sweep: Sweep) -> Table:
    by_row: dict[tuple[str, float], list[Record]] = {}
    for label, settings in _planned(name, workbench, cells, sweep):
        found = cells.find(workbench.identity(settings))
        if found:
            by_row.setdefault((label, settings.learning_rate), []).append(found)
    times = [record['seconds'] for records in by_row.values() for record in records
             if 'curve' in record]
    shortest = min(times, default=0.0)
    rows = [_row(label, rate, records, shortest) for (label, rate), records in by_row.items()]
    return Table(f'{GROUPS[name][0]} (equal time: {shortest:.0f} s)', COLUMNS, rows)


def _row(label: str, rate: float, records: Sequence[Record], seconds: float) -> tuple[str, ...]:
    done = [record for record in records if 'curve' in record]
    if not done:
        return (label, f'{rate:g}', *[''] * 3, 'diverged', *[''] * 3)
    first = done[0]
    return (label, f'{rate:g}', f'{first["trained"]:,}', f'{first["kept"]:,}',
            f'{statistics.mean(one["seconds"] / one["steps"] for one in done):.2f}',
            _losses([one['curve'][-1][1] for one in done], len(records)),
            _losses([_loss_after(one, seconds) for one in done], len(records)),
            _share(done, 'right', 'of'), _share(done, 'interface', 'commands'))


def _loss_after(record: Record, seconds: float) -> float:
    """Return the loss at a time, between two measurements in proportion; steps are equal."""
    steps, losses = zip(*record['curve'])
    return float(np.interp(seconds / record['seconds'] * record['steps'], steps, losses))


def _losses(losses: Sequence[float], runs: int) -> str:
    text = f'{statistics.mean(losses):.3f}'
    if len(losses) > 1:
        text += f' ({min(losses):.3f} to {max(losses):.3f})'
    return text if len(losses) == runs else f'{text}, {runs - len(losses)} diverged'


def _share(records: Sequence[Record], count: str, total: str) -> str:
    """Give the mean share; more seeds ask the same sentences, and make no more of them."""
    right = statistics.mean(record[count] for record in records)
    return share_as_text(round(right), records[0][total])


def _introduction(workbench: Workbench, sweep: Sweep) -> str:
    sample = workbench.sample
    robots = len({example.robot.robot for example in sample.judged_by})
    name = workbench.model['name']
    return (
        f'```bash\nbenchmark prompts --model {name} --seeds {sweep.seeds} --epochs {sweep.epochs}'
        f'\n```\n\n{name}, {workbench.dtype}, {workbench.backbone.device.type}. '
        f'Every row: {len(sample.examples)} sentences of the training data, {sweep.epochs} times, '
        f'{BASE.batch_size} in a step;\n20 tokens where nothing else is said; constant learning '
        'rate, the best of the first table (seed 0) for its kind;\n'
        f'seeds 0 to {sweep.seeds - 1}. Loss [nats a token] and right answers are of '
        f'{len(sample.judged_by)} sentences to {robots} robots that were not trained on:\n'
        'losses as mean (least to greatest), shares with the 95 % interval of so many sentences. '
        '"Equal time" is the time in\nwhich the fastest row of a table was done with its steps. '
        'The rates were chosen by the loss of these same sentences,\nfor 20 tokens, two layers '
        'and the start values that a kind has by itself: the other tables favour those.')
