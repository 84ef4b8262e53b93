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

"""What is in data files: counts as Markdown, and a picture of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ros2_nl_commander.language.command import ActionGoal, ServiceCall
from ros2_nl_commander.language.short_form import DECLINES
from ros2_nl_commander.training.benchmarks.table import Table
from ros2_nl_commander.training.examples import Example

#: The commonest values of a kind that are listed.
_MOST = 12

_KINDS: Mapping[str, Callable[[Example], str | None]] = {
    'kind of answer': lambda example: _kind(example),
    'type of the interface': lambda example: _type(example),
    'words in the sentence': lambda example: _band(len(example.instruction.split())),
    'reason to decline': lambda example: _reason(example),
}


def data_tables(files: Mapping[str, Sequence[Example]]) -> list[Table]:
    """
    Count what data files hold.

    :param files: examples by the name of their file
    """
    overview = Table('Files', ('file', 'robots', 'sentences', 'declined'), [
        (name, str(len({example.robot.robot for example in examples})), str(len(examples)),
         str(sum(example.command is None for example in examples)))
        for name, examples in files.items()])
    return [overview, *(_table(title, files, kind) for title, kind in _KINDS.items())]


def draw_data(files: Mapping[str, Sequence[Example]], path: Path) -> None:
    """Draw the counts of all files together to a PNG file."""
    from matplotlib.figure import Figure
    figure = Figure(figsize=(11, 8), layout='constrained')
    everything = [example for examples in files.values() for example in examples]
    for axes, (title, kind) in zip(figure.subplots(2, 2).flat, _KINDS.items()):
        counts = _counted(everything, kind).most_common(_MOST)
        axes.barh([name for name, _ in counts], [count for _, count in counts], color='#3b6ea5')
        axes.invert_yaxis()
        axes.set(title=title, xlabel='sentences')
        axes.tick_params(labelsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format='png', dpi=110)


def _table(
    title: str, files: Mapping[str, Sequence[Example]], kind: Callable[[Example], str | None]
) -> Table:
    counts = {name: _counted(examples, kind) for name, examples in files.items()}
    total: Counter[str] = sum(counts.values(), Counter())
    rows = [(value, *(str(count[value]) for count in counts.values()))
            for value, _ in total.most_common(_MOST)]
    return Table(title.capitalize(), (title, *files), rows)


def _counted(
    examples: Sequence[Example], kind: Callable[[Example], str | None]
) -> Counter[str]:
    return Counter(value for example in examples if (value := kind(example)))


def _kind(example: Example) -> str:
    command = example.command
    if command is None:
        return 'declined'
    if isinstance(command, ServiceCall):
        return 'service call'
    if isinstance(command, ActionGoal):
        return 'action goal'
    return 'motion' if 'Twist' in command.type_name else 'publication'


def _type(example: Example) -> str | None:
    return example.command.type_name if example.command else None


def _band(words: int) -> str:
    low = min((words - 1) // 3 * 3 + 1, 16)
    return '16 and more' if low == 16 else f'{low} to {low + 2}'


def _reason(example: Example) -> str | None:
    if example.command is not None:
        return None
    said = example.answer.startswith(DECLINES)
    return example.answer.removeprefix(DECLINES) if said else 'out of range: copied, then refused'
