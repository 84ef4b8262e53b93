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
The rules of a policy, written a second time, to judge what the real ones let pass.

Shares no code with ``language/policy*``: reads the YAML as plain data, walks all values, and says
what a command breaks.
"""

from __future__ import annotations

import fnmatch
import math
import unicodedata

#: Of the units that the policies of the fuzzer use, how many of ROS's basic units they are.
UNITS = {'m/s': 1.0, 'deg/s': math.pi / 180, 'Hz': 1.0, 'm': 1.0, 'min': 60.0, 's': 1.0,
         'turns': 2 * math.pi, 'deg': math.pi / 180}
MOVING = {'geometry_msgs/msg/Twist': (), 'geometry_msgs/msg/TwistStamped': ('twist',),
          'geometry_msgs/msg/VelocityStamped': ('velocity',),
          'ackermann_msgs/msg/AckermannDriveStamped': ('drive',)}
#: Where something is that says how fast it goes, in each type of the fuzzer's robot.
DRIVES = {**{name: (where,) for name, where in MOVING.items()},
          'trajectory_msgs/msg/MultiDOFJointTrajectory': (
              ('points', 'velocities'), ('points', 'accelerations'))}
#: The last names of the numbers in the types that have limits, as far as limits speak of them.
_TWIST = 'linear.x linear.y linear.z angular.x angular.y angular.z'
NUMBERS = {
    'geometry_msgs/msg/Twist': _TWIST, 'geometry_msgs/msg/TwistStamped': _TWIST,
    'geometry_msgs/msg/VelocityStamped': _TWIST, 'std_msgs/msg/Float64': 'data',
    'geometry_msgs/msg/PoseStamped': 'position.x position.y position.z', 'std_msgs/msg/String': '',
    'ackermann_msgs/msg/AckermannDriveStamped': 'speed steering_angle',
    'std_msgs/msg/UInt8': 'data',
    'trajectory_msgs/msg/JointTrajectory': 'positions time_from_start.sec time_from_start.nanosec',
    'trajectory_msgs/msg/MultiDOFJointTrajectory':
        'velocities.linear.y time_from_start.sec time_from_start.nanosec',
    'std_msgs/msg/Float64MultiArray': 'data',
    'test_msgs/msg/Defaults': 'float64_value uint8_value',
    'test_msgs/action/Fibonacci': 'order',
    'nav2_msgs/action/Spin': 'target_yaw time_allowance.sec time_allowance.nanosec'}
#: Nothing but numbers, of the types that a policy of the fuzzer wants to end in zeros.
CAN_BE_ZERO = {'std_msgs/msg/Float64MultiArray'}
#: What is sent where a field is left out and its definition names a value other than zero.
DEFAULTS = {'test_msgs/msg/Defaults': {('float64_value',): 1.125, ('uint8_value',): 50}}
DIRECTION_CHANGES = {'LRE', 'RLE', 'LRO', 'RLO', 'PDF', 'LRI', 'RLI', 'FSI', 'PDI'}


def rule_for(policy, command):
    """Find the first rule for a name and a type; None where there is none."""
    for pattern, rule in policy['rules'].items():
        if glob(pattern, command.name) and glob(rule.get('type', '**'), command.type_name):
            return rule
    return None


def glob(pattern, text):
    """Match ``**`` as anything and ``*`` as anything within two slashes."""
    if '**' in pattern:
        return fnmatch.fnmatchcase(text, pattern.replace('**', '*'))
    parts, words = pattern.split('/'), text.split('/')
    return len(parts) == len(words) and all(map(fnmatch.fnmatchcase, words, parts))


def violations(policy, command, margin):
    """
    List what a command breaks.

    :param margin: how far outside a number may be; below zero, how far inside it has to be
    """
    rule = rule_for(policy, command)
    if rule is None or rule['tier'] == 'deny':
        return ['no rule allows it']
    leaves = list(walk(command.fields, ()))
    return [*_misfits(rule, command), *_sizes(rule, leaves, command.fields),
            *_numbers(rule, leaves, margin), *_left_out(rule, command, margin),
            *_axes(rule, command, leaves), *_motion(rule, command, margin)]


def walk(value, path):
    """Give every value that holds no others, and every container, with the names on the way."""
    yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from walk(item, (*path, key))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from walk(item, path)


def is_number(value):
    """Tell numbers from truth values."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _sizes(rule, leaves, fields):
    for path, value in leaves:
        if isinstance(value, str):
            if len(value) > rule.get('max_text', 500):
                yield f'{path}: a text of {len(value)}'
            if any(unicodedata.category(letter) in ('Cc', 'Zl', 'Zp')
                   or unicodedata.bidirectional(letter) in DIRECTION_CHANGES for letter in value):
                yield f'{path}: a text that misleads'
        if isinstance(value, list) and len(value) > rule.get('max_items', 100):
            yield f'{path}: a list of {len(value)}'


