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
The same robots with nobody explaining them: no comments, and nothing said about interfaces.

A live graph tells names, types and fields. What a description adds is what a person wrote:
comments in definitions, which installed types have lost, and ``about``. Places, choices and
limits stay, since without them the expected answers would not be answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
import re

from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.training.examples import Example

#: A value that is a text may have the sign in it, so lines with one keep what is behind it.
_COMMENT = re.compile(r'^([^#"\'\n]*)#.*$', re.MULTILINE)


def without_explanations(examples: Sequence[Example]) -> list[Example]:
    """Take comments and sayings from the robots of examples; what is expected stays."""
    bare: dict[int, RobotDescription] = {}
    for example in examples:
        robot = example.robot
        bare.setdefault(id(robot), replace(robot, about={}, definitions={
            name: _COMMENT.sub(r'\1', text) for name, text in robot.definitions.items()}))
    return [replace(example, robot=bare[id(example.robot)]) for example in examples]
