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


"""The manifest ``package.xml``: as ament checks it on a robot, and without ROS or a network."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

MANIFEST = Path(__file__).parents[2] / 'package.xml'


@pytest.mark.linter
@pytest.mark.xmllint
def test_ament_xmllint():
    main = pytest.importorskip('ament_xmllint.main')
    assert main.main(argv=[str(MANIFEST)]) == 0, 'the lines above say what is wrong'


@pytest.mark.linter
@pytest.mark.xmllint
def test_format_3_with_its_schema():
    manifest = ElementTree.parse(MANIFEST).getroot()
    assert manifest.get('format') == '3'
    assert 'package_format3.xsd' in MANIFEST.read_text(encoding='utf-8')
    assert manifest.findtext('export/build_type') == 'ament_python'


@pytest.mark.linter
@pytest.mark.xmllint
def test_catkin_pkg_accepts_it():
    package = pytest.importorskip('catkin_pkg.package')
    warnings: list[str] = []
    package.parse_package(str(MANIFEST), warnings=warnings).validate(warnings=warnings)
    assert warnings == []


@pytest.mark.linter
@pytest.mark.parametrize('tag', ['exec_depend', 'test_depend'])
def test_dependencies_are_in_order_and_named_once(tag):
    names = [element.text for element in ElementTree.parse(MANIFEST).getroot().findall(tag)]
    assert names == sorted(set(names))
