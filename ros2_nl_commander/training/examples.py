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

from ros2_nl_commander.language.codec import format_command, parse_command
from ros2_nl_commander.language.command import Command
from ros2_nl_commander.language.errors import (
    CommandSyntaxError, DatasetError, FieldError, InstructionError, LimitError,
    NlCommanderError, NotOfferedError)
from ros2_nl_commander.language.instruction import check_instruction
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.language.robot import EMPTY_ROBOT, load_robot, RobotDescription
from ros2_nl_commander.language.validation import check_command

KEYS = {'instruction', 'command', 'robot'}


@dataclass(frozen=True, slots=True)
class Example:
    """
    One sentence and its answer.

    :param instruction: the sentence
    :param command: the right command, or None where declining is right
    :param robot: the robot it is said to
    """

    instruction: str
    command: Command | None
    robot: RobotDescription

    @property
    def answer(self) -> str | None:
        """Return the canonical text of the command, None for declining."""
        return None if self.command is None else format_command(self.command)


def load_examples(path: Path, default_robot: RobotDescription = EMPTY_ROBOT) -> list[Example]:
    """
    Read a data file.

    :param path: JSON Lines of ``{"instruction", "command", "robot"}``; ``robot`` is the name of a
        description that ships or a path relative to the file, and optional
    :param default_robot: for lines without ``robot``
    :raises DatasetError: with every bad line as ``file:line: reason``
    """
    try:
        # Not splitlines(): JSON text may hold line separators of Unicode that end no line.
        lines = path.read_text(encoding='utf-8').split('\n')
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f'Cannot read {path}: {error}') from error
    reader = _LineReader(path.parent, default_robot)
    examples: list[Example] = []
    errors: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            examples.append(reader.example_from_line(line))
        except (NlCommanderError, ValueError) as error:
            errors.append(f'{path}:{number}: {error}')
    if errors:
        raise DatasetError('\n'.join(errors))
    if not examples:
        raise DatasetError(f'{path}: no examples')
    return examples


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


class _LineReader:
    """Reads lines of one file; loads each robot once."""

    def __init__(self, folder: Path, default_robot: RobotDescription) -> None:
        self._folder = folder
        self._default_robot = default_robot
        self._robots: dict[str, RobotDescription] = {}

    def example_from_line(self, line: str) -> Example:
        record = _record_from_line(line)
        robot = self._robot(record.get('robot'))
        instruction = _instruction(record['instruction'])
        return Example(instruction, _command(record['command'], robot), robot)

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
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise DatasetError(f'not JSON: {error}') from error
    if not isinstance(record, dict) or not {'instruction', 'command'} <= set(record) <= KEYS:
        raise DatasetError('expected an object with instruction, command and optionally robot')
    types: Sequence[tuple[str, Any]] = (
        ('instruction', str), ('command', (str, type(None))), ('robot', (str, type(None))))
    for key, wanted in types:
        if not isinstance(record.get(key), wanted):
            raise DatasetError(f'{key} has the wrong type: {record.get(key)!r}')
    return record


def _instruction(text: str) -> str:
    try:
        return check_instruction(text)
    except InstructionError as error:
        raise DatasetError(f'instruction: {error}') from error


def _command(text: str | None, robot: RobotDescription) -> Command | None:
    if text is None:
        return None
    try:
        command = parse_command(text)
        check_command(command, robot)
    except (CommandSyntaxError, NotOfferedError, LimitError, FieldError) as error:
        raise DatasetError(f'command: {error}') from error
    return command
