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

"""The command line of ``evaluate``, with a generator that knows the answers by heart."""

from __future__ import annotations

import json

import pytest
from ros2_nl_commander.cli import evaluate
from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.generation import Generation
from ros2_nl_commander.language.robot import parse_robot
from ros2_nl_commander.training.renaming import rename_robot

ROBOT = """
robot: box
topics: {/volume: std_msgs/msg/UInt8}
services: {/lamp: std_srvs/srv/SetBool}
limits: {/volume: {data: [0, 100]}}
"""
VOLUME = 'ros2 topic pub --once /volume std_msgs/msg/UInt8 "{data: 30}"'
LAMP = 'ros2 service call /lamp std_srvs/srv/SetBool "{data: true}"'
LINES = [
    {'instruction': 'volume 30', 'robot': 'box.yaml', 'command': VOLUME},
    {'instruction': 'tell me a joke', 'robot': 'box.yaml', 'command': None},
    {'instruction': 'it is dark', 'robot': 'box.yaml',
     'command': ['/lamp data: true', VOLUME]},
    {'instruction': 'sing', 'robot': 'box.yaml', 'command': [None, LAMP]},
]


class KnowsByHeart:
    """Answers every sentence with the volume or the lamp of its robot, or declines."""

    def __init__(self):
        self.robots = []

    def use_robot(self, robot):
        self.robots.append(robot)

    def generate(self, instruction, should_stop):
        names = dict(zip(('/volume', '/lamp'), (
            next(iter(self.robots[-1].topics)), next(iter(self.robots[-1].services)))))
        said = {'volume 30': VOLUME, 'it is dark': VOLUME, 'sing': LAMP}.get(instruction)
        for old, new in names.items():
            said = said and said.replace(old, new)
        return Generation(instruction, said and parse_command(said),
                          None if said else 'no', 0.1)


@pytest.fixture
def generator(monkeypatch):
    made = KnowsByHeart()
    monkeypatch.setattr(evaluate, 'load_generator', lambda settings: made)
    return made


@pytest.fixture
def write(tmp_path):
    (tmp_path / 'box.yaml').write_text(ROBOT)

    def write_lines(lines, name='mine.jsonl'):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(''.join(
            (line if isinstance(line, str) else json.dumps(line)) + '\n' for line in lines))
        return path
    return write_lines


def error_of(capsys, args):
    """Run what must fail; return what it says on standard error."""
    assert evaluate.main(args) == 1
    return capsys.readouterr().err.splitlines()


def test_a_file_of_ones_own_is_scored(write, tmp_path, generator, capsys):
    output, picture = tmp_path / 'out' / 'mine.json', tmp_path / 'out' / 'mine.png'
    assert evaluate.main(['--data', str(write(LINES)), '--output', str(output),
                          '--picture', str(picture)]) == 0
    report = json.loads(output.read_text())
    assert report['suites']['mine']['right'] == {
        'count': 4, 'of': 4, 'share': 1.0, 'interval_95': report['suites']['all']['right'][
            'interval_95']}
    assert {path.name for path in output.parent.iterdir()} == {
        'mine.json', 'mine.png', 'mine-confusion.png'}
    assert '| mine | 4/4 = 100 % ' in capsys.readouterr().out


def test_lines_without_a_robot_are_to_the_one_that_is_named(write, tmp_path, generator, capsys):
    lines = [{key: value for key, value in line.items() if key != 'robot'} for line in LINES]
    data = str(write(lines))
    assert evaluate.main(['--data', data, '--robot', str(tmp_path / 'box.yaml')]) == 0
    assert '| mine | 4/4 = 100 % ' in capsys.readouterr().out
    assert 'a command starts with ros2' in error_of(capsys, ['--data', data])[0]


