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


"""The form of the docstrings: as ament checks it on a robot, and without ROS."""

from pathlib import Path
import subprocess
import sys

import pytest

ROOT = Path(__file__).parents[2]
TOPS = ('launch', 'ros2_nl_commander', 'scripts', 'setup.py', 'test')
PATHS = [str(ROOT / top) for top in TOPS]
#: What ament leaves out of pydocstyle's checks.
IGNORED = 'D100,D101,D102,D103,D104,D105,D106,D107,D203,D212,D404'


@pytest.mark.linter
@pytest.mark.pep257
def test_ament_pep257():
    main = pytest.importorskip('ament_pep257.main')
    assert main.main(argv=PATHS) == 0, 'the lines above name the files'


@pytest.mark.linter
@pytest.mark.pep257
def test_pydocstyle():
    pytest.importorskip('pydocstyle')
    done = subprocess.run(
        [sys.executable, '-m', 'pydocstyle', '--match', r'.*\.py', '--ignore', IGNORED, *PATHS],
        cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
