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

"""Robots that nobody built: a name, a base, places, and a handful of things with made-up names."""

from __future__ import annotations

from dataclasses import dataclass
import random

from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.robot_sections import Place
from ros2_nl_commander.training.synthesis.archetypes import Archetype, load_archetypes
from ros2_nl_commander.training.synthesis.interfaces import Interface, make_interfaces

_NAMES = ('atlas bolt carla dusty echo fetch gizmo henry iris juno kiwi luna milo nova otto pixel '
          'quark rosie spark titan uno vega wally xeno yuki zippy amr_7 agv2 rover unit_3 base01 '
          'helper scout mule carrier').split()
_PLACES = ('kitchen,office,lobby,reception,ward 1,ward 2,ward 3,pharmacy,dock,charging station,'
           'storage,shelf 4,shelf 12,table 1,table 2,table 7,gate A,gate B,loading bay,workshop,'
           'lab,meeting room,canteen,bathroom,bedroom,living room,entrance,exit,elevator,garage,'
           'room 101,room 204,line 3,cell 2,packing station,library,greenhouse,barn,field 2,pier,'
           'helipad,home base,waypoint a,waypoint b,checkpoint 5,bay 9,archive,hall,terrace'
           ).split(',')
#: A base, the kinds of motion sentences that suit it, and its axes where limits are given.
_BASES = {
    'wheels': (('any', 'nonholonomic'), {'linear.x': 0.5, 'angular.z': 1.0}),
    'omni': (('any', 'sideways'), {'linear.x': 0.6, 'linear.y': 0.4, 'angular.z': 1.2}),
    'flying': (('any', 'sideways', 'vertical'),
               {'linear.x': 2.0, 'linear.y': 2.0, 'linear.z': 1.0, 'angular.z': 1.0}),
}
_TOPICS = ('cmd_vel', 'cmd_vel', 'cmd_vel', 'cmd_vel_nav', 'base/cmd_vel', 'velocity', 'twist_cmd',
           'diff_drive_controller/cmd_vel', 'base_controller/command')
#: Archetypes whose sentences could be meant for one another; a robot has one of each at most.
_RIVALS = (('mast_height', 'torso_lift', 'hover_height', 'target_depth'),
           ('camera_pan', 'compass_heading'), ('dock', 'home'), ('vacuum', 'open_gripper'),
           ('headlights', 'left_lamp'), ('headlights', 'room_light'), ('volume', 'mute'),
           ('drill', 'spindle_speed'), ('exposure_time', 'delay_ms', 'wait'),
           ('dose', 'feed_amount'), ('floor', 'channel'), ('say', 'display'),
           ('cleaning_mode', 'gait', 'mood', 'arm_pose'), ('door_lock', 'open_hatch'),
           ('start_mission', 'resume_mission'), ('follow_me',), ('conveyor', 'belt_speed'),
           ('camera', 'recording', 'take_photo'), ('fan', 'fan_speed'),
           ('heater', 'heated_seat', 'room_temperature'), ('gripper_width', 'close_gripper'),
           ('display', 'print_label', 'log_note'), ('hover_height', 'takeoff'))


@dataclass(frozen=True, slots=True)
class MadeRobot:
    """
    A robot and what it was made of.

    :param description: what a model reads
    :param interfaces: its things
    :param base: topic of its velocities; empty if it has none
    :param motions: kinds of motion sentences
    """

    description: RobotDescription
    interfaces: tuple[Interface, ...]
    base: str
    motions: tuple[str, ...]

    def has(self, name: str) -> bool:
        """Tell whether it has an archetype, or one whose sentences could be meant for it."""
        own = {interface.archetype.names[0] for interface in self.interfaces}
        return name in own or any(name in rivals and own & set(rivals) for rivals in _RIVALS)


def make_robot(source: random.Random) -> MadeRobot:
    """Make a robot."""
    name = source.choice(_NAMES)
    prefix = source.choice(('', '', f'/{name}', f'/{name}', '/robot', f'/fleet/{name}', '/r1'))
    interfaces = [one for archetype in _archetypes(source)
                  for one in make_interfaces(source, archetype, _named(source, prefix, archetype))]
    unique = {interface.name: interface for interface in interfaces}
    base = f'{prefix}/{source.choice(_TOPICS)}' if source.random() < 0.7 else ''
    kind = source.choices(tuple(_BASES), (5, 2, 1))[0]
    motions, axes = _BASES[kind]
    has_limits = source.random() < 0.6
    if base and not has_limits:
        motions = ('any', 'sideways')
    places = tuple(source.sample(_PLACES, source.randint(2, 8))) if any(
        one.archetype.group == 'place' for one in interfaces) else ()
    description = _described(source, name, list(unique.values()), base, places)
    limits = {base: {path: (-top, top) for path, top in axes.items()}} if (
        base and has_limits) else {}
    return MadeRobot(_with_limits(description, limits), tuple(unique.values()), base,
                     motions if base else ())


def _archetypes(source: random.Random) -> list[Archetype]:
    chosen: list[Archetype] = []
    wanted = source.randint(4, 18)
    for archetype in source.sample(load_archetypes(), len(load_archetypes())):
        taken = {one.names[0] for one in chosen}
        clash = any(archetype.names[0] in rivals and taken & set(rivals) for rivals in _RIVALS)
        if not clash and len(chosen) < wanted:
            chosen.append(archetype)
    navigation = load_archetypes()[-1]
    if source.random() < 0.45 and navigation not in chosen:
        chosen.append(navigation)
    return chosen


def _named(source: random.Random, prefix: str, archetype: Archetype) -> str:
    name = source.choice(archetype.names)
    if source.random() < 0.12:
        first, *rest = name.split('_')
        name = first + ''.join(word.capitalize() for word in rest)
    elif source.random() < 0.12 and archetype.group != 'trigger':
        name = source.choice((f'set_{name}', f'{name}_cmd', f'{name}/command', f'{name}_control'))
    return f'{prefix}/{name}'


def _described(
    source: random.Random, name: str, interfaces: list[Interface], base: str,
    places: tuple[str, ...],
) -> RobotDescription:
    nouns: dict[str, dict[str, str]] = {'topic': {}, 'service': {}, 'action': {}}
    order = [*interfaces]
    source.shuffle(order)
    if base:
        kind = source.choice(('Twist', 'Twist', 'TwistStamped'))
        nouns['topic'][base] = f'geometry_msgs/msg/{kind}'
    for interface in order:
        nouns[interface.noun][interface.name] = interface.type_name
    talks = source.random()
    about = {one.name: _about(one) for one in order
             if one.archetype.about and (talks < 0.45 or source.random() < 0.15
                                         or one.archetype.unit)}
    return RobotDescription(
        name, nouns['topic'], nouns['service'], nouns['action'],
        places={place: Place('map', round(source.uniform(-20, 20), 1),
                             round(source.uniform(-20, 20), 1), 0.0) for place in places},
        about=about,
        choices={one.name: {one.field: one.choices} for one in order if one.choices},
        definitions={one.type_name: one.definition for one in order if one.definition})


def _about(interface: Interface) -> str:
    about = interface.archetype.about
    return {'true': f'switches on: {about.split(",")[0]}',
            'false': f'switches off: {about.split(",")[0]}'}.get(interface.meaning, about)


def _with_limits(
    robot: RobotDescription, limits: dict[str, dict[str, tuple[float, float]]]
) -> RobotDescription:
    return RobotDescription(robot.robot, robot.topics, robot.services, robot.actions, robot.places,
                            robot.about, robot.choices, limits, robot.definitions)