def test_null_and_lists_decide_what_is_right(write, tmp_path, generator, capsys):
    lines = [dict(LINES[2], command=[LAMP, None]), dict(LINES[3], command=None),
             dict(LINES[1], command=[VOLUME, LAMP])]
    output = tmp_path / 'out.json'
    assert evaluate.main(['--data', str(write(lines)), '--output', str(output)]) == 0
    wrong = json.loads(output.read_text())['failures']['mine']
    assert [(failure['instruction'], failure['got']) for failure in wrong] == [
        ('it is dark', VOLUME), ('sing', LAMP), ('tell me a joke', None)]
    out = capsys.readouterr().out
    assert '### Failures: mine (3)' in out
    assert f'| box | sing | null | {LAMP} |' in out


@pytest.mark.parametrize('variant', ['plain', 'renamed', 'crowd=9'])
def test_variants_are_asked_for_by_name(write, tmp_path, generator, variant):
    output = tmp_path / 'out.json'
    assert evaluate.main(['--data', str(write(LINES)), '--output', str(output),
                          '--variant', variant]) == 0
    (robot,) = generator.robots
    assert len({*robot.topics, *robot.services, *robot.actions}) == (
        9 if variant == 'crowd=9' else 2)
    assert ('/volume' in robot.topics) == (variant != 'renamed')
    report = json.loads(output.read_text())
    assert report['variant'] == variant and report['suites']['all']['right']['count'] == 4


def test_renamed_answers_are_expected_under_their_new_names(write, tmp_path, generator):
    output = tmp_path / 'out.json'
    line = dict(LINES[1], command=VOLUME)
    assert evaluate.main(['--data', str(write([line])), '--output', str(output),
                          '--variant', 'renamed']) == 0
    (failure,) = json.loads(output.read_text())['failures']['mine']
    new = rename_robot(parse_robot(ROBOT, 'box')).names['/volume']
    assert failure['expected'].startswith(f'{new} data: 30') and new != '/volume'


def test_two_files_of_one_name_are_two_suites(write, tmp_path, generator):
    first, second = write(LINES[:1]), write([LINES[1] | {'robot': '../box.yaml'}], 'b/mine.jsonl')
    output = tmp_path / 'out.json'
    assert evaluate.main(['--data', str(first), str(second), '--output', str(output)]) == 0
    assert set(json.loads(output.read_text())['failures']) == {str(first), str(second)}


@pytest.mark.parametrize('line, reason', [
    ('{"instruction": "go", ', 'not JSON'),
    ({'instruction': 'go', 'robot': 'box.yaml'}, 'expected an object with instruction, command'),
    ({'instruction': 'go', 'robot': 'box.yaml', 'command': []}, 'command has the wrong type'),
    ({'instruction': 'go', 'robot': 'box.yaml', 'command': [VOLUME, 3]}, 'wrong type: 3'),
    ({'instruction': 'go', 'robot': 'box.yaml', 'command': [VOLUME, 'nonsense']},
     "has no 'nonsense'"),
    ({'instruction': 'go', 'robot': 'none.yaml', 'command': None}, 'none.yaml'),
])
def test_a_bad_line_is_one_clear_error(write, generator, capsys, line, reason):
    path = write([*LINES, line])
    (error,) = error_of(capsys, ['--data', str(path)])
    assert error.startswith(f'evaluate: {path}:5: ') and reason in error
    assert generator.robots == []


def test_an_unknown_variant_is_one_clear_error(write, generator, capsys):
    (error,) = error_of(capsys, ['--data', str(write(LINES)), '--variant', 'upside-down'])
    assert error == "evaluate: unknown variant 'upside-down': expected plain, renamed, " \
                    'distractors, unexplained, crowd=N or devices=N'


@pytest.mark.parametrize('every', ['0', '-1', 'x'])
def test_every_how_many_is_above_zero(capsys, every):
    with pytest.raises(SystemExit):
        evaluate.main(['--every', every])
    assert f"--every: '{every}' is no whole number above 0" in capsys.readouterr().err
