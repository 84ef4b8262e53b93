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


"""The fields of a type are the same, whether they are read from a class or from its text."""

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
import sys
from threading import Event
import time

from hypothesis import given, settings, strategies as st
import pytest

from ros2_nl_commander.language import definition_text, installed_types
from ros2_nl_commander.language.definition_text import interface_schema, MAX_DEPTH
from ros2_nl_commander.language.errors import (
    CommandSyntaxError, RobotDescriptionError, UnknownTypeError)
from ros2_nl_commander.language.installed_types import installed_schema
from ros2_nl_commander.language.interfaces import (
    ArrayType, Constant, FieldSchema, MessageSchema, SCALAR_TYPES, TextType)

PACKAGES = ('geometry_msgs', 'nav_msgs', 'sensor_msgs', 'std_msgs', 'std_srvs', 'test_msgs')
#: What the types of the packages above are made of besides.
PARTS = ('action_msgs', 'builtin_interfaces', 'unique_identifier_msgs')

EVERYTHING = """
# a comment
int32 LOW=-3
string NAME="front arm"
byte MARK=255
float32 SCALE=0.5

bool flag true
byte mark 7
char letter 65
float32 ratio 0.1
uint64 big 18446744073709551615
string text "it's"
string<=5 short "ab, c"
wstring<=3 wide
int8[3] three [1, -2, 3]
float32[] many [0.1, 2]
string[<=2] few ["a, b", 'c']
Part part
Part[<=4] parts
time stamp
"""
DEFINITIONS = {
    'my_msgs/msg/Everything': EVERYTHING,
    'my_msgs/msg/Part': 'float64 x\n',
    'my_msgs/srv/Set': 'Part part   \n---   \nbool success\n',
    'my_msgs/action/Go': 'uint8 FAST=2\nuint8 speed\n---\n---\nfloat32 done\n',
    'builtin_interfaces/msg/Time': 'int32 sec\nuint32 nanosec\n',
}
PART = MessageSchema('my_msgs/msg/Part', (FieldSchema('x', SCALAR_TYPES['float64']),), ())


def texts_of(package):
    """Read the definitions that a package installs, by type, or skip."""
    pytest.importorskip('rosidl_adapter', reason='needs ROS 2')
    spec = find_spec(package)
    if spec is None:
        pytest.skip(f'needs {package}')
    share = next(folder / 'share' / package for folder in Path(spec.origin).parents
                 if (folder / 'share' / package / 'package.xml').is_file())
    return {f'{package}/{file.parent.name}/{file.stem}': file.read_text(encoding='utf-8')
            for kind in ('msg', 'srv', 'action') for file in share.glob(f'{kind}/*.{kind}')}


@pytest.mark.parametrize('package', PACKAGES)
def test_class_and_text_give_the_same(package):
    texts = texts_of(package)
    assert texts
    for type_name, text in texts.items():
        assert interface_schema(type_name, {type_name: text}) == installed_schema(type_name)


def test_texts_alone_give_the_same(monkeypatch):
    texts = {}
    for package in PACKAGES + PARTS:
        texts.update(texts_of(package))
    expected = {name: installed_schema(name) for name in texts}

    def nothing_is_installed(type_name):
        raise UnknownTypeError(type_name)
    monkeypatch.setattr(definition_text, 'installed_schema', nothing_is_installed)
    assert {name: interface_schema(name, texts) for name in texts} == expected


def test_everything_that_a_definition_can_say():
    pytest.importorskip('rosidl_adapter', reason='needs ROS 2')
    schema = interface_schema('my_msgs/msg/Everything', DEFINITIONS)
    tenth = 0.10000000149011612  # in 32 bits
    assert schema.constants == (
        Constant('LOW', -3), Constant('NAME', 'front arm'), Constant('MARK', 255),
        Constant('SCALE', 0.5))
    assert {(field.name, str(field.type), field.default) for field in schema.fields} == {
        ('flag', 'bool', True), ('mark', 'byte', 7), ('letter', 'uint8', 65),
        ('ratio', 'float32', tenth), ('big', 'uint64', 2 ** 64 - 1), ('text', 'string', "it's"),
        ('short', 'string<=5', 'ab, c'), ('wide', 'wstring<=3', None),
        ('three', 'int8[3]', (1, -2, 3)), ('many', 'float32[]', (tenth, 2.0)),
        ('few', 'string[<=2]', ('a, b', 'c')), ('part', 'my_msgs/msg/Part', None),
        ('parts', 'my_msgs/msg/Part[<=4]', None), ('stamp', 'builtin_interfaces/msg/Time', None)}
    types = {field.name: field.type for field in schema.fields}
    assert types['parts'] == ArrayType(PART, 0, 4)
    assert types['wide'] == TextType(wide=True, bound=3)


def test_of_a_service_the_request_and_of_an_action_the_goal():
    pytest.importorskip('rosidl_adapter', reason='needs ROS 2')
    assert interface_schema('my_msgs/srv/Set', DEFINITIONS).fields == (FieldSchema('part', PART),)
    goal = interface_schema('my_msgs/action/Go', DEFINITIONS)
    assert goal == MessageSchema(
        'my_msgs/action/Go', (FieldSchema('speed', SCALAR_TYPES['uint8']),),
        (Constant('FAST', 2),))


def test_ranges():
    assert (SCALAR_TYPES['int8'].lowest, SCALAR_TYPES['int8'].highest) == (-128, 127)
    assert (SCALAR_TYPES['uint64'].lowest, SCALAR_TYPES['uint64'].highest) == (0, 2 ** 64 - 1)
    assert SCALAR_TYPES['float32'].highest < 3.5e38 < SCALAR_TYPES['float64'].highest


