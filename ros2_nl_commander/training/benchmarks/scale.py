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

"""What longer sentences, more robots, and many sentences at once cost: time and memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
import statistics
import time

import psutil
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.language.robot import load_robot, RobotDescription
from ros2_nl_commander.model.backbone import Backbone, load_backbone
from ros2_nl_commander.model.checkpoint import TrainedPrompt
from ros2_nl_commander.model.generator import CommandGenerator
from ros2_nl_commander.model.prepared import RobotPreparation
from ros2_nl_commander.model.sequence import LAYOUTS, SequenceEncoder
from ros2_nl_commander.model.shipped import load_shipped
from ros2_nl_commander.training.benchmarks.as_shipped import generator_as_shipped
from ros2_nl_commander.training.benchmarks.batched import Batched, draw_batches, measure_batches
from ros2_nl_commander.training.benchmarks.profiling import RUNS
from ros2_nl_commander.training.benchmarks.stopwatch import Stopwatch
from ros2_nl_commander.training.benchmarks.table import Table

WORDS = (5, 10, 20, 50, 100)
ROBOTS = (1, 10, 50)

#: Five words each, for the demo robot.
REQUESTS = ('mute the siren right now', 'raise the lift to 65cm', 'lock the tray right away',
            'turn left by 30 degrees', 'announce dinner is served now')
#: What people say besides; short words, as a sentence has at most 500 characters.
CHATTER = 'well as it is a new day and we all are up'.split()


def measure_scale(
    folder: Path, device: str, dtype: str, picture: Path | None
) -> Sequence[Table]:
    """
    Measure all three.

    :param folder: the model
    :param picture: PNG file to draw the curve of the batches to, if any
    """
    backbone = load_backbone(folder, device=device, dtype=dtype)
    prompt = load_shipped(backbone.shape)
    robot = load_robot(share_file('config', 'robots', 'demo_robot.yaml'))
    lengths = [_length(backbone, prompt, robot, words) for words in WORDS]
    files = sorted(share_file('data', 'robots').glob('*.yaml'))
    robots = [load_robot(path) for path in files[:max(ROBOTS)]]
    kept = list(_robots(generator_as_shipped(backbone), robots))
    sequence = SequenceEncoder(backbone.tokenizer, LAYOUTS[prompt.card.layout])
    prefix = RobotPreparation(backbone, sequence, prompt.folded, False).prepare(robot).prefix
    sentences = [sequence.instruction_ids(text, behind_context=True) for text in REQUESTS]
    batches = measure_batches(backbone, prefix, sentences, round(lengths[0].forwards))
    if picture is not None:
        draw_batches(batches, picture)
    return _length_table(lengths), _robot_table(kept), _batch_table(batches)


@dataclass(frozen=True, slots=True)
class Length:
    """Sentences of one length; seconds, forwards and tokens are of one sentence."""

    words: int
    tokens: float
    prefill_seconds: float
    seconds: float
    forwards: float
    key_value_bytes: float


def lengthened(request: str, words: int) -> str:
    """Put chatter before a request, up to a number of words."""
    own = request.split()
    return ' '.join([*islice(cycle(CHATTER), words - len(own)), *own])


def _length(
    backbone: Backbone, prompt: TrainedPrompt, robot: RobotDescription, words: int
) -> Length:
    # A generator for each length: one that remembers the other answers would guess them.
    generator = generator_as_shipped(backbone)
    generator.use_robot(robot)
    sequence = SequenceEncoder(backbone.tokenizer, LAYOUTS[prompt.card.layout])
    sentences = [lengthened(request, words) for request in REQUESTS]
    stopwatch = Stopwatch()
    firsts, generations = [], []
    with stopwatch.at(RUNS):
        for sentence in sentences:
            stopwatch.laps.clear()
            generations.append(generator.generate(sentence))
            firsts.append(stopwatch.laps[0].seconds)
    ids = [len(sequence.instruction_ids(one, behind_context=True)) for one in sentences]
    return Length(
        words, statistics.mean(ids), statistics.median(firsts),
        statistics.median(one.seconds for one in generations),
        statistics.mean(one.forwards for one in generations),
        position_bytes(backbone) * statistics.mean(
            count + one.tokens for count, one in zip(ids, generations)))


def position_bytes(backbone: Backbone) -> int:
    """Return what keys and values of one position take [bytes]."""
    shape = backbone.shape
    numbers = shape.layers * 2 * shape.key_value_heads * shape.head_dim
    return numbers * backbone.dtype.itemsize


@dataclass(frozen=True, slots=True)
class Kept:
    """So many robots prepared by one generator; seconds are medians."""

    robots: int
    first_seconds: float
    again_seconds: float
    sentence_seconds: float
    grown_bytes: int


def _robots(
    generator: CommandGenerator, robots: Sequence[RobotDescription]
) -> Iterator[Kept]:
    """Prepare more and more robots, and come back to each of them."""
    before = psutil.Process().memory_info().rss
    first: list[float] = []
    for count in ROBOTS:
        first += [_timed_use(generator, robot) for robot in robots[len(first):count]]
        again, sentence = [], []
        for robot in robots[:count]:
            again.append(_timed_use(generator, robot))
            sentence.append(generator.generate('what can you do').seconds)
        yield Kept(len(first), statistics.median(first), statistics.median(again),
                   statistics.median(sentence), psutil.Process().memory_info().rss - before)


def _timed_use(generator: CommandGenerator, robot: RobotDescription) -> float:
    start = time.perf_counter()
    generator.use_robot(robot)
    return time.perf_counter() - start


def _length_table(lengths: Sequence[Length]) -> Table:
    return Table(
        f'Length of the sentence ({len(REQUESTS)} sentences each, medians)',
        ('words', 'tokens', 'first forward, ms', 'sentence, s', 'forwards',
         'keys and values of sentence and answer, MB'),
        [(str(one.words), f'{one.tokens:.0f}', f'{1000 * one.prefill_seconds:.0f}',
          f'{one.seconds:.2f}', f'{one.forwards:.1f}', f'{one.key_value_bytes / 1e6:.2f}')
         for one in lengths])


def _robot_table(kept: Sequence[Kept]) -> Table:
    return Table(
        'Robots that one generator serves in turn (medians; the contexts stay in memory, up to '
        '1 GiB, and the last few robots with all that belongs to them)',
        ('robots', 'preparing the first time, s', 'coming back, ms', 'a sentence, s',
         'memory, MB', 'each, MB'),
        [(str(one.robots), f'{one.first_seconds:.2f}', f'{1000 * one.again_seconds:.0f}',
          f'{one.sentence_seconds:.2f}', f'{one.grown_bytes / 1e6:.0f}',
          f'{one.grown_bytes / 1e6 / one.robots:.1f}') for one in kept])


def _batch_table(batches: Sequence[Batched]) -> Table:
    alone = batches[0]
    return Table(
        'Sentences to one robot at once, as the forwards would allow it: there is no batched '
        f'decoding, this is one prefill and {alone.forwards - 1} forwards of one token, without '
        'grammar and guesses',
        ('sentences', 'prefill, ms', 'forward of one token, ms', 'sentences/s', 'ratio',
         'keys and values, MB'),
        [(str(one.size), f'{1000 * one.prefill_seconds:.0f}', f'{1000 * one.step_seconds:.0f}',
          f'{one.rate:.2f}', f'{one.rate / alone.rate:.2f}', f'{one.key_value_bytes / 1e6:.0f}')
         for one in batches])
