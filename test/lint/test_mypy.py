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


"""The types of the product, strictly: ``mypy.ini`` holds the rules for both ways."""

from pathlib import Path
import subprocess
import sys

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.linter
@pytest.mark.mypy
def test_ament_mypy():
    main = pytest.importorskip('ament_mypy.main')
    argv = ['--config', str(ROOT / 'mypy.ini'), str(ROOT / 'ros2_nl_commander')]
    assert main.main(argv=argv) == 0, 'the lines above name the files'


@pytest.mark.linter
@pytest.mark.mypy
def test_mypy():
    pytest.importorskip('mypy')
    done = subprocess.run(
        [sys.executable, '-m', 'mypy'], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
