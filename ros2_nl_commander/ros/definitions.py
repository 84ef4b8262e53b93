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
The texts of the types that a description uses, so that it works where they are not installed.

Finds the files and follows nested types; ROS's own parser reads the texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from ament_index_python.packages import get_package_share_directory
from ros2_nl_commander.language.errors import CommandSyntaxError
from ros2_nl_commander.language.names import type_folder
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.yaml_reader import MAX_KEY_LENGTH
from rosidl_adapter.parser import (
    InvalidSpecification,
    MessageSpecification,
    parse_action_string,
    parse_message_string,
    parse_service_string,
)

#: On every machine that runs this package: they come with rclpy, or ``package.xml`` names them.
STANDARD_PACKAGES = frozenset({
    'action_msgs', 'builtin_interfaces', 'diagnostic_msgs', 'geometry_msgs', 'lifecycle_msgs',
    'nav_msgs', 'rcl_interfaces', 'rosgraph_msgs', 'sensor_msgs', 'service_msgs', 'std_msgs',
    'std_srvs', 'unique_identifier_msgs',
})

#: A description file has no place for an empty text.
NO_FIELDS = '# no fields\n'


def with_definitions(
    robot: RobotDescription, warn: Callable[[str], None],
) -> RobotDescription:
    """
    Add the definitions of every type that is not a standard one, nested types included.

    :param warn: told of each type whose definition is not to be had; the description goes without
    """
    types = {*robot.topics.values(), *robot.services.values(), *robot.actions.values()}
    return replace(robot, definitions=read_definitions(types, warn))


def read_definitions(types: Iterable[str], warn: Callable[[str], None]) -> dict[str, str]:
    """
    Read the texts of types and of the types in them, standard ones left out.

    :param types: in full, ``package/msg/Name``
    :param warn: told of each type whose definition is not to be had
    """
    definitions: dict[str, str] = {}
    seen: set[str] = set()
    waiting = sorted(types, reverse=True)
    while waiting:
        type_name = waiting.pop()
        if type_name in seen or type_name.partition('/')[0] in STANDARD_PACKAGES:
            continue
        seen.add(type_name)
        try:
            definitions[type_name] = text = _read_text(type_name)
            waiting += nested_types(type_name, text)
        except (LookupError, OSError, ValueError, CommandSyntaxError) as error:
            warn(f'no definition of {type_name}: {_reason(error)}')
        except InvalidSpecification as error:
            warn(f'the definition of {type_name} may be incomplete: {_reason(error)}')
    return definitions


def nested_types(type_name: str, text: str) -> list[str]:
    """
    List the message types that a definition names, in full.

    :raises InvalidSpecification: if the text is not a definition
    """
    package, folder, name = type_name.split('/')
    return [f'{field.type.pkg_name}/msg/{field.type.type}'
            for part in _parts(package, folder, name, text) for field in part.fields
            if not field.type.is_primitive_type()]


def _parts(package: str, folder: str, name: str, text: str) -> list[MessageSpecification]:
    """Parse a definition into its messages, of which an action has three."""
    if folder == 'msg':
        return [parse_message_string(package, name, text)]
    if folder == 'srv':
        service = parse_service_string(package, name, text)
        return [service.request, service.response]
    action = parse_action_string(package, name, text)
    return [action.goal, action.result, action.feedback]


def _read_text(type_name: str) -> str:
    """Read the file of a type; what is not UTF-8 in it can only be a comment."""
    folder = type_folder(type_name)
    if len(type_name) > MAX_KEY_LENGTH:
        raise ValueError(f'its name has over {MAX_KEY_LENGTH} characters')
    package, _, name = type_name.split('/')
    share = Path(get_package_share_directory(package))
    text = (share / folder / f'{name}.{folder}').read_text(encoding='utf-8', errors='replace')
    stripped = text.strip('\n')
    return f'{stripped}\n' if stripped.strip() else NO_FIELDS


def _reason(error: Exception) -> str:
    """Put an error into one line."""
    if isinstance(error, OSError) and error.filename is not None:
        return f'{error.strerror}: {error.filename}'
    return ' '.join(str(error).split()) or type(error).__name__
