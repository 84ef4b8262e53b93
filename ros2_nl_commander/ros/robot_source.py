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

"""Where the robot comes from: a description file, or the graph while the node is configured."""

from __future__ import annotations

from rclpy.node import Node
from ros2_nl_commander.language.annotations import (
    Annotations, annotations_that_fit_nothing, load_annotations)
from ros2_nl_commander.language.errors import RobotDescriptionError
from ros2_nl_commander.language.generation import Generator
from ros2_nl_commander.language.policy import Policy
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.ros.instruction_desk import InstructionDesk
from ros2_nl_commander.ros.live_robot import LiveRobot
from ros2_nl_commander.ros.missing_names import warn_of_missing_names
from ros2_nl_commander.ros.parameters import NodeParameters
from ros2_nl_commander.ros.robot_location import find_robot, path_from_location
from ros2_nl_commander.ros.selection import Selection


class RobotSource:
    """
    Gives the robot, and keeps desk and generator at it while it changes.

    :param node: on whose graph the robot is
    :param desk: told of every change
    """

    def __init__(self, node: Node, desk: InstructionDesk) -> None:
        self._node = node
        self._desk = desk
        self._live: LiveRobot | None = None
        self._annotations = Annotations()

    def find(self, parameters: NodeParameters) -> RobotDescription:
        """
        Give the robot that the parameters name.

        :raises NlCommanderError: if there is no such file, or it cannot be read, or annotations
            speak of fields that an interface does not have: limits that would be none
        """
        self.close()
        known = parameters.annotations.strip()
        self._annotations = (
            load_annotations(path_from_location(known)) if known else Annotations())
        robot = self._find(parameters)
        misfits = annotations_that_fit_nothing(robot, self._annotations)
        if misfits:
            raise RobotDescriptionError(f'{known}: {misfits[0]}')
        return robot

    def _find(self, parameters: NodeParameters) -> RobotDescription:
        if parameters.robot.strip():
            return self._annotations.applied_to(find_robot(parameters.robot.strip()))
        selection = Selection(tuple(parameters.include.split()), tuple(parameters.exclude.split()))
        self._live = LiveRobot(self._node, selection, self._annotations)
        return self._live.look()

    def follow(self, generator: Generator, policy: Policy | None) -> None:
        """Follow the changes of a live robot from now on; warn of names that the robot lacks."""
        def check_names(robot: RobotDescription) -> None:
            warn_of_missing_names(robot, self._annotations, policy,
                                  lambda line: self._node.get_logger().warning(line))

        if self._live is None:
            check_names(self._desk.robot)
        else:
            self._live.watch(self._desk.use_robot, generator.use_robot, check_names)

    def close(self) -> None:
        """Follow no more."""
        if self._live is not None:
            self._live.close()
            self._live = None

    def describe(self) -> dict[str, str]:
        """Say for diagnostics which robot it is."""
        if self._live is not None:
            return self._live.describe()
        return {'robot': self._desk.robot.robot}
