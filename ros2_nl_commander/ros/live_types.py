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
What can be known about the types of a live graph.

Classes hold no comments, and a comment may be all that names a unit: the texts of types are read
beside them, so that a live robot is the one that ``describe_robot`` writes. A type of which this
machine knows nothing cannot be filled: its interfaces are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ros2_nl_commander.language.definition_text import interface_schema
from ros2_nl_commander.language.errors import RobotDescriptionError, UnknownTypeError
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.ros.definitions import read_definitions


class LiveTypes:
    """
    Adds the texts of types to robots, reading each once.

    :param warn: told once of every type that is not known
    """

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._texts: dict[str, Mapping[str, str]] = {}
        self._missed: set[str] = set()

    def applied_to(self, robot: RobotDescription) -> RobotDescription:
        """
        Give a robot the texts of its types, and take from it what is of a type nobody knows.

        :param robot: its own definitions, which somebody wrote for it, go before installed ones
        """
        definitions: dict[str, str] = {}
        for type_name in (*robot.topics.values(), *robot.services.values(),
                          *robot.actions.values()):
            definitions.update(self._installed_texts(type_name))
        told = replace(robot, definitions={**definitions, **robot.definitions})
        return replace(told, topics=self._known(told, 'topic'),
                       services=self._known(told, 'service'), actions=self._known(told, 'action'))

    def _installed_texts(self, type_name: str) -> Mapping[str, str]:
        """Read the texts of an installed type; none where its class has to do."""
        if type_name not in self._texts:
            texts = read_definitions([type_name], lambda problem: None)
            try:
                interface_schema(type_name, texts)
            except (UnknownTypeError, RobotDescriptionError):
                texts = {}  # a part of them is missing, or cannot be read
            self._texts[type_name] = texts
        return self._texts[type_name]

    def _known(self, robot: RobotDescription, noun: str) -> dict[str, str]:
        return {name: type_name for name, type_name in robot.offered(noun).items()
                if self._is_known(name, noun, type_name, robot)}

    def _is_known(self, name: str, noun: str, type_name: str, robot: RobotDescription) -> bool:
        try:
            interface_schema(type_name, robot.definitions)
        except UnknownTypeError as error:
            if name not in self._missed:
                self._missed.add(name)
                self._warn(f'left out: {noun} {name}: {error}; install the package, or give the '
                           'definition in the annotations')
            return False
        return True
