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


"""The waiting line, the life of a request and the worker, without a graph."""

from __future__ import annotations

import threading
import time

import pytest

pytest.importorskip('rclpy')

from ros2_nl_commander.ros.figures import Figures  # noqa: E402
from ros2_nl_commander.ros.instruction_queue import InstructionQueue  # noqa: E402
from ros2_nl_commander.ros.request import Request  # noqa: E402
from ros2_nl_commander.ros.status import Stage, StatusReport  # noqa: E402
from ros2_nl_commander.ros.worker import InstructionWorker  # noqa: E402
from ros_bench import wait_until  # noqa: E402


class Log(list[StatusReport]):
    """Remembers reports."""

    def stages(self) -> list[Stage]:
        return [report.stage for report in self]


def make_request(log: Log, deadline_sec: float = 60.0, request_id: str = '1') -> Request:
    return Request(request_id, 'go', deadline_sec, log.append)


def test_queue_keeps_the_newest_in_order() -> None:
    queue: InstructionQueue[int] = InstructionQueue(3)
    assert [queue.push(item) for item in range(5)] == [[], [], [], [0], [1]]
    assert len(queue) == 3
    assert queue.pop() == 2
    assert queue.drain() == [3, 4]
    assert queue.pop() is None


def test_queue_drops_the_oldest_when_it_shrinks() -> None:
    queue: InstructionQueue[int] = InstructionQueue(4)
    for item in range(4):
        queue.push(item)
    assert queue.resize(1) == [0, 1, 2]
    assert queue.push(4) == [3]
    assert queue.resize(2) == []
    assert queue.drain() == [4]


def test_queue_needs_room() -> None:
    with pytest.raises(ValueError, match='at least 1'):
        InstructionQueue(0)


def test_request_ends_once() -> None:
    log = Log()
    request = make_request(log)
    assert request.advance(Stage.RECEIVED)
    assert request.advance(Stage.CANCELED, reason='stopped')
    done: list[str] = []
    assert not request.advance(Stage.GENERATED, first=lambda: done.append('published'))
    assert not request.advance(Stage.GENERATING)
    assert log.stages() == [Stage.RECEIVED, Stage.CANCELED]
    assert (done, request.is_finished, request.should_stop()) == ([], True, True)


def test_request_ends_once_for_many_threads() -> None:
    for _ in range(50):
        log = Log()
        request = make_request(log)
        barrier = threading.Barrier(4)

        def end(stage: Stage, request: Request = request, barrier: threading.Barrier = barrier,
                ) -> None:
            barrier.wait(10)
            request.advance(stage)

        threads = [threading.Thread(target=end, args=(stage,)) for stage in (
            Stage.GENERATED, Stage.CANCELED, Stage.EXPIRED, Stage.FAILED)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert len(log) == 1


def test_request_expires_when_asked() -> None:
    log = Log()
    request = make_request(log, deadline_sec=0.01)
    wait_until(request.should_stop)
    assert log.stages() == [Stage.EXPIRED]
    assert log[0].reason == 'not answered within 0.01 s'


def test_paused_worker_takes_nothing() -> None:
    worker = InstructionWorker(lambda request: None)
    log = Log()
    assert not worker.submit(make_request(log), 1)
    worker.resume()
    assert worker.submit(make_request(log), 1)
    wait_until(lambda: log)
    worker.close('over', 5.0)
    worker.resume()
    assert not worker.submit(make_request(log), 1)
    assert [report.reason for report in log] == ['there was no answer']


def test_worker_survives_what_an_answer_raises() -> None:
    log = Log()

    def answer(_request: Request) -> None:
        raise KeyError('weights')

    worker = InstructionWorker(answer)
    worker.resume()
    for number in range(3):
        worker.submit(make_request(log, request_id=str(number)), 5)
    wait_until(lambda: len(log) == 3)
    assert {report.reason for report in log} == {"KeyError: 'weights'"}
    assert worker.wait_until_idle(5.0)
    worker.close('over', 5.0)


def test_closing_does_not_wait_for_a_model_that_hangs() -> None:
    log, release = Log(), threading.Event()
    worker = InstructionWorker(lambda request: release.wait(60) and None)
    worker.resume()
    worker.submit(make_request(log, request_id='running'), 5)
    wait_until(lambda: worker.waiting == 0)
    worker.submit(make_request(log, request_id='waiting'), 5)
    before = time.monotonic()
    assert not worker.wait_until_idle(0.1)
    worker.close('over', 0.1)
    assert time.monotonic() - before < 5.0
    assert sorted(report.request_id for report in log) == ['running', 'waiting']
    assert log.stages() == [Stage.CANCELED] * 2
    release.set()


def test_figures_of_latencies() -> None:
    figures = Figures()
    assert figures.as_values()['latency p50 [s]'] == ''
    for number in (3, 1, 2):
        figures.record(StatusReport(str(number), Stage.GENERATED, 'go', 'ros2', '', number))
    values = figures.as_values()
    assert (values['latency p50 [s]'], values['latency p95 [s]']) == ('2.000', '3.000')
    assert values['instructions generated'] == '3'
