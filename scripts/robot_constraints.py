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
Print the constraints for a virtual environment on top of a sourced ROS 2.

What the system's Python already has is left as it is: the ROS 2 messages were compiled against
its numpy, and its tools belong together. The rest is pinned as everywhere.
"""

from __future__ import annotations

from importlib.metadata import distributions
from pathlib import Path
import re
import sys

#: Needed newer than some distributions have them, to install this package itself.
ALWAYS_PINNED = {'setuptools', 'wheel'}


def normalize_name(name: str) -> str:
    """Spell a distribution's name the one way in which names are compared."""
    return re.sub(r'[-_.]+', '-', name).lower()


def select_constraints(lines: list[str], installed: dict[str, str]) -> list[str]:
    """
    Keep the pins of packages that are not installed, and hold numpy where it is.

    :param lines: pins, ``name==version`` with an optional marker, and comments
    :param installed: version of each package of the system's Python, by normalised name
    :returns: pins for pip
    """
    selected = []
    for line in lines:
        name = normalize_name(line.partition('==')[0].strip())
        if '==' in line and (name in ALWAYS_PINNED or name not in installed):
            selected.append(line)
    if 'numpy' in installed:
        selected.append(f'numpy=={installed["numpy"]}')
    return selected


def main() -> int:
    """Read the pins of the file in the first argument; print those that apply here."""
    lines = Path(sys.argv[1]).read_text(encoding='utf-8').splitlines()
    # Of two versions on the path the first one is imported, so it must be the last one written.
    found = reversed(list(distributions()))
    installed = {normalize_name(each.metadata['Name']): each.version for each in found}
    print('\n'.join(select_constraints(lines, installed)))
    return 0


if __name__ == '__main__':
    sys.exit(main())
