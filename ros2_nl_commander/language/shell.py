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
The shell half of a command line: one line of text to and from arguments.

Stricter than ``shlex``: accepts only text that every POSIX shell splits into these very arguments.
What a shell would expand, redirect or run is refused. Nothing here starts a shell.
"""

from __future__ import annotations

import re
import shlex

from ros2_nl_commander.language.errors import CommandSyntaxError
from ros2_nl_commander.language.names import excerpt

MAX_BYTES = 64 * 1024

_PIECE = re.compile(
    r'(?P<blank>[ \t]+)'
    r'|(?P<plain>[A-Za-z0-9_./:=,+@%-]+)'
    r'|(?<![^ \t])(?P<braces>\{\})(?![^ \t])'  # an empty message, often left unquoted
    r"|'(?P<single>[^']*)'"
    r'|"(?P<double>(?:[^"\\$`]|\\.)*)"'
    r'|\\(?P<escaped>.)')
_OPEN_DOUBLE = re.compile(r'"(?:[^"\\$`]|\\.)*')
_ESCAPE_IN_DOUBLE = re.compile(r'\\(["\\$`])')
_CONTROL = re.compile(r'[\x00-\x08\x0a-\x1f\x7f]')
# A `!` recalls history in an interactive shell, even between double quotes.
_NOT_FOR_DOUBLE_QUOTES = re.compile(r'["\\$`!]')


def split_arguments(text: str) -> list[str]:
    """
    Split a command line into the arguments that a shell would pass on.

    :raises CommandSyntaxError: if a shell would do anything else than pass plain arguments
    """
    text = text.strip(' \t\n')
    check_text(text)
    arguments: list[str] = []
    inside = False  # pieces without a blank between them make one argument
    position = 0
    while position < len(text):
        piece = _PIECE.match(text, position)
        if piece is None:
            raise _refusal(text, position)
        if piece.lastgroup == 'blank':
            inside = False
        elif inside:
            arguments[-1] += _meaning(piece)
        else:
            arguments.append(_meaning(piece))
            inside = True
        position = piece.end()
    return arguments


def quote_argument(argument: str) -> str:
    """Quote an argument: double quotes where they change nothing, else single ones."""
    if _NOT_FOR_DOUBLE_QUOTES.search(argument):
        return shlex.quote(argument)
    return f'"{argument}"'


def check_text(text: str) -> None:
    """
    Check that a text is one line of plain text that fits a message.

    :raises CommandSyntaxError: if it is not
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise CommandSyntaxError('the text is not valid Unicode: it holds a lone surrogate')
    if size > MAX_BYTES:
        raise CommandSyntaxError(f'{size} bytes are more than a command may have ({MAX_BYTES})')
    if len(text.splitlines()) > 1:
        raise CommandSyntaxError('a command is one line; this is more than one')
    control = _CONTROL.search(text)
    if control is not None:
        raise CommandSyntaxError(f'control character {excerpt(control[0])} in the command')


def _meaning(piece: re.Match[str]) -> str:
    """Give the characters that a shell would make of one quoted or plain piece."""
    meaning = piece[str(piece.lastgroup)]
    if piece.lastgroup == 'double':
        return _ESCAPE_IN_DOUBLE.sub(r'\1', meaning)
    return meaning


def _refusal(text: str, position: int) -> CommandSyntaxError:
    """Say why the text cannot go on at a position where no piece matches."""
    if text[position] == "'":
        return CommandSyntaxError('a single quote is not closed')
    opened = _OPEN_DOUBLE.match(text, position)
    if opened is not None:
        position = opened.end()
        if text[position:position + 1] not in ('$', '`'):
            return CommandSyntaxError('a double quote is not closed')
        return CommandSyntaxError(
            f'a shell would expand {text[position]} inside double quotes: use single quotes')
    if text[position] == '\\':
        return CommandSyntaxError('the command ends in a backslash')
    return CommandSyntaxError(
        f'a shell may not take {excerpt(text[position])} as plain text: put it in quotes')
