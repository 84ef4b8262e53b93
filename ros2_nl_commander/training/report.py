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

"""What an evaluation found, as Markdown to read, as JSON to compute with, and as pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import json
from pathlib import Path

from ros2_nl_commander.training.benchmarks.table import Table
from ros2_nl_commander.training.confusion import (
    confuse_kinds, confuse_reasons, Confusion, draw_confusions)
from ros2_nl_commander.training.evaluate import failures, Score, summarise
from ros2_nl_commander.training.suites import draw_suites, suite_table, with_parts
from ros2_nl_commander.training.sureness import sureness_table

Scores = Mapping[str, Sequence[Score]]


def report_as_markdown(suites: Scores, variant: str) -> str:
    """
    Write the table of suites, what was confused, how sure it was, and every failure.

    :param suites: scores by suite
    :param variant: which variant of the suites it was
    """
    tables = [suite_table(with_parts(suites), variant),
              *(confusion.as_table() for confusion in _confusions(suites)),
              sureness_table(_everything(suites)),
              *(_failure_table(name, scores) for name, scores in suites.items()
                if failures(scores))]
    return '\n'.join(table.as_markdown() for table in tables)


def report_as_json(suites: Scores, variant: str) -> str:
    """
    Write everything that ``report_as_markdown`` does, and figures of every sentence.

    They are: how long it took, how likely the model found its answer, whether that was right.

    :param suites: scores by suite
    :param variant: which variant of the suites it was
    """
    parts = with_parts(suites)
    return json.dumps({
        'variant': variant,
        'suites': {name: summarise(scores) for name, scores in parts.items()},
        'confusion': {confusion.title: confusion.as_json() for confusion in _confusions(suites)},
        'failures': {name: failures(scores) for name, scores in suites.items()},
        'seconds': {name: [round(score.generation.seconds, 3) for score in scores]
                    for name, scores in parts.items()},
        'sureness': [(round(score.generation.probability, 4), score.is_right)
                     for score in _everything(suites)],
    }, indent=2) + '\n'


def draw_report(suites: Scores, path: Path) -> None:
    """Draw the suites to a PNG file, and what was confused to one beside it."""
    draw_suites(with_parts(suites), path)
    draw_confusions(_confusions(suites), confusion_path(path))


def confusion_path(path: Path) -> Path:
    """Tell where the picture of what was confused is, beside the one of the suites."""
    return path.with_name(f'{path.stem}-confusion{path.suffix}')


def _confusions(suites: Scores) -> list[Confusion]:
    everything = _everything(suites)
    return [confuse_kinds(everything), confuse_reasons(everything)]


def _everything(suites: Scores) -> list[Score]:
    return [score for scores in suites.values() for score in scores]


def _failure_table(name: str, scores: Sequence[Score]) -> Table:
    wrong = failures(scores)
    return Table(f'Failures: {name} ({len(wrong)})', ('robot', 'sentence', 'expected', 'got'), [
        (failure['robot'], failure['instruction'], failure['expected'],
         failure['got'] or f'declined: {failure["reason"]}') for failure in wrong])
