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
Where the milliseconds of one command go, from ``/nl_command`` to ``/ros2_command``.

Knows no ROS: what lies outside the generator is measured by whoever sends the sentences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
import statistics
from typing import NamedTuple

from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.language.generation import GeneratorFactory
from ros2_nl_commander.language.percentile import percentile
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.model import decode as decode_module, generator as generator_module
from ros2_nl_commander.model.backbone import Backbone, load_backbone
from ros2_nl_commander.model.captured import CapturedRun
from ros2_nl_commander.model.constraint import Constraint, GrammarMatching
from ros2_nl_commander.model.drafts import Drafter
from ros2_nl_commander.model.generator import CommandGenerator
from ros2_nl_commander.model.interface_judge import InterfaceJudge
from ros2_nl_commander.model.preference import PreferringMatching
from ros2_nl_commander.model.prepared import RobotPreparation
from ros2_nl_commander.model.runner import PlainRun
from ros2_nl_commander.model.sequence import SequenceEncoder
from ros2_nl_commander.training.benchmarks.as_shipped import generator_as_shipped
from ros2_nl_commander.training.benchmarks.bandwidth import forward_bytes, read_bandwidth
from ros2_nl_commander.training.benchmarks.stopwatch import Lap, Place, Stopwatch
from ros2_nl_commander.training.benchmarks.table import Table
from ros2_nl_commander.training.examples import load_examples
import torch

SENTENCES = 40
SUITE = ('data', 'porter_heldout.jsonl')

GENERATOR, PREPARATION, FORWARD = 'generator', 'preparation', 'forward'
PREFILL, FORWARDS = 'prefill (first forward)', 'other forwards'
JUDGING = 'judging interfaces'
GRAMMAR, GUESSES, CHECK = 'grammar and choosing', 'guessing tokens', 'parse and check'
REST = 'rest'
DDS_IN, QUEUE, HANDING_ON, DDS_OUT = 'DDS in', 'queue', 'handing on', 'DDS out'

#: The table's rows, in the order of events.
PARTS = (DDS_IN, QUEUE, JUDGING, PREPARATION, PREFILL, FORWARDS, GRAMMAR, GUESSES, CHECK, DDS_OUT,
         REST)

#: Where the model runs, whichever way.
RUNS = tuple(Place(run, 'read', FORWARD) for run in (PlainRun, CapturedRun))

PLACES = (
    Place(CommandGenerator, 'generate', GENERATOR),
    Place(InterfaceJudge, 'judge', JUDGING),
    Place(RobotPreparation, 'prepare', PREPARATION),
    Place(SequenceEncoder, 'instruction_ids', PREPARATION),
    *RUNS,
    *(Place(run, 'rank', GRAMMAR) for run in (PlainRun, CapturedRun)),
    Place(Constraint, 'start', GRAMMAR),
    *(Place(GrammarMatching, name, GRAMMAR)
      for name in ('forced', 'masks', 'accept', 'viable')),
    Place(PreferringMatching, 'weighed', GRAMMAR),
    Place(Drafter, '__init__', GUESSES),
    Place(SequenceEncoder, 'value_ids', GUESSES),
    Place(decode_module, 'choose_draft', GUESSES),
    Place(SequenceEncoder, 'answer_text', CHECK),
    Place(generator_module, 'command_or_reason', CHECK),
)

#: Sends sentences one after the other to a node with this generator; gives the seconds of each
#: leg, ``DDS in``, ``queue``, ``generator``, ``handing on`` and ``DDS out``, of every sentence
#: that became a command, and None for the others.
Travel = Callable[[GeneratorFactory, Sequence[str]], Sequence['Mapping[str, float] | None']]


class Sentence(NamedTuple):
    """
    One command's way.

    :param parts: seconds of each part; they add up to the whole
    :param forwards: seconds of each run of the model, the first one first
    """

    parts: Mapping[str, float]
    forwards: Sequence[float]

    @property
    def total(self) -> float:
        """Return the time from ``/nl_command`` to ``/ros2_command`` [s]."""
        return sum(self.parts.values())


def measure_profile(
    folder: Path, device: str, dtype: str, picture: Path | None, travel: Travel
) -> Table:
    """
    Follow the sentences of the demo robot that are not in the training data.

    :param folder: the model
    :param picture: PNG file to draw the bars to, if any
    :param travel: sends them
    """
    sentences = [example.instruction for example in load_examples(share_file(*SUITE))
                 if example.command is not None][:SENTENCES]
    backbone = load_backbone(folder, device=device, dtype=dtype)
    generator = generator_as_shipped(backbone)
    followed = follow(generator, backbone.device, sentences, travel)
    if picture is not None:
        _draw(followed, picture)
    return _table(followed, backbone)


