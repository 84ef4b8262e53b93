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


"""Where the robot description is: turns the ``robot`` parameter into a description."""

from __future__ import annotations

from pathlib import Path

from ament_index_python.packages import get_package_share_directory

from ros2_nl_commander.language.errors import RobotDescriptionError
from ros2_nl_commander.language.resources import PACKAGE_NAME, share_file
from ros2_nl_commander.language.robot import load_robot, RobotDescription

PACKAGE_SCHEME = 'package://'


def find_robot(location: str) -> RobotDescription:
    """
    Load the robot description that the parameter ``robot`` names.

    :param location: path of a YAML file, or ``package://PACKAGE/PATH`` for one that is installed
    :raises NlCommanderError: if there is none, or it cannot be read
    """
    return load_robot(path_from_location(location.strip()))


def path_from_location(location: str) -> Path:
    """
    Resolve ``package://`` and ``~``.

    :raises NlCommanderError: if there is no such package
    """
    if not location.startswith(PACKAGE_SCHEME):
        return Path(location).expanduser()
    package, _, path = location[len(PACKAGE_SCHEME):].partition('/')
    if package == PACKAGE_NAME:
        return share_file(path)
    try:
        return Path(get_package_share_directory(package)) / path
    except (LookupError, OSError, ValueError) as error:
        # Not installed; no workspace sourced at all; not even a package name.
        raise RobotDescriptionError(
            f"{location}: package '{package}' is not in this workspace; source its "
            'install/setup.bash or give the path of the file') from error
