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
The loss of a step and its gradient, over the batches of every process.

Sums are added up over processes and divided by the number of answer tokens of the whole step, so
the result does not depend on how a step is cut into batches and processes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from accelerate import Accelerator
from ros2_nl_commander.model.prompts import PromptEncoder
from ros2_nl_commander.training.batches import Batch, EncodedExample, make_batches
from ros2_nl_commander.training.objective import Objective
import torch


class StepLoss:
    """Measures a prompt on examples that are shared out among the processes."""

    def __init__(
        self, objective: Objective, accelerator: Accelerator, batch_size: int, end_id: int
    ) -> None:
        """
        Put the parts together.

        :param batch_size: examples in one forward of one process
        :param end_id: token to pad with
        """
        self._objective = objective
        self._accelerator = accelerator
        self._batch_size = batch_size
        self._end_id = end_id

    @torch.no_grad()
    def mean(self, encoder: PromptEncoder, examples: Sequence[EncodedExample]) -> float:
        """Return the mean loss of the answer tokens [nats]; the same in every process."""
        loss, tokens = self._sums(encoder, examples, with_gradient=False)
        return loss / tokens

    def mean_with_gradient(
        self, encoder: PromptEncoder, examples: Sequence[EncodedExample]
    ) -> float:
        """Return the mean loss [nats]; leave its gradient in the encoder's parameters."""
        # A process without examples still takes part in the sums, with gradients of zero.
        for parameter in encoder.parameters():
            parameter.grad = torch.zeros_like(parameter)
        loss, tokens = self._sums(encoder, examples, with_gradient=True)
        for parameter in encoder.parameters():
            parameter.grad = self._over_processes(parameter.grad) / tokens
        return loss / tokens

    def _sums(
        self, encoder: PromptEncoder, examples: Sequence[EncodedExample], *, with_gradient: bool
    ) -> tuple[float, int]:
        totals = torch.zeros(2, device=self._accelerator.device)
        for batch in self._own_batches(examples):
            loss, tokens = self._objective.total(encoder.fold(), batch)
            if with_gradient:
                loss.backward()
            totals += torch.tensor([loss.item(), tokens], device=totals.device)
        loss_sum, token_sum = self._over_processes(totals).tolist()
        return loss_sum, int(token_sum)

    def _own_batches(self, examples: Sequence[EncodedExample]) -> Iterator[Batch]:
        share = examples[self._accelerator.process_index::self._accelerator.num_processes]
        return make_batches(share, self._batch_size, self._end_id)

    def _over_processes(self, tensor: Any) -> Any:
        return self._accelerator.reduce(tensor, reduction='sum')
