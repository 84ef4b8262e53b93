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


"""The licence: its header in every file with code, its text and its terms in the checkout."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = [str(ROOT / name) for name in ('launch', 'ros2_nl_commander', 'scripts', 'test')]
HEADER = Path(__file__).read_text(encoding='utf-8').split('\n\n', 1)[0]


@pytest.mark.copyright
@pytest.mark.linter
def test_ament_copyright():
    main = pytest.importorskip('ament_copyright.main')
    argv = [*FOLDERS, *(str(ROOT / name) for name in ('CONTRIBUTING.md', 'LICENSE'))]
    assert main.main(argv=argv) == 0, 'the lines above name the files'


@pytest.mark.copyright
@pytest.mark.linter
def test_every_file_with_code_has_the_header():
    files = [path for folder in FOLDERS for path in Path(folder).rglob('*.py')]
    texts = {path: path.read_text(encoding='utf-8') for path in [*files, ROOT / 'setup.py']}
    bare = [str(path.relative_to(ROOT)) for path, text in texts.items()
            if text and not text.startswith((HEADER, '#!/usr/bin/env python3\n' + HEADER))]
    assert not bare, f'no Apache-2.0 header in {bare}'


@pytest.mark.copyright
@pytest.mark.linter
def test_licence_and_terms_are_there():
    assert 'Version 2.0, January 2004' in (ROOT / 'LICENSE').read_text(encoding='utf-8')
    terms = (ROOT / 'CONTRIBUTING.md').read_text(encoding='utf-8')
    assert '5. Submission of Contributions. Unless You explicitly state otherwise,' in terms
