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

"""Which sentences stop the robot without asking a model, and which must not."""

from __future__ import annotations

import pytest
from ros2_nl_commander.language.stop_words import is_stop


@pytest.mark.parametrize('sentence', [
    'stop', 'STOP!', 'Stop!!!', 'please stop', 'stop now please', 'stop stop stop', 'Halt.',
    'freeze', 'hey robot, stop', 'emergency stop', 'E-STOP', "don't move", 'don\u2019t move!',
    'Arrête !', 'arrete-toi', 'ALTO', '¡Para!', 'fermati subito', 'стоп', '停止', 'ストップ!',
    'Bitte anhalten', 'stop everything', 'ok stop it', '  stop  ',
    'stop the robot', 'stop moving', 'Stop! Halt!', 'stop right there', 'Not-Halt!',
    "arrêt d'urgence", 'don´t move', '停下来', 'stop\nstop'])
def test_stops(sentence):
    assert is_stop(sentence)


@pytest.mark.parametrize('sentence', [
    '', '!!!', 'stop at ward 3', 'stop the music', "don't stop", 'when should I stop',
    'halt the conveyor belt', 'go', 'please', 'now', 'no', 'non-stop', 'bus stop', 'stopwatch',
    'cancel the delivery', 'freeze the vaccine box', 'stop, then go to ward 3', 'all', 'no stop',
    'stop the belt', 'do not stop'])
def test_does_not_stop(sentence):
    assert not is_stop(sentence)


def test_words_may_be_added():
    assert is_stop('Brrr!', 'brrr, hoo there') and is_stop('hoo there', 'brrr, hoo there')
    assert not is_stop('brrr')
