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

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
import re

from ros2_nl_commander.language.entry import Entry
from ros2_nl_commander.language.errors import PolicyError, RobotDescriptionError
from ros2_nl_commander.language.names import check_field_path
from ros2_nl_commander.language.policy import Policy, Rule, Tier
from ros2_nl_commander.language.policy_limits import Limits, Range
from ros2_nl_commander.language.policy_patterns import could_match_type
from ros2_nl_commander.language.quantities import basic_unit, convert, Unit, UNITS, units_like
from ros2_nl_commander.language.robot import read_text
from ros2_nl_commander.language.unit_names import unit_of_field, unit_of_name
from ros2_nl_commander.language.velocities import Path as FieldPath

_RULE_KEYS = ('type', 'tier', 'limits', 'rate', 'max_duration', 'max_distance', 'max_angle',
              'max_items', 'max_text', 'ends_in_zeros')
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
    root = Entry.from_text(text, source, PolicyError, keys=('on_violation', 'rules'))
    given = root.entries(only=('on_violation', 'rules'))
    clamps = 'on_violation' in given and given['on_violation'].one_of('reject', 'clamp') == 'clamp'
    section = root.required('rules')
    rules = tuple(_rule(name, entry) for name, entry in section.entries().items())
    if not rules:
        raise section.error('has no rule, so that all would be denied: name what may be done')
    _check_order(rules)
    return Policy(rules, clamps)


def _check_order(rules: Sequence[Rule]) -> None:
    """Refuse a rule that stands behind one that is about the same and more: it never counts."""
    for number, rule in enumerate(rules):
        for earlier in rules[:number]:
            if earlier.covers(rule) and rule.entry is not None:
                raise rule.entry.error(f'is never reached, the first rule that matches counts: '
                                       f'put it before {earlier.name}')


def _rule(name: str, entry: Entry) -> Rule:
    given = entry.entries(only=_RULE_KEYS)
    if not _NAME_PATTERN.fullmatch(name):
        raise entry.error('is no pattern of absolute names, such as /porter/* or /**')
    type_name = given['type'].text() if 'type' in given else '**'
    if not _TYPE_PATTERN.fullmatch(type_name):
        raise given['type'].error('is no pattern of types, such as geometry_msgs/msg/Twist*')
    if not could_match_type(type_name):
        raise given['type'].error('matches no type: write it in three parts, package/msg/Name, '
                                  'such as geometry_msgs/msg/Twist* or std_srvs/srv/*')
    tier = Tier(entry.required('tier').one_of(*(tier.value for tier in Tier)))
    limits = _limits(given, lambda path: _unit(path, name, type_name))
    return Rule(name, type_name, tier, limits, _ends_in_zeros(given, limits), entry)


def _ends_in_zeros(given: Mapping[str, Entry], limits: Limits) -> bool:
    entry = given.get('ends_in_zeros')
    if entry is None:
        return False
    if not isinstance(entry.value, bool):
        raise entry.error('must be true or false')
    for path, limit in limits.fields.items():
        if entry.value and not limit.has(0):
            raise entry.error(f'zero is outside the limits of {".".join(path)}')
    return entry.value


def _unit(path: FieldPath, name: str, type_name: str) -> Unit | None:
    """Tell what a field is measured in; None where nothing says so."""
    if path == ('data',):
        return unit_of_name(name)
    if path[-1] == 'speed' and type_name.startswith('ackermann_msgs/'):
        return UNITS['m/s']
    return unit_of_field(path)


def _limits(
    given: Mapping[str, Entry], unit_of: Callable[[FieldPath], Unit | None]
) -> Limits:
    """
    Read everything that limits numbers.

    :param unit_of: tells what a field is measured in
    """
    fields = given['limits'].entries() if 'limits' in given else {}
    ranges: dict[FieldPath, Range] = {}
    for spelt, entry in fields.items():
        entry.check(check_field_path, spelt)
        path = tuple(spelt.split('.'))
        ranges[path] = _range(entry, unit_of(path))
    return Limits(
        fields=ranges,
        rate_hz=_rate(given['rate']) if 'rate' in given else None,
        max_duration_sec=_most(given.get('max_duration'), 's'),
        max_distance_m=_most(given.get('max_distance'), 'm'),
        max_angle_rad=_most(given.get('max_angle'), 'rad'),
        max_items=_count(given.get('max_items')),
        max_text=_count(given.get('max_text')))


def _range(entry: Entry, wanted: Unit | None) -> Range:
    """
    Read ``[lowest, highest]``; a unit may follow, and both are converted.

    :param wanted: what the number is measured in, if that is known; else it is ROS's unit
    """
    items = entry.items('[lowest, highest] or [lowest, highest, unit]')
    if len(items) not in (2, 3):
        raise entry.error('must be [lowest, highest] or [lowest, highest, unit]')
    symbol = _symbol(items[2], wanted) if len(items) == 3 else None
    low, high = (_converted(item, symbol, wanted) for item in items[:2])
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
    symbol = _symbol(items[1], UNITS[wanted]) if len(items) == 2 else wanted
    most = _converted(items[0], symbol, UNITS[wanted])
    if most <= 0:
        raise entry.error('must be above 0')
    return most


def _symbol(entry: Entry, wanted: Unit | None) -> str:
    """Read a unit; an error lists those that could be meant."""
    symbols = list(UNITS)
    if wanted is not None and entry.value not in symbols:
        symbols = [unit.symbol for unit in units_like(wanted)]
    return entry.one_of(*symbols)


def _rate(entry: Entry) -> Range:
    rate = _range(entry, UNITS['Hz'])
    if rate.low < 0 or rate.high <= 0:
        raise entry.error('must not begin below 0 and must end above it')
    return rate


def _converted(entry: Entry, symbol: str | None, wanted: Unit | None) -> float:
    number = entry.number()
    if symbol is None:
        return float(number)
    unit = UNITS[symbol]
    wanted = wanted or basic_unit(unit.dimension)
    if unit.dimension != wanted.dimension:
        raise entry.error(f'{symbol} measures {unit.dimension}, not {wanted.dimension}')
    return float(convert(Fraction(number), unit, wanted))


def _count(entry: Entry | None) -> int | None:
    if entry is None:
        return None
    number = entry.number()
    if not isinstance(number, int) or number < 0:
        raise entry.error('must be a whole number, 0 or more')
    return number
