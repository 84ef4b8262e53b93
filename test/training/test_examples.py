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


"""Reading data files: values out, or every bad line in one go."""

from __future__ import annotations

import hashlib
import json

import pytest
from ros2_nl_commander.language.command import TopicPublication
from ros2_nl_commander.language.errors import DatasetError
from ros2_nl_commander.language.robot import EMPTY_ROBOT, RobotDescription
from ros2_nl_commander.training.examples import hash_file, load_examples

VOLUME = 'ros2 topic pub --once /volume std_msgs/msg/UInt8 "{data: 30}"'
ROBOT = """
robot: box
topics: {/volume: std_msgs/msg/UInt8}
limits: {/volume: {data: [0, 100]}}
"""


@pytest.fixture
def write(tmp_path):
    (tmp_path / 'box.yaml').write_text(ROBOT)

    def write_records(*records):
        path = tmp_path / 'data.jsonl'
        path.write_text('\n'.join(record if isinstance(record, str) else
                                  json.dumps(record, ensure_ascii=False) for record in records))
        return path
    return write_records


def line(command=VOLUME, instruction='volume 30', **more):
    return {'instruction': instruction, 'command': command, **more}


def errors_of(path):
    with pytest.raises(DatasetError) as caught:
        load_examples(path)
    return str(caught.value).splitlines()


def test_lines_become_values(write):
    first, second, third = load_examples(write(
        line(instruction='  volume 30 '), '', line(None), line(robot='box.yaml')))
    assert first.command == TopicPublication('/volume', 'std_msgs/msg/UInt8', {'data': 30})
    assert (first.instruction, first.answer, first.robot) == ('volume 30', VOLUME, EMPTY_ROBOT)
    assert (second.command, second.answer) == (None, 'null')
    assert third.robot.robot == 'box'


def test_several_answers_may_be_right(write):
    quiet, loud, either = load_examples(write(
        line([VOLUME, VOLUME.replace('30', '31')]), line([None, VOLUME]), line([VOLUME, None])))
    assert [command.fields for command in quiet.accepted] == [{'data': 30}, {'data': 31}]
    assert quiet.command.fields == {'data': 30}
    assert loud.command is None and loud.accepted[1].fields == {'data': 30}
    assert either.command is not None and either.accepted[1] is None


def test_a_reason_to_decline_is_known_only_where_it_is_written(write):
    examples = load_examples(write(*(
        line(answer, robot='box.yaml')
        for answer in (None, 'no: unsafe', '/volume data: 130', '/volume data: 13'))))
    assert [example.has_reason for example in examples] == [False, True, True, False]


def test_the_answer_is_the_canonical_text(write):
    (example,) = load_examples(write(line(
        "ros2 topic pub  -1 /volume std_msgs/msg/UInt8 '{data:   30}'")))
    assert example.answer == VOLUME


def test_a_robot_that_ships_is_known_by_its_name(write):
    (example,) = load_examples(write(line(None, robot='demo_robot')))
    assert example.robot.robot == 'porter'


def test_the_default_robot_is_for_lines_without_one(write):
    default = RobotDescription('d', topics={'/volume': 'std_msgs/msg/UInt8'})
    first, second = load_examples(write(line(), line(robot='box.yaml')), default)
    assert (first.robot.robot, second.robot.robot) == ('d', 'box')


def test_line_separators_of_unicode_end_no_line(write):
    say = 'ros2 topic pub --once /say std_msgs/msg/String "{data: hi}"'
    path = write(line(say, 'say\u00a0hi'), line(say, 'a\u2028b'), '{')
    assert [error.split(': ')[0] for error in errors_of(path)] == [f'{path}:2', f'{path}:3']


