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
What a run remembers: losses over time, the best so far, and how to go on after a break.

Everything is written beside the prompt: ``training_state.pt`` while it runs, ``metrics.json`` and
``loss.png`` at the end, TensorBoard events in ``tensorboard/``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
import json
import math
from pathlib import Path
import pickle
from typing import Any

from ros2_nl_commander.language.errors import CheckpointError
from ros2_nl_commander.model.cache import first_line
from ros2_nl_commander.model.checkpoint import replace_files
import torch
from torch import nn

STATE_FILE = 'training_state.pt'
METRICS_FILE = 'metrics.json'
PLOT_FILE = 'loss.png'


@dataclass(slots=True)
class History:
    """
    The course of a run.

    :param step: optimizer steps done
    :param seconds: time trained, over all sittings [s]
    :param evaluated: step of the last evaluation
    :param best_loss: lowest held-out loss, nats a token; infinite before the first
    :param best_step: step of the prompt that is kept
    :param without_progress: evaluations since then
    :param training: (step, loss) of every step
    :param held_out: (step, loss) of every evaluation, on what the run is judged by
    """

    step: int = 0
    seconds: float = 0.0
    evaluated: int = 0
    best_loss: float = math.inf
    best_step: int = 0
    without_progress: int = 0
    training: list[tuple[int, float]] = field(default_factory=list)
    held_out: list[tuple[int, float]] = field(default_factory=list)

    def add_evaluation(self, loss: float | None) -> bool:
        """
        Note a held-out loss; return whether the prompt of this step is to be kept.

        :param loss: None where nothing is held out; then the last prompt is kept
        """
        self.evaluated = self.step
        if loss is not None:
            self.held_out.append((self.step, loss))
            if not loss < self.best_loss:
                self.without_progress += 1
                return False
            self.best_loss = loss
        self.best_step, self.without_progress = self.step, 0
        return True

    def figures(self) -> dict[str, Any]:
        """Return everything as JSON can hold it, which knows no infinity."""
        held_out = [(step, _finite(loss)) for step, loss in self.held_out]
        return asdict(self) | {'best_loss': _finite(self.best_loss), 'held_out': held_out}


def _finite(loss: float) -> float | None:
    return loss if math.isfinite(loss) else None


def save_state(
    folder: Path, encoder: nn.Module, optimizer: torch.optim.Optimizer, history: History,
    fingerprint: str,
) -> None:
    """
    Write everything that going on needs, whole or not at all.

    :raises CheckpointError: if the folder cannot be written
    """
    state = {'encoder': encoder.state_dict(), 'optimizer': optimizer.state_dict(),
             'history': asdict(history), 'fingerprint': fingerprint}
    replace_files(folder, {STATE_FILE: lambda path: torch.save(state, path)})


def find_state(folder: Path) -> Path:
    """
    Return the file that a run was left in.

    :raises CheckpointError: if there is nothing to take up
    """
    path = folder / STATE_FILE
    if not path.is_file():
        raise CheckpointError(f'Nothing to resume in {folder}: no {STATE_FILE}')
    return path


def load_state(
    folder: Path, encoder: nn.Module, optimizer: torch.optim.Optimizer, fingerprint: str
) -> History:
    """
    Take up a run where it was left.

    :param fingerprint: of settings and data; going on with others would mix two runs
    :raises CheckpointError: if there is nothing to take up, or it belongs to another run
    """
    path = find_state(folder)
    try:
        state = torch.load(path, map_location='cpu', weights_only=True)
        same = state['fingerprint'] == fingerprint
        if same:
            encoder.load_state_dict(state['encoder'])
            optimizer.load_state_dict(state['optimizer'])
        history = History(**state['history'])
    except (OSError, KeyError, RuntimeError, TypeError, ValueError, EOFError,
            pickle.UnpicklingError) as error:
        raise CheckpointError(f'{path} is damaged: {first_line(error)}') from error
    if not same:
        raise CheckpointError(
            f'{path} belongs to a run with other settings or data: resume with the same, '
            'or choose another output folder')
    return history


def write_report(folder: Path, history: History, summary: dict[str, Any]) -> None:
    """
    Write the figures of a finished run as JSON, and its losses as a picture.

    :raises CheckpointError: if the folder cannot be written
    """
    text = json.dumps(summary | history.figures(), indent=2, allow_nan=False) + '\n'
    replace_files(folder, {METRICS_FILE: lambda path: path.write_text(text),
                           PLOT_FILE: lambda path: _plot(path, history)})


def _plot(path: Path, history: History) -> None:
    from matplotlib.figure import Figure  # late: half a second that inference never needs

    figure = Figure(figsize=(7, 4), layout='constrained')
    axes = figure.add_subplot()
    axes.plot(*zip(*history.training), linewidth=0.8, alpha=0.6, label='training')
    if history.held_out:
        axes.plot(*zip(*history.held_out), marker='o', label='judged by')
        axes.axvline(history.best_step, color='grey', linestyle=':', label='best, kept')
    axes.set(xlabel='step', ylabel='loss, nats a token', yscale='log', title='Training')
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, format='png', dpi=120)
