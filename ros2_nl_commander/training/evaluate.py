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
Scoring answers by what they do: message equality, never likeness of strings.

A right decline counts as right; a command where declining was right is a wrong acceptance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
import math
from typing import Any

from ros2_nl_commander.language.codec import format_command
from ros2_nl_commander.language.command import Command
from ros2_nl_commander.language.equality import same_effect
from ros2_nl_commander.language.generation import Generation, Generator
from ros2_nl_commander.language.percentile import percentile
from ros2_nl_commander.training.examples import Example

#: Standard normal quantile of a two-sided 95 % interval.
Z_95 = 1.96


@dataclass(frozen=True, slots=True)
class Score:
    """One example with its answer."""

    example: Example
    generation: Generation

    @property
    def is_right(self) -> bool:
        """Tell whether the answer does what was asked, or rightly declines."""
        got = self.generation.command
        return any(expected is got is None or (
            expected is not None and got is not None and same_effect(expected, got))
            for expected in self.example.accepted)

    @property
    def is_same_interface(self) -> bool:
        """Tell whether the answer at least addresses the right interface."""
        got = self.generation.command
        return any(expected is got is None or (
            expected is not None and got is not None
            and (expected.name, expected.type_name) == (got.name, got.type_name))
            for expected in self.example.accepted)


def score_examples(generator: Generator, examples: Sequence[Example]) -> Iterator[Score]:
    """Answer every example, robot by robot, and yield each score as soon as it is there."""
    robot = None
    for example in sorted(examples, key=lambda example: (example.robot.robot, id(example.robot))):
        if example.robot is not robot:
            robot = example.robot
            generator.use_robot(robot)
        yield Score(example, generator.generate(example.instruction, lambda: False))


def summarise(scores: Sequence[Score]) -> dict[str, Any]:
    """Count what is right, with 95 % intervals and the seconds a sentence took."""
    commands = [score for score in scores if score.example.command is not None]
    declines = [score for score in scores if score.example.command is None]
    return {
        'right': _share(score.is_right for score in scores),
        'right_commands': _share(score.is_right for score in commands),
        'right_interface': _share(score.is_same_interface for score in commands),
        'right_declines': _share(score.is_right for score in declines),
        'false_refusals': _share(score.generation.command is None for score in commands),
        'wrong_acceptances': _share(score.generation.command is not None for score in declines),
        'tokens': sum(score.generation.tokens for score in scores),
        'forwards': sum(score.generation.forwards for score in scores),
        'seconds': _percentiles([score.generation.seconds for score in scores]),
        'by_interface': _by_interface(scores),
    }


def failures(scores: Iterable[Score]) -> list[dict[str, Any]]:
    """List what went wrong: sentence, expected, got, and to which robot it was said."""
    return [{'instruction': score.example.instruction, 'expected': _expected(score.example),
             'got': _text(score.generation.command), 'reason': score.generation.reason,
            'robot': score.example.robot.robot}
            for score in scores if not score.is_right]


def wilson_interval(successes: int, count: int) -> tuple[float, float]:
    """
    Bound a proportion with 95 % confidence.

    Source: Wilson 1927, doi 10.1080/01621459.1927.10502953.
    """
    if count == 0:
        return 0.0, 1.0
    share, square = successes / count, Z_95 ** 2
    centre = share + square / (2 * count)
    spread = Z_95 * math.sqrt(share * (1 - share) / count + square / (4 * count ** 2))
    scale = 1 + square / count
    # Rounding must not lead out of 0 to 1.
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def share_as_text(count: int, of: int, decimals: int = 0) -> str:
    """Write a share with its 95 % interval, for tables; nothing of nothing."""
    if not of:
        return ''
    low, high = wilson_interval(count, of)
    return (f'{count}/{of} = {100 * count / of:.{decimals}f} % '
            f'[{100 * low:.0f}, {100 * high:.0f}]')


def _share(outcomes: Iterable[bool]) -> dict[str, Any]:
    values = list(outcomes)
    low, high = wilson_interval(sum(values), len(values))
    return {'count': sum(values), 'of': len(values),
            'share': round(sum(values) / len(values), 4) if values else None,
            'interval_95': [round(low, 4), round(high, 4)]}


def _percentiles(seconds: Sequence[float]) -> dict[str, float]:
    return {f'p{percent}': round(percentile(seconds, percent), 3)
            for percent in (50, 95) if seconds}


def _by_interface(scores: Sequence[Score]) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[bool]] = {}
    for score in scores:
        command = score.example.command
        groups.setdefault('declined' if command is None else command.name, []).append(
            score.is_right)
    return {name: _share(outcomes) for name, outcomes in sorted(groups.items())}


def _expected(example: Example) -> str:
    """Write every right answer, the first one as it is to be spelt."""
    is_bare = example.command is None and not example.has_reason
    others = (_text(command) or 'null' for command in example.others)
    return ' or '.join(('null' if is_bare else example.answer, *others))


def _text(command: Command | None) -> str | None:
    return None if command is None else format_command(command)
