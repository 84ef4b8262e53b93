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
What people wrote about a robot and does not fit it: misspelt, it would do nothing.

Names are not errors: a part of the robot may be switched off, or one file may serve several
robots. Limits of fields that a type does not have are, where the type is known from the start.
"""

from __future__ import annotations

from collections.abc import Callable

from ros2_nl_commander.language.annotations import (
    Annotations, annotations_that_fit_nothing)
from ros2_nl_commander.language.policy import Policy, Rule
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.suggestions import listed_with_closest


def warn_of_missing_names(
    robot: RobotDescription, annotations: Annotations, policy: Policy | None,
    warn: Callable[[str], object],
) -> None:
    """
    Tell what annotations and policy say of interfaces and fields that a robot does not have.

    :param warn: told one line for each of them, if there is anything to say
    """
    for misfit in annotations_that_fit_nothing(robot, annotations):
        warn(f'the annotations say what has no effect: {misfit}')
    missing = annotations.names_missing_in(robot)
    if missing:
        names = listed_with_closest(missing, robot.names)
        warn(f'the annotations speak of {names}, which {robot.robot} does not offer: what they '
             'say of that has no effect')
    idle = policy.rules_without_interface(robot) if policy is not None else ()
    if idle:
        names = listed_with_closest([_pattern(rule) for rule in idle], robot.names)
        warn(f'the policy has rules for {names}, which nothing matches that {robot.robot} offers: '
             'they allow and forbid nothing')


def _pattern(rule: Rule) -> str:
    return rule.name if rule.type_name == '**' else f'{rule.name} of type {rule.type_name}'
