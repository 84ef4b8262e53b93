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


"""Shipped files are found in a workspace, in an installation and in a checkout, in that order."""

from pathlib import Path

import pytest

from ros2_nl_commander.language import resources
from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.language.resources import share_file

ROBOT = ('config', 'robots', 'demo_robot.yaml')


def install(folder: Path, *parts: str) -> Path:
    """Put an empty file below a share folder and mark the folder in its ament index."""
    path = folder.joinpath('share', 'ros2_nl_commander', *parts)
    path.parent.mkdir(parents=True)
    path.touch()
    marker = folder / 'share/ament_index/resource_index/packages/ros2_nl_commander'
    marker.parent.mkdir(parents=True)
    marker.touch()
    return path


@pytest.fixture(autouse=True)
def no_installation(monkeypatch, tmp_path):
    """Look away from whatever this interpreter has installed or sourced."""
    monkeypatch.delenv('AMENT_PREFIX_PATH', raising=False)
    monkeypatch.setattr(resources.sysconfig, 'get_path', lambda name: str(tmp_path / 'python'))


def test_checkout_is_used_where_nothing_is_installed():
    path = share_file(*ROBOT)
    assert path.is_file()
    assert path == Path(__file__).parents[2].joinpath(*ROBOT)


def test_folders_are_found_too():
    assert share_file('config', 'robots').is_dir()


def test_installation_comes_before_the_checkout(tmp_path):
    assert share_file(*ROBOT) != install(tmp_path / 'python', *ROBOT) == share_file(*ROBOT)


def test_sourced_workspace_comes_first(monkeypatch, tmp_path):
    pytest.importorskip('ament_index_python')
    install(tmp_path / 'python', *ROBOT)
    built = install(tmp_path / 'workspace', *ROBOT)
    monkeypatch.setenv('AMENT_PREFIX_PATH', str(tmp_path / 'workspace'))
    assert share_file(*ROBOT) == built


def test_what_the_workspace_lacks_is_looked_for_further(monkeypatch, tmp_path):
    install(tmp_path / 'workspace', 'config', 'other.yaml')
    monkeypatch.setenv('AMENT_PREFIX_PATH', str(tmp_path / 'workspace'))
    assert share_file(*ROBOT).is_file()


def test_missing_file_is_one_clear_line():
    with pytest.raises(NlCommanderError) as error:
        share_file('prompts', 'absent')
    assert 'prompts/absent' in str(error.value)
    assert '\n' not in str(error.value)
