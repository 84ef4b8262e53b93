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
The training loop: steps over one or several processes, evaluation, checkpoints, early stop.

Gradients are summed over processes and divided by the number of answer tokens of the whole step,
so the result does not depend on how a step is cut into batches and processes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
import math
from pathlib import Path
import time
from typing import Any, Iterator

from accelerate import Accelerator
from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.prompts import FoldedPrompt
from ros2_nl_commander.model.sequence import LAYOUTS, SequenceEncoder
from ros2_nl_commander.training.batches import (
    encode_examples, EncodedExample, make_batches, plan_epoch, split_held_out)
from ros2_nl_commander.training.encoders import build_encoder
from ros2_nl_commander.training.examples import Example
from ros2_nl_commander.training.history import History, load_state, save_state
from ros2_nl_commander.training.objective import Objective
from ros2_nl_commander.training.settings import TrainingSettings
import torch
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    How a run ended.

    :param prompt: the best prompt, or the last one where nothing was held out
    :param history: its course
    :param finished: False if it was interrupted and can be resumed
    """

    prompt: FoldedPrompt
    history: History
    finished: bool


class Trainer:
    """Trains one prompt on one set of examples."""

    def __init__(
        self, backbone: Backbone, examples: Sequence[Example], settings: TrainingSettings,
        folder: Path, fingerprint: str, accelerator: Accelerator,
    ) -> None:
        """
        Prepare a run from the beginning.

        :param backbone: loaded ``for_training``
        :param folder: where checkpoints and logs go
        :param fingerprint: of settings and data, guards ``resume``
        """
        self._settings = settings
        self._folder = folder
        self._fingerprint = fingerprint
        self._accelerator = accelerator
        sequence = SequenceEncoder(backbone.tokenizer, LAYOUTS[settings.layout])
        self._end_id = sequence.end_id
        self._objective = Objective(backbone, sequence)
        encoded = encode_examples(examples, sequence)
        self._training, self._held_out = split_held_out(
            encoded, settings.held_out, settings.seed)
        self.encoder = build_encoder(settings, backbone)
        self._optimizer = torch.optim.AdamW(
            self.encoder.parameters(), lr=settings.learning_rate,
            weight_decay=settings.weight_decay)
        self._history = History()
        self._best: FoldedPrompt | None = None
        size = settings.batch_size * settings.accumulate * accelerator.num_processes
        self._step_size = size
        self._steps_per_epoch = math.ceil(len(self._training) / size)

    @property
    def total_steps(self) -> int:
        """Return the optimizer steps of the whole run."""
        return self._steps_per_epoch * self._settings.epochs

    def resume(self, best: FoldedPrompt | None) -> None:
        """
        Take up the run that was left in the folder.

        :param best: the best prompt saved so far
        :raises CheckpointError: if there is none, or it is another run's
        """
        self._history = load_state(
            self._folder, self.encoder, self._optimizer, self._fingerprint)
        self._best = best

    def run(self, save_best: Any) -> Outcome:
        """
        Train to the end, until there is no progress, or until Ctrl-C.

        :param save_best: called with every prompt that is the best so far, and the history
        """
        finished = True
        with self._log() as log:
            try:
                self._run(save_best, log)
            except KeyboardInterrupt:
                finished = False
            self._save_state()
        return Outcome(self._best or self._fold(), self._history, finished)

    def _run(self, save_best: Any, log: SummaryWriter | None) -> None:
        for examples in self._remaining_steps():
            start = time.perf_counter()
            loss = self._step(examples)
            history = self._history
            history.step += 1
            history.seconds += time.perf_counter() - start
            history.training.append((history.step, loss))
            if log:
                log.add_scalar('loss/training', loss, history.step)
                log.add_scalar('learning_rate', self._learning_rate(), history.step)
            if self._is_evaluation_due():
                self._evaluate(save_best, log)
                if self._has_stalled():
                    return

    def _remaining_steps(self) -> Iterable[list[EncodedExample]]:
        steps = (step for epoch in range(self._settings.epochs)
                 for step in plan_epoch(self._training, self._step_size,
                                        self._settings.seed, epoch))
        done = self._history.step
        remaining = [step for number, step in enumerate(steps) if number >= done]
        bar = tqdm(remaining, initial=done, total=self.total_steps, unit='step',
                   disable=not self._accelerator.is_main_process)
        for examples in bar:
            yield examples
            history = self._history
            bar.set_postfix(loss=f'{history.training[-1][1]:.4f}',
                            held_out=f'{history.best_loss:.4f}')

    def _step(self, examples: Sequence[EncodedExample]) -> float:
        loss, tokens = self._backward(examples)
        parameters = [p for p in self.encoder.parameters() if p.grad is not None]
        for parameter in parameters:
            parameter.grad = self._sum(parameter.grad) / tokens
        torch.nn.utils.clip_grad_norm_(parameters, self._settings.clip)
        for group in self._optimizer.param_groups:
            group['lr'] = self._learning_rate()
        self._optimizer.step()
        self._optimizer.zero_grad()
        return loss / tokens

    def _backward(self, examples: Sequence[EncodedExample]) -> tuple[float, float]:
        # A process without examples still takes part in the sums, with gradients of zero.
        for parameter in self.encoder.parameters():
            parameter.grad = torch.zeros_like(parameter)
        totals = torch.zeros(2, device=self._accelerator.device)
        for batch in self._batches(examples):
            loss, tokens = self._objective.total(self._fold(), batch)
            loss.backward()
            totals += torch.tensor([loss.item(), tokens], device=totals.device)
        loss_sum, token_sum = self._sum(totals).tolist()
        return loss_sum, token_sum

    def _batches(self, examples: Sequence[EncodedExample]) -> Iterable[Any]:
        share = examples[self._accelerator.process_index::self._accelerator.num_processes]
        return make_batches(share, self._settings.batch_size, self._end_id)

    def _learning_rate(self) -> float:
        settings, step = self._settings, self._history.step
        rising = settings.warmup * self.total_steps
        if step < rising:
            return settings.learning_rate * (step + 1) / (rising + 1)
        if settings.schedule == 'constant':
            return settings.learning_rate
        progress = (step - rising) / max(1, self.total_steps - rising)
        return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))

    def _is_evaluation_due(self) -> bool:
        interval = max(1, self._steps_per_epoch // self._settings.evaluations)
        return self._history.step % interval == 0 or self._history.step == self.total_steps

    def _evaluate(self, save_best: Any, log: SummaryWriter | None) -> None:
        history = self._history
        improved = True
        if self._held_out:
            loss = self.held_out_loss()
            improved = history.add_evaluation(loss)
            if log:
                log.add_scalar('loss/held_out', loss, history.step)
        if improved:
            self._best = FoldedPrompt(**{name: tensor.detach().clone() for name, tensor
                                         in self._fold().tensors().items()})
            if self._accelerator.is_main_process:
                save_best(self._best, history)
        self._save_state()

    def _has_stalled(self) -> bool:
        patience = self._settings.patience
        return bool(patience) and self._history.without_progress >= patience

    @torch.no_grad()
    def held_out_loss(self) -> float:
        """Return the mean loss of the held-out answer tokens [nats]."""
        totals = torch.zeros(2, device=self._accelerator.device)
        for batch in self._batches(self._held_out):
            loss, tokens = self._objective.total(self._fold(), batch)
            totals += torch.tensor([loss.item(), tokens], device=totals.device)
        loss_sum, token_sum = self._sum(totals).tolist()
        return float(loss_sum / token_sum)

    def _fold(self) -> FoldedPrompt:
        folded: FoldedPrompt = self.encoder.fold()  # type: ignore[operator]
        return folded

    def _sum(self, tensor: Any) -> Any:
        return self._accelerator.reduce(tensor, reduction='sum')

    def _save_state(self) -> None:
        if self._accelerator.is_main_process:
            save_state(self._folder, self.encoder, self._optimizer, self._history,
                       self._fingerprint)

    @contextmanager
    def _log(self) -> Iterator[SummaryWriter | None]:
        if not self._accelerator.is_main_process:
            yield None
            return
        with SummaryWriter(str(self._folder / 'tensorboard')) as writer:
            yield writer
