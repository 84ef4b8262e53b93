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


"""What rounding the weights to 8 or 4 bits is worth here: time, memory, right answers, one run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
import gc
from pathlib import Path
import statistics
import time

from ros2_nl_commander.language.codec import format_command
from ros2_nl_commander.language.percentile import percentile
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.model.backbone import Backbone, load_backbone
from ros2_nl_commander.model.forward import logits, read
from ros2_nl_commander.model.key_values import KeyValueCache
from ros2_nl_commander.training.benchmarks.as_shipped import generator_as_shipped
from ros2_nl_commander.training.benchmarks.table import Table
from ros2_nl_commander.training.evaluate import Score, score_examples, share_as_text
from ros2_nl_commander.training.examples import Example, load_examples
import torch

#: The first is what the others are compared with.
ROUNDINGS = ('none', 'int8', 'int4')
#: Every so many of the suite's sentences are asked.
EVERY = 6
#: Tokens of the forwards that are timed: one, a few that were guessed, an instruction, a context.
WIDTHS = (1, 2, 4, 8, 32, 256)
REPETITIONS = 7


@dataclass(frozen=True, slots=True)
class Setting:
    """Figures of one way to hold the weights; seconds of forwards by their width."""

    name: str
    load_seconds: float
    memory_bytes: int
    forwards: dict[int, float]
    scores: list[Score]

    @property
    def seconds(self) -> list[float]:
        """Return the time of every sentence."""
        return [score.generation.seconds for score in self.scores]

    @property
    def answers(self) -> list[str | None]:
        """Return the text of every answer; None is a decline."""
        commands = [score.generation.command for score in self.scores]
        return [None if command is None else format_command(command) for command in commands]


def measure_quantization(
    folder: Path, device: str, dtype: str, settings: Sequence[str] = ROUNDINGS
) -> Table:
    """
    Load the model in every setting, time its forwards, and ask it the same sentences.

    :param folder: the model; only one is in memory at a time
    :param settings: the first is what the others are compared with
    """
    examples = load_examples(share_file('data', 'general_heldout.jsonl'))[::EVERY]
    measured = [_measure(name, folder, device, dtype, examples) for name in settings]
    return Table(
        f'Bits of a weight: {len(examples)} sentences to unseen robots',
        ('weights', 'loading, s', 'memory, GB', 'p50, s', 'p95, s', 'ratio of p50', 'right',
         'answers as first', *(f'forward of {width}, ms (ratio)' for width in WIDTHS)),
        [_row(setting, measured[0]) for setting in measured])


def _measure(
    name: str, folder: Path, device: str, dtype: str, examples: Sequence[Example]
) -> Setting:
    gc.collect()  # the model before this one has cycles
    start = time.perf_counter()
    backbone = load_backbone(folder, device=device, dtype=dtype, quantize=name)
    loading = time.perf_counter() - start
    forwards = {width: _time_forward(backbone, width) for width in WIDTHS}
    generator = generator_as_shipped(backbone)
    return Setting(name, loading, backbone.memory_bytes(), forwards,
                   list(score_examples(generator, examples)))


@torch.inference_mode()
def _time_forward(backbone: Backbone, width: int) -> float:
    """Time a forward of so many tokens with the logits of each, as decoding does [s]."""
    embedded = torch.randn(1, width, backbone.shape.hidden_size,
                           device=backbone.device, dtype=backbone.dtype)
    times = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        hidden = read(backbone, embedded, KeyValueCache())
        logits(backbone, hidden[0, -min(width, 8):])[-1, 0].item()  # waits for a GPU
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def _row(setting: Setting, first: Setting) -> tuple[str, ...]:
    right, of = sum(score.is_right for score in setting.scores), len(setting.scores)
    median, before = statistics.median(setting.seconds), statistics.median(first.seconds)
    same = sum(mine == theirs for mine, theirs in zip(setting.answers, first.answers))
    return (setting.name, f'{setting.load_seconds:.1f}', f'{setting.memory_bytes / 1e9:.2f}',
            f'{median:.3f}', f'{percentile(setting.seconds, 95):.3f}', f'{median / before:.2f}',
            share_as_text(right, of),
            f'{same}/{of}',
            *(f'{1000 * taken:.1f} ({taken / first.forwards[width]:.2f})'
              for width, taken in setting.forwards.items()))
