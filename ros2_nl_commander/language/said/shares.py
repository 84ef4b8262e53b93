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
Whether a number is a share or a speed, where a message has a flag that tells.

nav2_msgs/msg/SpeedLimit holds both in one field, and its flag is false unless it is set: "40
percent of top speed" would be 40 m/s, which is no limit at all.
"""

from __future__ import annotations

import re

from ros2_nl_commander.language.forms.scalars import FlagForm
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.said.possible import fields_of, is_possible, with_field
from ros2_nl_commander.language.said.quantities import stated
from ros2_nl_commander.language.said.texts import TEXT

_FLAG = re.compile(r'(?:^|[._])percent(?:age)?$')
_NUMBER = re.compile(r'(?<![\w.])\d+(?:\.\d+)?')


def with_share_flag(sentence: str, answer: str, robot: RobotDescription) -> str:
    """
    Set the flag for percent as the sentence says it: "40 percent" or "0.4 m/s".

    :param answer: in the short form of this robot; changed only if the robot takes it then
    """
    name, _, body = answer.partition(' ')
    flags = [path for path, form in fields_of(name, robot)
             if isinstance(form, FlagForm) and _FLAG.search(path)]
    spelt = set(map(float, _NUMBER.findall(TEXT.sub('""', body))))
    dimensions = {one.unit.dimension for one in stated(sentence)
                  if one.unit and one.number in spelt} & {'share', 'speed'}
    if len(flags) != 1 or len(dimensions) != 1:
        return answer
    is_share = dimensions == {'share'}
    set_otherwise = f'{flags[0]}: {str(not is_share).lower()}'
    if set_otherwise in body:
        changed = answer.replace(set_otherwise, f'{flags[0]}: {str(is_share).lower()}')
        return changed if is_possible(changed, robot) else answer
    return answer if f'{flags[0]}: ' in body or not is_share else with_field(
        answer, f'{flags[0]}: true', robot)
