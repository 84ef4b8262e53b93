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
The node: instructions in, commands out, over ROS 2.

Owns the ROS interfaces and the lifecycle. How an instruction is queued and answered is in
``worker`` and ``answering``; the generator is passed in, so nothing here knows a model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from rclpy.clock import Clock, ClockType  # type: ignore[attr-defined,unused-ignore]
from rclpy.context import Context
from rclpy.lifecycle import LifecycleState, TransitionCallbackReturn
from rclpy.parameter import Parameter
from rclpy.qos_overriding_options import QoSOverridingOptions
from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.language.generation import GeneratorFactory, GeneratorSettings
from ros2_nl_commander.ros import qos
from ros2_nl_commander.ros.execution.build import build_gate, what_is_left_over
from ros2_nl_commander.ros.instruction_desk import InstructionDesk
from ros2_nl_commander.ros.lifecycle import PatientLifecycleNode
from ros2_nl_commander.ros.parameter_guard import ParameterGuard
from ros2_nl_commander.ros.parameters import read_parameters
from ros2_nl_commander.ros.publishers import Publishers
from ros2_nl_commander.ros.readiness import say_ready
from ros2_nl_commander.ros.robot_source import RobotSource
from ros2_nl_commander.ros.verdicts import listen_for_verdicts
from std_msgs.msg import String
from std_srvs.srv import Trigger

#: How late a deadline may be noticed while the model is busy and not asking [s].
DEADLINE_PERIOD_SEC = 0.1

#: How long a transition waits for a model that was told to stop [s].
IDLE_TIMEOUT_SEC = 10.0

#: How long a closing node waits for the same, and for a command that was told to stop [s]. A
#: launch that ends asks once more after 5 s, and kills after 10.
CLOSE_TIMEOUT_SEC = 3.0


