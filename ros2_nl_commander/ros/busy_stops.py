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
How long a stop takes to be answered while the node is busy: loading its model, or generating.

The node is the program itself in a process of its own: what it imports and loads must not hold up
the user who counts the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
import itertools
import json
import os
from pathlib import Path
import random
import subprocess
import tempfile
import time
from typing import Any

from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.language.generation import GeneratorSettings
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.ros import qos
from ros2_nl_commander.ros.client import CommanderClient
from ros2_nl_commander.ros.quiet_context import quiet_context
from ros2_nl_commander.ros.soak.run import LOAD_TIMEOUT_SEC
from ros2_nl_commander.ros.spinning import BackgroundSpinner
from ros2_nl_commander.ros.status import Stage
from ros2_nl_commander.ros.stopping import POLICY
from std_srvs.srv import Trigger

#: Time between two stops while the node is configured [s].
PERIOD_SEC = 0.1
#: The longest time from the beginning of an answer to its stop [s].
LATEST_SEC = 0.2
#: How many sentences are tried for each stop that comes before their answer.
TRIES = 20
END_SEC = 20.0


def measure_busy_stops(
    program: Sequence[str], sentences: Sequence[str], settings: GeneratorSettings,
    stops: int = 60, loads: int = 2,
) -> dict[str, list[float]]:
    """
    Stop a node again and again that loads its model, and then one that answers sentences.

    :param program: starts the node; ROS arguments are put behind it
    :param sentences: sent in their order, again and again
    :param stops: how many to count while it generates
    :param loads: how many times to load; what it imports is imported anew each time
    :returns: seconds from the call of ``~/stop`` to its answer, by what the node was doing
    :raises NodeError: if something does not happen in time, or a stop is not confirmed
    """
    took: dict[str, list[float]] = {'configuring': [], 'generating': []}
    context = quiet_context()
    user = CommanderClient(context=context)
    try:
        with BackgroundSpinner(user, context=context):
            for load in range(1, loads + 1):
                with _node(program, settings, context.get_domain_id()) as process:
                    stopped = _StoppedNode(user, process)
                    took['configuring'] += stopped.stop_while_configuring()
                    if load == loads:
                        took['generating'] += stopped.stop_while_generating(sentences, stops)
    finally:
        user.destroy_node()
        context.try_shutdown()
    return took


@contextmanager
def _node(
    program: Sequence[str], settings: GeneratorSettings, domain: int
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the node in a process; it is not configured before somebody says so."""
    with tempfile.TemporaryDirectory() as folder:
        policy, file = Path(folder) / 'policy.yaml', Path(folder) / 'parameters.yaml'
        policy.write_text(POLICY, encoding='utf-8')
        given = {**asdict(settings), 'execute': 'auto', 'policy': str(policy),
                 'robot': str(share_file('config', 'robots', 'demo_robot.yaml')),
                 'autostart': False, 'audit_log': f'{folder}/audit.jsonl'}
        file.write_text(json.dumps({'/**': {'ros__parameters': given}}), encoding='utf-8')
        process = subprocess.Popen(
            [*program, '--ros-args', '--params-file', str(file), '--log-level', 'error'],
            env={**os.environ, 'ROS_DOMAIN_ID': str(domain)})
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(END_SEC)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class _StoppedNode:
    """
    A node in a process, and a user who stops it.

    :param user: is spun by others
    """

    def __init__(self, user: CommanderClient, process: subprocess.Popen[bytes]) -> None:
        self._user = user
        self._process = process
        self._stop: Any = user.create_client(Trigger, 'nl_commander/stop', qos_profile=qos.STOP)
        self._change: Any = user.create_client(ChangeState, 'nl_commander/change_state')
        self._until(lambda: self._stop.service_is_ready() and self._change.service_is_ready())

    def stop_while_configuring(self) -> list[float]:
        """Stop in a fixed beat, however late the answers are, until the node is active."""
        took: list[float] = []
        sent = 0
        for transition in (Transition.TRANSITION_CONFIGURE, Transition.TRANSITION_ACTIVATE):
            request = ChangeState.Request()
            request.transition.id = transition
            changing = self._change.call_async(request)
            while not changing.done():
                self._call_stop(took)
                sent += 1
                time.sleep(PERIOD_SEC)
                self._check_alive()
            if not changing.result().success:
                raise NodeError('the node could not be made active; it has said why')
        self._until(lambda: len(took) == sent)
        self._user.wait_until_active(END_SEC)
        return took

    def stop_while_generating(self, sentences: Sequence[str], count: int) -> list[float]:
        """Stop answers that have begun; those that ended before do not count."""
        took: list[float] = []
        for sentence in itertools.islice(itertools.cycle(sentences), TRIES * count):
            if len(took) == count:
                break
            took += self._stop_one(sentence)
        if len(took) < count:
            raise NodeError(f'of {TRIES * count} answers only {len(took)} were still being '
                            'generated when the stop came')
        return took

    def _stop_one(self, sentence: str) -> list[float]:
        following = self._user.send(sentence, LOAD_TIMEOUT_SEC)
        stages: list[Stage] = []
        took: list[float] = []
        while not following.is_over:
            self._check_alive()
            report = following.next(END_SEC)
            if report is None:
                continue
            stages.append(report.stage)
            if report.stage is Stage.GENERATING:
                time.sleep(random.uniform(0.0, LATEST_SEC))
                self._call_stop(took)
        self._until(lambda: took or Stage.GENERATING not in stages)
        return took if stages[-2:] == [Stage.GENERATING, Stage.CANCELED] else []

    def _call_stop(self, took: list[float]) -> None:
        """Call a stop; its time is added when the answer comes."""
        def note(answer: Any) -> None:
            took.append(time.monotonic() - called_at)

        called_at = time.monotonic()
        self._stop.call_async(Trigger.Request()).add_done_callback(note)

    def _until(self, condition: Any) -> None:
        deadline = time.monotonic() + LOAD_TIMEOUT_SEC
        while not condition():
            self._check_alive()
            if time.monotonic() > deadline:
                raise NodeError(f'the node did not answer within {LOAD_TIMEOUT_SEC:g} s')
            time.sleep(0.001)

    def _check_alive(self) -> None:
        if self._process.poll() is not None:
            raise NodeError(f'the node ended with exit code {self._process.returncode}')
