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
Where the files that ship with the package are: robots, parameters, launch files and prompts.

Owns the search only; it reads no file and knows no name of one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
import sysconfig

from ros2_nl_commander.language.errors import NlCommanderError

PACKAGE_NAME = 'ros2_nl_commander'


def share_file(*parts: str) -> Path:
    """
    Find a file or folder that ships with this package, however the package was installed.

    :param parts: its place below ``share/ros2_nl_commander``: ``'config', 'robots', 'a.yaml'``
    :returns: the path of something that exists
    :raises NlCommanderError: if no installation and no checkout has it
    """
    folders = list(_share_folders())
    for folder in folders:
        path = folder.joinpath(*parts)
        if path.exists():
            return path
    looked = ', '.join(map(str, folders))
    raise NlCommanderError(
        f'{"/".join(parts)} of {PACKAGE_NAME} is not installed (looked in {looked}): '
        'build or install the package again')


def _share_folders() -> Iterator[Path]:
    """Yield the places to look in: sourced workspace, installation by pip, source checkout."""
    workspace = _ament_share_folder()
    if workspace is not None:
        yield workspace
    yield Path(sysconfig.get_path('data')) / 'share' / PACKAGE_NAME
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / 'package.xml').is_file():
        yield checkout


def _ament_share_folder() -> Path | None:
    """Ask the ament index, which is there only where ROS is; None where it knows nothing of us."""
    try:
        from ament_index_python.packages import get_package_share_directory
    except ImportError:
        return None
    try:
        return Path(get_package_share_directory(PACKAGE_NAME))
    except (LookupError, OSError):
        # Not in any sourced workspace, or no workspace is sourced at all.
        return None
