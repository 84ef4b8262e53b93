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


"""Words of which a thing is only one."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.errors import UnsaidError
from ros2_nl_commander.language.said.evidence import check_said
from ros2_nl_commander.language.said.opposites import check_opposites


@pytest.mark.parametrize('sentence, body, said, spelt', [
    ('plug in at the east charger', 'station: north charger', 'east', 'north'),
    ('blue lamp on', 'lamp: GREEN', 'blue', 'green'),
    ('slide out the middle tray', 'tray: UPPER_TRAY, extended: true', 'middle', 'upper'),
    ('the centre one', 'tray: lowerTray', 'centre', 'lower'),
    ('turn to the left', 'turn right 90 deg', 'left', 'right'),
    ('a quarter turn counter-clockwise', 'turn right 90 deg', 'counterclockwise', 'right'),
    ('go backwards 2 m', 'forward 2 m', 'backward', 'forward'),
    ('the rear lamps please', '{which: FrontLamps, count: 1}', 'rear', 'front'),
])
def test_another_word_of_its_kind_is_refused(sentence, body, said, spelt):
    with pytest.raises(UnsaidError, match=f'you said {said}, and this would be {spelt}'):
        check_opposites(sentence, body)
    with pytest.raises(UnsaidError):
        check_said(sentence, f'/it {body}')


@pytest.mark.parametrize('sentence, body', [
    ('push the bottom tray back in', 'tray: LOWER'), ('amber light', 'light: orange'),
    ('turn 90 degrees counter clockwise', 'turn left 90 deg'), ('red lamp on', 'lamp: RED'),
    ('the pedestrian on your right has passed, turn left', 'turn left'),
    ('the lamp on', 'lamp: green'),  # none was said
    ('close the valve', 'open: false'),  # a name of a field is no value
    ('the left lamps blue', '[{red: 0}, {blue: 255}]'),
    ('you are too far to the left', 'strafe right a bit'), ("don't go left", 'turn right'),
    ('the gate is still open', 'position: closed'),
    ('show it in red', ''),
])
def test_what_may_be_meant_passes(sentence, body):
    check_opposites(sentence, body)
