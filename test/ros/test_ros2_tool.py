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
The same text through the ``ros2`` tool and through this package: what arrives, and how.

Both are compared with facts that were recorded from the tool (``test/data/ros2_tool.yaml``): this
package everywhere, the tool itself where it is on the PATH.
"""

from __future__ import annotations

from collections.abc import Iterator
import os
from pathlib import Path
import shutil
from statistics import median
import subprocess
from typing import Any

import pytest
import rclpy
from rclpy.context import Context
from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.ros.execution.executor import CommandExecutor
from ros2_nl_commander.ros.execution.outcome import Bounds, Watch
from ros2_nl_commander.ros.execution.publication import ZEROS
from ros2_nl_commander.ros.spinning import BackgroundSpinner
from ros2_nl_commander.ros.status import Stage
from ros_bench import wait_until
from ros_domains import next_domain
from tool_receivers import Receiver
import yaml

FACTS = {fact['text']: fact for fact in yaml.safe_load(
    (Path(__file__).parents[1] / 'data' / 'ros2_tool.yaml').read_text(encoding='utf-8'))}
TOOL = shutil.which('ros2')
SENDERS = ['here', *(['ros2'] if TOOL else [])]
CASES = [(sender, text) for text, fact in FACTS.items() for sender in SENDERS
         if sender == 'here' or 'undefined' not in fact]
TIMEOUT_SEC = 60.0
#: The tool leaves 0.1 s after its last message, and what the listener has not got by then is lost.
ATTEMPTS, ARRIVAL_SEC = ('', ' --keep-alive 1', ' --keep-alive 10'), 1.0
#: How far the period of a repeated publication may be off, on a machine that is busy.
PERIOD_TOLERANCE = 0.25


class World:
    """A graph of its own with a receiver for every text, and a sender."""

    def __init__(self) -> None:
        self.domain = next_domain()
        self.context = Context()
        rclpy.init(context=self.context, domain_id=self.domain)
        self.node = rclpy.create_node('receivers', context=self.context)
        self.sender = rclpy.create_node('sender', context=self.context)
        self.executor = CommandExecutor(self.sender)
        self.receivers = {text: Receiver(self.node, text, fact.get('listener', 'RELIABLE'))
                          for text, fact in FACTS.items()}
        self.spinner = BackgroundSpinner(self.node, self.sender, context=self.context).__enter__()
        self.sent: set[str] = set()

    def close(self) -> None:
        self.executor.close()
        for receiver in self.receivers.values():
            receiver.close()
        self.spinner.__exit__(None, None, None)
        for node in (self.node, self.sender):
            node.destroy_node()
        self.context.try_shutdown()

    def send(self, sender: str, text: str, count: int) -> str:
        """
        Send a text, and wait for what arrives.

        :param count: how many messages should arrive
        :returns: why it was refused, or nothing
        """
        self.sent.add(text)
        if sender == 'here':
            refused = self._send_here(text)
            wait_until(lambda: len(self.receivers[text].messages) >= count)
            return refused
        for longer in ATTEMPTS:
            self.receivers[text].forget()
            refused = self._send_with_tool(text + (longer if ' topic ' in text else ''))
            if refused or self.receivers[text].has_got(count, ARRIVAL_SEC):
                break
        return refused

    def _send_here(self, text: str) -> str:
        try:
            command = parse_command(text)
        except NlCommanderError as error:
            return str(error)
        outcome = self.executor.execute(command, Bounds(20.0, 20.0),
                                        Watch(lambda: False, lambda words: None))
        return '' if outcome.stage is Stage.SUCCEEDED else outcome.evidence

    def _send_with_tool(self, text: str) -> str:
        """Have a shell read the text, as a person would."""
        environment = {**os.environ, 'ROS_DOMAIN_ID': str(self.domain)}
        environment.pop('ROS_PYTHON_CHECK_FIELDS', None)  # nobody has it set on a robot
        done = subprocess.run(['sh', '-c', text], env=environment, capture_output=True, text=True,
                              timeout=TIMEOUT_SEC)
        return done.stderr or 'it failed' if done.returncode else ''


@pytest.fixture(scope='module')
def worlds() -> Iterator[dict[str, World]]:
    made = {sender: World() for sender in SENDERS}
    yield made
    for world in made.values():
        world.close()


def expected_from(sender: str, fact: dict[str, Any]) -> tuple[list[Any], str]:
    """Give the messages that arrive, and what a refusal says; one of them is empty."""
    refusal = fact.get('refused', '')
    arrives = fact.get('arrives')
    if sender == 'here':
        refusal = fact.get('refused_here', refusal)
        arrives = fact.get('arrives_here', arrives)
    if refusal:
        return [], refusal
    zeros = [fact['zeros_here']] * ZEROS if sender == 'here' and 'zeros_here' in fact else []
    return [arrives] * fact.get('times', 1) + zeros, ''


@pytest.mark.parametrize(('sender', 'text'), CASES)
def test_the_same_text_means_the_same(worlds: dict[str, World], sender: str, text: str) -> None:
    """What arrives is what the tool sends, but for the stamp; a text may be refused, by name."""
    world, fact = worlds[sender], FACTS[text]
    receiver = world.receivers[text]
    expected, refusal = expected_from(sender, fact)
    refused = world.send(sender, text, len(expected))
    assert bool(refused) == bool(refusal), refused
    assert (refusal if sender == 'here' else '') in refused
    assert world.spinner.error is None
    assert receiver.messages == expected
    if expected and text.startswith('ros2 topic'):
        assert receiver.publisher_qos == {('RELIABLE', 'VOLATILE')} or (
            sender == 'ros2' and not receiver.publisher_qos)  # it is gone before it is looked up
    if 'period' in fact:
        times = receiver.sent_at_sec[:fact['times']]
        # The median: a machine that stalls makes one gap long, and the next ones short.
        assert median(later - sooner for sooner, later in zip(times, times[1:])) == pytest.approx(
            fact['period'], rel=PERIOD_TOLERANCE)


@pytest.mark.parametrize('sender', SENDERS)
def test_nothing_came_twice(worlds: dict[str, World], sender: str) -> None:
    """Looks again at what the test above sent, when anything late has arrived."""
    world = worlds[sender]
    for text in world.sent:
        assert world.receivers[text].messages == expected_from(sender, FACTS[text])[0]


def test_without_an_end_it_is_not_carried_out(worlds: dict[str, World]) -> None:
    """The tool publishes until somebody interrupts it; nobody here could."""
    world, text = worlds['here'], next(iter(FACTS))
    before = len(world.receivers[text].messages)
    assert 'without end' in world._send_here(text.replace('--once ', ''))
    assert len(world.receivers[text].messages) == before
