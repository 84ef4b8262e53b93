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

"""What a policy lets pass: nothing by default, and no way around a limit."""

from __future__ import annotations

import math
from pathlib import Path

from hypothesis import given, settings, strategies as st
from policy_definitions import DEFINITIONS
import pytest
from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.command import ServiceCall, TopicPublication
from ros2_nl_commander.language.errors import PolicyError
from ros2_nl_commander.language.policy import Policy, Tier
from ros2_nl_commander.language.policy_file import load_policy, parse_policy

EXAMPLE = Path(__file__).parents[2] / 'config' / 'policy.yaml'

BASE = """
rules:
  /r/cmd_vel:
    type: geometry_msgs/msg/Twist*
    tier: auto
    limits: {linear.x: [-0.3, 0.5, m/s], angular.z: [-60, 60, deg/s]}
    rate: [1, 50]
    max_duration: [1, min]
    max_distance: 5
    max_angle: [1, turns]
  /r/arm/*:
    tier: confirm
    limits: {positions: [-1, 1], time_from_start.sec: [1, 9]}
    max_items: 3
  /r/bad: {tier: deny}
  /r/**: {type: std_srvs/srv/*, tier: auto}
"""


def decide(text, clamps=False, policy=BASE):
    rules = parse_policy(policy, 'p.yaml').rules
    return Policy(rules, clamps).decide(parse_command(text), DEFINITIONS)


def twist(fields, options='--once', stamped=False):
    kind = 'TwistStamped' if stamped else 'Twist'
    fields = f'{{twist: {fields}}}' if stamped else fields
    return f'ros2 topic pub {options} /r/cmd_vel geometry_msgs/msg/{kind} "{fields}"'


@pytest.mark.parametrize('text, tier', [
    ('ros2 service call /r/x/y std_srvs/srv/Trigger "{}"', Tier.AUTO),
    ('ros2 service call /r/x std_srvs/srv/SetBool "{data: true}"', Tier.AUTO),
    ('ros2 service call /r/x other/srv/SetBool "{data: true}"', Tier.DENY),
    ('ros2 service call /rr/x std_srvs/srv/Trigger "{}"', Tier.DENY),
    ('ros2 service call /r/bad std_srvs/srv/Trigger "{}"', Tier.DENY),
    ('ros2 topic pub --once /r/arm/a/b a/msg/B "{time_from_start: {sec: 1}}"', Tier.DENY),
    ('ros2 topic pub --once /r/arm/a a/msg/B "{time_from_start: {sec: 1}}"', Tier.CONFIRM),
])
def test_first_rule_that_matches_counts_and_none_denies(text, tier):
    assert decide(text).tier is tier


@pytest.mark.parametrize('stamped', [False, True])
@pytest.mark.parametrize('fields, is_allowed', [
    ('{linear: {x: 0.5}}', True), ('{linear: {x: 0.51}}', False), ('{linear: {x: -0.31}}', False),
    ('{angular: {z: 1.04}}', True), ('{angular: {z: 1.05}}', False),
    ('{linear: {y: 0.01}}', False), ('{angular: {x: 0.01}}', False), ('{linear: {y: 0.0}}', True),
    ('{}', True)])
def test_one_limit_covers_velocities_stamped_or_not(fields, is_allowed, stamped):
    decision = decide(twist(fields, stamped=stamped))
    assert (decision.tier is Tier.AUTO) is is_allowed, decision.reason


@pytest.mark.parametrize('options, fields, reason', [
    ('--times 101 --rate 10', '{linear: {x: 0.5}}', 'duration'),  # 5.05 m
    ('--times 651 --rate 10', '{angular: {z: 0.1}}', 'duration'),  # more than a turn
    ('--times 61 --rate 1', '{}', 'duration'), ('--times 1 --rate 0.001', '{}', 'rate'),
    ('--times 5 --rate 60', '{}', 'rate'),
    ('--times 11', '{linear: {x: 0.5}}', 'duration'), ('', '{}', 'without end'),
    ('--rate 5', '{}', 'without end')])
def test_what_lasts_or_leads_too_far_is_denied(options, fields, reason):
    decision = decide(twist(fields, options))
    assert (decision.tier, reason in decision.reason) == (Tier.DENY, True), decision.reason