def _ranges(rule):
    for path, (low, high, *unit) in rule.get('limits', {}).items():
        factor = UNITS[unit[0]] if unit else 1.0
        yield tuple(path.split('.')), low * factor, high * factor


def _numbers(rule, leaves, margin):
    for path, value in leaves:
        if is_number(value) and not math.isfinite(value):
            yield f'{path}: {value}'
        for limited, low, high in _ranges(rule):
            if path[-len(limited):] != limited or isinstance(value, list):
                continue
            if not is_number(value):
                yield f'{path}: {value!r} is no number'
            elif not low - margin <= value <= high + margin:
                yield f'{path}: {value} is not in {low} to {high}'


def _left_out(rule, command, margin):
    fields, defaults = command.fields, DEFAULTS.get(command.type_name, {})
    for limited, low, high in _ranges(rule):
        if low - margin <= defaults.get(limited, 0) <= high + margin:
            continue
        if not _says(fields, limited, ()):
            yield f'{limited} is left out'
        yield from (f'{limited} is left out of an item' for items in _lists(fields)
                    if 0 < sum(_says(item, limited, path) for path, item in items) < len(items))


def _says(value, limited, path):
    return any(where[-len(limited):] == limited and is_number(item)
               for where, item in walk(value, path))


def _lists(fields):
    for path, value in walk(fields, ()):
        if isinstance(value, list):
            yield [(path, item) for item in value]


def _misfits(rule, command):
    """List what the rule speaks of and the type does not have."""
    for path in rule.get('limits', {}):
        if not any(f'.{number}'.endswith(f'.{path}')
                   for number in NUMBERS[command.type_name].split()):
            yield f'{command.type_name} has no {path}'
    if rule.get('ends_in_zeros') and command.type_name not in CAN_BE_ZERO:
        yield f'{command.type_name} cannot end in zeros'
    for key in {'rate', 'max_duration', 'max_distance', 'max_angle'} & rule.keys():
        if '/msg/' not in command.type_name:
            yield f'{command.type_name} cannot be held to a {key}'
        elif key in ('max_distance', 'max_angle') and command.type_name not in MOVING:
            yield f'no way to tell how far a {command.type_name} leads'


def _axes(rule, command, leaves):
    limited = [path for path, _, _ in _ranges(rule)]
    for path, value in leaves:
        if (any(path[:len(drive)] == drive for drive in DRIVES.get(command.type_name, ()))
                and is_number(value) and value != 0
                and not any(path[-len(known):] == known for known in limited)):
            yield f'{path}: an axis that the rule does not name'


def _most(given, default):
    if given is None:
        return default
    number, *unit = given if isinstance(given, list) else [given]
    return number * (UNITS[unit[0]] if unit else 1.0)


def _motion(rule, command, margin):
    """Hold a publication to its rate, its time and its way."""
    if not hasattr(command, 'times'):
        return
    if command.times is None:
        yield 'without end'
        return
    rate = 1.0 if command.rate_hz is None else command.rate_hz
    low, high, *_unit = rule.get('rate', [0, 100])
    if (command.times > 1 or command.rate_hz is not None) and not (
            low - margin <= rate <= high + margin):
        yield f'rate {rate}'
    seconds = command.times / rate
    if seconds > _most(rule.get('max_duration'), 60.0) + margin:
        yield f'{seconds} s'
    metres, radians = _most(rule.get('max_distance'), None), _most(rule.get('max_angle'), None)
    if (metres or radians) and command.type_name in MOVING:
        speed, turn = _speeds(command)
        if metres is not None and not speed * seconds <= metres * (1 + margin) + margin:
            yield f'{speed * seconds} m'
        if radians is not None and not turn * seconds <= radians * (1 + margin) + margin:
            yield f'{turn * seconds} rad'


def _speeds(command):
    """Give how fast it drives and turns; endless where that cannot be told."""
    fields = command.fields
    for key in MOVING[command.type_name]:
        fields = fields.get(key, {})
    if 'Ackermann' in command.type_name:
        speed = abs(fields.get('speed', 0.0))
        return speed, math.inf if speed and fields.get('steering_angle', 0.0) else 0.0
    return tuple(_length(fields.get(group, {}).values()) for group in ('linear', 'angular'))


def _length(axes):
    return math.sqrt(sum(float(axis) * float(axis) for axis in axes))