def follow(
    generator: CommandGenerator, device: torch.device, sentences: Sequence[str], travel: Travel
) -> list[Sentence]:
    """
    Send sentences and take the time of every part; the first one warms up and does not count.

    :raises NodeError: if none became a command
    """
    def settle() -> None:
        if device.type == 'cuda':
            torch.cuda.synchronize(device)

    stopwatch = Stopwatch(settle)
    with stopwatch.at(PLACES):
        legs = travel(lambda _settings: generator, (sentences[0], *sentences))
    asked = list(zip(legs, _by_answer(stopwatch.laps), strict=True))
    followed = [_sentence(leg, laps) for leg, laps in asked[1:] if leg is not None]
    if not followed:
        raise NodeError(f'none of {len(sentences)} sentences became a command')
    return followed


def _by_answer(laps: Sequence[Lap]) -> Iterator[list[Lap]]:
    """Cut the laps where an answer of the generator ended; what was before the first is none's."""
    current: list[Lap] = []
    for lap in laps:
        current.append(lap)
        if lap.part == GENERATOR:
            yield [one for one in current if one.thread == lap.thread]
            current = []


def _sentence(legs: Mapping[str, float], laps: Sequence[Lap]) -> Sentence:
    forwards = [lap.seconds for lap in laps if lap.part == FORWARD]
    parts: dict[str, float] = defaultdict(float)
    for lap in laps:
        parts[lap.part] += lap.seconds
    inside = legs[GENERATOR] - sum(seconds for part, seconds in parts.items()
                                   if part != GENERATOR)
    return Sentence({
        DDS_IN: legs[DDS_IN], QUEUE: legs[QUEUE], JUDGING: parts[JUDGING],
        PREPARATION: parts[PREPARATION], PREFILL: sum(forwards[:1]),
        FORWARDS: sum(forwards[1:]), GRAMMAR: parts[GRAMMAR],
        GUESSES: parts[GUESSES], CHECK: parts[CHECK] + legs[HANDING_ON], DDS_OUT: legs[DDS_OUT],
        REST: inside}, forwards)


def _table(followed: Sequence[Sentence], backbone: Backbone) -> Table:
    size, bandwidth = forward_bytes(backbone), read_bandwidth(backbone.device)
    limit = size / bandwidth
    forwards = {PREFILL: [one.forwards[0] for one in followed],
                FORWARDS: [seconds for one in followed for seconds in one.forwards[1:]]}
    mean = statistics.mean(one.total for one in followed)
    rows = []
    for part in PARTS:
        seconds = [one.parts[part] for one in followed]
        share = statistics.mean(seconds) / mean
        reached = (f'{limit / statistics.median(forwards[part]):.0%}'
                   if forwards.get(part) else '')
        rows.append(_row(part, seconds, f'{share:.1%}', reached))
    rows.append(_row('all', [one.total for one in followed], '100.0%', ''))
    count = statistics.mean(len(one.forwards) for one in followed)
    return Table(
        f'From /nl_command to /ros2_command: {len(followed)} commands, {count:.1f} forwards each, '
        f'{backbone.describe()}; a forward reads '
        f'{size / 1e9:.2f} GB, at {bandwidth / 1e9:.1f} GB/s in {1000 * limit:.1f} ms',
        ('part', 'p50, ms', 'p95, ms', 'share of the mean', 'of the bandwidth limit'), rows)


def _row(name: str, seconds: Sequence[float], share: str, reached: str) -> tuple[str, ...]:
    return (name, f'{1000 * statistics.median(seconds):.2f}',
            f'{1000 * percentile(seconds, 95):.2f}', share, reached)


def _draw(followed: Sequence[Sentence], path: Path) -> None:
    """Draw the mean, and the commands at three percentiles, each with its own parts."""
    from matplotlib.figure import Figure
    ordered = sorted(followed, key=lambda one: one.total)
    bars = {'mean': {part: statistics.mean(one.parts[part] for one in followed)
                     for part in PARTS}}
    for percent in (10, 50, 95):
        at = ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]
        bars[f'p{percent}'] = dict(at.parts)
    figure = Figure(figsize=(10, 3.4), layout='constrained')
    axes = figure.add_subplot()
    left = [0.0] * len(bars)
    for number, part in enumerate(PARTS):
        widths = [1000 * bar[part] for bar in bars.values()]
        axes.barh(list(bars), widths, left=left, label=part, color=f'C{number}')
        left = [start + width for start, width in zip(left, widths)]
    axes.invert_yaxis()
    axes.set(xlabel='from /nl_command to /ros2_command [ms]', xlim=(0, None))
    axes.grid(alpha=0.3, axis='x')
    axes.legend(loc='center left', bbox_to_anchor=(1.01, 0.5))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format='png', dpi=110)
