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
Plain values to one line of YAML that ``yaml.safe_load`` reads back as exactly these values.

The form is canonical: equal values in equal order always give the same text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import math
import re

from ros2_nl_commander.language.command import Fields, Value
from ros2_nl_commander.language.errors import CommandSyntaxError
from ros2_nl_commander.language.names import excerpt
from ros2_nl_commander.language.yaml_reader import INTEGER_RANGE, MAX_DEPTH, MAX_KEY_LENGTH

import yaml
from yaml.resolver import Resolver

_PLAIN = re.compile(r'[A-Za-z_/][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*')
_RESOLVER = Resolver()
_SHORT_ESCAPES = {'"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t'}


def write_mapping(fields: Fields) -> str:
    """
    Write the fields of a message in flow style, ``{linear: {x: 0.2}}``.

    :raises CommandSyntaxError: if a value cannot be written
    """
    if not isinstance(fields, Mapping):
        raise CommandSyntaxError(f'the fields must be a mapping, not {type(fields).__name__}')
    return _write(fields, depth=1)


def _write(value: Value, depth: int) -> str:
    """Write any value; the depth bounds the recursion, also for a value that holds itself."""
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if isinstance(value, int):
        return _write_integer(value)
    if isinstance(value, float):
        return _write_float(value)
    if isinstance(value, str):
        return _write_text(value)
    if depth > MAX_DEPTH:
        raise CommandSyntaxError(f'the fields are nested deeper than {MAX_DEPTH} levels')
    if isinstance(value, Mapping):
        items = (f'{_write_key(key)}: {_write(item, depth + 1)}' for key, item in value.items())
        return '{' + ', '.join(items) + '}'
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return '[' + ', '.join(_write(item, depth + 1) for item in value) + ']'
    raise CommandSyntaxError(f'{type(value).__name__} is no value of a message')


def _write_integer(value: int) -> str:
    """Write an integer of 64 bits."""
    if value not in INTEGER_RANGE:
        raise CommandSyntaxError('an integer does not fit 64 bits')
    return str(int(value))


def _write_float(value: float) -> str:
    """Write a float with a dot: to YAML 1.1, ``1e-05`` is text."""
    if not math.isfinite(value):
        raise CommandSyntaxError(f'{value} is not a finite number')
    mantissa, exponent, power = repr(float(value)).partition('e')
    if '.' not in mantissa:
        mantissa += '.0'
    return mantissa + exponent + power


def _write_key(key: str) -> str:
    """Write a key."""
    if not isinstance(key, str):
        raise CommandSyntaxError(f'a key is text, not {type(key).__name__}')
    if len(key) > MAX_KEY_LENGTH:
        raise CommandSyntaxError(f'key {excerpt(key)} has over {MAX_KEY_LENGTH} characters')
    return _write_text(key)


def _write_text(text: str) -> str:
    """
    Write text plain if nothing can misread it, else quoted.

    What cannot be seen is escaped: line ends, but also marks that reorder the text on a screen, so
    that the command which a person approves is the command which runs.
    """
    if _PLAIN.fullmatch(text) and _reads_as_text(text):
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + ''.join(_escape(character) for character in text) + '"'


def _reads_as_text(text: str) -> bool:
    """Ask PyYAML, because ``off``, ``null`` and ``yes`` are no text in YAML 1.1."""
    tag: str = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))
    return tag == 'tag:yaml.org,2002:str'


def _escape(character: str) -> str:
    """Spell one character inside double-quoted YAML."""
    code = ord(character)
    if 0xd800 <= code <= 0xdfff:
        raise CommandSyntaxError('the text is not valid Unicode: it holds a lone surrogate')
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    if character.isprintable():
        return character
    if code <= 0xff:
        return f'\\x{code:02X}'
    return f'\\u{code:04X}' if code <= 0xffff else f'\\U{code:08X}'
