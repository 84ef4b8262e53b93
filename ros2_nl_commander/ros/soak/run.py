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
A soak: node, simulated robot and user on a graph of their own, for thousands of instructions.

Each has to end once, in the stage that its kind leads to, and nothing may be left behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
import random
import tempfile
import time
from typing import Any

from rclpy.impl.logging_severity import LoggingSeverity
from rclpy.logging import set_logger_level
from rclpy.node import Node
from rclpy.parameter import Parameter
from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.language.generation import GeneratorFactory, GeneratorSettings
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.ros.node import NlCommander
from ros2_nl_commander.ros.quiet_context import quiet_context
from ros2_nl_commander.ros.simulated_robot import SimulatedRobot
from ros2_nl_commander.ros.soak.kinds import ANYTHING, Kind, KINDS, ScriptedGenerator
from ros2_nl_commander.ros.soak.report import SoakReport, take_sample
from ros2_nl_commander.ros.soak.user import SoakUser
from ros2_nl_commander.ros.spinning import BackgroundSpinner

#: What a real model may take to load [s].
LOAD_TIMEOUT_SEC = 600.0
#: How long a command waits for the approval that some never get [s].
APPROVAL_SEC = 2.0
#: How many looks at the process a soak takes.
SAMPLES = 100

_POLICY = """
rules:
  /porter/cmd_vel: {tier: auto, limits: {linear.x: [-1, 1], angular.z: [-1, 1]}}
  /porter/tray_lock: {tier: confirm}
  /porter/lift_height: {tier: deny}
  /porter/**: {tier: auto}
"""


def soak_fake(count: int, seed: int = 0) -> SoakReport:
    """
    Send many instructions of every kind, with a generator that knows the answers.

    :raises NodeError: if something does not happen in time
    """
    draw = random.Random(seed)
    names, shares = list(KINDS), [kind.share for kind in KINDS.values()]
    drawn = [*names, *draw.choices(names, shares, k=count)][:count]
    report = SoakReport('fake')
    with _graph(ScriptedGenerator, approval_timeout_sec=APPROVAL_SEC) as (node, user):
        _soak(report, node, user, [
            (name, f'{name} {number}', KINDS[name]) for number, name in enumerate(drawn)])
    return report


def soak_real(
    count: int, make: GeneratorFactory, sentences: Sequence[str], settings: GeneratorSettings,
) -> SoakReport:
    """
    Send sentences to a real generator; each may end in any stage.

    :param make: loads the generator
    :param sentences: sent in their order, again and again
    :raises NodeError: if something does not happen in time
    """
    report = SoakReport('real')
    with _graph(make, approval_timeout_sec=APPROVAL_SEC, **asdict(settings)) as (node, user):
        _soak(report, node, user, [
            ('sentence', sentences[number % len(sentences)], ANYTHING)
            for number in range(count)])
    return report


def _soak(report: SoakReport, node: NlCommander, user: SoakUser,
          steps: list[tuple[str, str, Kind]]) -> None:
    began = time.monotonic()
    every = max(1, len(steps) // SAMPLES)
    for number, (name, sentence, kind) in enumerate(steps, 1):
        stage = user.play(sentence, kind)
        end = f'{name}: {stage.value}'
        report.ends[end] = report.ends.get(end, 0) + 1
        if stage not in kind.ends:
            report.problems.append(f'{sentence!r} ended as {stage.value}: {user.last_reason}')
        if number % every == 0:
            report.samples.append(take_sample(number, time.monotonic() - began, _entities(node)))
    _until(lambda: not user.running_goals, 'every goal has ended')
    report.problems += user.problems()
    report.judge()


def _entities(node: Node) -> dict[str, int]:
    return {kind: sum(1 for _ in getattr(node, kind)) for kind in (
        'publishers', 'subscriptions', 'clients', 'services', 'timers', 'waitables')}


@contextmanager
def _graph(make: GeneratorFactory, **parameters: Any) -> Iterator[tuple[NlCommander, SoakUser]]:
    """Run node, simulated robot and user on a graph of their own."""
    context = quiet_context()
    for name in ('nl_commander', 'porter.simulated_robot'):
        set_logger_level(name, LoggingSeverity.FATAL)  # thousands of lines that nobody reads
    with tempfile.TemporaryDirectory() as folder:
        policy = Path(folder) / 'policy.yaml'
        policy.write_text(_POLICY, encoding='utf-8')
        given = {'robot': str(share_file('config', 'robots', 'demo_robot.yaml')),
                 'execute': 'auto', 'policy': str(policy), 'audit_log': f'{folder}/audit.jsonl',
                 **parameters}
        robot, user = SimulatedRobot(context=context), SoakUser(context)
        node = NlCommander(make, context=context, parameter_overrides=[
            Parameter(name, value=value) for name, value in given.items()])
        try:
            with BackgroundSpinner(robot, context=context), \
                    BackgroundSpinner(user, context=context), \
                    BackgroundSpinner(node, context=context) as spinner:
                _until(lambda: user.is_connected and not node.why_inactive, 'the node is active')
                yield node, user
                node.close()
            if spinner.error is not None:
                raise NodeError(f'a callback failed: {spinner.error}') from spinner.error
        finally:
            for one in (node, robot, user):
                one.destroy_node()
            context.try_shutdown()


def _until(condition: Callable[[], object], meaning: str) -> None:
    deadline = time.monotonic() + LOAD_TIMEOUT_SEC
    while not condition():
        if time.monotonic() > deadline:
            raise NodeError(f'within {LOAD_TIMEOUT_SEC:g} s it did not come about that {meaning}')
        time.sleep(0.01)