class NlCommander(PatientLifecycleNode):
    """
    Lifecycle node ``nl_commander``: writes the ROS 2 command for each instruction.

    Subscriptions:
      * ``nl_command`` (std_msgs/String): an instruction
      * ``~/approve``, ``~/refuse`` (std_msgs/String): id of a command that waits for approval

    Publishers: ``ros2_command``, ``~/status``, ``~/forming`` and ``/diagnostics``; see
    ``publishers``.

    Services:
      * ``~/stop`` (std_srvs/Trigger): stop the robot, what is running and everything that waits
      * those of a lifecycle node and of its parameters

    Parameters: see ``parameters``; ``ros2 param describe`` has meanings, ranges and when each may
    change.

    :param generator_factory: builds what answers; called when the node is configured
    :param build_ahead: builds what would keep ``~/stop`` waiting then; called before that is
        offered
    :param context: rclpy context; the default one if None
    :param namespace: namespace of the node; None leaves it to the command line
    :param parameter_overrides: start values of parameters
    """

    def __init__(
        self,
        generator_factory: GeneratorFactory,
        *,
        build_ahead: Callable[[GeneratorSettings], None] = lambda settings: None,
        context: Context | None = None,
        namespace: str | None = None,
        parameter_overrides: Sequence[Parameter[Any]] = (),
    ) -> None:
        super().__init__('nl_commander', context=context, namespace=namespace,
                         parameter_overrides=parameter_overrides)
        self._generator_factory = generator_factory
        self._is_unconfigured = True
        self._failure = ''
        self._why_inactive = 'unconfigured'
        self._guard = ParameterGuard(lambda: self._is_unconfigured)
        self._guard.declare(self)
        self._says = says = Publishers(self)
        self._desk = InstructionDesk(says.report, says.publish_command, says.drafts_of)
        self._robot_source = RobotSource(self, self._desk)
        parameters = read_parameters(self)
        self._desk.left_over = what_is_left_over(self, parameters)
        build_ahead(parameters.as_generator_settings())
        self._create_interfaces(parameters.diagnostics_period_sec)
        if parameters.autostart:
            self._why_inactive = 'starting'
            self.start_by_itself()

    def _create_interfaces(self, diagnostics_period_sec: float) -> None:
        overridable = QoSOverridingOptions.with_default_policies()
        # Groups of their own: none of these may wait for another, nor for the parameters.
        self.create_subscription(
            String, 'nl_command', self._on_instruction, qos.INSTRUCTION,
            callback_group=MutuallyExclusiveCallbackGroup(), qos_overriding_options=overridable)
        listen_for_verdicts(self, lambda: self._desk.gate)
        self.create_service(  # reentrant: a stop that waits for an end keeps no other waiting
            Trigger, '~/stop', self._on_stop, qos_profile=qos.STOP,
            callback_group=ReentrantCallbackGroup())
        timers = MutuallyExclusiveCallbackGroup()
        # Steady: deadlines and diagnostics go on where simulated time stands still.
        clock = Clock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(diagnostics_period_sec, self._publish_diagnostics, timers, clock)
        self.create_timer(DEADLINE_PERIOD_SEC, self._desk.keep_house, timers, clock)

    @property
    def why_inactive(self) -> str:
        """Tell why instructions are declined; empty while the node is active."""
        return self._why_inactive

    def close(self) -> None:
        """End every instruction and the worker; the node answers nothing from then on."""
        self._is_closing = True
        self._why_inactive = 'the node is shut down'
        self._desk.pause('the node is shutting down')  # first: the robot may be driving
        for timer in self.timers:
            timer.cancel()
        self._desk.close('the node is shutting down', CLOSE_TIMEOUT_SEC)
        self._robot_source.close()

    def destroy_node(self) -> None:
        """Close the node, then destroy it."""
        self.close()
        super().destroy_node()

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Read the parameters and the robot, and load the model."""
        self._is_unconfigured = False
        self._failure, self._why_inactive = '', 'the model is loading'
        try:
            self._configure()
        except NlCommanderError as error:
            return self._refuse(str(error))
        except BaseException as error:
            # Whatever a model library raises, panics in Rust too: the node stays up and says it.
            return self._refuse(f'{type(error).__name__}: {error}')
        self._why_inactive = 'configured, not activated'
        return super().on_configure(state)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Listen."""
        self._desk.worker.resume()
        self._why_inactive = ''
        say_ready(self, self._desk.robot, read_parameters(self))
        return super().on_activate(state)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop listening, and cancel what is running and waiting."""
        self._why_inactive = 'deactivated'
        self._desk.pause('the node was deactivated')
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Let go of the model."""
        if not self._desk.worker.wait_until_idle(IDLE_TIMEOUT_SEC):
            self.get_logger().error('cannot clean up: the model does not stop; try again later')
            return TransitionCallbackReturn.FAILURE
        self._forget()
        return super().on_cleanup(state)

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """End the worker for good."""
        self.close()
        self._desk.strip()
        return super().on_shutdown(state)

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Go back to unconfigured."""
        self._desk.pause('the node failed')
        self._forget()
        return super().on_error(state)

    def _configure(self) -> None:
        self._guard.check(self)
        parameters = read_parameters(self)
        self._desk.left_over = what_is_left_over(self, parameters)
        gate, self._desk.left_over = build_gate(
            self, parameters, self._says.publish_command, lambda: self._desk.robot)
        robot = self._robot_source.find(parameters)
        if gate is not None:
            gate.policy.check_fits(robot)
        generator = self._generator_factory(parameters.as_generator_settings())
        generator.use_robot(robot)
        if self._is_closing:
            raise NlCommanderError('the node is shutting down')
        self._desk.equip(generator, robot, gate)
        self._robot_source.follow(generator, gate.policy if gate else None)

    def _refuse(self, reason: str) -> TransitionCallbackReturn:
        self._failure = ' '.join(reason.split())
        self._why_inactive = f'configuring failed: {self._failure}'
        self._is_unconfigured = True
        name = self.get_fully_qualified_name()
        self.get_logger().error(
            f"cannot configure: {self._failure.rstrip('.')}. Put it right (for a parameter: "
            f'ros2 param set {name} NAME VALUE), then: ros2 lifecycle set {name} configure, and '
            f'the same with activate')
        return TransitionCallbackReturn.FAILURE

    def _forget(self) -> None:
        self._robot_source.close()
        self._desk.strip()
        self._is_unconfigured = True
        self._why_inactive = 'unconfigured'

    def _on_instruction(self, message: String) -> None:
        self._desk.receive(message.data, read_parameters(self), self._why_inactive)

    def _on_stop(self, _request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        halt = self._desk.stop()
        response.success, response.message = halt.is_confirmed, str(halt)
        return response

    def _publish_diagnostics(self) -> None:
        parameters = read_parameters(self)
        values = {
            'model': parameters.model,
            'prompt': parameters.prompt or 'the one that ships',
            'device': parameters.device,
            'memory': '',
            **self._robot_source.describe(),
            'execute': parameters.execute,
            'queue': f'{self._desk.worker.waiting} of {parameters.queue_depth}',
            **self._desk.describe(),
        }
        self._says.diagnose(self._why_inactive, bool(self._failure), values)
