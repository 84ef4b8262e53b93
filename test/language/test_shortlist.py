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

"""Which of very many interfaces a sentence may mean."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.robot_sections import Place
from ros2_nl_commander.language.shortlist import ALWAYS, InterfaceIndex

SIZE = 20
PLANT = RobotDescription(
    'plant',
    topics={'/agv/cmd_vel': 'geometry_msgs/msg/Twist',
            '/agv/goal': 'geometry_msgs/msg/PoseStamped',
            **{f'/line_{line}/valve_{valve}/position': 'std_msgs/msg/Float64'
               for line in range(20) for valve in range(20)}},
    services={'/gate/open': 'std_srvs/srv/Trigger', '/siren': 'std_srvs/srv/SetBool',
              **{f'/pump_{pump}/enable': 'std_srvs/srv/SetBool' for pump in range(100)}},
    actions={'/agv/LookupTransform': 'test_msgs/action/Fibonacci'},
    places={'packing station': Place('map', 1.0, 2.0, 0.0)},
    about={'/siren': 'loud warning for everybody in the hall'},
    limits={'/siren': {}, '/line_3/valve_7/position': {'data': (0.0, 1.0)}})


@pytest.mark.parametrize('sentence, name', [
    ('open the gate', '/gate/open'), ('drive two metres forward', '/agv/cmd_vel'),
    ('turn right', '/agv/cmd_vel'), ('take it to the packing station', '/agv/goal'),
    ('pump 42 on', '/pump_42/enable'),
    ('set valve 7 of line 3 to half', '/line_3/valve_7/position'),
    ('WARN everybody', '/siren'), ('lookup the transform', '/agv/LookupTransform')])
def test_the_interface_that_is_meant_is_kept(sentence, name):
    kept = InterfaceIndex(PLANT, SIZE).shortlist(sentence)
    assert name in {*kept.topics, *kept.services, *kept.actions}
    assert len(kept.topics) + len(kept.services) + len(kept.actions) == SIZE


@pytest.mark.parametrize('sentence', ['pump 42 on', 'whoa', ''])
def test_what_moves_the_robot_is_kept_for_every_sentence(sentence):
    index = InterfaceIndex(PLANT, SIZE)
    always, kept = index.always(), index.shortlist(sentence)
    assert {'/agv/cmd_vel', '/agv/goal'} < always.topics.keys() <= kept.topics.keys()
    assert always.places == PLANT.places and always.services.keys() <= kept.services.keys()


def names_always_read(robot):
    always = InterfaceIndex(robot).always()
    return {*always.topics, *always.services, *always.actions}


def test_as_many_are_always_read_and_few_change_with_the_graph():
    before, first = names_always_read(PLANT), [*PLANT.topics][:ALWAYS]
    assert len(before) == ALWAYS and not before <= {*first}
    changes = []
    for number in range(50):
        grown = replace(PLANT, topics={f'/new_{number}': 'std_msgs/msg/Bool', **PLANT.topics})
        changes.append(len(names_always_read(grown) - before))
    assert max(changes) <= 1 and sum(changes) < 5


def test_a_crowd_of_few_has_nothing_twice():
    few = RobotDescription('few', services={f'/{name}': 'std_srvs/srv/Trigger' for name in 'abcd'})
    assert list(InterfaceIndex(few, whole=3).always().services) == ['/a', '/b', '/c', '/d']


def test_who_is_among_those_that_are_always_read_costs_nothing_more():
    index = InterfaceIndex(PLANT)
    names = [*PLANT.topics, *PLANT.services, *PLANT.actions]
    scores = [float(name in ('/agv/cmd_vel', '/siren')) for name in names]
    kept = index.shortlist('', scores, enough=2)
    assert {*kept.services} - {*index.always().services} == {'/siren'}
    assert index.shortlist('', scores, enough=1) == index.always()


def test_of_what_moves_velocities_come_first_and_there_is_a_bound():
    fleet = RobotDescription('fleet', topics={
        **{f'/goal_{number}': 'geometry_msgs/msg/PoseStamped' for number in range(SIZE)},
        '/estimate': 'geometry_msgs/msg/PoseWithCovarianceStamped',
        '/wheels': 'geometry_msgs/msg/Twist'}, actions={'/go': 'nav2_msgs/action/NavigateToPose'})
    always = InterfaceIndex(fleet, whole=3).always().topics
    assert '/wheels' in always and len(always) == ALWAYS and '/estimate' not in always


def test_what_is_kept_is_as_it_was():
    kept = InterfaceIndex(PLANT, SIZE).shortlist('valve 7 of line 3')
    assert list(kept.topics) == [name for name in PLANT.topics if name in kept.topics]
    assert kept.limits == {'/line_3/valve_7/position': {'data': (0.0, 1.0)}}
    assert kept.places == PLANT.places and kept.robot == 'plant'


def test_small_robots_are_read_whole():
    small = RobotDescription('small', services={'/dock': 'std_srvs/srv/Trigger'})
    index = InterfaceIndex(small, SIZE)
    assert not index.is_crowded and index.shortlist('anything') is small is index.always()


@pytest.mark.parametrize('sentence', ['', '???', 'qqqq', '\u0639\u0631\u0628\u064a', 'a' * 5000])
def test_any_sentence_gives_as_many(sentence):
    kept = InterfaceIndex(PLANT, SIZE).shortlist(sentence)
    assert len(kept.topics) + len(kept.services) + len(kept.actions) == SIZE
