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

"""A few seconds of ``make fuzz``, always the same ones, and that it would notice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

pytest.importorskip('rclpy')  # the types that the policies speak of

import fuzz_invariants  # noqa: E402,I100
from fuzz_invariants import Broken, check, POLICIES  # noqa: E402
from ros2_nl_commander.language.errors import FieldError  # noqa: E402
from ros2_nl_commander.language.policy import Rule, Tier  # noqa: E402
from ros2_nl_commander.language.policy_limits import Limits, Range  # noqa: E402
from run_fuzz import fuzz_by_chance  # noqa: E402

INPUTS = 4000
TURN = 'ros2 topic pub --once /r/cmd_vel geometry_msgs/msg/Twist "{angular: {z: 1.0}}"'
FAST = 'ros2 topic pub --once /r/cmd_vel geometry_msgs/msg/Twist "{linear: {x: 9.0}}"'
LENIENT = Rule('/r/**', '**', Tier.AUTO, Limits({('x',): Range(-99, 99)}))


def test_nothing_breaks_and_all_is_reached():
    counts = Counter()
    fuzz_by_chance(INPUTS, 5, counts)
    assert counts['inputs'] == INPUTS
    least = {'commands': 0.2, 'fit the robot': 0.1, 'allowed': 0.2, 'clamped': 0.04}
    assert {what: counts[what] / INPUTS for what, share in least.items()
            if counts[what] < share * INPUTS} == {}


@pytest.mark.parametrize('text, change', [
    (FAST, lambda policy: replace(policy, rules=(LENIENT, *policy.rules))),
    (FAST, lambda policy: POLICIES['strict', True][1]),
    (TURN, lambda policy: replace(policy, rules=()))])
def test_a_policy_that_reads_its_rules_in_another_way_is_noticed(monkeypatch, text, change):
    check(text, Counter())
    plain, policy = POLICIES['strict', False]
    monkeypatch.setitem(POLICIES, ('strict', False), (plain, change(policy)))
    with pytest.raises(Broken, match='strict: '):
        check(text, Counter())


@pytest.mark.parametrize('name, change', [
    ('format_command', lambda command: FAST),
    ('violations', lambda *_arguments: ['anything'])])
def test_a_codec_that_reads_in_another_way_is_noticed(monkeypatch, name, change):
    monkeypatch.setattr(fuzz_invariants, name, change)
    with pytest.raises(Broken):
        check(TURN, Counter())


def test_an_error_of_another_kind_is_noticed(monkeypatch):
    def fail(_text):
        raise FieldError('not a matter of the codec')

    monkeypatch.setattr(fuzz_invariants, 'parse_command', fail)
    with pytest.raises(FieldError):
        check(TURN, Counter())


def test_an_input_that_takes_long_is_noticed(monkeypatch):
    monkeypatch.setattr(fuzz_invariants, 'MOST_SEC', 0.0)
    monkeypatch.setattr(fuzz_invariants, 'MOST_SEC_A_CHARACTER', 0.0)
    with pytest.raises(Broken, match='it took'):
        check(TURN, Counter())
