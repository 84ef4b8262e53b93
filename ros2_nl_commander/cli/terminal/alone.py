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

"""
The node in the console's own process, for ``console --alone``.

In a process of its own it would outlive a console that is killed, and Ctrl-C would reach it past
the console; here it lives and ends with the console, and moves nothing after it.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
import signal
from typing import Any

from rclpy.parameter import Parameter
from ros2_nl_commander.language.generation import GeneratorFactory
from ros2_nl_commander.ros.node import NlCommander
from ros2_nl_commander.ros.spinning import BackgroundSpinner, switch_threads_often

#: The log of the node stays out of the person's terminal; it is in the files of ROS.
QUIET = ('--disable-stdout-logs',)
_ENDING = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def node_alone(factory: GeneratorFactory, options: Namespace) -> Iterator[None]:
    """
    Run the node for the time of a ``with`` block; rclpy must be initialised.

    :param factory: builds what answers
    :param options: model, prompt, encoder, device, dtype, device_map, quantize and robot of the
        command line
    """
    given = {name: getattr(options, name)
             for name in (
                 'model', 'prompt', 'encoder', 'device', 'dtype', 'device_map', 'quantize')}
    given['robot'] = str(options.robot.absolute()) if options.robot else ''
    overrides = [Parameter(name, value=value) for name, value in given.items()
                 if value or name == 'encoder']
    switch_threads_often()
    with _ended_by_signals():
        node = NlCommander(factory, parameter_overrides=overrides)
        try:
            with BackgroundSpinner(node):
                try:
                    yield
                finally:
                    node.close()
        finally:
            node.destroy_node()


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let a closed terminal end this process in order: the robot may be driving."""
    def end(number: int, _frame: Any) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, end) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
