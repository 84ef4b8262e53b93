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


"""What ``setup.py`` installs: of one mind with the manifest and with the files that are there."""

import ast
import json
from pathlib import Path
import subprocess
import sys
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
ASK = """
import distutils.core, json
found = distutils.core.run_setup('setup.py', stop_after='init')
print(json.dumps({'name': found.get_name(), 'version': found.get_version(),
                  'license': found.get_license(), 'packages': found.packages,
                  'scripts': found.entry_points['console_scripts'],
                  'files': [name for _, names in found.data_files for name in names]}))
"""


@pytest.fixture(name='setup', scope='module')
def read_setup():
    done = subprocess.run(
        [sys.executable, '-c', 'import setuptools' + ASK],
        cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize('tag', ['name', 'version', 'license'])
def test_agrees_with_the_manifest(setup, tag):
    assert setup[tag] == ElementTree.parse(ROOT / 'package.xml').getroot().findtext(tag)


def test_installs_every_layer(setup):
    layers = [path.parent for path in (ROOT / 'ros2_nl_commander').rglob('__init__.py')]
    assert sorted(setup['packages']) == sorted(
        '.'.join(layer.relative_to(ROOT).parts) for layer in layers)


def test_every_console_script_has_its_module_with_a_main(setup):
    for script in setup['scripts']:
        command, _, target = script.partition(' = ')
        assert target == f'ros2_nl_commander.cli.{command}:main'
        module = ROOT / 'ros2_nl_commander' / 'cli' / f'{command}.py'
        defined = [node.name for node in ast.parse(module.read_text(encoding='utf-8')).body
                   if isinstance(node, ast.FunctionDef)]
        assert 'main' in defined, f'{module.name} has no main()'


@pytest.mark.parametrize('pattern', [
    'config/*.xml', 'config/*.yaml', 'config/robots/*.yaml', 'data/*_heldout.jsonl',
    'launch/*.launch.py', 'prompts/*/prompt.*'])
def test_installs_what_the_programs_read(setup, pattern):
    there = {str(path.relative_to(ROOT)) for path in ROOT.glob(pattern)}
    assert there, f'no {pattern} in the checkout'
    assert there <= set(setup['files'])
