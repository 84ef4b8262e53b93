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


"""Imports go one way: ``language`` is below ``model`` and ``ros``, ``cli`` is on top of all."""

import ast
from pathlib import Path
import subprocess
import sys

import pytest

PACKAGE = 'ros2_nl_commander'
ROOT = Path(__file__).parents[2]
TENSORS = {'accelerate', 'safetensors', 'tokenizers', 'torch', 'transformers'}
#: Which other layers a layer may import, and which packages it must never import.
BELOW = {
    'language': set(),
    'model': {'language'},
    'training': {'language', 'model'},
    'ros': {'language'},
    'cli': {'language', 'model', 'ros', 'training'},
}
FORBIDDEN = {
    'language': TENSORS | {'numpy', 'rclpy'},
    'model': {'rclpy'},
    'training': {'rclpy'},
    'ros': TENSORS,
    'cli': set(),
}


def imported_modules(path):
    """Yield the line and the absolute name of everything that a file imports, at any depth."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[:len(package) - node.level + 1] if node.level else ()
            base = '.'.join([*above, *filter(None, [node.module])])
            # `from ros2_nl_commander import model` names its layer only in the alias.
            names = [f'{base}.{alias.name}' for alias in node.names] if base == PACKAGE else [base]
            yield from ((node.lineno, name) for name in names)


def against_the_layers(layer, module):
    top, _, rest = module.partition('.')
    if top != PACKAGE:
        return top in FORBIDDEN[layer]
    other = rest.partition('.')[0]
    return other in BELOW and other not in BELOW[layer] | {layer}


def test_every_folder_is_a_layer():
    folders = {path.parent.name for path in (ROOT / PACKAGE).glob('*/__init__.py')}
    assert folders == set(BELOW)


@pytest.mark.parametrize('layer', BELOW)
def test_layer_imports_only_what_is_below(layer):
    wrong = [f'{path.relative_to(ROOT)}:{line} imports {module}'
             for path in sorted((ROOT / PACKAGE / layer).rglob('*.py'))
             for line, module in imported_modules(path) if against_the_layers(layer, module)]
    assert not wrong, '\n'.join(wrong)


def loaded_after(*modules):
    """Import modules in a fresh interpreter and return the top-level packages that it loaded."""
    script = (f'import importlib, sys\nfor name in {modules!r}: importlib.import_module(name)\n'
              'print(*{name.partition(".")[0] for name in sys.modules})')
    done = subprocess.run(
        [sys.executable, '-c', script], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_language_loads_no_torch_and_no_ros():
    files = (ROOT / PACKAGE / 'language').glob('[!_]*.py')
    loaded = loaded_after(*(f'{PACKAGE}.language.{path.stem}' for path in files))
    assert not loaded & FORBIDDEN['language']


def test_generate_loads_no_ros():
    assert 'rclpy' not in loaded_after(f'{PACKAGE}.cli.generate')
