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
Text to command and back: the only place that knows how the ``ros2`` tool spells a command.

The text that is published is the text that is executed, so both directions are strict: what this
module reads, a POSIX shell and the ``ros2`` tool read in the same way, and what it writes it reads
back unchanged. Whether a robot offers the interface is not its business (``validation``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import math
import re

from ros2_nl_commander.language.command import ActionGoal, Command, ServiceCall, TopicPublication
from ros2_nl_commander.language.errors import CommandSyntaxError
from ros2_nl_commander.language.names import check_name, check_type, excerpt
from ros2_nl_commander.language.shell import check_text, quote_argument, split_arguments
from ros2_nl_commander.language.yaml_reader import read_mapping
from ros2_nl_commander.language.yaml_writer import write_mapping

MAX_TIMES = 1_000_000

#: Each form with its options, by every spelling.
_FORMS: dict[tuple[str, ...], dict[str, str]] = {
    ('ros2', 'topic', 'pub'): {
        '-1': '--once', '--once': '--once',
        '-t': '--times', '--times': '--times',
        '-r': '--rate', '--rate': '--rate',
    },
    ('ros2', 'service', 'call'): {},
    ('ros2', 'action', 'send_goal'): {'-f': '--feedback', '--feedback': '--feedback'},
}
_WITH_VALUE = ('--times', '--rate')
_WHOLE_NUMBER = re.compile(r'[0-9]{1,9}')
_NUMBER = re.compile(r'[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?')


def parse_command(text: str) -> Command:
    """
    Read a command line; nothing is executed.

    :param text: one line, as it would be typed
    :raises CommandSyntaxError: if it is not one of the three forms, or if a shell or the ``ros2``
        tool could read it in another way
    """
    words = split_arguments(text)
    form, arguments = tuple(words[:3]), words[3:]
    if form not in _FORMS:
        raise CommandSyntaxError(
            'a command starts with ros2 topic pub, ros2 service call or ros2 action send_goal, '
            f'not {excerpt(" ".join(form))}')
    options, positionals = _separate(arguments, _FORMS[form])
    if not 2 <= len(positionals) <= 3:
        raise CommandSyntaxError(
            f'expected a name, a type and the values in quotes, got {len(positionals)} arguments')
    noun, (name, type_name) = form[1], positionals[:2]
    check_name(name)
    check_type(type_name, noun)
    fields = read_mapping(positionals[2]) if len(positionals) == 3 else {}
    if noun == 'service':
        return ServiceCall(name, type_name, fields)
    if noun == 'action':
        return ActionGoal(name, type_name, fields, feedback='--feedback' in options)
    return TopicPublication(name, type_name, fields, *_repetition(options))


def format_command(command: Command) -> str:
    """
    Write a command in its one canonical form.

    :returns: one line such that ``parse_command`` gives the command back
    :raises CommandSyntaxError: if the command holds something that cannot be written
    """
    if isinstance(command, TopicPublication):
        noun, words = 'topic', ['ros2 topic pub', *_format_repetition(command)]
    elif isinstance(command, ServiceCall):
        noun, words = 'service', ['ros2 service call']
    else:
        noun, words = 'action', ['ros2 action send_goal']
        words += ['--feedback'] if command.feedback else []
    check_name(command.name)
    check_type(command.type_name, noun)
    values = quote_argument(write_mapping(command.fields))
    text = ' '.join([*words, command.name, command.type_name, values])
    check_text(text)
    return text


def _separate(
    arguments: Sequence[str],
    accepted: Mapping[str, str],
) -> tuple[dict[str, str], list[str]]:
    """Separate options, which may stand anywhere, from the positional arguments."""
    options: dict[str, str] = {}
    positionals: list[str] = []
    remaining = iter(arguments)
    for argument in remaining:
        if not argument.startswith('-'):
            positionals.append(argument)
            continue
        flag, attached, value = argument.partition('=')
        option = accepted.get(flag)
        if option is None:
            raise CommandSyntaxError(f'option {excerpt(argument)} is not accepted')
        if option in options:
            raise CommandSyntaxError(f'option {option} is given twice')
        if option in _WITH_VALUE:
            options[option] = value if attached else next(remaining, '')
        elif attached:
            raise CommandSyntaxError(f'option {option} takes no value')
        else:
            options[option] = ''
    return options, positionals


def _repetition(options: Mapping[str, str]) -> tuple[int | None, float | None]:
    """Read how many messages to publish, and how many a second."""
    if '--once' in options:
        if len(options) > 1:
            raise CommandSyntaxError('--once goes with neither --times nor --rate')
        return 1, None
    times = rate_hz = None
    if '--times' in options:
        text = options['--times']
        times = _check_times(int(text) if _WHOLE_NUMBER.fullmatch(text) else text)
    if '--rate' in options:
        text = options['--rate']
        rate_hz = _check_rate(float(text) if _NUMBER.fullmatch(text) else text)
    return times, rate_hz


def _format_repetition(command: TopicPublication) -> list[str]:
    """Write the options of a publication."""
    words = []
    if command.times is not None:
        times = _check_times(command.times)
        words += ['--once'] if (times, command.rate_hz) == (1, None) else ['--times', str(times)]
    if command.rate_hz is not None:
        rate_hz = _check_rate(command.rate_hz)
        whole = rate_hz.is_integer() and rate_hz < 1e15
        words += ['--rate', str(int(rate_hz)) if whole else repr(rate_hz)]
    return words


def _check_times(times: int | str) -> int:
    """Return a number of messages, unless it is none."""
    if isinstance(times, (bool, str)) or not 1 <= times <= MAX_TIMES:
        raise CommandSyntaxError(f'--times must be a whole number from 1 to {MAX_TIMES}')
    return times


def _check_rate(rate_hz: float | str) -> float:
    """Return a rate in Hz, unless it is none."""
    if isinstance(rate_hz, (bool, str)) or not 0 < rate_hz < math.inf:
        raise CommandSyntaxError('--rate must be a finite number above 0')
    return float(rate_hz)
