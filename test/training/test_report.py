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

"""What is reported of an evaluation: confusion, failures, Markdown, JSON and pictures."""

from __future__ import annotations

import json

import pytest
from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.generation import Generation
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.short_form import REASONS
from ros2_nl_commander.training.confusion import confuse_kinds, confuse_reasons, kind_of
from ros2_nl_commander.training.evaluate import Score
from ros2_nl_commander.training.examples import Example
from ros2_nl_commander.training.report import (
    confusion_path, draw_report, report_as_json, report_as_markdown)
from ros2_nl_commander.training.sureness import sureness_table

VOLUME = 'ros2 topic pub --once /volume std_msgs/msg/UInt8 "{data: 30}"'
SAY = 'ros2 topic pub --once /say std_msgs/msg/String "{data: \'a|b\'}"'
DRIVE = 'ros2 topic pub --times 20 --rate 10 /cmd_vel geometry_msgs/msg/Twist ' \
        '"{linear: {x: 0.5}}"'
LAMP = 'ros2 service call /lamp std_srvs/srv/SetBool "{data: true}"'
DOCK = 'ros2 action send_goal /dock nav2_msgs/action/Spin "{}"'
ROBOT = RobotDescription('box')


def command(text):
    return None if text is None else parse_command(text)


def score(expected, got, others=(), sentence='x'):
    example = Example(sentence, command(expected), expected or 'null', ROBOT,
                      tuple(map(command, others)))
    return Score(example, Generation(
        sentence, command(got), None if got else REASONS['unsafe'], 0.5))


def decline(answer, reason=None, got=None):
    example = Example('x', None, answer or 'no: not a request', ROBOT,
                      has_reason=answer is not None)
    return Score(example, Generation('x', command(got), reason, 0.5))


SUITES = {'first': [score(VOLUME, VOLUME), score(VOLUME, SAY, sentence='a | b'),
                    score(LAMP, None)],
          'second': [score(None, DRIVE), score(DRIVE, DRIVE)]}


@pytest.mark.parametrize('text, kind', [
    (VOLUME, 'topic'), (DRIVE, 'motion'), (LAMP, 'service'), (DOCK, 'action'), (None, 'decline')])
def test_kinds(text, kind):
    assert kind_of(command(text)) == kind


def test_kinds_that_came_for_kinds_that_were_expected():
    confusion = confuse_kinds([
        score(VOLUME, VOLUME), score(VOLUME, SAY), score(VOLUME, VOLUME.replace('30', '3')),
        score(VOLUME, DRIVE), score(LAMP, None), score(None, LAMP), score(None, None),
        score(LAMP, DOCK, [DOCK]), score(LAMP, SAY, [DOCK])])
    assert confusion.counts == {
        ('topic', 'topic'): 3, ('topic', 'motion'): 1, ('service', 'decline'): 1,
        ('decline', 'service'): 1, ('decline', 'decline'): 1, ('action', 'action'): 1,
        ('service', 'topic'): 1}
    assert confusion.elsewhere == {'topic': 1}
    table = confusion.as_table()
    assert table.columns == ('expected', 'topic', 'motion', 'service', 'action', 'decline')
    assert table.rows == [
        ('topic', '3 (1 other)', '1', '', '', ''), ('service', '1', '', '', '', '1'),
        ('action', '', '', '', '1', ''), ('decline', '', '', '1', '', '1')]
    assert confusion.as_json() == {
        'expected': {'topic': {'topic': 3, 'motion': 1}, 'service': {'topic': 1, 'decline': 1},
                     'action': {'action': 1}, 'decline': {'service': 1, 'decline': 1}},
        'another interface of the kind': {'topic': 1}}


