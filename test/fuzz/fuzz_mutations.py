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

"""Changes of inputs that know what commands are made of."""

from __future__ import annotations

from random import Random
import re

from fuzz_cases import CHARACTERS, made

NUMBERS = (
    '0', '-0', '1', '-1', '0.5', '0.3', '-0.3', '0.30000001', '1.0471975511965976', '1.2', '5',
    '9', '20', '100', '255', '256', '-2147483649', '9223372036854775808', '18446744073709551615',
    '18446744073709551616', '1e308', '1.0e+308', '1.0e+309', '5.0e-324', '1.0e-09', '.inf',
    '-.inf', '.nan', '.NaN', '1_000', '0x1F', '0b11', '017', '1:30', '190:20:30', '+3', '.5', '5.',
    '1e5', '1' + '0' * 400, '0.' + '0' * 300 + '1', '1.7976931348623157e+308',
    '2.0000000000000004')
PIECES = (
    'ros2', ' ', 'topic', 'pub', 'service', 'call', 'action', 'send_goal', '--once', '-1',
    '--times', '--rate', '-r', '-t', '-f', '--feedback', '=', '"', "'", '{', '}', '[', ']', ': ',
    ', ', 'off', 'null', '~', '&a ', '*a', '!t ', '!!python/object:os.system ', '<<', '$', '`',
    '\\', '\n', '\t', '#', '? ', '- ', '|', '>', '%', '@', '2001-01-01', '0x_', '\\UFFFFFFFF',
    '\\ud800', '\\x00', '\\N', '---', '...', '{}', '[]', "''", '""', '{data: ', 'true', 'now')
NAMES = (
    '/porter/cmd_vel', '/porter/goal_pose', '/porter/lift_height', '/porter/say', '/r/cmd_vel',
    '/r/cmd_vel_stamped', '/r/drive', '/r/arm/trajectory', '/r/arm/positions', '/porter/siren',
    '/porter/patrol', '/r/spin', '/r/set', '/rr/x', '/porter', '//', '/porter/__x', '/r/1a', '~/a')
_NUMBER = re.compile(r'-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?')
_NAME = re.compile(r'(?:/[A-Za-z_]\w*)+')


def mutated(text: str, random: Random, other: str) -> str:
    """
    Change a text in one to three ways.

    :param other: another text, to take parts from
    """
    if random.random() < 0.25:
        text = next(made(random, 8), text)
    for _ in range(random.choice((0, 1, 1, 1, 2, 3))):
        text = random.choice(_MUTATIONS)(text, random, other)
    return text


def _replace_number(text, random, _other):
    return _replace_match(text, random, _NUMBER, random.choice(NUMBERS))


def _replace_name(text, random, _other):
    return _replace_match(text, random, _NAME, random.choice(NAMES))


def _replace_match(text, random, pattern, new):
    found = list(pattern.finditer(text))
    if not found:
        return text
    match = random.choice(found)
    return text[:match.start()] + new + text[match.end():]


def _splice(text, random, other):
    return text[:random.randint(0, len(text))] + other[random.randint(0, len(other)):]


def _flip_bit(text, random, _other):
    if not text:
        return text
    at = random.randrange(len(text))
    code = ord(text[at]) ^ 1 << random.randrange(7 if ord(text[at]) < 128 else 16)
    return text[:at] + chr(min(code, 0x10ffff)) + text[at + 1:]


def _insert(text, random, _other):
    at = random.randint(0, len(text))
    return text[:at] + random.choice((*PIECES, *CHARACTERS)) + text[at:]


def _delete(text, random, _other):
    at = random.randint(0, len(text))
    return text[:at] + text[at + random.randint(1, 12):]


def _repeat(text, random, _other):
    """Say a part again; now and then so often that it gets long."""
    at = random.randint(0, len(text))
    part = text[at:at + random.randint(1, 20)]
    return text[:at] + part * random.choice((2, 2, 3, 3, 10, 200)) + text[at:]


def _nest(text, random, _other):
    """Wrap a value deeply, in lists or mappings, closed or not."""
    opening, closing = random.choice((('[', ']'), ('{a: ', '}'), ('[{a: ', '}]'), ('"', '"')))
    depth = random.choice((1, 2, 30, 31, 33, 400))
    match = random.choice(list(_NUMBER.finditer(text)) or [re.match('', text)])
    ends = closing * (depth - random.choice((0, 0, 1)))
    return text[:match.start()] + opening * depth + match[0] + ends + text[match.end():]


def _requote(text, random, _other):
    """Change how the values are quoted and spaced, which may not change what they say."""
    start = text.find('"{')
    if start < 0 or not text.endswith('"') or "'" in text:
        return text.replace(', ', random.choice((',', ' ,  ', ',\t')))
    return text[:start] + "'" + text[start + 1:-1] + "'"


_MUTATIONS = (_replace_number, _replace_number, _replace_name, _splice, _flip_bit, _insert,
              _delete, _repeat, _nest, _requote)
