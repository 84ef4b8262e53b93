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

"""What must hold for any text: of the codec, and of every policy that judges what it says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
import math
from pathlib import Path
import shlex
import time
import zlib

from policy_oracle import is_number, rule_for, violations
from ros2_nl_commander.language.codec import format_command, parse_command
from ros2_nl_commander.language.errors import CommandSyntaxError, NlCommanderError
from ros2_nl_commander.language.policy import Tier
from ros2_nl_commander.language.policy_file import parse_policy
from ros2_nl_commander.language.robot import load_robot
from ros2_nl_commander.language.validation import check_command
import yaml

HERE = Path(__file__).parent
ROBOT = load_robot(HERE / 'fuzz_robot.yaml')
_PLAIN = {**yaml.safe_load((HERE / 'fuzz_policies.yaml').read_text(encoding='utf-8')),
          'shipped': yaml.safe_load((HERE.parents[1] / 'config' / 'policy.yaml').read_text())}
#: By name and by whether it clamps: the policy as plain data, and as the package reads it.
POLICIES = {(name, clamps): (plain, parse_policy(yaml.safe_dump(
    {**plain, 'on_violation': 'clamp' if clamps else 'reject'}, sort_keys=False), name))
    for name, plain in _PLAIN.items() for clamps in (False, True)}

#: What an input may take: a fixed time, and one for each character [s of this thread].
MOST_SEC, MOST_SEC_A_CHARACTER = 0.5, 1e-3
#: How far a number may be outside a range that was kept, and has to be inside one that was not.
MARGIN = 1e-6


class Broken(AssertionError):
    """An invariant does not hold."""


def check(text, counts: Counter):
    """
    Check everything for one text.

    :param counts: told how far the text got
    :raises Broken: if something does not hold
    """
    began = time.thread_time()
    counts['inputs'] += 1
    try:
        command = parse_command(text)
    except CommandSyntaxError as error:
        _demand(len(str(error).splitlines()) == 1, f'an error of many lines: {error}')
    else:
        counts['commands'] += 1
        _check_codec(text, command)
        _check_policies(text, command, counts)
    spent = time.thread_time() - began
    _demand(spent < MOST_SEC + MOST_SEC_A_CHARACTER * len(text), f'it took {spent:.2f} s')


def _demand(condition, complaint):
    if not condition:
        raise Broken(complaint)


def _same(one, other):
    """Compare with types: 1 is neither 1.0 nor true."""
    return repr(one) == repr(other)


def _check_codec(text, command):
    """Demand that it is what a shell and YAML read, and is written and reads back the same."""
    words = shlex.split(text.strip(' \t\n'))
    values = [word for word in words[3:] if not word.startswith('-')][-1]
    if values != command.type_name:
        _demand(_same(yaml.safe_load(values), command.fields), 'YAML reads it in another way')
    _demand(command.name in words and command.type_name in words, 'a shell splits it otherwise')
    written = format_command(command)
    _demand(written.isprintable(), 'it is written with what cannot be seen')
    again = parse_command(written)
    _demand(_same(again, command), 'it does not read back')


def _check_policies(text, command, counts):
    try:
        check_command(command, ROBOT)
    except NlCommanderError:
        # Nobody asks a policy then; it must bear the question all the same.
        for _, policy in POLICIES.values():
            policy.decide(command, ROBOT.definitions)
        return
    counts['fit the robot'] += 1
    choice = zlib.crc32(text.encode('utf-8', 'surrogatepass'))
    poisoned = _poisoned(command, choice)
    for (name, clamps), (plain, policy) in POLICIES.items():
        decision = policy.decide(command, ROBOT.definitions)
        counts['decisions'] += 1
        if decision.tier is Tier.DENY:
            _demand(decision.reason, f'{name}: denied without a reason')
            _demand(clamps or violations(plain, command, -MARGIN),
                    f'{name}: denied without need: {decision.reason}')
        else:
            _check_allowed(name, plain, policy, clamps, command, decision)
            counts['clamped' if decision.reason else 'allowed'] += 1
        if poisoned is not None:
            judged = policy.decide(poisoned, ROBOT.definitions)
            _demand(judged.tier is Tier.DENY, f'{name}: allows {poisoned}')


def _check_allowed(name, plain, policy, clamps, command, decision):
    """Demand that it breaks no rule, and nothing but numbers is changed, if the policy clamps."""
    allowed = decision.command
    _demand(decision.tier.value == rule_for(plain, command)['tier'], f'{name}: another tier')
    broken = violations(plain, allowed, MARGIN)
    _demand(not broken, f'{name}: allows {allowed}: {broken}')
    _demand(_is_kept(command.fields, allowed.fields), f'{name}: changes more than numbers')
    _demand(decision.reason or _same(allowed, command), f'{name}: changes it without a word')
    _demand(clamps or not decision.reason, f'{name}: changes it and should not')
    check_command(parse_command(format_command(allowed)), ROBOT)
    again = policy.decide(parse_command(format_command(allowed)), ROBOT.definitions)
    _demand((again.tier, again.reason) == (decision.tier, ''),
            f'{name}: {allowed} was allowed, and is not: {again.reason}')


def _is_kept(said, allowed):
    """Tell whether everything is still there, with the same texts; numbers may be others."""
    if isinstance(said, dict):
        return all(key in allowed and _is_kept(item, allowed[key]) for key, item in said.items())
    if isinstance(said, list):
        return len(said) == len(allowed) and all(map(_is_kept, said, allowed))
    return is_number(allowed) if is_number(said) else _same(said, allowed)


def _poisoned(command, choice):
    """Put what is no number in the place of one; None where there is no number."""
    numbers = sum(1 for _ in _number_places(command.fields))
    if not numbers:
        return None
    poison = (math.nan, math.inf, -math.inf)[choice % 3]
    return replace(command, fields=_replaced(command.fields, [choice // 3 % numbers], poison))


def _number_places(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from _number_places(item)
    elif isinstance(value, list):
        for item in value:
            yield from _number_places(item)
    elif is_number(value):
        yield value


def _replaced(value, left, poison):
    """Replace the number that the counter in ``left`` leads to."""
    if isinstance(value, dict):
        return {key: _replaced(item, left, poison) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, left, poison) for item in value]
    if not is_number(value):
        return value
    left[0] -= 1
    return poison if left[0] == -1 else value
