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
The held-out suites, and the table and the picture of how a generator does on them.

Whole suites are files; the others are what the sentences of those have in common.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
import re

from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.training.benchmarks.table import Table
from ros2_nl_commander.training.evaluate import Score, share_as_text, summarise

#: Files below ``data``; nothing of them is trained on.
FILES = {
    'unseen robots': ('general_heldout.jsonl',),
    'unseen robots, by strangers': ('strangers', 'strangers.jsonl'),
    'unseen robots, by newcomers': ('newcomers', 'newcomers.jsonl'),
    'demo robot, unseen sentences': ('porter_heldout.jsonl',),
}
_NUMBER = re.compile(
    r'\d|\b(two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|'
    r'fifty|sixty|seventy|eighty|ninety|hundred|half|quarter|twice)\b', re.IGNORECASE)
_PARTS: Mapping[str, Callable[[Score], bool]] = {
    'of all: numbers and units': lambda score: bool(
        score.example.command and _NUMBER.search(score.example.instruction)),
    'of all: motion': lambda score: bool(
        score.example.command and 'Twist' in score.example.command.type_name),
    'of all: to be declined': lambda score: score.example.command is None,
}
_COLUMNS = {'right': 'right', 'right_commands': 'commands', 'right_interface': 'interface',
            'right_declines': 'declines', 'false_refusals': 'false refusals',
            'wrong_acceptances': 'wrong acceptances'}

Suites = dict[str, list[Score]]


def suite_files() -> dict[str, Path]:
    """Give the suites that ship, by name."""
    return {name: share_file('data', *path) for name, path in FILES.items()}


def with_parts(suites: Mapping[str, Sequence[Score]]) -> Suites:
    """Add what the sentences of all suites have in common, and all of them."""
    everything = [score for scores in suites.values() for score in scores]
    parts = {name: [score for score in everything if belongs(score)]
             for name, belongs in _PARTS.items()}
    named = {name: list(scores) for name, scores in suites.items()}
    return {**named, **parts, 'all': everything}


def suite_table(suites: Mapping[str, Sequence[Score]], variant: str) -> Table:
    """Write shares with their 95 % intervals."""
    rows = []
    for name, scores in suites.items():
        summary = summarise(scores)
        seconds = summary['seconds'] or {'p50': 0.0, 'p95': 0.0}
        shares = [summary[key] for key in _COLUMNS]
        rows.append((name, *(share_as_text(share['count'], share['of']) for share in shares),
                     f'{seconds["p50"]:.2f}, {seconds["p95"]:.2f}'))
    return Table(f'Suites, {variant}', ('suite', *_COLUMNS.values(), 's, p50, p95'), rows)


def draw_suites(suites: Mapping[str, Sequence[Score]], path: Path) -> None:
    """Draw the share of right answers of each suite, with its interval, to a PNG file."""
    from matplotlib.figure import Figure
    rights = {name: summarise(scores)['right'] for name, scores in suites.items() if scores}
    shares = [right['share'] * 100 for right in rights.values()]
    bounds = [[abs(share - 100 * right['interval_95'][side]) for share, right
               in zip(shares, rights.values())] for side in (0, 1)]
    figure = Figure(figsize=(8, 1 + 0.5 * len(rights)), layout='constrained')
    axes = figure.add_subplot()
    axes.barh(list(rights), shares, xerr=bounds, color='#3b6ea5', ecolor='#555555', capsize=3)
    for row, (share, right) in enumerate(zip(shares, rights.values())):
        axes.text(1, row, f'{share:.0f} % of {right["of"]}', va='center', color='white')
    axes.set(xlabel='right [%], with 95 % intervals', xlim=(0, 100))
    axes.invert_yaxis()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format='png', dpi=120)
