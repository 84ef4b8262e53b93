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
Where instructions arrive: gives each one an id, checks it, and sees to its answer.

Owns the worker, the generator, the gate and the figures. Knows no rclpy: publishing is handed in,
so all of this can be tried without a graph.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
import itertools
import threading
import time

from ros2_nl_commander.language.errors import InstructionError, ModelError
from ros2_nl_commander.language.generation import Generator
from ros2_nl_commander.language.instruction import check_instruction
from ros2_nl_commander.language.robot import EMPTY_ROBOT, RobotDescription
from ros2_nl_commander.language.stop_words import is_stop
from ros2_nl_commander.ros.answering import Answerer, DraftsOf
from ros2_nl_commander.ros.execution.gate import Gate
from ros2_nl_commander.ros.execution.halting import CONFIRM_SEC, Halt, WAITING_STOPS
from ros2_nl_commander.ros.figures import Figures
from ros2_nl_commander.ros.parameters import NodeParameters
from ros2_nl_commander.ros.request import Report, Request
from ros2_nl_commander.ros.status import Stage, StatusReport
from ros2_nl_commander.ros.worker import InstructionWorker

#: More of a sentence is not looked at for a stop [characters].
LONGEST_STOP = 2000


class InstructionDesk:
    """
    Takes instructions and answers them in a thread of its own; closed until it is opened.

    :param report: told of every stage of every instruction
    :param publish: puts the text of a valid command out
    :param drafts_of: gives what is told a request's answer as it forms, or None
    """

    def __init__(
        self, report: Report, publish: Callable[[str], None], drafts_of: DraftsOf
    ) -> None:
        self.figures = Figures()
        self.worker = InstructionWorker(self._answer)
        self.robot = EMPTY_ROBOT
        self._report = report
        self._publish = publish
        self._drafts_of = drafts_of
        self.gate: Gate | None = None
        #: What may run on of which no gate knows, in words; a stop without a gate names it.
        self.left_over: tuple[str, ...] = ()
        self._generator: Generator | None = None
        self._description: dict[str, str] = {}
        self._start = f'{time.time_ns() // 1_000_000 & 0xffffffff:x}'
        self._counter = itertools.count(1)
        self._may_wait = threading.Semaphore(WAITING_STOPS)
        #: Wait for the end of what a stop word has stopped; whoever shouts again is heard.
        self._stops: list[threading.Thread] = []

    def equip(
        self, generator: Generator, robot: RobotDescription, gate: Gate | None = None,
    ) -> None:
        """Answer with this generator, which was told of this robot; a gate carries out."""
        self._description = generator.describe()
        if gate is not None:
            gate.prepare(robot)
        self._generator, self.robot, self.gate = generator, robot, gate

    def use_robot(self, robot: RobotDescription) -> None:
        """Publish from now on only what this robot accepts."""
        self.robot = robot
        gate = self.gate
        if gate is not None:
            gate.prepare(robot)

    def strip(self) -> None:
        """Let go of the generator, so that its memory is free, and of the gate."""
        gate = self.gate
        if gate is not None:
            self.left_over = gate.records.left_over()  # first: no stop may come in between
            self.gate = None
            gate.close()
        self._generator, self.robot, self._description = None, EMPTY_ROBOT, {}

    def describe(self) -> dict[str, str]:
        """Name model, device and memory as they were after the last answer, and the figures."""
        return {**self._description, **self.figures.as_values()}

    def receive(self, text: str, parameters: NodeParameters, why_closed: str) -> None:
        """
        Take an instruction; it ends in exactly one terminal stage.

        :param text: the sentence as it arrived
        :param parameters: what holds for it
        :param why_closed: the reason to give where the desk is not open
        """
        request = Request(
            f'{self._start}-{next(self._counter)}', text[:parameters.max_instruction_length],
            parameters.deadline_sec, self._pass_on)
        request.advance(Stage.RECEIVED)
        # Before any check: a stop that is shouted too long is still a stop.
        if is_stop(text[:LONGEST_STOP], parameters.stop_words, self.robot.robot):
            halt = self._halt()
            # Where nothing is carried out here, others may obey the text: it is answered as any.
            if self.gate is not None:
                self._end_soon(request, halt)
                return
        try:
            request.instruction = check_instruction(text, parameters.max_instruction_length)
        except InstructionError as error:
            request.advance(Stage.DECLINED, reason=str(error))
            return
        preempts = parameters.preempt and self.gate is not None
        if not self.worker.submit(request, parameters.queue_depth, preempts):
            request.advance(Stage.DECLINED, reason=f'not active: {why_closed}')

    def stop(self) -> Halt:
        """
        Stop everything at once, whatever is going on, and wait a moment for it to end.

        Where several stops wait already, one more does not: the next must find a thread free.
        """
        return self._settled(self._halt())

    def pause(self, reason: str) -> None:
        """Take no more instructions, end those that are here, and stop the robot."""
        gate = self.gate
        try:
            self.worker.pause(reason)
        finally:
            if gate is not None:
                gate.halt(reason)

    def close(self, reason: str, timeout_sec: float) -> None:
        """End everything, for good, and stop the robot."""
        gate = self.gate
        self.pause(reason)
        self.worker.close(reason, timeout_sec)
        for stop in tuple(self._stops):
            stop.join(timeout_sec)
        if gate is not None:
            gate.records.close()

    def keep_house(self) -> None:
        """Do what time asks for, now and then: end what is overdue, write down what was noted."""
        self.worker.expire_overdue()
        gate = self.gate
        if gate is not None:
            gate.records.write_down()

    def _halt(self) -> Halt:
        """Stop everything at once, from any thread."""
        gate = self.gate
        done: list[str] = []
        faults: list[str] = []
        # First the requests: what they do next must find them ended, and add nothing to the halt.
        # Whatever becomes of that, the robot stops.
        try:
            running, waiting = self.worker.cancel('stopped')
            done.append(f'canceled {running} running and {waiting} waiting')
        except Exception as error:  # a status that cannot be published
            faults.append(f'the instructions were not ended: {type(error).__name__}: {error}')
        halt = Halt(faults=self.left_over) if gate is None else gate.halt('stopped')
        return halt.and_also(done, faults)

    def _settled(self, halt: Halt) -> Halt:
        gate = self.gate
        waits = self._may_wait.acquire(blocking=False)
        try:
            seconds = CONFIRM_SEC if waits else 0.0
            return halt.settled(seconds) if gate is None else gate.settled(halt, seconds)
        except Exception as error:  # the node was cleaned up meanwhile, and rclpy let go of it
            return replace(halt, goals=()).and_also(faults=[
                f'what became of the goals is not known: {type(error).__name__}: {error}'])
        finally:
            if waits:
                self._may_wait.release()

    def _end_soon(self, request: Request, halt: Halt) -> None:
        """End a stop word once it is known whether it has stopped everything; returns at once."""
        def end() -> None:
            settled = self._settled(halt)
            request.advance(Stage.SUCCEEDED if settled.is_confirmed else Stage.FAILED,
                            reason=str(settled))

        if not halt.goals:
            end()
            return
        self._stops = [stop for stop in self._stops if stop.is_alive()]
        self._stops.append(threading.Thread(target=end, name='stop', daemon=True))
        self._stops[-1].start()

    def _pass_on(self, report: StatusReport) -> None:
        gate = self.gate
        if gate is not None:
            gate.records.note(report)
        self.figures.record(report)
        self._report(report)

    def _answer(self, request: Request) -> None:
        if self._generator is None:
            raise ModelError('no model is loaded')
        most_steps = 1 if self.gate is None else self.gate.most_steps
        Answerer(self._generator, lambda: self.robot, self._deliver, self._drafts_of,
                 most_steps).answer(request)
        # Asked here and kept: the generator need not bear questions while it is at work.
        self._description = self._generator.describe()

    def _deliver(self, request: Request, texts: tuple[str, ...]) -> None:
        """Publish a command and be done, or carry out one or more where that is allowed."""
        gate = self.gate
        if gate is not None:
            gate.handle(request, texts)
            return
        text, = texts  # nobody here would know when one of several has ended
        request.advance(Stage.GENERATED, command=text, first=lambda: self._publish(text))
