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
What very many interfaces cost: time, right answers, and interfaces that the shortlist misses.

The sentences are those of the suite of unseen robots. Each robot gets the interfaces that a large
machine has besides; for the shortlist alone it is also hidden among other robots, which is harsh:
dozens with the same abilities stand beside the one that is meant and is not named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
import statistics
import time

from ros2_nl_commander.language.generation import GeneratorSettings
from ros2_nl_commander.language.grammar import grammar_from_robot
from ros2_nl_commander.language.lark import lark_from_grammar
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.model.backbone import load_backbone
from ros2_nl_commander.model.constraint import GrammarEngine
from ros2_nl_commander.model.generator import CommandGenerator
from ros2_nl_commander.model.interface_judge import InterfaceJudge
from ros2_nl_commander.model.relevance import relevance_for, RelevanceModel
from ros2_nl_commander.model.sequence import LAYOUTS, SequenceEncoder
from ros2_nl_commander.model.shipped import load_shipped
from ros2_nl_commander.training.benchmarks.table import Table
from ros2_nl_commander.training.evaluate import Score, score_examples, share_as_text
from ros2_nl_commander.training.examples import by_robot, Example, load_examples
from ros2_nl_commander.training.synthesis.crowds import (
    hide_examples, other_robots, own_devices)

SIZES = (10, 35, 100, 300, 1000, 2000)
#: Every so many of the suite's sentences are answered; all of them are looked up.
EVERY = 3
#: Robots to which one more topic is added.
GROWING = 5
#: At other sizes nothing is answered: only grammars are built and names looked up.
ANSWERED = (10, 35, 100, 1000)


@dataclass(frozen=True, slots=True)
class Crowd:
    """
    Figures of one number of interfaces; times in seconds, None where nothing was answered.

    :param recall: how often the shortlist has what is meant, of 1, among devices
    :param harsh_recall: the same among other robots
    :param growing_seconds: from one more topic until sentences may be about it
    :param right: of the answered sentences, always the same ones, which were answered rightly
    """

    size: int
    grammar_seconds: float
    growing_seconds: float
    recall: float
    harsh_recall: float
    median_seconds: float | None
    right: tuple[bool, ...]


def measure_crowds(folder: Path, device: str, dtype: str, picture: Path | None) -> Table:
    """
    Answer the same sentences among more and more interfaces.

    :param picture: PNG file to draw the curves to, if any
    """
    examples = [example for example in load_examples(share_file('data', 'general_heldout.jsonl'))
                if example.command is not None]
    backbone = load_backbone(folder, device=device, dtype=dtype)
    prompt = load_shipped(backbone.shape)
    sequence = SequenceEncoder(backbone.tokenizer, LAYOUTS[prompt.card.layout])
    engine = GrammarEngine(backbone, sequence.end_ids)
    settings = GeneratorSettings('', '')
    relevance = relevance_for(settings)
    # One for each size: one that remembers the answers of another would guess them.
    generators = {size: CommandGenerator(backbone, prompt, settings, relevance) for size in SIZES}
    scores = _answered(examples, generators)
    crowds = [_measure(size, examples, scores.get(size, []), generators[size], engine, relevance)
              for size in SIZES]
    if picture is not None:
        _draw(crowds, picture)
    return Table(
        'Very many interfaces',
        ('interfaces', 'whole grammar, ms', 'one more topic, s', 'shortlist has it',
         'the same, among other robots', 'p50 of a sentence, s', 'right', 'lost', 'gained'),
        [(str(crowd.size), f'{1000 * crowd.grammar_seconds:.0f}',
          f'{crowd.growing_seconds:.2f}', f'{100 * crowd.recall:.0f} %',
          f'{100 * crowd.harsh_recall:.0f} %',
          '' if crowd.median_seconds is None else f'{crowd.median_seconds:.2f}',
          *_against(crowds[0].right, crowd.right))
         for crowd in crowds])


