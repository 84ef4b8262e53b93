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
What ROS 2 calls its interfaces: the rules for names and types, in one place.

Knows no robot: a name can be well formed here and still not be offered.
"""

from __future__ import annotations

import re
import reprlib
import unicodedata

from ros2_nl_commander.language.errors import CommandSyntaxError

#: What is offered under a name, and the folder that its type comes from.
TYPE_FOLDERS = {'topic': 'msg', 'service': 'srv', 'action': 'action'}

MAX_NAME_LENGTH = 255
_NAME = re.compile(r'(?!.*__)(?:/[A-Za-z_][A-Za-z0-9_]*)+')
_TYPE = re.compile(r'(?!.*__)[a-z](?:[a-z0-9_]*[a-z0-9])?/(msg|srv|action)/[A-Z][A-Za-z0-9]*')
_TAG = re.compile(r'<[|/]?[a-z_]+[|]?>')
_FIELD_PATH = re.compile(r'[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*')

#: Characters that a terminal or a reader could be misled by: controls, and changes of direction.
MISLEADING = re.compile('[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]')

_EXCERPT = reprlib.Repr()
_EXCERPT.maxstring = 80


def excerpt(value: object) -> str:
    """Quote a value for an error message: one short line, whatever it holds."""
    return _EXCERPT.repr(value)


def visible(text: str) -> str:
    """Spell out the characters that would mislead a terminal; what is left is one line."""
    return MISLEADING.sub(lambda found: ascii(found[0])[1:-1], text)


def check_name(name: str) -> None:
    """
    Check that a name is absolute and follows ROS 2's rules.

    :raises CommandSyntaxError: if it does not

    Source: https://design.ros2.org/articles/topic_and_service_names.html
    """
    if len(name) > MAX_NAME_LENGTH:
        raise CommandSyntaxError(
            f'name {excerpt(name)} is longer than {MAX_NAME_LENGTH} characters')
    if not _NAME.fullmatch(name):
        raise CommandSyntaxError(
            f'{excerpt(name)} is not an absolute ROS 2 name such as /robot/cmd_vel')


def check_type(type_name: str, noun: str) -> None:
    """
    Check that a type is spelt in full and is of the right kind.

    :param type_name: ``package/msg/Name``, ``package/srv/Name`` or ``package/action/Name``
    :param noun: ``topic``, ``service`` or ``action``
    :raises CommandSyntaxError: if it is not
    """
    folder = TYPE_FOLDERS[noun]
    if type_folder(type_name) != folder:
        raise CommandSyntaxError(
            f'{excerpt(type_name)} is not the type of {with_article(noun)}: '
            f'expected package/{folder}/Name')


def type_folder(type_name: str) -> str:
    """
    Give the kind of a type that is spelt in full.

    :returns: ``msg``, ``srv`` or ``action``
    :raises CommandSyntaxError: if it is not spelt in full
    """
    match = _TYPE.fullmatch(type_name) if len(type_name) <= MAX_NAME_LENGTH else None
    if match is None:
        raise CommandSyntaxError(
            f'{excerpt(type_name)} is not a type in full, such as std_msgs/msg/String')
    return match[1]


def check_field_path(path: str) -> None:
    """
    Check that a path names a field, ``data`` or ``linear.x``.

    :raises CommandSyntaxError: if it does not
    """
    if not _FIELD_PATH.fullmatch(path):
        raise CommandSyntaxError(f'{excerpt(path)} is not a field such as data or linear.x')


def check_spoken(text: str) -> None:
    """
    Check that a model can spell a text as it stands: a place, or a value to choose.

    :raises CommandSyntaxError: if it has control characters, could be composed (NFC), or looks
        like one of the tokens that structure a conversation
    """
    if not text.isprintable() or text != text.strip() or not text:
        raise CommandSyntaxError(f'{excerpt(text)} has characters that cannot be said')
    if not unicodedata.is_normalized('NFC', text) or _TAG.search(text):
        raise CommandSyntaxError(f'{excerpt(text)} cannot be spelt by a model as it stands')


def with_article(noun: str) -> str:
    """Prefix ``a`` or ``an``: error messages are read by people."""
    return f'an {noun}' if noun[0] in 'aeiou' else f'a {noun}'