def test_both_bounds_themselves_are_allowed():
    assert decide(twist('{linear: {x: 0.5}}', '--times 100 --rate 10')).tier is Tier.AUTO


@pytest.mark.parametrize('fields, is_allowed', [
    ('{points: [{positions: [1, -1], time_from_start: {sec: 2}}]}', True),
    ('{points: [{positions: [1, 0], time_from_start: {sec: 2}}, '
     '{positions: [0, 1.01], time_from_start: {sec: 2}}]}', False),
    ('{points: [{positions: [0, 0, 0, 0], time_from_start: {sec: 2}}]}', False),
    ('{points: [{positions: [0]}]}', False),  # no time: it would be zero, which is no time at all
    ('{points: [{positions: [1], time_from_start: {sec: 2}}, {positions: [-1]}]}', False),
    ('{points: [{positions: {a: 1}, time_from_start: {sec: 2}}]}', False),
    ('{points: [{positions: [true], time_from_start: {sec: 2}}]}', False),
    ('{points: [{positions: [a], time_from_start: {sec: 2}}]}', False)])
def test_limits_reach_into_lists(fields, is_allowed):
    decision = decide(f'ros2 topic pub --once /r/arm/j a/msg/B "{fields}"')
    assert (decision.tier is Tier.CONFIRM) is is_allowed, decision.reason


def test_clamping_changes_the_command_and_says_so():
    decision = decide(twist('{linear: {x: 0.8}}', '--times 200 --rate 80'), clamps=True)
    command = decision.command
    assert decision.tier is Tier.AUTO
    assert (command.fields, command.rate_hz) == ({'linear': {'x': 0.5}}, 50)
    assert command.times == 125, 'as long as before'
    assert 'messages brought from 200 to 125' in decision.reason
    assert 'linear.x brought from 0.8 to 0.5' in decision.reason and 'rate' in decision.reason
    assert decide(twist('{linear: {y: 0.8}}'), clamps=True).tier is Tier.DENY


def test_a_rate_next_to_zero_is_refused_where_others_are_brought_to_their_bounds():
    decision = decide(twist('{linear: {x: 0.1}}', '--times 1 --rate 5e-324'), clamps=True)
    assert decision.tier is Tier.DENY and 'no motion' in decision.reason


def test_what_is_counted_is_as_often_at_another_rate():
    rules = 'rules:\n  /feed: {type: std_msgs/msg/Bool, tier: auto, rate: [1, 50]}\n'
    decision = decide('ros2 topic pub --times 3 --rate 0.5 /feed std_msgs/msg/Bool "{data: true}"',
                      True, rules)
    assert (decision.command.times, decision.command.rate_hz) == (3, 1)


def test_whole_numbers_are_clamped_to_whole_numbers():
    policy = 'rules: {/r/v: {tier: auto, limits: {data: [0.5, 9.5]}}}'
    command = decide('ros2 topic pub --once /r/v a/msg/V "{data: 12}"', True, policy).command
    assert command.fields == {'data': 9} and isinstance(command.fields['data'], int)


@pytest.mark.parametrize('fields, clamps, is_allowed', [
    ('{}', False, False),  # 1.125 would be sent
    ('{float64_value: 0.5}', False, True), ('{}', True, True),
    ('{bool_value: false}', True, True)])
def test_what_is_left_out_is_held_to_what_is_sent_for_it(fields, clamps, is_allowed):
    """The definition of this type gives the field a value of its own: 1.125."""
    pytest.importorskip('test_msgs.msg')
    policy = 'rules: {/r/d: {tier: auto, limits: {float64_value: [0, 1]}}}'
    decision = decide(f'ros2 topic pub --once /r/d test_msgs/msg/Defaults "{fields}"', clamps,
                      policy)
    assert (decision.tier is Tier.AUTO) is is_allowed, decision.reason
    if is_allowed:
        assert 0 <= decision.command.fields['float64_value'] <= 1


