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

"""One thing of a robot as a ROS interface: which of the many ways, its fields and its type."""

from __future__ import annotations

from collections.abc import Callable
import dataclasses
from dataclasses import dataclass
import random

from ros2_nl_commander.training.synthesis.archetypes import Archetype

_PACKAGES = ('robot_interfaces', 'custom_msgs', 'base_msgs', 'device_msgs', 'acme_interfaces')
_NAVIGATE = 'geometry_msgs/PoseStamped pose\nstring behavior_tree\n---\n---\n'


@dataclass(frozen=True, slots=True)
class Interface:
    """
    What one archetype became on one robot.

    :param archetype: what it is
    :param name: full name
    :param noun: ``topic``, ``service`` or ``action``
    :param type_name: its type
    :param definition: text of a type that is not standard
    :param field: path of the field that takes the value; empty where there is none
    :param meaning: which sentences are meant, ``true``, ``false`` or ``v``; empty for all
    :param choices: values that the description lists for the field
    :param spellings: how a value is spelt here, where that differs
    """

    archetype: Archetype
    name: str
    noun: str
    type_name: str
    definition: str = ''
    field: str = ''
    meaning: str = ''
    choices: tuple[str, ...] = ()
    spellings: dict[str, str] = dataclasses.field(default_factory=dict)


Make = Callable[[random.Random, Archetype, str], list[Interface]]


def make_interfaces(source: random.Random, archetype: Archetype, name: str) -> list[Interface]:
    """Turn an archetype into one interface, or into two that do opposite things."""
    makers: dict[str, Make] = {'switch': _switch, 'value': _value, 'trigger': _trigger,
                               'choice': _choice, 'colour': _colour, 'place': _place}
    return makers[archetype.group](source, archetype, name)


def _switch(source: random.Random, archetype: Archetype, name: str) -> list[Interface]:
    way = source.random()
    if way < 0.45:
        return [Interface(archetype, name, 'service', 'std_srvs/srv/SetBool', field='data')]
    if way < 0.75:
        return [Interface(archetype, name, 'topic', 'std_msgs/msg/Bool', field='data')]
    if way < 0.9:
        key = source.choice(('on', 'enable', 'enabled', 'active', 'state', 'switch_on'))
        return [_custom(source, archetype, name, 'service', f'bool {key}\n---\nbool success\n',
                        key)]
    on, off = source.choice((('on', 'off'), ('start', 'stop'), ('enable', 'disable')))
    trigger = source.choice(('std_srvs/srv/Trigger', 'std_srvs/srv/Empty'))
    parent, _, last = name.rpartition('/')
    glued = source.random() < 0.5
    return [Interface(archetype, f'{name}/{word}' if glued else f'{parent}/{word}_{last}',
                      'service', trigger, meaning=meaning)
            for word, meaning in ((on, 'true'), (off, 'false'))]


def _value(source: random.Random, archetype: Archetype, name: str) -> list[Interface]:
    if archetype.is_duration:
        return [_custom(source, archetype, name, 'action',
                        'builtin_interfaces/Duration time\n---\n---\n', 'time')]
    kind = _scalar(source, archetype)
    way = source.random()
    if way < 0.55 or (archetype.kind == 'text' and way < 0.7):
        message = {'string': 'String', 'uint8': 'UInt8', 'int32': 'Int32', 'float32': 'Float32',
                   'float64': 'Float64'}[kind]
        return [Interface(archetype, name, 'topic', f'std_msgs/msg/{message}', field='data')]
    key = _key(source, archetype)
    spare = source.choice(('', '', 'float32 tolerance\n', 'bool wait\n', 'string note\n'))
    noun = 'service' if way < 0.8 else 'action'
    end = '---\nbool success\n' + ('' if noun == 'service' else '---\nfloat32 progress\n')
    return [_custom(source, archetype, name, noun, f'{kind} {key}\n{spare}{end}', key)]


