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

"""Who sends the instructions of a soak, one after the other, and notes how each ends."""

from __future__ import annotations

import threading
import time
from typing import Any

from action_msgs.msg import GoalStatus, GoalStatusArray
from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.context import Context
from rclpy.node import Node
from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.ros import qos
from ros2_nl_commander.ros.diagnostics import report_from_message
from ros2_nl_commander.ros.soak.kinds import Kind
from ros2_nl_commander.ros.status import Stage, StatusReport, TERMINAL_STAGES
from std_msgs.msg import String
from std_srvs.srv import Trigger

#: How long an instruction may take to get on [s]; a real model on a busy machine is slow.
TIMEOUT_SEC = 60.0
#: How long what may take its time is carried out before it is stopped [s].
LATE_SEC = 1.5
#: Goals in these states have not ended.
_RUNNING_GOALS = (GoalStatus.STATUS_ACCEPTED, GoalStatus.STATUS_EXECUTING,
                  GoalStatus.STATUS_CANCELING)


class SoakUser(Node):
    """
    Sends one instruction after the other; spin it in another thread.

    :param context: rclpy context
    """

    def __init__(self, context: Context) -> None:
        super().__init__('user', context=context)
        self.last_reason, self.running_goals = '', 0
        self._changed = threading.Condition()
        self._heard: dict[str, list[StatusReport]] = {}
        self._sent, self._ends = 0, bytearray()  # ends by number, to stay small
        self._sender = self.create_publisher(String, 'nl_command', qos.INSTRUCTION)
        self._approver = self.create_publisher(String, 'nl_commander/approve', qos.INSTRUCTION)
        self._stop: Any = self.create_client(Trigger, 'nl_commander/stop')
        self.create_subscription(
            DiagnosticStatus, 'nl_commander/status', self._on_status, qos.STATUS)
        self.create_subscription(
            GoalStatusArray, '/porter/patrol/_action/status', self._on_goals, qos.COMMAND)

    @property
    def is_connected(self) -> bool:
        """Tell whether the node can be talked to."""
        return bool(self._sender.get_subscription_count() and self._stop.service_is_ready()
                    and self._approver.get_subscription_count()
                    and self.count_publishers('nl_commander/status'))

    def play(self, sentence: str, kind: Kind) -> Stage:
        """Send an instruction, do what belongs to it, and wait for its end."""
        self._send(sentence)
        if kind.then == 'stop late':
            self._await(sentence, (Stage.EXECUTING, *TERMINAL_STAGES))
            if self._find(sentence, tuple(TERMINAL_STAGES), LATE_SEC) is None:
                self._stop.call_async(Trigger.Request())
        elif kind.then:
            under_way = Stage.AWAITING_APPROVAL if kind.then == 'approve' else Stage.EXECUTING
            report = self._await(sentence, (under_way, *TERMINAL_STAGES))
            if kind.then == 'approve':
                self._approver.publish(String(data=report.request_id))
            elif kind.then == 'stop':
                self._stop.call_async(Trigger.Request())
            else:
                self._send('switch 0')
                self._await('switch 0', tuple(TERMINAL_STAGES))
        end = self._await(sentence, tuple(TERMINAL_STAGES))
        self.last_reason = end.reason
        with self._changed:
            self._heard.clear()
        return end.stage

    def problems(self) -> list[str]:
        """Tell which instructions did not end exactly once."""
        heard = len(self._ends) - 1  # they are counted from one
        lost = [f'{self._sent} instructions were sent, {heard} heard of'] * (heard != self._sent)
        return lost + [f'instruction {number} ended {times} times'
                       for number, times in enumerate(self._ends) if number and times != 1]

    def _send(self, sentence: str) -> None:
        self._sent += 1
        self._sender.publish(String(data=sentence))

    def _await(self, sentence: str, stages: tuple[Stage, ...]) -> StatusReport:
        found = self._find(sentence, stages, TIMEOUT_SEC)
        if found is None:
            raise NodeError(f'{sentence!r} did not get on within {TIMEOUT_SEC:g} s')
        return found

    def _find(
        self, sentence: str, stages: tuple[Stage, ...], seconds: float
    ) -> StatusReport | None:
        """Wait until an instruction has reached one of some stages."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while True:
                for report in self._heard.get(sentence, ()):
                    if report.stage in stages:
                        return report
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                self._changed.wait(left)

    def _on_status(self, status: DiagnosticStatus) -> None:
        report = report_from_message(status)
        number = int(report.request_id.rpartition('-')[2])
        with self._changed:
            self._ends.extend(bytes(max(0, number + 1 - len(self._ends))))
            self._ends[number] += report.stage.is_terminal
            self._heard.setdefault(report.instruction, []).append(report)
            self._changed.notify_all()

    def _on_goals(self, goals: GoalStatusArray) -> None:
        self.running_goals = sum(goal.status in _RUNNING_GOALS for goal in goals.status_list)
