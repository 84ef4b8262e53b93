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


"""``benchmark stopping``: what it counts of a node that loads and generates."""

from __future__ import annotations

import sys

import pytest
from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.language.generation import GeneratorSettings
from ros2_nl_commander.ros import busy_stops
from ros2_nl_commander.ros.busy_stops import measure_busy_stops

#: The real node; it loads for a second, and answers "at once" or when it is stopped.
PROGRAM = """
import sys, time
from ros2_nl_commander.cli import nl_commander
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.language.generation import Generation
class Slow:
    def use_robot(self, robot): pass
    def describe(self): return {}
    def generate(self, instruction, should_stop, on_text=None):
        while instruction != 'at once' and not should_stop():
            time.sleep(0.01)
        return Generation(instruction, None, 'no', 0.0)
def load(settings):
    time.sleep(1.0)
    if settings.model == 'broken':
        raise ModelError('broken')
    if settings.model == 'fatal':
        sys.stderr.flush()
        import os
        os._exit(3)
    return Slow()
nl_commander.load_generator = load
sys.exit(nl_commander.main())
"""


def measure(model, sentences):
    return measure_busy_stops([sys.executable, '-c', PROGRAM], sentences,
                              GeneratorSettings(model, ''), stops=3, loads=2)


def test_each_stop_is_counted_once_by_what_the_node_does():
    took = measure('slow', ['at once', 'wait'])
    assert list(took) == ['configuring', 'generating']
    assert len(took['generating']) == 3
    assert 4 <= len(took['configuring']) < 200  # two loads of a second each
    assert all(0.0 < seconds < 10.0 for times in took.values() for seconds in times)


def test_answers_that_end_before_the_stop_do_not_count(monkeypatch):
    monkeypatch.setattr(busy_stops, 'TRIES', 1)
    with pytest.raises(NodeError, match='of 3 answers only 0'):
        measure('slow', ['at once'])


@pytest.mark.parametrize('model, why', [
    ('broken', 'could not be made active'), ('fatal', 'ended with exit code 3')])
def test_a_node_that_cannot_load_is_said(model, why):
    with pytest.raises(NodeError, match=why):
        measure(model, ['wait'])
