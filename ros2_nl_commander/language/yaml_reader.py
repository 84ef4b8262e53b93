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
YAML to plain values, with the meaning that ``yaml.safe_load`` and so ``ros2`` give it.

Accepts a part of YAML 1.1: what a message can hold, spelt so that it cannot be misread.
"""

from __future__ import annotations

import math
import re
from typing import Any

from ros2_nl_commander.language.command import Value
from ros2_nl_commander.language.errors import CommandSyntaxError
from ros2_nl_commander.language.names import excerpt

import yaml
from yaml.constructor import SafeConstructor

#: The outermost mapping is level 1.
MAX_DEPTH = 32
#: PyYAML reads keys of up to 1024 characters, and one escaped character takes ten.
MAX_KEY_LENGTH = 100
INTEGER_RANGE = range(-2 ** 63, 2 ** 64)

_TAG = 'tag:yaml.org,2002:'
#: ``012`` is 10 and ``1:30`` is 90 in YAML 1.1 only: hardly anybody means that.
_FOREIGN = re.compile(r'[-+]?(?:0[0-7_]+|.*:.*)')
_NUMBERS_AND_TEXT = {_TAG + kind for kind in ('bool', 'int', 'float', 'str')}
_MEANING = {
    _TAG + 'null': 'no value (null)',
    _TAG + 'bool': 'true or false',
    _TAG + 'int': 'a number',
    _TAG + 'float': 'a number',
    _TAG + 'timestamp': 'a date',
    _TAG + 'merge': 'a merge key',
}


def read_mapping(text: str, such: str = 'such as {data: 1.0}') -> dict[str, Value]:
    """
    Read a YAML text that is one mapping.

    :param such: what an error says of the mapping that is expected
    :raises CommandSyntaxError: if it is not, or holds what a message cannot hold
    """
    try:
        _check_events(text)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise CommandSyntaxError(_reason(error)) from error
    except (ValueError, OverflowError) as error:  # PyYAML on "\UFFFFFFFF"
        raise CommandSyntaxError('the values are not YAML: a character that is none') from error
    if not isinstance(root, yaml.MappingNode):
        raise CommandSyntaxError(f'the values must be a mapping {such}')
    return _mapping(root)


def read_lines(text: str) -> dict[tuple[str, ...], int]:
    """Tell for the keys of a mapping that was read, and of those in it, on which line each is."""
    lines: dict[tuple[str, ...], int] = {}

    def visit(node: yaml.Node | None, trail: tuple[str, ...]) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                below = (*trail, str(key.value))
                lines[below] = key.start_mark.line + 1
                visit(value, below)

    visit(yaml.compose(text, Loader=yaml.SafeLoader), ())
    return lines


def check_decimal(text: str) -> None:
    """
    Refuse numbers that are none in decimal: in a file hardly anybody means them.

    :param text: that was read; commands keep to what ``ros2`` takes such numbers for
    :raises CommandSyntaxError: naming the first
    """
    def visit(node: yaml.Node | None) -> None:
        if isinstance(node, yaml.ScalarNode):
            value = _scalar(node)
            if isinstance(value, (int, float)) and _FOREIGN.fullmatch(node.value):
                raise _error(node, f'{excerpt(node.value)} reads as {value:g} (base 8 or 60): '
                             'write it in decimal, or quote it if it is text')
        elif isinstance(node, yaml.MappingNode):
            for pair in node.value:
                visit(pair[1])
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                visit(item)

    visit(yaml.compose(text, Loader=yaml.SafeLoader))


def _check_events(text: str) -> None:
    """Refuse what must not even be composed: deep nesting recurses, aliases multiply."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, 'anchor', None) is not None:
            raise _error(event, 'anchors (&) and aliases (*) are not accepted')
        tag = getattr(event, 'tag', None)
        if tag is not None:
            raise _error(event, f'tags such as {excerpt(tag)} are not accepted')
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _error(event, f'nested deeper than {MAX_DEPTH} levels')


def _value(node: yaml.Node) -> Value:
    """Read any node."""
    if isinstance(node, yaml.MappingNode):
        return _mapping(node)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    raise _error(node, 'neither a mapping nor a list nor a value')


def _mapping(node: yaml.MappingNode) -> dict[str, Value]:
    """Read a mapping with distinct text keys."""
    mapping: dict[str, Value] = {}
    for key_node, value_node in node.value:
        key = _key(key_node)
        if key in mapping:
            raise _error(key_node, f'key {excerpt(key)} appears twice')
        if value_node.tag == _TAG + 'null' and not value_node.value:
            raise _error(key_node, f'key {excerpt(key)} has no value (null): indent below it what '
                         'belongs to it, or take the key out; empty text is ""')
        mapping[key] = _value(value_node)
    return mapping


def _key(node: yaml.Node) -> str:
    """Read a key; ``off`` and ``1`` are no text in YAML 1.1, unless they are quoted."""
    if not isinstance(node, yaml.ScalarNode):
        raise _error(node, 'a key must be plain text')
    if node.tag != _TAG + 'str':
        meaning = _MEANING.get(node.tag, 'something else')
        raise _error(
            node, f'key {excerpt(node.value)} reads as {meaning}: quote the key if it is text')
    if len(node.value) > MAX_KEY_LENGTH:
        raise _error(node, f'key {excerpt(node.value)} has over {MAX_KEY_LENGTH} characters')
    return _text(node)


def _scalar(node: yaml.ScalarNode) -> bool | int | float | str:
    """Read a truth value, number or text."""
    if node.tag == _TAG + 'str':
        return _text(node)
    if node.tag not in _NUMBERS_AND_TEXT:
        meaning = _MEANING.get(node.tag, 'no value of a message')
        raise _error(node, f'{excerpt(node.value)} reads as {meaning}: quote it if it is text')
    try:
        value: bool | int | float = SafeConstructor().construct_object(node)
    except (ValueError, OverflowError) as error:  # 0x_ resolves as a number but is none
        raise _error(node, f'{excerpt(node.value)} is not a number') from error
    if isinstance(value, float) and not math.isfinite(value):
        raise _error(node, f'{excerpt(node.value)} is not a finite number')
    if isinstance(value, int) and value not in INTEGER_RANGE:
        raise _error(node, f'{excerpt(node.value)} does not fit an integer of 64 bits')
    return value


def _text(node: yaml.ScalarNode) -> str:
    """Read text; an escape can make a lone surrogate, which no message can carry."""
    text: str = node.value
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _error(node, 'the text is not valid Unicode: it holds a lone surrogate') from error
    return text


def _error(where: yaml.Node | yaml.Event, reason: str) -> CommandSyntaxError:
    """Build the error for a place in the text."""
    return CommandSyntaxError(f'{_place(where.start_mark)}: {reason}')


def _reason(error: yaml.YAMLError) -> str:
    """Put PyYAML's report, which has several lines, into one."""
    if isinstance(error, yaml.MarkedYAMLError):
        problem = error.problem or error.context
        mark = error.problem_mark or error.context_mark
        if mark is not None:
            return f'{_place(mark)}: not YAML: {problem}'
        return f'not YAML: {problem}'
    return f'not YAML: {" ".join(str(error).split())}'


def _place(mark: Any) -> str:
    """Name a place as people count, from one."""
    return f'line {mark.line + 1}, column {mark.column + 1}'