@pytest.mark.parametrize('clamps', [False, True])
@pytest.mark.parametrize('x', [-1, 0.5, 2.5, 9])
def test_a_number_is_not_brought_from_one_range_into_another_that_it_breaks(x, clamps):
    policy = 'rules: {/r/v: {tier: auto, limits: {x: [0, 1], linear.x: [2, 3]}}}'
    text = f'ros2 topic pub --once /r/v geometry_msgs/msg/Twist "{{linear: {{x: {x}}}}}"'
    assert decide(text, clamps, policy).tier is Tier.DENY


@pytest.mark.parametrize('drive, is_allowed', [
    ('{speed: 0.5}', True), ('{steering_angle: 0.3}', True),
    ('{speed: 0.5, steering_angle: 0.3}', False)])
def test_how_far_a_car_turns_is_not_known(drive, is_allowed):
    policy = ('rules: {/r/a: {tier: auto, max_angle: 1, '
              'limits: {speed: [0, 1], steering_angle: [-1, 1]}}}')
    text = f'ros2 topic pub --once /r/a ackermann_msgs/msg/AckermannDrive "{drive}"'
    decision = decide(text, policy=policy)
    assert (decision.tier is Tier.AUTO) is is_allowed, decision.reason


def test_what_is_allowed_as_it_is_stays_as_it_is():
    text = twist('{linear: {x: 0.1}}', '--times 3')  # without a rate
    assert decide(text).command == parse_command(text)


@pytest.mark.parametrize('number', [math.nan, math.inf, -math.inf])
def test_numbers_that_are_none_are_denied_even_without_a_limit(number):
    policy = parse_policy('rules: {/**: {tier: auto}}', 'p.yaml')
    for value in (number, [1.0, number], {'a': [{'b': number}]}):
        decision = policy.decide(ServiceCall('/r', 'a/srv/B', {'x': value}), DEFINITIONS)
        assert decision.tier is Tier.DENY and 'x' in decision.reason


@settings(deadline=None)  # the machine may be busy
@given(st.floats(), st.floats(), st.floats(allow_nan=False, min_value=0.01, max_value=1000),
       st.integers(1, 10000), st.booleans(), st.booleans())
def test_whatever_passes_is_within_every_bound(x, z, rate, times, stamped, clamps):
    body = {'linear': {'x': x}, 'angular': {'z': z}}
    command = TopicPublication(
        '/r/cmd_vel', f'geometry_msgs/msg/Twist{"Stamped" if stamped else ""}',
        {'twist': body} if stamped else body, times, rate)
    decision = Policy(parse_policy(BASE, 'p.yaml').rules, clamps).decide(command)
    if decision.tier is Tier.DENY:
        return
    fields = decision.command.fields
    fields = fields['twist'] if stamped else fields
    seconds = decision.command.times / (decision.command.rate_hz or 1)
    assert -0.3 - 1e-6 <= fields['linear']['x'] <= 0.5 + 1e-6
    assert abs(fields['angular']['z']) <= math.pi / 3 + 1e-6
    assert seconds <= 60 + 1e-6
    assert abs(fields['linear']['x']) * seconds <= 5 + 1e-6
    assert abs(fields['angular']['z']) * seconds <= 2 * math.pi + 1e-6
    assert decision.reason or decision.command == command