def _scalar(source: random.Random, archetype: Archetype) -> str:
    if archetype.kind == 'text':
        return 'string'
    if archetype.kind in ('byte',):
        return 'uint8'
    if archetype.is_integer:
        return 'int32'
    if archetype.kind == 'count':
        return source.choice(('int32', 'uint8'))
    if archetype.kind == 'percent':
        return source.choice(('uint8', 'float32', 'int32'))
    return source.choice(('float32', 'float64'))


def _key(source: random.Random, archetype: Archetype) -> str:
    """Name the field of a custom type."""
    own = {'percent': ('level', 'percent', 'percentage'), 'length': ('height', 'position'),
           'text': ('text', 'message'), 'count': ('number', 'count'), 'angle': ('angle', 'target'),
           'speed': ('speed', 'velocity'), 'duration': ('duration', 'time_limit'),
           'signed_angle': ('angle', 'position'), 'temperature': ('temperature', 'setpoint')}
    key = source.choice(own.get(archetype.kind, ('value', 'target', 'amount')))
    return f'{key}_{archetype.unit}' if archetype.unit in ('deg', 'ml', 'ms', 'kg') else key


def _trigger(source: random.Random, archetype: Archetype, name: str) -> list[Interface]:
    way = source.random()
    if way < 0.55:
        return [Interface(archetype, name, 'service', 'std_srvs/srv/Trigger')]
    if way < 0.75:
        return [Interface(archetype, name, 'service', 'std_srvs/srv/Empty')]
    if way < 0.88:
        return [Interface(archetype, name, 'topic', 'std_msgs/msg/Empty')]
    return [_custom(source, archetype, name, 'action', '---\nbool success\n---\n', '')]


def _choice(source: random.Random, archetype: Archetype, name: str) -> list[Interface]:
    key = archetype.field
    way = source.random()
    if way < 0.3:
        return [Interface(archetype, name, 'topic', 'std_msgs/msg/String', field='data',
                          choices=archetype.values)]
    if way < 0.6:
        noun = source.choice(('service', 'action'))
        end = '---\n' if noun == 'service' else '---\n---\n'
        made = _custom(source, archetype, name, noun, f'string {key}\n{end}', key)
        return [Interface(archetype, name, noun, made.type_name, made.definition, key,
                          choices=archetype.values)]
    spellings = {value: value.upper() for value in archetype.values}
    if source.random() < 0.5:
        spellings = {value: f'{key.upper()}_{value.upper()}' for value in archetype.values}
    constants = ''.join(f'uint8 {constant}={number}\n'
                        for number, constant in enumerate(spellings.values()))
    made = _custom(source, archetype, name, 'service', f'{constants}uint8 {key}\n---\n', key)
    return [Interface(archetype, name, 'service', made.type_name, made.definition, key,
                      spellings=spellings)]


def _colour(source: random.Random, archetype: Archetype, name: str) -> list[Interface]:
    if source.random() < 0.6:
        return [Interface(archetype, name, 'topic', 'std_msgs/msg/ColorRGBA')]
    definition = 'std_msgs/ColorRGBA color\n---\n'
    return [_custom(source, archetype, name, 'service', definition, 'color')]


def _place(source: random.Random, archetype: Archetype, name: str) -> list[Interface]:
    way = source.random()
    if way < 0.4:
        return [Interface(archetype, name, 'topic', 'geometry_msgs/msg/PoseStamped')]
    if way < 0.8:
        return [Interface(archetype, name, 'action', 'nav2_msgs/action/NavigateToPose', _NAVIGATE,
                          'pose')]
    return [_custom(source, archetype, name, 'action',
                    'geometry_msgs/PoseStamped target\nfloat32 speed\n---\n---\n', 'target')]


def _custom(
    source: random.Random, archetype: Archetype, name: str, noun: str, definition: str, key: str
) -> Interface:
    """Give an interface a type of its own."""
    words = name.rsplit('/', 1)[1].split('_')
    camel = ''.join(word[:1].upper() + word[1:] for word in words)
    folder = {'service': 'srv', 'action': 'action'}[noun]
    verb = source.choice(('', 'Set', 'Do')) if noun == 'service' else ''
    type_name = f'{source.choice(_PACKAGES)}/{folder}/{verb}{camel}'
    return Interface(archetype, name, noun, type_name, definition, key)
