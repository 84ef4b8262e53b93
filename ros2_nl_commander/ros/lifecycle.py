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
A lifecycle node that goes on answering while it is configured, and can start by itself.

Knows nothing of instructions; what the transitions do is in ``node``.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
import threading
from typing import Any

from lifecycle_msgs.msg import State
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.context import Context
from rclpy.exceptions import InvalidHandle
from rclpy.lifecycle import LifecycleNodeMixin, TransitionCallbackReturn
from rclpy.node import Node
from rclpy.parameter import Parameter

#: All others are in the middle of a transition (lifecycle_msgs/msg/State).
PRIMARY_STATES = (State.PRIMARY_STATE_UNCONFIGURED, State.PRIMARY_STATE_INACTIVE,
                  State.PRIMARY_STATE_ACTIVE, State.PRIMARY_STATE_FINALIZED)


class PatientLifecycleNode(LifecycleNodeMixin, Node):
    """
    Lifecycle node whose transitions may take minutes.

    Composed as rclpy's LifecycleNode is; that one does not pass the callback group on which the
    lifecycle services need so that they answer while a model loads.

    :param name: name of the node
    :param context: rclpy context; the default one if None
    :param namespace: namespace of the node; None leaves it to the command line
    :param parameter_overrides: start values of parameters
    """

    def __init__(
        self,
        name: str,
        *,
        context: Context | None = None,
        namespace: str | None = None,
        parameter_overrides: Sequence[Parameter[Any]] = (),
    ) -> None:
        Node.__init__(
            self, name, context=context, namespace=namespace,
            parameter_overrides=list(parameter_overrides))
        # Reentrant: a transition holds its callback for as long as the model loads.
        LifecycleNodeMixin.__init__(self, callback_group=ReentrantCallbackGroup())
        self._is_closing = False
        self._starter = threading.Thread(target=self._start, name='autostart', daemon=True)

    def start_by_itself(self) -> None:
        """Configure and activate in a thread, as nobody else does it; returns at once."""
        self._starter.start()

    def destroy_node(self) -> None:
        """
        Destroy the node and its state machine.

        rclpy leaves the state machine to the garbage collector, and as long the node stays in the
        graph. One that a service has put in the middle of a transition is left to it here too:
        read after it is gone, it ends the process.
        """
        super().destroy_node()
        with suppress(InvalidHandle):  # destroyed before
            with self._state_machine:
                is_at_rest = self._state_machine.current_state[0] in PRIMARY_STATES
            if is_at_rest or self._starter.is_alive():
                self._state_machine.destroy_when_not_in_use()

    def _start(self) -> None:
        try:
            with self._state_machine:  # in use: whoever destroys it has to wait
                if self.trigger_configure() == TransitionCallbackReturn.SUCCESS:
                    self.trigger_activate()
        except RuntimeError as error:
            # Somebody else configures, or the node is being destroyed: both are theirs to decide.
            if not self._is_closing:
                self.get_logger().warning(f'autostart gave way: {error}')
