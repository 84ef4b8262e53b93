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

"""The stopwatch: every moment belongs to one part, and what it wraps is as before afterwards."""

from __future__ import annotations

import threading

import pytest
from ros2_nl_commander.training.benchmarks import stopwatch as module
from ros2_nl_commander.training.benchmarks.stopwatch import Place, Stopwatch


class Kitchen:
    """Cooks, which takes some ticks, and chops meanwhile, which takes others."""

    def __init__(self, clock):
        self.clock = clock

    def cook(self):
        self.clock.now += 2
        self.chop()
        self.clock.now += 3
        return 'soup'

    def chop(self):
        self.clock.now += 10

    @classmethod
    def burn(cls, clock):
        clock.now += 7
        raise RuntimeError('burnt')


class Clock:
    now = 0.0


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(module.time, 'monotonic', lambda: clock.now)
    return clock


def seconds(stopwatch):
    return [(lap.part, lap.seconds) for lap in stopwatch.laps]


def test_parts_of_parts_are_counted_once(clock):
    stopwatch = Stopwatch()
    with stopwatch.at([Place(Kitchen, 'cook', 'cooking'), Place(Kitchen, 'chop', 'chopping')]):
        assert Kitchen(clock).cook() == 'soup'
    assert seconds(stopwatch) == [('chopping', 10), ('cooking', 5)]
    assert sum(lap.seconds for lap in stopwatch.laps) == clock.now


def test_what_fails_is_counted_and_everything_is_put_back(clock):
    before = dict(vars(Kitchen))
    stopwatch = Stopwatch()
    with pytest.raises(RuntimeError, match='burnt'):
        with stopwatch.at([Place(Kitchen, 'burn', 'burning'), Place(Kitchen, 'cook', 'cooking')]):
            Kitchen.burn(clock)
    assert seconds(stopwatch) == [('burning', 7)]
    assert dict(vars(Kitchen)) == before
    Kitchen(clock).cook()
    assert len(stopwatch.laps) == 1


def test_only_the_named_heir_of_a_function_is_timed(clock):
    class Heir(Kitchen):
        pass

    stopwatch = Stopwatch()
    with stopwatch.at([Place(Heir, 'chop', 'chopping')]):
        Heir(clock).chop()
        Kitchen(clock).chop()
    assert seconds(stopwatch) == [('chopping', 10)]
    assert 'chop' not in vars(Heir)


def test_a_part_in_another_thread_takes_nothing_from_this_one(clock):
    stopwatch = Stopwatch()
    with stopwatch.at([Place(Kitchen, 'chop', 'chopping')]):
        with stopwatch.part('waiting'):
            thread = threading.Thread(target=Kitchen(clock).chop)
            thread.start()
            thread.join()
    chopping, waiting = stopwatch.laps
    assert (chopping.seconds, waiting.seconds) == (10, 10)
    assert waiting.thread == threading.get_ident() != chopping.thread


def test_the_device_is_waited_for_within_the_part(clock):
    def settle():
        clock.now += 1

    stopwatch = Stopwatch(settle)
    with stopwatch.at([Place(Kitchen, 'chop', 'chopping')]):
        Kitchen(clock).chop()
    assert seconds(stopwatch) == [('chopping', 11)]


def test_a_function_that_is_not_there_is_an_error():
    with pytest.raises(AttributeError, match='fry'):
        with Stopwatch().at([Place(Kitchen, 'fry', 'frying')]):
            pass
