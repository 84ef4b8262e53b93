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
The sign of a number, where a sentence says a direction and the robot which one is positive.

"90 degrees to the right" is -90 for a robot that turns to the left with positive angles, and a
small model at times copies the number and forgets the direction: the robot would turn the wrong
way. The definition of a field says which way is positive, or what is said about its interface;
for some messages of common packages it is known (REP 103).
"""

from __future__ import annotations

from collections.abc import Mapping
import re
from types import MappingProxyType

from ros2_nl_commander.language.definition_text import interface_schema
from ros2_nl_commander.language.errors import UnknownTypeError
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.said.possible import is_possible_but_for_limits, noun_of
from ros2_nl_commander.language.said.texts import TEXT

#: Ways that exclude each other, as what is said about fields names them: 1 and -1 of one axis.
_WAYS: Mapping[str, tuple[str, int]] = MappingProxyType({
    'left': ('side', 1), 'port': ('side', 1), 'right': ('side', -1), 'starboard': ('side', -1),
    'anticlockwise': ('turn', 1), 'counterclockwise': ('turn', 1), 'clockwise': ('turn', -1)})
#: Angles about the vertical axis, for which the left is counterclockwise.
_KNOWN = frozenset({('nav2_msgs/action/Spin', 'target_yaw'),
                    ('irobot_create_msgs/action/RotateAngle', 'angle')})
_WORD = '|'.join(_WAYS)
_POSITIVE = re.compile(
    rf'\b(?P<way>{_WORD})(?: seen from \w+)? is (?:an? )?(?P<sign>positive|negative)\b|'
    rf'\b(?P<sign2>positive|negative)(?: is| looks| turns| means|:)?(?: to)?(?: the| its)? '
    rf'(?P<way2>{_WORD})\b', re.IGNORECASE)
_COUNTER = re.compile(r'\b(counter|anti)[- ](?=clockwise)', re.IGNORECASE)
#: Where it is the way that something goes, and no name: "the left lamp", "the right hand".
_SAID = re.compile(
    r'\b(?:to|towards?|degrees?|deg|°|radians?|rad|turns?|turned|turn|rotate|spin|pan|swing|'
    r'\d)(?: further| more)?(?: the| your| its| my| our)? ?\b(?P<way>left|right|port|starboard)\b'
    r'(?=\W*$|[,.;:!?]|\s+(?:and|by|at|with|of|for|in|on|please|then|now|a|\d))|'
    r'(?P<turn>(?:anti|counter)?clockwise)\b', re.IGNORECASE)
_SPELT = re.compile(r'(?<![\w.])(?P<path>[A-Za-z_][\w.]*): (?P<sign>-?)(?P<number>\d+(?:\.\d+)?)')
_UNCERTAIN = re.compile(r"\b(?:not|no|never|without|instead|than|from|minus|negative)\b|n't\b|"
                        r'(?<![\w])-\d', re.IGNORECASE)


def with_direction_said(sentence: str, answer: str, robot: RobotDescription) -> str:
    """
    Give the one number whose sign tells a direction the sign of the direction that was said.

    :param answer: in the short form of this robot; changed only if the robot takes it then
    """
    said = dict(_ways_said(sentence))
    name, _, body = answer.partition(' ')
    if not said or '[' in body or TEXT.search(body) or _UNCERTAIN.search(sentence):
        return answer
    found = [(match, sign) for match in _SPELT.finditer(answer) if float(match['number'])
             for sign in (_sign(name, match['path'], said, robot),) if sign]
    if len(found) != 1:
        return answer
    match, sign = found[0]
    changed = (f'{answer[:match.start("sign")]}{"-" if sign < 0 else ""}'
               f'{answer[match.start("number"):]}')
    return changed if is_possible_but_for_limits(changed, robot) else answer


def _ways_said(sentence: str) -> Mapping[str, int]:
    """Give the one way that a sentence names, by its axis; nothing where it names two."""
    ways = {_WAYS[(match['way'] or match['turn']).lower()]
            for match in _SAID.finditer(_COUNTER.sub(r'\1', sentence))}
    return dict(ways) if len(ways) == 1 else {}


def _sign(name: str, path: str, said: Mapping[str, int], robot: RobotDescription) -> int:
    """Tell the sign that a field has for a way; 0 where nobody says so."""
    noun = noun_of(name, robot)
    type_name = '' if noun is None else robot.offered(noun)[name]
    positive = dict(_positive(_words_on(name, type_name, path, robot)))
    if (type_name, path) in _KNOWN:
        side = positive.get('side') or positive.get('turn') or 1
        positive = {'side': side, 'turn': side}
    return next((positive[axis] * way for axis, way in said.items() if axis in positive), 0)


def _words_on(name: str, type_name: str, path: str, robot: RobotDescription) -> str:
    """Give what is said about a field; of an interface only if it has no other number."""
    about = robot.about.get(name, '')
    try:
        schema = interface_schema(type_name, robot.definitions)
    except UnknownTypeError:
        return ''
    comments = {field.name: field.comment for field in schema.fields}
    return comments.get(path, '') or (about if len(comments) == 1 else '')


def _positive(words: str) -> Mapping[str, int]:
    """Read which way is positive, by axis; nothing where it is said of several."""
    found = {}
    for match in _POSITIVE.finditer(_COUNTER.sub(r'\1', words)):
        axis, way = _WAYS[(match['way'] or match['way2']).lower()]
        found[axis] = way if (match['sign'] or match['sign2']).lower() == 'positive' else -way
    return found
