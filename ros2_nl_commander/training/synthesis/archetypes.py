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
What robots are made of, for synthesis: read from ``data/synthesis``.

An archetype is one thing that many robots have (a lamp, a lift, a voice) under many names, and
what people say to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ros2_nl_commander.language.resources import share_file
import yaml


@dataclass(frozen=True, slots=True)
class Archetype:
    """
    One thing that robots have.

    :param names: what its interface is called; the first names the archetype
    :param about: what is said about it
    :param group: ``switch``, ``value``, ``trigger``, ``choice``, ``colour`` or ``place``
    :param say: sentences by what they mean: ``true``, ``false``, or ``v`` with a slot
    :param kind: which values it takes, for ``value``
    :param unit: what its field holds, where that is not ROS's own unit
    :param field: the field of a choice
    :param values: what may be chosen
    """

    names: tuple[str, ...]
    about: str
    group: str
    say: Mapping[str, tuple[str, ...]]
    kind: str = ''
    unit: str = ''
    field: str = ''
    values: tuple[str, ...] = ()
    is_integer: bool = False
    is_duration: bool = False


@lru_cache
def load_archetypes() -> tuple[Archetype, ...]:
    """Read all of them."""
    others = _file('others.yaml')
    return (
        *(_archetype(entry, 'switch', {'true': entry['set'], 'false': entry['clear']})
          for entry in _file('switches.yaml')),
        *(_archetype(entry, 'value', {'v': entry['say']}) for entry in _file('values.yaml')),
        *(_archetype(entry, group, {'v': entry['say']})
          for section, group in (('triggers', 'trigger'), ('choices', 'choice'),
                                 ('colours', 'colour'), ('places', 'place'))
          for entry in others[section]),
    )


@lru_cache
def load_motions() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Read what people say to a base, and what it means, by the kind of base."""
    return {kind: tuple(tuple(line.split(' => ')) for line in lines_of(text))  # type: ignore[misc]
            for kind, text in _file('motion.yaml').items()}


@lru_cache
def load_declines() -> Mapping[str, tuple[str, ...]]:
    """Read what is no command, by reason."""
    return {reason: lines_of(text or '') for reason, text in _file('declines.yaml').items()}


def lines_of(text: str) -> tuple[str, ...]:
    """Give the lines of a text that are not blank."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _archetype(entry: Mapping[str, Any], group: str, say: Mapping[str, str]) -> Archetype:
    return Archetype(
        tuple(entry['names']), entry.get('about', ''), group,
        {meaning: lines_of(text) for meaning, text in say.items()},
        kind=entry.get('kind', ''), unit=entry.get('unit', ''), field=entry.get('field', ''),
        values=tuple(_words(entry.get('values', ()))), is_integer=entry.get('integer', False),
        is_duration=entry.get('type') == 'duration')


def _words(values: Sequence[Any]) -> Sequence[str]:
    # YAML reads a bare off as false.
    return ['off' if value is False else str(value) for value in values]


def _file(name: str) -> Any:
    path: Path = share_file('data', 'synthesis', name)
    return yaml.safe_load(path.read_text(encoding='utf-8'))