@pytest.mark.parametrize('record, reason', [
    ('{"instruction": "go"', 'not JSON'),
    ('[1, 2]', 'expected an object with instruction, command and optionally robot'),
    ({'instruction': 'go'}, 'expected an object'),
    (line(note='extra'), "unknown key 'note': expected an object"),
    ('{"instruction": "a", "command": null, "command": "x"}', "key 'command' appears twice"),
    ('[' * 100000, 'not an object: nested too deeply'),
    (line('/volum data: 3', robot='box.yaml'), "no '/volum'; the closest is the topic /volume"),
    (line('/volume data: 65%', robot='box.yaml'), "expected '65 %', a unit by its symbol"),
    (line('/volume data: 650cm', robot='box.yaml'), "expected '650 cm', a unit by its symbol"),
    (line('/volume data: 650 metres', robot='box.yaml'), "expected '650 m', a unit by its"),
    (line('/volume data: 650x', robot='box.yaml'), 'expected a blank behind the number'),
    (line(VOLUME.replace('30', '31')), "line 1 has another command for 'volume 30'"),
    (line(instruction=3), 'instruction has the wrong type: 3'),
    (line(['ros2', 3]), 'command has the wrong type: 3'),
    (line([]), 'command has the wrong type: 0'),
    (line(robot=1), 'robot has the wrong type: 1'),
    (line(instruction='  '), 'instruction: the instruction is empty'),
    (line(instruction='a\x07'), 'instruction: the instruction holds the control character'),
    (line('reboot'), 'command: '),
    (line(VOLUME[:-2]), 'command: '),
    (line(robot='nobody'), "unknown robot 'nobody': neither the name of a description"),
    (line(robot='missing.yaml'), 'missing.yaml'),
    (line(VOLUME.replace('30', '101'), robot='box.yaml'), 'command: /volume data = 101'),
    (line(VOLUME.replace('/volume', '/loud'), robot='box.yaml'), 'command: box has no topic'),
])
def test_a_bad_line_is_named_with_its_number_and_reason(write, record, reason):
    path = write(line(), record)
    (error,) = errors_of(path)
    assert error.startswith(f'{path}:2: ') and reason in error


def test_every_bad_line_is_named_in_one_go(write):
    path = write('{', line(), line('nonsense'), '', line(robot='nobody'), line())
    assert [error.split(': ')[0] for error in errors_of(path)] == [
        f'{path}:{number}' for number in (1, 3, 5)]


@pytest.mark.parametrize('content', [b'', b'\n\n  \n'], ids=['empty', 'blank'])
def test_a_file_without_examples_is_refused(tmp_path, content):
    (tmp_path / 'data.jsonl').write_bytes(content)
    assert errors_of(tmp_path / 'data.jsonl') == [f'{tmp_path / "data.jsonl"}: no examples']


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    assert 'Cannot read' in errors_of(tmp_path / 'missing.jsonl')[0]
    (tmp_path / 'latin.jsonl').write_bytes('{"instruction": "grüße"}'.encode('latin-1'))
    assert 'Cannot read' in errors_of(tmp_path / 'latin.jsonl')[0]
    (tmp_path / 'latin.jsonl').write_bytes('\n\n{"instruction": "grüße"}'.encode('latin-1'))
    assert errors_of(tmp_path / 'latin.jsonl')[0].endswith('latin.jsonl:3: not UTF-8 text')


def test_a_byte_order_mark_is_no_part_of_the_data(tmp_path):
    path = tmp_path / 'data.jsonl'
    path.write_text(json.dumps(line()), encoding='utf-8-sig')
    assert len(load_examples(path)) == 1


def test_the_same_sentence_may_be_said_twice_and_to_another_robot(write):
    other = VOLUME.replace('30', '31')
    assert len(load_examples(write(line(), line(), line(other, robot='box.yaml')))) == 3


def test_the_hash_is_that_of_sha256sum(tmp_path):
    (tmp_path / 'x').write_bytes(b'abc')
    assert hash_file(tmp_path / 'x') == hashlib.sha256(b'abc').hexdigest()