def test_reasons_that_came_for_reasons_that_were_expected():
    confusion = confuse_reasons([
        decline('no: unsafe', REASONS['unsafe']), decline('no: unsafe', REASONS['what value']),
        decline('no: unsafe', got=LAMP), decline(None, REASONS['not a request']),
        decline('/lift data: 9 m', 'not possible: /lift data = 9.0: above 1.2'),
        decline('no: cannot do that', 'not sure: nobody said 3'),
        decline('no: cannot do that', 'stopped before the answer was whole'),
        score(LAMP, None), score(None, LAMP, [LAMP])])
    assert confusion.counts == {
        ('unsafe', 'unsafe'): 1, ('unsafe', 'what value'): 1, ('unsafe', 'a command'): 1,
        ('none given', 'not a request'): 1, ('not possible', 'not possible'): 1,
        ('cannot do that', 'not sure'): 1, ('cannot do that', 'none given'): 1}
    assert confusion.rows == ['cannot do that', 'unsafe', 'not possible', 'none given']


def sure(probability, got=VOLUME):
    example = Example('x', command(VOLUME), VOLUME, ROBOT)
    return Score(example, Generation('x', command(got), None, 0.5, probability=probability))


def test_answers_are_counted_by_how_likely_they_were():
    table = sureness_table([sure(0.0, None), sure(0.29), sure(0.3, SAY), sure(0.9), sure(1.0)])
    assert [row[:2] for row in table.rows] == [
        ('0 to 0.3', '2'), ('0.3 to 0.5', '1'), ('0.9 to 1', '2')]
    assert [row[2].split()[0] for row in table.rows] == ['1/2', '0/1', '2/2']
    assert [row[3:5][0] for row in table.rows] == ['1', '1', '2']


def test_failures_are_listed_suite_by_suite():
    report = report_as_markdown(SUITES, 'renamed')
    headings = [line for line in report.splitlines() if line.startswith('#')]
    assert headings == ['### Suites, renamed', '### Kinds of interfaces',
                        '### Reasons to decline', '### How sure it was',
                        '### Failures: first (2)', '### Failures: second (1)']
    first, second = report.split('### Failures: ')[1:]
    escaped = SAY.replace('|', r'\|')
    assert rf'| box | a \| b | {VOLUME} | {escaped} |' in first
    assert f'| box | x | {LAMP} | declined: this is unsafe |' in first
    assert f'| box | x | null | {DRIVE} |' in second


def test_a_suite_without_failures_lists_none():
    assert 'Failures' not in report_as_markdown({'s': [score(VOLUME, VOLUME)]}, 'plain')


def test_the_same_is_in_the_json():
    report = json.loads(report_as_json(SUITES, 'crowd=60'))
    assert report['variant'] == 'crowd=60'
    assert [failure['got'] for failure in report['failures']['first']] == [SAY, None]
    assert report['failures']['second'] == [
        {'instruction': 'x', 'expected': 'null', 'got': DRIVE, 'reason': None, 'robot': 'box'}]
    assert report['confusion']['Kinds of interfaces']['expected']['topic'] == {'topic': 2}
    assert report['suites']['all']['right']['count'] == 2
    assert report['seconds']['second'] == [0.5, 0.5]
    assert report['sureness'] == [[1.0, True], [1.0, False], [1.0, False], [1.0, False],
                                  [1.0, True]]


@pytest.mark.parametrize('suites', [SUITES, {'s': [score(VOLUME, VOLUME)]}, {'s': []}],
                         ids=['many', 'no declines', 'empty'])
def test_two_pictures_are_drawn_beside_each_other(tmp_path, suites):
    path = tmp_path / 'pictures' / 'suites.png'
    draw_report(suites, path)
    assert {file.name for file in path.parent.iterdir()} == {
        'suites.png', 'suites-confusion.png'}
    assert confusion_path(path).read_bytes().startswith(b'\x89PNG')


def test_the_order_of_a_matrix_does_not_depend_on_what_came_first():
    scores = [score(None, None), score(LAMP, LAMP), score(VOLUME, VOLUME)]
    assert confuse_kinds(scores).as_table() == confuse_kinds(scores[::-1]).as_table()
    assert confuse_kinds(scores).rows == ['topic', 'service', 'decline']