def _answered(
    examples: Sequence[Example], generators: Mapping[int, CommandGenerator]
) -> Mapping[int, Sequence[Score]]:
    """Answer robot by robot in all sizes, so that a busy minute of the machine falls on all."""
    asked = {size: by_robot(hide_examples(examples, size, own_devices)[::EVERY])
             for size in ANSWERED}
    scores: dict[int, list[Score]] = {size: [] for size in asked}
    for of_one_robot in zip(*asked.values(), strict=True):
        for size, sentences in zip(asked, of_one_robot):
            scores[size] += score_examples(generators[size], sentences)
    return scores


def _measure(
    size: int, examples: Sequence[Example], scores: Sequence[Score],
    generator: CommandGenerator, engine: GrammarEngine, relevance: RelevanceModel | None,
) -> Crowd:
    hidden = hide_examples(examples, size, own_devices)
    robots = {id(example.robot): example.robot for example in hidden}
    return Crowd(
        size, statistics.median(_build(robot, engine) for robot in robots.values()),
        statistics.median(_grow(robot, generator) for robot in [*robots.values()][:GROWING]),
        _recall(hidden, relevance),
        _recall(hide_examples(examples, size, other_robots), relevance),
        statistics.median(score.generation.seconds for score in scores) if scores else None,
        tuple(score.is_right for score in scores))


def _build(robot: RobotDescription, engine: GrammarEngine) -> float:
    start = time.perf_counter()
    engine.compile(lark_from_grammar(grammar_from_robot(robot)))
    return time.perf_counter() - start


def _grow(robot: RobotDescription, generator: CommandGenerator) -> float:
    generator.use_robot(robot)
    grown = replace(robot, topics={**robot.topics, '/bench/lamp': 'std_msgs/msg/Bool'})
    start = time.perf_counter()
    generator.use_robot(grown)
    return time.perf_counter() - start


def _recall(examples: Sequence[Example], relevance: RelevanceModel | None) -> float:
    """Tell how often the interface that is meant is read for its sentence."""
    robots = {id(example.robot): example.robot for example in examples}
    judges = {key: InterfaceJudge(robot, relevance) for key, robot in robots.items()}
    found = 0
    for example in examples:
        kept = judges[id(example.robot)].judge(example.instruction).robot
        found += any(example.command is not None and example.command.name in kept.offered(noun)
                     for noun in ('topic', 'service', 'action'))
    return found / len(examples)


def _against(few: tuple[bool, ...], many: tuple[bool, ...]) -> tuple[str, str, str]:
    """Give the share of right answers, and how many are wrong or right only here."""
    if not many:
        return '', '', ''
    lost = sum(before and not now for before, now in zip(few, many, strict=True))
    gained = sum(now and not before for before, now in zip(few, many, strict=True))
    return share_as_text(sum(many), len(many)), str(lost), str(gained)


def _draw(crowds: Sequence[Crowd], path: Path) -> None:
    from matplotlib.figure import Figure
    answered = [crowd for crowd in crowds if crowd.median_seconds is not None]
    sizes = [crowd.size for crowd in answered]
    figure = Figure(figsize=(9, 4), layout='constrained')
    times, shares = figure.subplots(1, 2)
    times.plot(sizes, [crowd.median_seconds for crowd in answered], marker='o')
    times.set(xscale='log', xlabel='interfaces', ylabel='p50 of a sentence [s]', ylim=(0, None))
    shares.plot([crowd.size for crowd in crowds], [100 * crowd.recall for crowd in crowds],
                marker='o', label='shortlist has the interface')
    shares.plot([crowd.size for crowd in crowds], [100 * crowd.harsh_recall for crowd in crowds],
                marker='^', label='the same, among other robots')
    shares.plot(sizes, [100 * statistics.mean(crowd.right) for crowd in answered],
                marker='s', label='right')
    shares.set(xscale='log', xlabel='interfaces', ylabel='[%]', ylim=(0, 100))
    shares.legend(loc='lower left')
    for axes in (times, shares):
        axes.grid(alpha=0.3)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format='png', dpi=110)
