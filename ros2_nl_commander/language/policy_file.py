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
The YAML file of a policy: every mistake in it is named with its line, and then none of it counts.

``config/policy.yaml`` is an example with every key.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
import re

from ros2_nl_commander.language.entry import Entry
from ros2_nl_commander.language.errors import PolicyError, RobotDescriptionError
from ros2_nl_commander.language.names import check_field_path
from ros2_nl_commander.language.policy import Policy, Rule, Tier
from ros2_nl_commander.language.policy_limits import Limits, Range
from ros2_nl_commander.language.quantities import basic_unit, convert, UNITS
from ros2_nl_commander.language.robot import read_text

_RULE_KEYS = ('type', 'tier', 'limits', 'rate', 'max_duration', 'max_distance', 'max_angle',
              'max_items', 'max_text')
_NAME_PATTERN = re.compile(r'/[A-Za-z0-9_/*]+')
_TYPE_PATTERN = re.compile(r'[A-Za-z0-9_/*]+')


def load_policy(path: Path) -> Policy:
    """
    Read a policy file.

    :raises PolicyError: if it cannot be read or is wrong in any way; names file, line and key
    """
    try:
        text = read_text(path)
    except RobotDescriptionError as error:
        raise PolicyError(str(error)) from error
    return parse_policy(text, str(path))


def parse_policy(text: str, source: str) -> Policy:
    """
    Read a policy.

    :param text: YAML
    :param source: what error messages call it, usually its file name
    :raises PolicyError: if it is wrong; names the source, the line and the key
    """
    root = Entry.from_text(text, source, PolicyError)
    given = root.entries(only=('on_violation', 'rules'))
    clamps = 'on_violation' in given and given['on_violation'].one_of('reject', 'clamp') == 'clamp'
    rules = root.required('rules').entries()
    return Policy(tuple(_rule(name, entry) for name, entry in rules.items()), clamps)


def _rule(name: str, entry: Entry) -> Rule:
    given = entry.entries(only=_RULE_KEYS)
    if not _NAME_PATTERN.fullmatch(name):
        raise entry.error('is no pattern of absolute names, such as /porter/* or /**')
    type_name = given['type'].text() if 'type' in given else '**'
    if not _TYPE_PATTERN.fullmatch(type_name):
        raise given['type'].error('is no pattern of types, such as geometry_msgs/msg/Twist*')
    tier = Tier(entry.required('tier').one_of(*(tier.value for tier in Tier)))
    return Rule(name, type_name, tier, _limits(given))


def _limits(given: Mapping[str, Entry]) -> Limits:
    fields = given['limits'].entries() if 'limits' in given else {}
    for path, entry in fields.items():
        entry.check(check_field_path, path)
    return Limits(
        fields={tuple(path.split('.')): _range(entry) for path, entry in fields.items()},
        rate_hz=_range(given['rate']) if 'rate' in given else None,
        max_duration_sec=_most(given.get('max_duration'), 's'),
        max_distance_m=_most(given.get('max_distance'), 'm'),
        max_angle_rad=_most(given.get('max_angle'), 'rad'),
        max_items=_count(given.get('max_items')),
        max_text=_count(given.get('max_text')))


def _range(entry: Entry) -> Range:
    """Read ``[lowest, highest]``; a unit may follow, and both are converted to ROS's."""
    items = entry.items()
    if len(items) not in (2, 3):
        raise entry.error('must be [lowest, highest] or [lowest, highest, unit]')
    symbol = items[2].one_of(*UNITS) if len(items) == 3 else None
    low, high = (_in_ros_units(item, symbol) for item in items[:2])
    if not low <= high:
        raise entry.error(f'is an empty range: {low:g} is above {high:g}')
    return Range(low, high)


def _most(entry: Entry | None, wanted: str) -> float | None:
    """Read ``30`` or ``[30, unit]``, in the wanted unit."""
    if entry is None:
        return None
    items = entry.items() if isinstance(entry.value, list) else [entry]
    if len(items) not in (1, 2):
        raise entry.error(f'must be a number of {wanted}, or [number, unit]')
    symbol = items[1].one_of(*UNITS) if len(items) == 2 else wanted
    if UNITS[symbol].dimension != UNITS[wanted].dimension:
        raise entry.error(f'{symbol} measures {UNITS[symbol].dimension}, '
                          f'not {UNITS[wanted].dimension}')
    most = _in_ros_units(items[0], symbol)
    if most <= 0:
        raise entry.error('must be above 0')
    return most


def _in_ros_units(entry: Entry, symbol: str | None) -> float:
    number = entry.number()
    if symbol is None:
        return float(number)
    unit = UNITS[symbol]
    return float(convert(Fraction(number), unit, basic_unit(unit.dimension)))


def _count(entry: Entry | None) -> int | None:
    if entry is None:
        return None
    number = entry.number()
    if not isinstance(number, int) or number < 0:
        raise entry.error('must be a whole number, 0 or more')
    return number
