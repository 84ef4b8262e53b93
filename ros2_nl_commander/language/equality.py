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
Whether two commands ask for the same: equality of messages, never of strings.

Used to measure answers, and so it knows neither spelling nor robots.
"""

from __future__ import annotations

from collections.abc import Mapping
import math
from typing import TypeGuard

from ros2_nl_commander.language.command import ActionGoal, Command, TopicPublication, Value

#: What ``ros2 topic pub`` does without ``--rate``.
_DEFAULT_RATE_HZ = 1.0


def commands_equal(a: Command, b: Command, tolerance: float = 1e-3) -> bool:
    """
    Compare two commands by what they ask for.

    What is left out equals zero, false and empty text, because fields default to them.

    :param tolerance: how far numbers may differ, relative or absolute
    """
    return (
        type(a) is type(b)
        and (a.name, a.type_name) == (b.name, b.type_name)
        and _options_equal(a, b, tolerance)
        and values_equal(a.fields, b.fields, tolerance)
    )


def same_effect(a: Command, b: Command, tolerance: float = 1e-2) -> bool:
    """
    Compare two commands by what they do: how fast a distance is covered does not count.

    Two timed motions are the same if they end in the same place: messages / rate x velocity.
    """
    if commands_equal(a, b):
        return True
    if not (isinstance(a, TopicPublication) and isinstance(b, TopicPublication)):
        return False
    same_topic = (a.name, a.type_name) == (b.name, b.type_name)
    moves = 'Twist' in a.type_name and (a.times or 0) > 1 and (b.times or 0) > 1
    return same_topic and moves and values_equal(_travelled(a), _travelled(b), tolerance)


def _travelled(command: TopicPublication) -> Value:
    """Multiply every velocity by the time that it lasts."""
    seconds = (command.times or 0) / (command.rate_hz or _DEFAULT_RATE_HZ)

    def times_seconds(value: Value) -> Value:
        if isinstance(value, Mapping):
            return {key: times_seconds(item) for key, item in value.items()}
        return value * seconds if _is_number(value) else value

    return times_seconds(command.fields)


def values_equal(a: Value, b: Value, tolerance: float = 0.0) -> bool:
    """
    Compare two values: 1 equals 1.0, but neither equals true.

    :param tolerance: how far numbers may differ, relative or absolute; two whole ones may not
    """
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return all(
            values_equal(a[key], b[key], tolerance) if key in a and key in b
            else _is_default(a[key] if key in a else b[key], tolerance)
            for key in {*a, *b})
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(
            values_equal(x, y, tolerance) for x, y in zip(a, b))
    if _is_count(a) and _is_count(b):
        return a == b  # bottle 1201 is not bottle 1202, however near
    if _is_number(a) and _is_number(b):
        return math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance)
    return type(a) is type(b) and a == b


def _options_equal(a: Command, b: Command, tolerance: float) -> bool:
    """Compare what stands beside the fields; both commands are of one class."""
    if isinstance(a, TopicPublication) and isinstance(b, TopicPublication):
        rate_a, rate_b = (command.rate_hz or _DEFAULT_RATE_HZ for command in (a, b))
        return a.times == b.times and values_equal(rate_a, rate_b, tolerance)
    if isinstance(a, ActionGoal) and isinstance(b, ActionGoal):
        return a.feedback == b.feedback
    return True


def _is_default(value: Value, tolerance: float) -> bool:
    """Tell whether leaving a value out sends the same."""
    if isinstance(value, Mapping):
        return all(_is_default(item, tolerance) for item in value.values())
    return value is False or value in ('', [], ()) or values_equal(value, 0, tolerance)


def _is_count(value: Value) -> TypeGuard[int]:
    """Tell whole numbers from others, and from true and false."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Value) -> TypeGuard[int | float]:
    """Tell numbers from true and false, which Python counts among them."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
