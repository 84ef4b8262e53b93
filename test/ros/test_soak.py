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

"""A short soak through the command line, and that leaks and wrong ends would be noticed."""

from __future__ import annotations

from dataclasses import replace
import json
import subprocess
import sys

import pytest
from ros2_nl_commander.ros.execution.endpoints import Endpoints
from ros2_nl_commander.ros.soak.kinds import KINDS
from ros2_nl_commander.ros.soak.report import Sample, SoakReport
from ros2_nl_commander.ros.soak.run import soak_fake

COUNT = 150


def test_a_short_soak_leaves_nothing_behind(tmp_path):
    picture = tmp_path / 'soak.png'
    done = subprocess.run(
        [sys.executable, '-m', 'ros2_nl_commander.cli.benchmark', 'soak', '--count', str(COUNT),
         '--picture', str(picture)], capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, done.stderr
    assert f'| fake | {COUNT} |' in done.stdout
    assert picture.stat().st_size > 1000
    report, = json.loads(picture.with_suffix('.json').read_text())
    assert sum(report['ends'].values()) == COUNT and report['problems'] == []
    assert {end.partition(':')[0] for end in report['ends']} == set(KINDS)


def test_clients_that_are_never_let_go_are_noticed(monkeypatch):
    monkeypatch.setattr(Endpoints, '_get', lambda self, _name, _key, make, _destroy:
                        self._orderly(make))
    report = soak_fake(30)
    assert any(problem.startswith('clients:') for problem in report.problems), report.problems


def test_an_end_that_does_not_belong_to_its_kind_is_noticed(monkeypatch):
    monkeypatch.setitem(KINDS, 'say', replace(KINDS['say'], ends=KINDS['decline'].ends))
    report = soak_fake(10)
    assert any(problem.startswith("'say 2' ended as succeeded") for problem in report.problems)


def make_report(memory=lambda n: 100.0, threads=lambda n: 30, clients=lambda n: 5):
    report = SoakReport('fake', [
        Sample(n, n / 10, memory(n), threads(n), 1000, {'clients': clients(n)})
        for n in range(0, 1000, 10)])
    report.judge()
    return report


def test_what_is_flat_is_no_problem():
    report = make_report(lambda n: 60.0 + min(n, 400) / 10 + n % 3, lambda n: 30 + n % 2)
    assert report.problems == []


@pytest.mark.parametrize('growing, word', [
    ({'memory': lambda n: 100 + n / 50}, 'memory grew'),
    ({'threads': lambda n: 30 + n // 100}, 'threads grew'),
    ({'clients': lambda n: 5 + n // 900}, 'clients: 5 in the middle, 6 at the end')])
def test_what_grows_is_a_problem(growing, word):
    problem, = make_report(**growing).problems
    assert word in problem


def test_too_few_samples_prove_nothing():
    report = SoakReport('fake')
    report.judge()
    assert report.problems == ['too few samples to judge growth']
