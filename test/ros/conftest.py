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


"""Fixtures for tests with real rclpy: a graph of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
import os
from typing import Any

import pytest
from ros_domains import next_domain

# Before any import of rclpy: stay on this machine, and let messages check the types of fields.
os.environ.setdefault('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
os.environ.setdefault('ROS_PYTHON_CHECK_FIELDS', '1')


@pytest.fixture
def ros_arguments() -> list[str]:
    """Command line of the context; a test module or class may override it."""
    return []


@pytest.fixture
def context(ros_arguments: list[str]) -> Iterator[Any]:
    """Give a context in a domain of its own."""
    import rclpy
    from rclpy.context import Context
    context = Context()
    rclpy.init(args=ros_arguments, context=context, domain_id=next_domain())
    yield context
    context.try_shutdown()


@pytest.fixture
def generator() -> Any:
    """Give a generator that answers with a service call."""
    from ros_bench import FakeGenerator
    return FakeGenerator()


@pytest.fixture
def bench(context: Any, generator: Any) -> Iterator[Any]:
    """Give a graph; at the end every instruction must have ended exactly once."""
    from ros_bench import assert_one_end_each, Bench
    bench = Bench(context, generator)
    yield bench
    generator.may_load.set()
    bench.close()
    assert_one_end_each(bench.statuses)


@pytest.fixture
def robot(context: Any) -> Iterator[Any]:
    """Give a simulated robot that runs."""
    from execution_bench import simulated_robot
    with simulated_robot(context) as robot:
        yield robot


@pytest.fixture
def far(context: Any) -> Iterator[Any]:
    """Give a DDS participant of its own, on the graph of the others."""
    from execution_bench import far_context
    with far_context(context) as far:
        yield far


@pytest.fixture
def far_robot(far: Any) -> Iterator[Any]:
    """Give a simulated robot that shares no participant with the node."""
    from execution_bench import simulated_robot
    with simulated_robot(far) as robot:
        yield robot


@pytest.fixture
def start(bench: Any, robot: Any, tmp_path: Any) -> Any:
    """Give what starts the node with a policy; ``say`` gives it a command to carry out."""
    from execution_bench import Starter
    return Starter(bench, tmp_path)
