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
What the model reads about a robot: a line for each interface, in the words of the short form.

Each interface is one line, the same for every robot that has it. Knows no tokenizer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ros2_nl_commander.language.forms.fields import FieldsForm
from ros2_nl_commander.language.forms.interface import body_form
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.short_form import Entrance, entrances

_HEADER = ('Answer with the one command that the robot is asked for: '
           'a name below and what follows it, or no: and the reason.\n')
#: Types whose names tell nothing that their fields do not.
_PLAIN_PACKAGES = ('std_msgs', 'std_srvs', 'geometry_msgs')
#: Characters of a line about fields; messages of fifty fields are told apart by the first ones.
_LONGEST_HINT = 160


@dataclass(frozen=True, slots=True)
class RobotContext:
    """
    The text that stands before every instruction.

    :param header: read first
    :param blocks: lines, one for each interface, and one for all places
    """

    header: str = ''
    blocks: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to read."""
        return not self.header

    def __str__(self) -> str:
        """Give the whole text."""
        return self.header + ''.join(self.blocks)

    def continuing(self, before: RobotContext) -> RobotContext:
        """
        Give the same lines, the ones of another context first and in its order.

        What is new comes last then, and what was read before it need not be read again.
        """
        places = {block: number for number, block in enumerate(before.blocks)}
        return replace(self, blocks=tuple(sorted(
            self.blocks, key=lambda block: places.get(block, len(places)))))


def context_from_robot(robot: RobotDescription) -> RobotContext:
    """
    Write a robot description as text for the model.

    :param robot: the robot; an empty description gives an empty context
    :raises RobotDescriptionError: if the definition of a type cannot be read
    """
    if robot.is_empty:
        return RobotContext()
    lines = [context_line(entrance, robot) for entrance in entrances(robot)]
    return RobotContext(_HEADER, (*lines, *_places(robot)))


def context_line(entrance: Entrance, robot: RobotDescription) -> str:
    """
    Write the line of one interface, with its end.

    :raises RobotDescriptionError: if the definition of its type cannot be read
    """
    form = body_form(entrance.name, entrance.noun, robot)
    type_name = robot.offered(entrance.noun)[entrance.name]
    package, _, short = type_name.split('/')
    kind = '' if package in _PLAIN_PACKAGES else f' ({short})'
    hint = '' if isinstance(form, FieldsForm) and not form.entries else f' {form.hint()}'
    if len(hint) > _LONGEST_HINT:
        hint = hint[:_LONGEST_HINT].rsplit(', ', 1)[0] + ', ...'
    # On one line, however the file breaks it.
    about = ' '.join(robot.about.get(entrance.name, '').split())
    return f'{entrance.label}{kind}{hint}{" # " if about else ""}{about}\n'


def _places(robot: RobotDescription) -> tuple[str, ...]:
    return (f'places: {", ".join(robot.places)}\n',) if robot.places else ()
