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


"""The style of the Python files: as ament checks it on a robot, and without ROS."""

from pathlib import Path
import subprocess
import sys

import pytest

ROOT = Path(__file__).parents[2]
TOPS = ('launch', 'ros2_nl_commander', 'scripts', 'setup.py', 'test')
PATHS = [str(ROOT / top) for top in TOPS]
AMENT = ('-c', 'import sys; from ament_flake8.main import main; sys.exit(main())')


@pytest.mark.flake8
@pytest.mark.linter
@pytest.mark.parametrize('module, program', [
    ('ament_flake8', AMENT), ('flake8', ('-m', 'flake8'))])
def test_flake8(module, program):
    """In a process of its own: flake8 forks, and DDS has had threads in this one."""
    pytest.importorskip(module)
    done = subprocess.run(
        [sys.executable, *program, *PATHS], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
