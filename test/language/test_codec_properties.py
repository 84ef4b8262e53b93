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

"""What must hold for every command and every text, checked on random ones."""

import argparse
import shlex

from hypothesis import example, given, settings, strategies as st
from language_strategies import commands, fields, NO_SURROGATES, TRICKY
import pytest

from ros2_nl_commander.language.codec import format_command, parse_command
from ros2_nl_commander.language.command import ServiceCall, TopicPublication
from ros2_nl_commander.language.errors import CommandSyntaxError

import yaml

PUBLISH = 'ros2 topic pub --once /say std_msgs/msg/String '
# Pieces of commands and of what shells and YAML give a meaning to.
PIECES = (
    'ros2', ' ', 'topic', 'pub', 'service', 'call', 'action', 'send_goal', '--once', '-1',
    '--times', '--rate', '-r', '=', '3', '0.5', '/cmd_vel', 'std_msgs/msg/String',
    'std_srvs/srv/Empty', '"', "'", '{', '}', '[', ']', ': ', ', ', 'data', 'off', 'null', '1e3',
    '&a ', '*a', '!t ', '<<', '$', '`', '\\', '\n', '#', '? ', '- ', '|', '>', '2001-01-01', '0x_',
    '\\UFFFFFFFF', '\ud800', '\x00',
)


def same(a, b):
    """Compare with types: 1 is neither 1.0 nor True, and 0.0 is not -0.0."""
    return repr(a) == repr(b)


def refuses_or_is_stable(text):
    """Parse anything; nothing but a CommandSyntaxError may escape."""
    try:
        command = parse_command(text)
    except CommandSyntaxError as error:
        assert len(str(error).splitlines()) == 1
        return
    canonical = format_command(command)
    assert same(parse_command(canonical), command)
    assert format_command(parse_command(canonical)) == canonical


def ros2_parser(verb):
    """Make the part of the tool's own argument parser that the package relies on."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument('name')
    parser.add_argument('type')
    parser.add_argument('values', nargs='?', default='{}')
    if verb == 'pub':
        group = parser.add_mutually_exclusive_group()
        group.add_argument('-1', '--once', action='store_true')
        group.add_argument('-t', '--times', type=int, default=0)
        parser.add_argument('-r', '--rate', type=float)
    if verb == 'send_goal':
        parser.add_argument('-f', '--feedback', action='store_true')
    return parser


@settings(deadline=None, max_examples=300)
@given(commands)
def test_a_written_command_reads_back(command):
    text = format_command(command)
    assert same(parse_command(text), command)
    assert text.isprintable()


@settings(deadline=None, max_examples=200)
@given(commands)
def test_shlex_argparse_and_yaml_read_the_same(command):
    _, _, verb, *arguments = shlex.split(format_command(command))
    read = ros2_parser(verb).parse_args(arguments)
    assert (read.name, read.type) == (command.name, command.type_name)
    assert same(yaml.safe_load(read.values), command.fields)
    if isinstance(command, TopicPublication):
        assert (1 if read.once else read.times or None) == command.times
        assert read.rate == command.rate_hz


@pytest.mark.parametrize('text', TRICKY)
def test_tricky_text_survives_as_key_and_value(text):
    command = ServiceCall('/a', 'b/srv/C', {text: [text, {'x': text}]})
    written = format_command(command)
    assert parse_command(written) == command
    assert yaml.safe_load(shlex.split(written)[-1]) == command.fields


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map(''.join))
def test_any_pieces_parse_or_are_refused(text):
    refuses_or_is_stable(text)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=15).map(''.join))
@example('{a: "\\UFFFFFFFF"}')
@example('{a: 0x_}')
@example('{a: 1' + '0' * 5000 + '}')
@example('%YAML 9' + '9' * 5000 + '.1\n--- {}')
@example('{? }')
@example('{=: =}')
def test_any_values_parse_or_are_refused(values):
    refuses_or_is_stable(PUBLISH + shlex.quote(values))


@settings(deadline=None, max_examples=200)
@given(st.text())
def test_any_text_parses_or_is_refused(text):
    refuses_or_is_stable(text)
    refuses_or_is_stable(PUBLISH + text)
    refuses_or_is_stable(PUBLISH + shlex.quote(text))


@settings(deadline=None, max_examples=200)
@given(fields, st.sampled_from((None, True)), st.sampled_from((None, '"', "'")))
def test_every_style_of_yaml_reads_as_the_tool_reads_it(fields, flow, style):
    text = yaml.safe_dump(
        fields, default_flow_style=flow, default_style=style, width=10_000, allow_unicode=True)
    line = PUBLISH + shlex.quote(text.strip('\n'))
    try:
        command = parse_command(line)
    except CommandSyntaxError:
        return
    assert same(command.fields, yaml.safe_load(shlex.split(line)[-1]))


@settings(deadline=None, max_examples=100)
@given(st.text(NO_SURROGATES), st.text(NO_SURROGATES))
def test_different_texts_are_written_differently(a, b):
    written = {format_command(ServiceCall('/a', 'b/srv/C', {'data': text})) for text in (a, b)}
    assert len(written) == len({a, b})
