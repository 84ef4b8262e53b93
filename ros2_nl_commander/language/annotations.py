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
What people know about a robot and no graph tells: places, meanings, choices, limits.

A YAML file with some of the sections of a robot description; they take effect for whatever of the
robot they are about, be it read from the live graph or from a file of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from ros2_nl_commander.language.command import Value
from ros2_nl_commander.language.entry import Entry
from ros2_nl_commander.language.robot import misfits, read_text, RobotDescription
from ros2_nl_commander.language.robot_sections import (
    check_definitions, Place, read_about, read_choices, read_definitions, read_limits, read_places)

_SECTIONS = ('places', 'about', 'choices', 'limits', 'definitions')
#: A whole description will do too: what the graph tells is taken from the graph.
_IGNORED = ('robot', 'topics', 'services', 'actions')
_Rule = TypeVar('_Rule')


@dataclass(frozen=True, slots=True)
class Annotations:
    """
    Sections of a robot description.

    :param places: poses by the name that people use
    :param about: a sentence on an interface, by its name
    :param choices: the only values that a field may take, by interface and path
    :param limits: lowest and highest value of a field, by interface and path
    :param definitions: text of types, by type
    """

    places: Mapping[str, Place] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, tuple[Value, ...]]] = field(default_factory=dict)
    limits: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)

    def applied_to(self, robot: RobotDescription) -> RobotDescription:
        """
        Add what is about interfaces that a robot has, its places and its definitions.

        Where the robot's own file says something else on the same thing, the annotations count.
        """
        names = robot.names

        def present(section: Mapping[str, _Rule]) -> dict[str, _Rule]:
            return {name: rule for name, rule in section.items() if name in names}

        return replace(
            robot, places={**robot.places, **self.places},
            about={**robot.about, **present(self.about)},
            choices=_by_field(robot.choices, present(self.choices)),
            limits=_by_field(robot.limits, present(self.limits)),
            definitions={**robot.definitions, **self.definitions})

    def names_missing_in(self, robot: RobotDescription) -> tuple[str, ...]:
        """Give the interfaces that something is said about and a robot does not have."""
        named, offered = dict.fromkeys((*self.about, *self.choices, *self.limits)), robot.names
        return tuple(name for name in named if name not in offered)


def _by_field(
    before: Mapping[str, Mapping[str, _Rule]], added: Mapping[str, Mapping[str, _Rule]],
) -> dict[str, Mapping[str, _Rule]]:
    """Add rules on fields to those on other fields of the same interfaces."""
    return {**before, **{name: {**before.get(name, {}), **rules}
                         for name, rules in added.items()}}


def load_annotations(path: Path) -> Annotations:
    """
    Read a file of annotations.

    :raises RobotDescriptionError: if it cannot be read; names the file and the key
    """
    root = Entry.from_text(read_text(path), str(path), keys=_SECTIONS)
    sections = {key: entry.entries() for key, entry in root.entries(
        only=(*_SECTIONS, *_IGNORED)).items() if key in _SECTIONS}
    annotations = Annotations(
        places=read_places(sections.get('places', {})),
        about=read_about(sections.get('about', {}), None),
        choices=read_choices(sections.get('choices', {}), None),
        limits=read_limits(sections.get('limits', {}), None),
        definitions=read_definitions(sections.get('definitions', {})))
    check_definitions(annotations.definitions, annotations.definitions, root.source)
    for misfit in misfits(RobotDescription(
            choices=annotations.choices, limits=annotations.limits)):
        raise root.below(misfit.section, misfit.name, misfit.path).error(misfit.reason)
    return annotations


def annotations_that_fit_nothing(robot: RobotDescription, annotations: Annotations) -> list[str]:
    """
    Tell which limits and choices fit no field of a robot's interfaces: they are none.

    What is about interfaces that the robot does not have may be about those that yet appear.

    :param robot: with the annotations or without
    :returns: one line for each, empty where all fit
    """
    return [f'{misfit.section} > {misfit.name} > {misfit.path}: {misfit.reason}'
            for misfit in misfits(annotations.applied_to(robot))]
