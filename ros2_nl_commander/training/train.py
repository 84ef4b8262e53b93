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


"""The training loop: steps, evaluations, checkpoints, early stop, and going on after a break."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
import math
from pathlib import Path
import time

from accelerate import Accelerator
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.cache import first_line
from ros2_nl_commander.model.prompts import FoldedPrompt
from ros2_nl_commander.model.sequence import LAYOUTS, SequenceEncoder
from ros2_nl_commander.training.batches import (
    encode_examples, EncodedExample, plan_epoch, split_held_out)
from ros2_nl_commander.training.encoders import build_encoder
from ros2_nl_commander.training.history import History, load_state, save_state
from ros2_nl_commander.training.interrupts import interrupt_delayed
from ros2_nl_commander.training.lessons import Lessons, Rehearsal
from ros2_nl_commander.training.objective import Objective
from ros2_nl_commander.training.schedule import learning_rate
from ros2_nl_commander.training.settings import TrainingSettings
from ros2_nl_commander.training.step_loss import StepLoss
import torch
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

#: Takes every prompt that is to be kept, in place of the one before.
#: A run that is killed loses no more than this.
SAVE_PERIOD_SEC = 120.0

SaveBest = Callable[[FoldedPrompt, History], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    How a run ended.

    :param history: its course
    :param finished: False if it was interrupted and can be resumed
    """

    history: History
    finished: bool


