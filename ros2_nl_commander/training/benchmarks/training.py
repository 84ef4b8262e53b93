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
Training steps of this package beside those of Hugging Face PEFT: time, memory and losses.

Every way runs in a process of its own, so that the peak of its memory is its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
import multiprocessing
from pathlib import Path
import resource
import statistics

from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.model.sequence import SequenceEncoder
from ros2_nl_commander.training.batches import encode_examples, EncodedExample, plan_epoch
from ros2_nl_commander.training.benchmarks.table import Table
from ros2_nl_commander.training.benchmarks.training_steps import Course, train_ours, train_peft
from ros2_nl_commander.training.examples import load_examples
from ros2_nl_commander.training.settings import TrainingSettings
import torch

#: Sentences to one robot, as when somebody teaches theirs.
DATA = ('data', 'porter_train.jsonl')
STEPS = 8
_KIB = 1024

#: One batch a step, and nothing that changes over the steps.
DEEP = TrainingSettings(kind='deep', n_tokens=20, learning_rate=0.03, batch_size=2)
#: As PEFT builds it: three linear layers with ReLU.
MLP = TrainingSettings(kind='mlp', n_tokens=20, mlp_layers=3, activation='relu',
                       learning_rate=2e-3, batch_size=2)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to train; ``train`` is called in a process of its own."""

    name: str
    train: Callable[..., Course]
    settings: TrainingSettings


@dataclass(frozen=True, slots=True)
class Result:
    """How it went, and the most memory that it took [bytes]."""

    way: Way
    course: Course
    peak_bytes: int


WAYS = (
    Way('this package, deep', train_ours, DEEP),
    Way('PEFT, prefix tuning', train_peft, DEEP),
    Way('this package, mlp', train_ours, MLP),
    Way('PEFT, p-tuning', train_peft, MLP),
)


def measure_training(folder: Path, device: str, dtype: str, picture: Path | None) -> Table:
    """
    Train a few steps in every way, one after the other, on the same sentences.

    :param folder: the model
    :param picture: PNG file to draw the losses to, if any
    """
    results = [_apart(way, folder, device, dtype) for way in WAYS]
    if picture is not None:
        _draw(results, picture)
    return _table(results)


def steps_of(sequence: SequenceEncoder) -> list[list[EncodedExample]]:
    """Return the examples of every step; the same for every way."""
    examples = encode_examples(load_examples(share_file(*DATA)), sequence)
    return plan_epoch(examples, DEEP.batch_size, 1, DEEP.seed, 0)[:STEPS]


def _apart(way: Way, folder: Path, device: str, dtype: str) -> Result:
    # spawn: the memory and the threads of this process are not passed on.
    context = multiprocessing.get_context('spawn')
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(run_way, way, folder, device, dtype).result()


def run_way(way: Way, folder: Path, device: str, dtype: str) -> Result:
    """Train in one way, in the process that this is called in."""
    course = way.train(folder, device, dtype, way.settings, steps_of)
    peak = torch.cuda.max_memory_allocated() if torch.cuda.is_available() else 0
    # Without a GPU, what the process held at most: loading counts, and so do the libraries.
    return Result(way, course,
                  peak or _KIB * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _table(results: Sequence[Result]) -> Table:
    rows = []
    speeds: dict[str, float] = {}
    for result in results:
        settings, course = result.way.settings, result.course
        # The first step reads the context, and libraries warm up in it.
        median = statistics.median(course.seconds[1:])
        rate = settings.batch_size / median
        ours = speeds.setdefault(settings.kind, rate)
        tokens = statistics.median(count / seconds for count, seconds in
                                   zip(course.tokens[1:], course.seconds[1:]))
        rows.append((result.way.name, f'{course.seconds[0]:.2f}', f'{median:.2f}',
                     f'{rate:.2f}', f'{tokens:.1f}', f'{rate / ours:.2f}',
                     f'{result.peak_bytes / 1e9:.1f}',
                     f'{course.losses[0]:.3f}', f'{course.losses[-1]:.3f}'))
    steps = len(results[0].course.losses)
    return Table(
        f'{steps} training steps of {DEEP.batch_size} sentences to one robot, '
        f'{DEEP.n_tokens} virtual tokens, the same data and start values',
        ('way', 'first step, s', 'step p50, s', 'sentences/s', 'tokens/s (sentences and answers)',
         'ratio to ours', 'peak memory, GB', 'first loss', 'last loss'), rows)


def _draw(results: Sequence[Result], path: Path) -> None:
    from matplotlib.figure import Figure
    figure = Figure(figsize=(10, 4), layout='constrained')
    kinds = list(dict.fromkeys(result.way.settings.kind for result in results))
    for axes, kind in zip(figure.subplots(1, len(kinds), sharey=True, squeeze=False)[0], kinds):
        for result in results:
            if result.way.settings.kind == kind:
                losses = result.course.losses
                axes.plot(range(1, len(losses) + 1), losses, marker='o', label=result.way.name)
        axes.set(xlabel='step', ylabel='loss, nats a token', ylim=(0, None))
        axes.grid(alpha=0.3)
        axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format='png', dpi=110)