@pytest.mark.parametrize('text, message', [
    ('rule: {}', 'p.yaml:1: rule: unknown key'),
    ('on_violation: reject', 'p.yaml: rules is missing'),
    ('on_violation: warn\nrules: {}', 'p.yaml:1: on_violation: must be one of reject, clamp'),
    ('rules:\n  cmd_vel: {tier: auto}', 'p.yaml:2: rules > cmd_vel: is no pattern'),
    ('rules:\n  /a: {}', 'p.yaml:2: rules > /a: tier is missing'),
    ('rules:\n  /a:\n    tier: maybe', 'p.yaml:3: rules > /a > tier: must be one of auto'),
    ('rules:\n  /a: {tier: auto, speed: 3}', 'p.yaml:2: rules > /a > speed: unknown key'),
    ('rules:\n  /a: {tier: auto, type: "a b"}', 'p.yaml:2: rules > /a > type: is no pattern'),
    ('rules:\n  /a:\n    tier: auto\n    limits: {x: [2, 1]}',
     'p.yaml:4: rules > /a > limits > x: is an empty range'),
    ('rules:\n  /a: {tier: auto, limits: {x: [1]}}',
     'p.yaml:2: rules > /a > limits > x: must be [lowest, highest]'),
    ('rules:\n  /a: {tier: auto, limits: {x: [1, 2, parsec]}}',
     'p.yaml:2: rules > /a > limits > x: must be one of m,'),
    ('rules:\n  /a: {tier: auto, limits: {x: [1, two]}}',
     'p.yaml:2: rules > /a > limits > x: must be a number'),
    ('rules:\n  /a: {tier: auto, max_duration: [1, m]}',
     'p.yaml:2: rules > /a > max_duration: m measures length, not duration'),
    ('rules:\n  /a: {tier: auto, max_distance: -1}', 'rules > /a > max_distance: must be above 0'),
    ('rules:\n  /a: {tier: auto, max_text: 1.5}', 'rules > /a > max_text: must be a whole number'),
    ('rules: {/a: {tier: auto}, /a: {tier: deny}}', 'appears twice'),
    ('rules: {}', 'p.yaml:1: rules: has no rule, so that all would be denied'),
    ('rules:', "p.yaml: line 1, column 1: key 'rules' has no value"),
    ('', 'p.yaml: the values must be a mapping of keys such as on_violation, rules'),
    ('rules: {/a: {tier: auto, rate: 10}}', 'rate: must be a list [lowest, highest] or'),
    ('rules: {/a: {tier: auto, rate: [-1, 10]}}', 'rate: must not begin below 0'),
    ('rules: {/a: {tier: auto, rate: [0, 0]}}', 'rate: must not begin below 0'),
    ('rules: {/a: {tier: auto, rate: [9, 1]}}', 'rate: is an empty range'),
    ('rules: {/a: {tier: auto, max_duration: 1:30}}', "'1:30' reads as 90"),
    ('rules: {/a: {tier: auto, max_duration: [1, minutes]}}',
     'max_duration: must be one of s, ms, min, h'),
    ('rules: {/a: {tier: auto, type: geometry_msgs/Twist}}', 'type: matches no type: write it in'),
    ('rules: {/a: {tier: auto, type: Twist}}', 'type: matches no type'),
    ('rules: {/a: {tier: auto, type: std_srvs/*}}', 'type: matches no type'),
    ('rules: {/a: {tier: auto, type: std_srvs/service/*}}', 'type: matches no type'),
    ('rules: {/a: {tier: auto, type: a/b/**/c}}', 'type: matches no type'),
    ('rules:\n  /**: {tier: auto}\n  /r/siren: {tier: deny}',
     'p.yaml:3: rules > /r/siren: is never reached, the first rule that matches counts: put it '
     'before /**'),
    ('rules: {/r/**: {tier: auto}, /r/*: {tier: confirm}}', 'rules > /r/*: is never reached'),
    ('rules: {/r/*: {type: std_srvs/**, tier: auto}, /r/a: {type: std_srvs/srv/*, tier: deny}}',
     'rules > /r/a: is never reached'),
    ('[', 'p.yaml: '),
])
def test_mistakes_are_named_with_their_line(text, message):
    with pytest.raises(PolicyError) as raised:
        parse_policy(text, 'p.yaml')
    assert message in str(raised.value)


@pytest.mark.parametrize('rules', [
    '/r/siren: {tier: deny}, /**: {tier: auto}', '/r/*: {tier: auto}, /r/**: {tier: deny}',
    '/r/*: {tier: auto}, /r/a/b: {tier: deny}', '/r/a*: {tier: auto}, /r/*a: {tier: deny}',
    '/r/*: {type: "*/msg/*", tier: auto}, /r/a: {tier: deny}',
    '/r/*: {type: "**Stamped", tier: auto}, /r/a: {type: "**/Twist*", tier: deny}'])
def test_a_rule_that_some_interfaces_reach_is_accepted(rules):
    assert len(parse_policy(f'rules: {{{rules}}}', 'p.yaml').rules) == 2


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(PolicyError, match='missing.yaml'):
        load_policy(tmp_path / 'missing.yaml')


def test_the_example_that_ships_can_be_used():
    policy = load_policy(EXAMPLE)
    assert policy.rules and not policy.clamps
