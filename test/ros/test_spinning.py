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

"""Entities that come and go while their node is spun."""

from __future__ import annotations

import signal
import sys
import threading

import pytest
from rclpy.node import Node
from rclpy.qos import QoSProfile
from ros2_nl_commander.ros.execution.endpoints import Endpoints
from ros2_nl_commander.ros.spinning import (
    BackgroundSpinner, OrderlyExecutor, PromptPool, set_on_signal, SIGNALS)
from ros_bench import wait_until
from std_msgs.msg import String


@pytest.fixture
def hasty_threads():
    """Switch threads a thousand times as often: what can interleave, does."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def test_endpoints_may_come_and_go_while_the_node_is_spun(context, hasty_threads):
    node = Node('busy', context=context)
    node.create_timer(0.001, lambda: None)
    spinner = BackgroundSpinner(node, context=context)
    with spinner:
        for number in range(30):
            endpoints = Endpoints(node)
            endpoints.action_client(f'/a{number}', 'test_msgs/action/Fibonacci')
            endpoints.service_client(f'/s{number}', 'std_srvs/srv/Trigger')
            endpoints.publisher(f'/t{number}', 'std_msgs/msg/String', QoSProfile(depth=1))
            endpoints.close()
            assert spinner.error is None
    node.destroy_node()


def test_work_between_spins_gives_its_result_and_its_error(context):
    node = Node('quiet', context=context)
    with BackgroundSpinner(node, context=context):
        executor = node.executor
        assert isinstance(executor, OrderlyExecutor)
        where = executor.between_spins(lambda: threading.current_thread().name, 5.0)
        assert where == 'executor'
        with pytest.raises(ZeroDivisionError):
            executor.between_spins(lambda: 1 // 0, 5.0)
    with pytest.raises(TimeoutError):
        executor.between_spins(lambda: None, 0.1)
    node.destroy_node()


def test_a_callback_that_waits_for_a_thread_is_handed_over_once():
    may_end, begun = threading.Event(), threading.Semaphore(0)
    ran = []

    def hold():
        begun.release()
        may_end.wait(10)

    holders = [lambda: hold(), lambda: hold()]
    with PromptPool(2) as pool:
        for one in holders:
            pool.submit(one)
            assert begun.acquire(timeout=10)

        def waiting():
            ran.append(threading.current_thread().name)

        futures = {pool.submit(waiting) for _ in range(20)}
        assert len(futures) == 1 and ran == []
        may_end.set()
        futures.pop().result(10)
        assert len(ran) == 1
        pool.submit(waiting).result(10)  # again, as it waits no more
    assert len(ran) == 2


def test_messages_are_heard_soon_one_after_the_other(context):
    """With rclpy's own threads single ones were late by 0.4 s and more, often by 20 ms."""
    user, echo = Node('user', context=context), Node('echo', context=context)
    heard = threading.Semaphore(0)
    answer = echo.create_publisher(String, 'b', 10)
    echo.create_subscription(String, 'a', answer.publish, 10)
    asking = user.create_publisher(String, 'a', 10)
    user.create_subscription(String, 'b', lambda _: heard.release(), 10)
    with BackgroundSpinner(user, context=context), BackgroundSpinner(echo, context=context):
        wait_until(lambda: asking.get_subscription_count() and answer.get_subscription_count())
        for number in range(100):
            asking.publish(String(data=str(number)))
            assert heard.acquire(timeout=10), number
        assert max(len(one.executor._futures) for one in (user, echo)) < 10
    user.destroy_node()
    echo.destroy_node()


@pytest.mark.parametrize('is_ignored', [False, True])
def test_a_lost_terminal_ends_a_node_unless_it_was_told_to_outlive_it(is_ignored):
    """What ``nohup`` does is to ignore SIGHUP before the program begins."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    ended = threading.Event()
    try:
        signal.signal(signal.SIGHUP, signal.SIG_IGN if is_ignored else signal.SIG_DFL)
        set_on_signal(ended)
        signal.raise_signal(signal.SIGHUP)
        assert ended.is_set() != is_ignored
        signal.raise_signal(signal.SIGTERM)
        assert ended.is_set()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
