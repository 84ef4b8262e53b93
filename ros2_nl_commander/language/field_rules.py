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
Whether what a file says about a field fits the type: a rule for a field that is not there is none.

Knows schemas and paths; what a robot offers is known in ``robot``, what is allowed in ``policy``.
"""

from __future__ import annotations

from collections.abc import Collection
from difflib import SequenceMatcher
from typing import TypeAlias

from ros2_nl_commander.language.command import Value
from ros2_nl_commander.language.fields import fits
from ros2_nl_commander.language.interfaces import (
    ByteType, FloatType, IntegerType, leaves, MessageSchema, SCALAR_TYPES, ScalarType, TextType)
from ros2_nl_commander.language.names import excerpt

Path: TypeAlias = tuple[str, ...]

#: Its axes stand under ``twist``, and rules are also written without that.
STAMPED_VELOCITY = 'geometry_msgs/msg/TwistStamped'
#: More are not read in an error message.
_MOST_NAMED = 8


def rule_keys(path: str, type_name: str) -> Path:
    """Give the way to a field; a rule for an axis holds for a stamped velocity too."""
    keys = tuple(path.split('.'))
    is_bare = type_name == STAMPED_VELOCITY and keys[0] in ('linear', 'angular')
    return ('twist', *keys) if is_bare else keys


def numbers_of(schema: MessageSchema) -> list[Path]:
    """Give every field that holds a number or a list of them."""
    return [path for path, kind, _ in leaves(schema) if _is_number(kind)]


def limit_misfit(path: str, bounds: tuple[float, float], schema: MessageSchema) -> str:
    """
    Tell why limits of a field would never take effect.

    :param path: the whole path of the field
    :returns: the reason and what would fit; empty where they fit
    """
    kind = _kind_at(path, schema)
    if kind is None or not _is_number(kind):
        there = f'only the {kind}' if kind else 'no number'
        return f'{schema} has {there} {path}: {closest_first(path, numbers_of(schema), "number")}'
    low, high = bounds
    held = SCALAR_TYPES['uint8'] if isinstance(kind, ByteType) else kind
    if isinstance(held, IntegerType) and (low > held.highest or high < held.lowest):
        return f'{path} is {kind}, which holds {held.lowest} to {held.highest}: none is allowed'
    return ''


def choice_misfit(path: str, value: Value, schema: MessageSchema) -> str:
    """
    Tell why a field can never take a value.

    :param path: the whole path of the field
    :returns: the reason and what would fit; empty where it can
    """
    kind = _kind_at(path, schema)
    if kind is None:
        fields = [known for known, _, _ in leaves(schema)]
        return f'{schema} has no value {path}: {closest_first(path, fields, "value")}'
    held = SCALAR_TYPES['uint8'] if isinstance(kind, ByteType) else kind
    if fits(value, held):
        return ''
    if isinstance(kind, TextType) and not isinstance(value, str):
        return f'{path} is text, and {spelt(value)} is none: {quoting(value)}'
    return f'{path} is {kind}, which cannot be {spelt(value)}'


def quoting(value: Value) -> str:
    """Say how text is written that YAML takes for something else."""
    if isinstance(value, bool):
        return 'quote the words on, off, yes and no if they are text'
    return f'quote it, "{value}", if it is text'


def spelt(value: Value) -> str:
    """Spell a value as files do."""
    return str(value).lower() if isinstance(value, bool) else excerpt(value)


def closest_first(path: str, paths: Collection[Path], noun: str) -> str:
    """Name the paths that there are: first those that end or begin like one, then the similar."""
    if not paths:
        return f'it has no {noun} at all'

    def distance(known: str) -> tuple[bool, float]:
        is_part = f'.{known}'.endswith(f'.{path}') or known.startswith(f'{path}.')
        return not is_part, -SequenceMatcher(None, path.lower(), known.lower()).ratio()

    known = sorted(map('.'.join, paths), key=distance)
    more = ', ...' if len(known) > _MOST_NAMED else ''
    return f'its {noun}s, closest first, are {", ".join(known[:_MOST_NAMED])}{more}'


def _kind_at(path: str, schema: MessageSchema) -> ScalarType | None:
    keys = rule_keys(path, schema.type_name)
    return next((kind for known, kind, _ in leaves(schema) if known == keys), None)


def _is_number(kind: ScalarType) -> bool:
    return isinstance(kind, (FloatType, IntegerType, ByteType))