@pytest.mark.parametrize('type_name', [
    'no_such_msgs/msg/Any', 'json/msg/Any', 'sys/msg/Any', 'antigravity/msg/Any',
    'std_msgs/msg/NoSuch', 'std_msgs/srv/String',
])
def test_types_that_nobody_knows(type_name):
    with pytest.raises(UnknownTypeError, match=f'{type_name} is not installed here'):
        interface_schema(type_name)


def test_looking_for_a_type_runs_nothing(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / 'bomb_msgs').mkdir()
    (tmp_path / 'bomb_msgs' / '__init__.py').write_text('raise SystemExit("imported")')
    with pytest.raises(UnknownTypeError):
        installed_schema('bomb_msgs/msg/Any')


def test_a_broken_installation_is_an_unknown_type(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    folder = tmp_path / 'broken_msgs' / 'msg'
    folder.mkdir(parents=True)
    (folder.parent / '__init__.py').touch()
    (folder / '__init__.py').write_text('import no_such_module_at_all')
    with pytest.raises(UnknownTypeError, match='cannot be imported: No module named'):
        installed_schema('broken_msgs/msg/Any')


def test_an_unknown_part_names_the_whole():
    pytest.importorskip('rosidl_adapter', reason='needs ROS 2')
    for part in ('other_msgs/Part', 'Part_Request'):
        with pytest.raises(UnknownTypeError, match='a part of my_msgs/msg/Whole, is neither'):
            interface_schema('my_msgs/msg/Whole', {'my_msgs/msg/Whole': f'{part} part'})


def test_a_type_in_full_is_asked_for():
    with pytest.raises(CommandSyntaxError):
        interface_schema('std_msgs/String')


def test_without_the_parser_a_definition_is_unknown(monkeypatch):
    monkeypatch.setitem(__import__('sys').modules, 'rosidl_adapter.parser', None)
    with pytest.raises(UnknownTypeError, match='needs rosidl_adapter, a part of ROS 2'):
        interface_schema('my_msgs/msg/Lone', {'my_msgs/msg/Lone': 'bool a'})


@pytest.mark.parametrize('text', [
    'uint8', 'uint9 a', 'uint8 A', 'uint8 a\nuint8 a', 'uint8[0] a', 'string<=x a', '  uint8 a',
    'uint8 a 256', 'bool a maybe', 'Part a {x: 1}', 'time a 5', 'a/b/c d', 'bool[] a [', ']',
    'Whole whole', 'Part[] parts\nWhole[] wholes', 'string[] a ["', 'string[] a [,]',
])
def test_texts_that_are_no_definition(text):
    pytest.importorskip('rosidl_adapter', reason='needs ROS 2')
    definitions = {**DEFINITIONS, 'my_msgs/msg/Whole': text}
    with pytest.raises(RobotDescriptionError, match='definitions: my_msgs/msg/Whole: ') as raised:
        interface_schema('my_msgs/msg/Whole', definitions)
    assert '\n' not in str(raised.value)


def test_nesting_has_an_end():
    pytest.importorskip('rosidl_adapter', reason='needs ROS 2')
    chain = {f'my_msgs/msg/A{n}': f'A{n + 1} a\nA{n + 1} b' for n in range(2000)}
    with pytest.raises(RobotDescriptionError, match=f'nested deeper than {MAX_DEPTH} messages'):
        interface_schema('my_msgs/msg/A0', chain)
    chain['my_msgs/msg/A20'] = 'bool a'
    assert len(interface_schema('my_msgs/msg/A0', chain).fields) == 2


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from((
    'uint8', 'string', 'string<=3', 'Whole', '[]', '[<=2]', '[2]', ' a', ' B', '=', ' 5', ' "x"',
    "'", '#', '\n', '---', ' [1, 2]', ' [', ',', ']', '\t', '/', 'é', '\0')), max_size=12))
def test_any_text_is_read_or_refused(pieces):
    pytest.importorskip('rosidl_adapter', reason='needs ROS 2')
    for folder in ('msg', 'srv', 'action'):
        type_name = f'my_msgs/{folder}/Whole'
        try:
            interface_schema(type_name, {type_name: ''.join(pieces)})
        except (RobotDescriptionError, UnknownTypeError) as error:
            assert str(error).isprintable()


def test_installed_types_are_read_once():
    pytest.importorskip('std_msgs', reason='needs ROS 2')
    assert installed_schema('std_msgs/msg/String') is installed_schema('std_msgs/msg/String')
    assert installed_types.installed_schema.cache_info().hits


def test_definitions_that_are_read_at_once_leave_stderr_where_it_was(monkeypatch):
    """Two threads redirect it; the one that came first must not leave first."""
    parser = import_module('rosidl_adapter.parser')
    came, left = Event(), Event()

    def parse(package, name, text):
        if name == 'First':
            came.wait(0.5)
        else:
            came.set()
            left.wait(0.5)
        raise ValueError

    def read(name):
        with pytest.raises(RobotDescriptionError):
            interface_schema(f'a_msgs/msg/{name}', {f'a_msgs/msg/{name}': 'bool a'})
        left.set()

    monkeypatch.setattr(parser, 'parse_message_string', parse)
    monkeypatch.setattr(sys, 'stderr', sys.stderr)
    before = sys.stderr
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(read, 'First')
        time.sleep(0.1)
        threads.submit(read, 'Second').result()
        first.result()
    assert sys.stderr is before
