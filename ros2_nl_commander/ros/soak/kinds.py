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

"""The kinds of instructions of a soak, and a generator that knows their answers."""

from __future__ import annotations

from dataclasses import dataclass

from ros2_nl_commander.language.command import ActionGoal, Command, ServiceCall, TopicPublication
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.language.generation import (
    Generation, GeneratorSettings, StopCheck, TextListener)
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.ros.status import Stage, TERMINAL_STAGES

_TWIST = 'geometry_msgs/msg/Twist'
_FIBONACCI = 'test_msgs/action/Fibonacci'


@dataclass(frozen=True, slots=True)
class Kind:
    """
    One kind of instruction.

    :param answer: what the fake generator says to it: a command, an error, or None to decline
    :param ends: the stages it may end in
    :param share: how often it is chosen
    :param then: what the user does once its command is under way: approve, stop, preempt, or stop
        late: only what has not ended by itself soon
    """

    answer: Command | Exception | None
    ends: tuple[Stage, ...]
    share: int
    then: str = ''


KINDS = {
    'switch': Kind(ServiceCall('/porter/siren', 'std_srvs/srv/SetBool', {'data': True}),
                   (Stage.SUCCEEDED,), 30),
    'dock': Kind(ServiceCall('/porter/dock', 'std_srvs/srv/Trigger', {}),
                 (Stage.SUCCEEDED, Stage.FAILED), 5),
    'say': Kind(TopicPublication('/porter/say', 'std_msgs/msg/String', {'data': 'hello'}),
                (Stage.SUCCEEDED,), 10),
    'drive': Kind(TopicPublication('/porter/cmd_vel', _TWIST, {'linear': {'x': 0.2}}, 3, 20.0),
                  (Stage.SUCCEEDED,), 10),
    'patrol': Kind(ActionGoal('/porter/patrol', _FIBONACCI, {'order': 1}),
                   (Stage.SUCCEEDED,), 3),
    'refused goal': Kind(ActionGoal('/porter/patrol', _FIBONACCI, {'order': 0}),
                         (Stage.FAILED,), 3),
    'decline': Kind(None, (Stage.DECLINED,), 10),
    'error': Kind(ModelError('the model broke'), (Stage.FAILED,), 4),
    'out of memory': Kind(MemoryError('no memory'), (Stage.FAILED,), 2),
    'not offered': Kind(ServiceCall('/porter/sirene', 'std_srvs/srv/SetBool', {}),
                        (Stage.DECLINED,), 3),
    'denied': Kind(TopicPublication('/porter/lift_height', 'std_msgs/msg/Float64', {'data': 1.0}),
                   (Stage.REJECTED,), 3),
    'approved': Kind(ServiceCall('/porter/tray_lock', 'std_srvs/srv/SetBool', {'data': True}),
                     (Stage.SUCCEEDED,), 3, 'approve'),
    'not approved': Kind(ServiceCall('/porter/tray_lock', 'std_srvs/srv/SetBool', {'data': True}),
                         (Stage.EXPIRED,), 1),
    'stopped drive': Kind(
        TopicPublication('/porter/cmd_vel', _TWIST, {'angular': {'z': 0.5}}, 200, 20.0),
        (Stage.CANCELED,), 4, 'stop'),
    'stopped patrol': Kind(ActionGoal('/porter/patrol', _FIBONACCI, {'order': 50}),
                           (Stage.CANCELED,), 4, 'stop'),
    'preempted drive': Kind(
        TopicPublication('/porter/cmd_vel', _TWIST, {'angular': {'z': 0.5}}, 200, 20.0),
        (Stage.CANCELED,), 3, 'preempt'),
    'preempted patrol': Kind(ActionGoal('/porter/patrol', _FIBONACCI, {'order': 50}),
                             (Stage.CANCELED,), 2, 'preempt'),
}

#: A sentence to a real model.
ANYTHING = Kind(None, tuple(TERMINAL_STAGES), 1, 'stop late')


class ScriptedGenerator:
    """Answers by the first words of the sentence, which name the kind."""

    def __init__(self, _settings: GeneratorSettings) -> None:
        """Take any settings: there is nothing to load."""

    def use_robot(self, robot: RobotDescription) -> None:
        """Take any."""

    def describe(self) -> dict[str, str]:
        """Say nothing."""
        return {}

    def generate(
        self, instruction: str, should_stop: StopCheck, on_text: TextListener | None = None
    ) -> Generation:
        """Give what the kind says."""
        answer = KINDS[instruction.rpartition(' ')[0]].answer
        if isinstance(answer, Exception):
            raise type(answer)(*answer.args)  # one that is raised again keeps all its traces
        return Generation(instruction, answer, None if answer else 'no such thing', 0.0)
