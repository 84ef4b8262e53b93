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

"""Capturing: what it needs, when it happens, and that nobody waits for it."""

from __future__ import annotations

import logging
import threading

from answering import answer, free, prefix_of
import pytest
from ros2_nl_commander.model.backbone import backbone_from_model
from ros2_nl_commander.model.captured import CapturedRunner, FIRST_CAPACITY, is_fit
from ros2_nl_commander.model.fixed_forward import WIDTHS
from ros2_nl_commander.model.runner import PlainRunner, runner_for
import torch

# A thread that captures has nobody to tell.
pytestmark = pytest.mark.filterwarnings('error::pytest.PytestUnhandledThreadExceptionWarning')

WAIT_SEC = 60
STEPS = len(WIDTHS) + 1


class Recorder:
    """Records as a GPU does, as far as anybody can tell: what was recorded is run again."""

    def __init__(self, fail_at=None):
        self.recorded, self.replayed = 0, 0
        self._fail_at = fail_at

    def __call__(self, step):
        if self.recorded == self._fail_at:
            raise RuntimeError('operation not permitted\nwhen stream is capturing')
        self.recorded += 1
        step()

        def replay():
            self.replayed += 1
            step()
        return replay


def test_every_step_is_recorded_and_then_only_repeated(tiny_backbone):
    recorder = Recorder()
    runner = CapturedRunner(tiny_backbone, lambda: recorder)
    runner.warm_up()
    assert recorder.recorded == STEPS
    prefix = prefix_of(tiny_backbone, 'a robot')
    expected = answer(PlainRunner(tiny_backbone), prefix, 'go on', free(tiny_backbone))
    assert answer(runner, prefix, 'go on', free(tiny_backbone)) == expected
    assert (recorder.recorded, recorder.replayed) == (STEPS, 2 * expected.forwards)


def test_what_recording_wrote_over_is_there_again(tiny_backbone):
    """Recording runs the model, in the same cache that holds a robot."""
    recorder = Recorder()
    runner = CapturedRunner(tiny_backbone)
    prefix = prefix_of(tiny_backbone, 'a robot')
    expected = answer(runner, prefix, 'go', free(tiny_backbone))
    runner._recorder = recorder
    runner.warm_up()
    assert answer(runner, prefix, 'go', free(tiny_backbone)) == expected


def test_more_memory_is_recorded_anew(tiny_backbone):
    recorder = Recorder()
    runner = CapturedRunner(tiny_backbone, lambda: recorder)
    runner.warm_up()
    long = prefix_of(tiny_backbone, 'x' * FIRST_CAPACITY)
    answer(runner, long, 'go', free(tiny_backbone))
    runner.warm_up()
    assert recorder.recorded == 2 * STEPS


@pytest.mark.parametrize('fail_at', [0, 3])
def test_what_cannot_be_recorded_runs_as_it_is(tiny_backbone, fail_at, caplog):
    recorder = Recorder(fail_at)
    with caplog.at_level(logging.WARNING):
        runner = CapturedRunner(tiny_backbone, lambda: recorder)
        runner.warm_up()
        expected = answer(PlainRunner(tiny_backbone), [], 'go', free(tiny_backbone))
        assert answer(runner, [], 'go', free(tiny_backbone)) == expected
    (record,) = caplog.records
    assert record.getMessage() == (
        'The model runs uncaptured, which is slower: operation not permitted')
    assert recorder.recorded == fail_at


def test_a_sentence_waits_for_one_recording_and_not_for_all(tiny_backbone):
    begun, go_on, answered = threading.Event(), threading.Event(), threading.Event()
    seen = []

    def record(step):
        seen.append(answered.is_set())
        begun.set()
        assert go_on.wait(WAIT_SEC)
        return step

    def ask():
        with runner.behind([], 8):
            answered.set()

    runner = CapturedRunner(tiny_backbone, lambda: record)
    assert begun.wait(WAIT_SEC)
    sentence = threading.Thread(target=ask)
    sentence.start()
    while not runner._next.locked():  # until it waits for its turn
        sentence.join(0.001)
    go_on.set()
    sentence.join(WAIT_SEC)
    runner.warm_up()
    assert seen == [False] + [True] * (STEPS - 1)


def test_sentences_of_two_threads_take_turns(tiny_backbone):
    runner = CapturedRunner(tiny_backbone)
    prefixes = [prefix_of(tiny_backbone, text) for text in ('one robot', 'another robot')]
    expected = [answer(PlainRunner(tiny_backbone), prefix, 'go', free(tiny_backbone))
                for prefix in prefixes]
    answers = [[], []]

    def ask(index):
        for _ in range(5):
            answers[index].append(answer(runner, prefixes[index], 'go', free(tiny_backbone)))

    threads = [threading.Thread(target=ask, args=(index,)) for index in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SEC)
    assert answers == [[one] * 5 for one in expected]


def test_on_a_cpu_nothing_is_captured(tiny_backbone):
    assert isinstance(runner_for(tiny_backbone), PlainRunner)


@pytest.mark.skipif(not torch.cuda.is_available(), reason='there is no GPU')
def test_on_a_gpu_it_is_the_default(build_tiny_model, tiny_tokenizer):
    backbone = backbone_from_model(build_tiny_model().to('cuda'), tiny_tokenizer)
    assert isinstance(runner_for(backbone), CapturedRunner)


def test_a_model_on_two_devices_or_with_a_window_is_not_fit(build_tiny_model, tiny_tokenizer):
    def build(**sizes):
        return backbone_from_model(build_tiny_model(**sizes), tiny_tokenizer)

    assert is_fit(build())
    assert not is_fit(build(use_sliding_window=True, sliding_window=64, max_window_layers=1))
    model = build_tiny_model()
    model.model.layers[1].to('meta')
    assert not is_fit(backbone_from_model(model, tiny_tokenizer))
