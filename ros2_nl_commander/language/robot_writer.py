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
A robot description as YAML text: the inverse of ``robot.parse_robot``.

Knows the layout of the file. How a single value is spelt is decided in ``yaml_writer``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ros2_nl_commander.language.command import Value
from ros2_nl_commander.language.errors import RobotDescriptionError
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.robot_sections import Place
from ros2_nl_commander.language.yaml_writer import write_mapping

HEADER = """\
# What this robot offers, for ros2_nl_commander.
# Take out what nobody should ask for; what is not here cannot be commanded.
"""

#: What no graph knows, and an example of how it is written.
BLANKS = {
    'places': ('poses by the name that people use, x and y in metres, yaw in radians',
               'ward 3: {frame: map, x: 8.5, y: 2.0, yaw: 1.5708}'),
    'about': ('a sentence on an interface; it helps the model a lot',
              '/lift_height: height of the lift above the deck, metres'),
    'choices': ('the only values that a field may take',
                '/tray/open: {side: [left, right]}'),
    'limits': ('lowest and highest value of a field',
               '/cmd_vel: {linear.x: [-0.5, 0.5], angular.z: [-1.0, 1.0]}'),
}

_INDENT = '  '


def write_robot(robot: RobotDescription) -> str:
    """
    Write a robot description so that ``parse_robot`` reads back an equal one.

    Sorted, so that equal descriptions give the same text. The optional sections that are empty
    stand there as comments, for a person to fill in.

    :raises RobotDescriptionError: if the robot has no name, which a file must give
    :raises CommandSyntaxError: if a text or number cannot be written, such as a lone surrogate
    """
    if not robot.robot.strip():
        raise RobotDescriptionError('the robot has no name: a description file needs one')
    lines = [_pair('robot', robot.robot)]
    for key, interfaces in (('topics', robot.topics), ('services', robot.services),
                            ('actions', robot.actions)):
        lines += _section(key, interfaces) if interfaces else [f'{key}: {{}}']
    for key, content in _optional_sections(robot):
        lines += _section(key, content) if content else _blank(key)
    if robot.definitions:
        lines += _definitions(robot.definitions)
    return HEADER + '\n'.join(lines) + '\n'


def _optional_sections(robot: RobotDescription) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """Give the content of the sections of ``BLANKS`` as plain values."""
    yield 'places', {name: _place(place) for name, place in robot.places.items()}
    yield 'about', dict(robot.about)
    yield 'choices', {name: {path: list(values) for path, values in fields.items()}
                      for name, fields in robot.choices.items()}
    yield 'limits', {name: {path: list(bounds) for path, bounds in fields.items()}
                     for name, fields in robot.limits.items()}


def _place(place: Place) -> dict[str, Value]:
    """Give a pose as plain values."""
    return {'frame': place.frame, 'x': place.x, 'y': place.y, 'yaw': place.yaw}


def _section(key: str, content: Mapping[str, Value]) -> list[str]:
    """Write a section, one entry a line."""
    return [f'{key}:', *(_INDENT + _pair(name, content[name]) for name in sorted(content))]


def _blank(key: str) -> list[str]:
    """Write a section that is still to be filled in."""
    meaning, example = BLANKS[key]
    return [f'# {key}:  # fill in if you like: {meaning}', f'#   {example}']


def _definitions(definitions: Mapping[str, str]) -> list[str]:
    """Write the texts of types, as they are where a literal block can hold them."""
    lines = ['definitions:']
    for type_name in sorted(definitions):
        text = definitions[type_name]
        if _is_literal(text):
            lines.append(f'{_INDENT}{_pair(type_name, "")[:-2]}|')
            lines += (_INDENT * 2 + line if line else '' for line in text.split('\n')[:-1])
        else:
            lines.append(_INDENT + _pair(type_name, text))
    return lines


def _is_literal(text: str) -> bool:
    """
    Tell whether a literal block gives exactly this text back.

    It needs one line end at the end, a first line that shows the indentation, and no character
    that YAML does not take or takes for a line end.
    """
    body = text[:-1]
    return (text.endswith('\n') and bool(body) and body[0] not in ' \t\n' and body[-1] != '\n'
            and all(line.replace('\t', '').isprintable() for line in body.split('\n')))


def _pair(key: str, value: Value) -> str:
    """Write ``key: value``, which means the same in a block as between braces."""
    return write_mapping({key: value})[1:-1]
