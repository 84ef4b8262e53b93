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
Training examples: JSON Lines in, checked values out.

A file is read whole or not at all, and every bad line is named in one go. Knows no tokens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import hashlib
import json
from pathlib import Path
from typing import Any

from ros2_nl_commander.language.answer import read_answer
from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.command import Command
from ros2_nl_commander.language.errors import (
    CommandSyntaxError, DatasetError, FieldError, InstructionError, LimitError,
    NlCommanderError, NotOfferedError)
from ros2_nl_commander.language.instruction import check_instruction
from ros2_nl_commander.language.line_grammar import DECLINE
from ros2_nl_commander.language.names import excerpt
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.language.robot import EMPTY_ROBOT, load_robot, RobotDescription
from ros2_nl_commander.language.short_form import Decline, DECLINES, REASONS
from ros2_nl_commander.language.spelling import spell_command
from ros2_nl_commander.language.validation import check_command

KEYS = {'instruction', 'command', 'robot'}
_TEXT_OR_NONE = (str, type(None))


@dataclass(frozen=True, slots=True)
class Example:
    """
    One sentence and its answer.

    :param instruction: the sentence
    :param command: the right command, or None where declining is right
    :param answer: what the model shall spell for it
    :param robot: the robot it is said to
    :param others: commands that are right too
    :param has_reason: whether the data says why declining is right, and not only that it is
    """

    instruction: str
    command: Command | None
    answer: str
    robot: RobotDescription
    others: tuple[Command | None, ...] = ()
    has_reason: bool = False

    @property
    def accepted(self) -> tuple[Command | None, ...]:
        """Give every command that is right, None for declining."""
        return (self.command, *self.others)


def load_examples(path: Path, default_robot: RobotDescription = EMPTY_ROBOT) -> list[Example]:
    """
    Read a data file.

    :param path: JSON Lines of ``{"instruction", "command", "robot"}``; ``command`` is a whole
        line or the short form, null for declining, or a list of such that are all right;
        ``robot`` is the name of a description in ``config/robots`` or a path relative to the
        file, and optional
    :param default_robot: for lines without ``robot``
    :raises DatasetError: with every bad line as ``file:line: reason``
    """
    reader = _LineReader(path.parent, default_robot)
    examples: list[Example] = []
    errors: list[str] = []
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            examples.append(reader.example_from_line(line, number))
        except (NlCommanderError, ValueError) as error:
            errors.append(f'{path}:{number}: {error}')
    if errors:
        raise DatasetError('\n'.join(errors))
    if not examples:
        raise DatasetError(f'{path}: no examples')
    return examples


def _lines(path: Path) -> list[str]:
    """Read the lines of a file, which may begin with a byte order mark."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DatasetError(f'Cannot read {path}: {error}') from error
    try:
        # Not splitlines(): JSON text may hold line separators of Unicode that end no line.
        return content.decode('utf-8-sig').split('\n')
    except UnicodeDecodeError as error:
        number = content.count(b'\n', 0, error.start) + 1
        raise DatasetError(f'Cannot read {path}:{number}: not UTF-8 text') from error


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


class _LineReader:
    """Reads lines of one file; loads each robot once."""

    def __init__(self, folder: Path, default_robot: RobotDescription) -> None:
        self._folder = folder
        self._default_robot = default_robot
        self._robots: dict[str, RobotDescription] = {}
        #: The line of a sentence and its right commands, by robot and sentence.
        self._seen: dict[tuple[int, str], tuple[int, list[Command]]] = {}

    def example_from_line(self, line: str, number: int) -> Example:
        record = _record_from_line(line)
        robot = self._robot(record.get('robot'))
        instruction = _instruction(record['instruction'])
        given = record['command']
        texts = given if isinstance(given, list) else [given]
        read = [_command_and_answer(text, robot, instruction) for text in texts]
        commands = [command for command, _ in read if command is not None]
        before, known = self._seen.setdefault((id(robot), instruction), (number, commands))
        if known and commands and not any(command in known for command in commands):
            raise DatasetError(f'line {before} has another command for {excerpt(instruction)}: '
                               'keep one, or give both as a list')
        others = tuple(command for command, _ in read[1:])
        return Example(instruction, *read[0], robot, others, has_reason=(
            read[0][0] is None and texts[0] is not None))

    def _robot(self, name: str | None) -> RobotDescription:
        if name is None:
            return self._default_robot
        if name not in self._robots:
            self._robots[name] = load_robot(self._robot_file(name))
        return self._robots[name]

    def _robot_file(self, name: str) -> Path:
        if name.endswith(('.yaml', '.yml')):
            return self._folder / name
        try:
            return share_file('config', 'robots', f'{name}.yaml')
        except NlCommanderError as error:
            raise DatasetError(f'unknown robot {name!r}: neither the name of a description that '
                               'ships nor a .yaml file') from error


def _record_from_line(line: str) -> Mapping[str, Any]:
    try:
        record = json.loads(line, object_pairs_hook=_distinct)
    except json.JSONDecodeError as error:
        raise DatasetError(f'not JSON: {error}') from error
    except RecursionError as error:
        raise DatasetError('not an object: nested too deeply') from error
    unknown = sorted(set(record) - KEYS) if isinstance(record, dict) else []
    if unknown:
        raise DatasetError(f'unknown key {excerpt(unknown[0])}: expected an object with '
                           'instruction, command and optionally robot')
    if not isinstance(record, dict) or not {'instruction', 'command'} <= set(record):
        raise DatasetError('expected an object with instruction, command and optionally robot')
    commands = record['command'] if isinstance(record['command'], list) else [record['command']]
    types: Sequence[tuple[str, Any, Any]] = (
        ('instruction', record['instruction'], str), ('robot', record.get('robot'), _TEXT_OR_NONE),
        *(('command', command, _TEXT_OR_NONE) for command in commands or [0]))
    for key, value, wanted in types:
        if not isinstance(value, wanted):
            raise DatasetError(f'{key} has the wrong type: {value!r}')
    return record


def _distinct(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its pairs; JSON would keep the last of several with one key."""
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise DatasetError(f'key {excerpt(twice)} appears twice')
    return record


def _instruction(text: str) -> str:
    try:
        return check_instruction(text)
    except InstructionError as error:
        raise DatasetError(f'instruction: {error}') from error


def _command_and_answer(
    text: str | None, robot: RobotDescription, instruction: str
) -> tuple[Command | None, str]:
    """Read a command in full or in the short form, and spell it as the model shall."""
    if text is None:
        return None, DECLINE if robot.is_empty else f'{DECLINES}{next(iter(REASONS))}'
    try:
        if text.startswith('ros2 '):
            command = parse_command(text)
            check_command(command, robot)
            return command, spell_command(command, robot, instruction)
        answer = read_answer(text, robot)
    except LimitError as error:
        if text.startswith('ros2 '):
            raise DatasetError(f'command: {error}') from error
        return None, text  # the model shall copy what was said, and the program refuse it
    except (CommandSyntaxError, NotOfferedError, FieldError) as error:
        raise DatasetError(f'command: {error}') from error
    return (None if isinstance(answer, Decline) else answer), text


def by_robot(examples: Sequence[Example]) -> list[list[Example]]:
    """Sort examples by the robot that they are for, in the order in which robots first come."""
    robots: dict[int, list[Example]] = {}
    for example in examples:
        robots.setdefault(id(example.robot), []).append(example)
    return list(robots.values())
