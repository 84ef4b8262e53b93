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
One instruction on its way to its one end.

Several threads may want to end it at once (the worker, ``~/stop``, the deadline, a deactivation);
here exactly one of them succeeds. Knows no ROS.
"""

from __future__ import annotations

from collections.abc import Callable
import math
import threading
import time

from ros2_nl_commander.ros.status import Stage, StatusReport

#: Gets every report, in order; called with the lock of the request held.
Report = Callable[[StatusReport], None]


class Request:
    """
    An instruction that was received and must end in exactly one terminal stage.

    :param request_id: unique for this node
    :param instruction: the sentence
    :param deadline_sec: time to be answered in, from now [s]
    :param report: told of every stage; must not call back into this request
    """

    def __init__(
        self, request_id: str, instruction: str, deadline_sec: float, report: Report,
    ) -> None:
        self.request_id = request_id
        self.instruction = instruction
        self._deadline_sec = deadline_sec
        self._report = report
        self._received_at = time.monotonic()
        #: Why a command that is being carried out shall end; empty as long as it may go on.
        self.cancel_reason = ''
        #: How likely the model finds its answer, 0 to 1; of several steps, all of them together;
        #: None before there is one.
        self.probability: float | None = None
        self._lock = threading.Lock()
        self._stage: Stage | None = None

    @property
    def is_finished(self) -> bool:
        """Tell whether a terminal stage was reached."""
        return self._stage is not None and self._stage.is_terminal

    @property
    def is_under_way(self) -> bool:
        """Tell whether its command waits for approval or is being carried out."""
        return self._stage in (Stage.AWAITING_APPROVAL, Stage.EXECUTING)

    @property
    def age_sec(self) -> float:
        """Time since the instruction was received [s]."""
        return time.monotonic() - self._received_at

    def doubt(self, least: float) -> str:
        """
        Say in words how unsure the model is of its answer; empty where that is sure enough.

        :param least: a probability, 0 to 1
        """
        # Written so that what is no number is not sure either.
        probability = self.probability or 0.0
        if probability >= least:
            return ''
        reached = math.floor(100 * probability) if math.isfinite(probability) else 0
        return f'only {reached}% sure'

    def advance(
        self,
        stage: Stage,
        *,
        command: str = '',
        reason: str = '',
        first: Callable[[], None] | None = None,
    ) -> bool:
        """
        Enter a stage and report it, unless the request has already ended.

        :param stage: the stage to enter
        :param command: the command, for the report
        :param reason: why there is none, for the report
        :param first: done before the report, and only if the stage is entered: nobody else can
            end the request in between
        :returns: whether the stage was entered
        """
        with self._lock:
            # What is to end does not begin to be carried out any more.
            if self.is_finished or (self.cancel_reason and not stage.is_terminal):
                return False
            self._enter(stage, command, reason, first)
            return True

    def cancel(self, reason: str) -> bool:
        """
        End the request; one whose command is under way ends when that has stopped.

        :returns: whether it was still going
        """
        with self._lock:
            if self.is_finished:
                return False
            if self.is_under_way:
                self.cancel_reason = self.cancel_reason or reason
            else:
                self._enter(Stage.CANCELED, '', reason, None)
            return True

    def _enter(
        self, stage: Stage, command: str, reason: str, first: Callable[[], None] | None,
    ) -> None:
        """Enter a stage, with the lock held."""
        if first is not None:
            first()
        self._stage = stage
        self._report(StatusReport(
            self.request_id, stage, self.instruction, command, reason, self.age_sec,
            self.probability))

    def should_stop(self) -> bool:
        """Tell whether an answer is no longer wanted; ends the request if its time is up."""
        if self.age_sec > self._deadline_sec and not self.is_under_way:
            self.advance(Stage.EXPIRED, reason=f'not answered within {self._deadline_sec:g} s')
        return self.is_finished or bool(self.cancel_reason)
