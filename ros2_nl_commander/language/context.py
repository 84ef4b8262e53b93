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
What the model reads about a robot: its interfaces, a line each, in the words of a command.

A name stands beside its exact type and a place is spelt as the pose that a command would hold, so
that the model copies instead of inventing. Knows no tokenizer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
import math

from ros2_nl_commander.language.command import Value
from ros2_nl_commander.language.robot import Place, RobotDescription


def context_from_robot(robot: RobotDescription) -> str:
    """
    Write a robot description as the text that stands before every instruction.

    :param robot: the robot; an empty description gives an empty text
    :returns: lines without a newline at the end
    """
    return '' if robot.is_empty else '\n'.join(_lines(robot))


def command_stems(robot: RobotDescription) -> Iterator[str]:
    """Yield how the commands to each interface begin: form, name and type, and no field."""
    for name, type_name in robot.topics.items():
        yield f'ros2 topic pub --once {name} {type_name} "{{'
    for name, type_name in robot.services.items():
        yield f'ros2 service call {name} {type_name} "{{'
    for name, type_name in robot.actions.items():
        yield f'ros2 action send_goal {name} {type_name} "{{'


def _lines(robot: RobotDescription) -> Iterator[str]:
    yield f'Write the one ros2 command that the robot {robot.robot} is asked for, or null.'
    yield from _interfaces('topic', robot.topics, robot)
    yield from _interfaces('service', robot.services, robot)
    yield from _interfaces('action', robot.actions, robot)
    for name, place in robot.places.items():
        yield f'place {name}: {pose_text(place)}'


def _interfaces(
    form: str, interfaces: Mapping[str, str], robot: RobotDescription
) -> Iterator[str]:
    for name, type_name in interfaces.items():
        notes = [
            *_about(name, robot),
            *(f'{path} {low:g} to {high:g}' for path, (low, high)
              in robot.limits.get(name, {}).items()),
            *(f'{path} one of {", ".join(map(_spelt, values))}' for path, values
              in robot.choices.get(name, {}).items()),
        ]
        yield f'{form} {name} {type_name}' + (f' # {"; ".join(notes)}' if notes else '')


def _about(name: str, robot: RobotDescription) -> Iterator[str]:
    if name in robot.about:
        yield ' '.join(robot.about[name].split())  # on one line, however the file breaks it


def _spelt(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def pose_text(place: Place) -> str:
    """
    Spell a place as the fields of a ``geometry_msgs/msg/PoseStamped``.

    The yaw becomes the quaternion of a rotation about z: (z, w) = (sin, cos) of half the angle.
    """
    z, w = (_rounded(f(place.yaw / 2)) for f in (math.sin, math.cos))
    return (f'frame_id: {place.frame}, position: {{x: {place.x}, y: {place.y}}}, '
            f'orientation: {{z: {z}, w: {w}}}')


def _rounded(value: float) -> float:
    # Adding 0.0 turns -0.0 into 0.0: a sign nobody means is one more thing to copy.
    return round(value, 4) + 0.0