class Trainer:
    """Trains one prompt on one set of examples."""

    def __init__(
        self, backbone: Backbone, lessons: Lessons, settings: TrainingSettings,
        folder: Path, fingerprint: str, accelerator: Accelerator,
        start: FoldedPrompt | None = None,
    ) -> None:
        """
        Prepare a run from the beginning.

        :param backbone: loaded ``for_training``
        :param lessons: what to learn from, to be judged by and to rehearse
        :param folder: where checkpoints and logs go
        :param fingerprint: of settings and data, guards ``resume``
        :param start: trained prompt to go on from, instead of random values
        """
        self._settings = settings
        self._folder = folder
        self._fingerprint = fingerprint
        self._is_main = accelerator.is_main_process
        sequence = SequenceEncoder(backbone.tokenizer, LAYOUTS[settings.layout])
        self._training, held_out = split_held_out(
            encode_examples(lessons.examples, sequence), settings.held_out, settings.seed)
        self._held_out = [*held_out, *encode_examples(lessons.judged_by, sequence)]
        self._rehearsal = Rehearsal(
            encode_examples(lessons.known, sequence), settings.batch_size, settings.seed)
        self._loss = StepLoss(Objective(backbone, sequence), accelerator,
                              settings.batch_size, sequence.end_id)
        self.encoder = build_encoder(settings, backbone, start)
        self._optimizer = torch.optim.AdamW(
            self.encoder.parameters(), lr=settings.learning_rate,
            weight_decay=settings.weight_decay)
        self._history = History()
        self._saved = time.monotonic()
        processes: int = accelerator.num_processes
        self._batches_per_step = settings.accumulate * processes
        self._steps_per_epoch = len(self._plan(0))

    @property
    def total_steps(self) -> int:
        """Return the optimizer steps of the whole run."""
        return self._steps_per_epoch * self._settings.epochs

    def resume(self) -> None:
        """
        Take up the run that was left in the folder.

        :raises CheckpointError: if there is none, or it is another run's
        """
        self._history = load_state(
            self._folder, self.encoder, self._optimizer, self._fingerprint)

    def run(self, save_best: SaveBest) -> Outcome:
        """
        Train to the end, until there is no progress, or until Ctrl-C.

        :param save_best: called in the main process, with every prompt that is to be kept
        :raises ModelError: if the loss is no longer a number
        :raises CheckpointError: if the folder cannot be written
        """
        finished = True
        with self._log() as log:
            try:
                self._run(save_best, log)
            except KeyboardInterrupt:
                finished = False
            except RuntimeError as error:  # torch's own, out of memory among them
                self._save_state()
                raise ModelError(f'The model failed in step {self._history.step + 1}: '
                                 f'{first_line(error)}. --resume goes on') from error
            self._save_state()
        return Outcome(self._history, finished)

    def _run(self, save_best: SaveBest, log: SummaryWriter | None) -> None:
        self._evaluate_if_due(save_best, log)  # an interrupted run may have stopped before it
        for examples in self._remaining_steps():
            if self._has_stalled():
                return
            loss = self._step(examples)
            self._save_state_if_due()
            if log:
                log.add_scalar('loss/training', loss, self._history.step)
                log.add_scalar('learning_rate', self._optimizer.param_groups[0]['lr'],
                               self._history.step)
            self._evaluate_if_due(save_best, log)

    def _plan(self, epoch: int) -> list[list[EncodedExample]]:
        settings = self._settings
        rehearsed = settings.rehearsal * len(self._training) / settings.batch_size
        return plan_epoch(self._training, settings.batch_size, self._batches_per_step,
                          settings.seed, epoch, self._rehearsal.batches(round(rehearsed), epoch))

    def _remaining_steps(self) -> Iterator[list[EncodedExample]]:
        steps = [step for epoch in range(self._settings.epochs)
                 for step in self._plan(epoch)]
        done, history = self._history.step, self._history
        with tqdm(steps[done:], initial=done, total=len(steps), unit='step',
                  disable=not self._is_main) as bar:
            for examples in bar:
                yield examples
                best = {'held_out': f'{history.best_loss:.4f}'} if history.held_out else {}
                bar.set_postfix(loss=f'{history.training[-1][1]:.4f}', **best)

    def _step(self, examples: Sequence[EncodedExample]) -> float:
        start, history = time.perf_counter(), self._history
        loss = self._loss.mean_with_gradient(self.encoder, examples)
        if not math.isfinite(loss):
            raise ModelError(f'The loss of step {history.step + 1} is {loss}: '
                             'train with a lower learning rate, or another dtype')
        norm = torch.nn.utils.clip_grad_norm_(self.encoder.parameters(), self._settings.clip)
        if not math.isfinite(norm):  # clipping makes that no number
            raise ModelError(f'The gradient of step {history.step + 1} is {norm:g}: '
                             'train with a lower learning rate, or another dtype')
        for group in self._optimizer.param_groups:
            group['lr'] = learning_rate(self._settings, history.step, self.total_steps)
        with interrupt_delayed():
            self._optimizer.step()
            history.step += 1
            history.seconds += time.perf_counter() - start
            history.training.append((history.step, loss))
        return loss

    def _evaluate_if_due(self, save_best: SaveBest, log: SummaryWriter | None) -> None:
        step = self._history.step
        interval = max(1, self._steps_per_epoch // self._settings.evaluations)
        if step == self._history.evaluated or (step % interval and step != self.total_steps):
            return
        loss = self.held_out_loss() if self._held_out else None
        if log and loss is not None:
            log.add_scalar('loss/held_out', loss, step)
        with interrupt_delayed():
            if self._history.add_evaluation(loss) and self._is_main:
                save_best(self.encoder.fold(), self._history)
            self._save_state()

    def _has_stalled(self) -> bool:
        patience = self._settings.patience
        return bool(patience) and self._history.without_progress >= patience

    def held_out_loss(self) -> float:
        """Return the mean loss of the held-out answer tokens [nats]."""
        return self._loss.mean(self.encoder, self._held_out)

    def _save_state_if_due(self) -> None:
        """Save now and then: a run that is killed, or whose machine is, loses minutes."""
        if time.monotonic() - self._saved > SAVE_PERIOD_SEC:
            self._save_state()

    def _save_state(self) -> None:
        self._saved = time.monotonic()
        if self._is_main:
            save_state(self._folder, self.encoder, self._optimizer, self._history,
                       self._fingerprint)

    @contextmanager
    def _log(self) -> Iterator[SummaryWriter | None]:
        if not self._is_main:
            yield None
            return
        with SummaryWriter(str(self._folder / 'tensorboard')) as writer:
            yield writer
