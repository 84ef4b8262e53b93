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

"""Where sentences of several steps are cut."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.steps import split_steps


@pytest.mark.parametrize('sentence, steps', [
    ('go to ward 3, then open the left tray', ('go to ward 3', 'open the left tray')),
    ('go to ward 3 and open the left tray', ('go to ward 3', 'open the left tray')),
    ('drive 1 m, turn right, drive another meter',
     ('drive 1 m', 'turn right', 'drive another meter')),
    ('First dock, and after that switch the lights off.', ('dock', 'switch the lights off')),
    ('vacuum the hallway and when you are done go to the kitchen',
     ('vacuum the hallway', 'go to the kitchen')),
    ('drill tube 4 and seal it after that', ('drill tube 4', 'seal it')),
    ('siren on; siren off', ('siren on', 'siren off')),
    ('say "first this, then that"', ('say "first this, then that"',)),
    ('say "wait, and see" then dock', ('say "wait, and see"', 'dock')),
    ('go to the sandpit', ('go to the sandpit',)),
    ('drive 1,5 m and turn left', ('drive 1,5 m', 'turn left')),
    ('pour 1,000 ml, ring the bell', ('pour 1,000 ml', 'ring the bell')),
    ('up one hundred and twenty cm and turn left', ('up one hundred and twenty cm', 'turn left')),
    ('forward 2 and a half metres and stop', ('forward 2 and a half metres', 'stop')),
    ("say 'ready, set, go' and drive", ("say 'ready, set, go'", 'drive')),
    ("it's dark, don't wait and go", ("it's dark", "don't wait", 'go')),
    ('drive next to the wall and turn left', ('drive next to the wall', 'turn left')),
    ('then', ('then',))])
def test_sentences_are_cut(sentence, steps):
    assert split_steps(sentence) == steps
