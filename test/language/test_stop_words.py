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
    "arrêt d'urgence", 'don´t move', '停下来', 'stop\nstop',
    'stop driving', 'stop turning', 'stop moving', 'can you stop', 'Could you please stop?',
    'stop at once', 'Full stop!', 'all stop', 'ALL STOP', 'stop motors', 'Stop the motors!',
    'stop all motors now', 'stop the engines', 'stop what you are doing', 'stop dead', 'dead stop',
    "stop what you're doing", 'stop what you\u2019re doing', 'brake', 'Brake! Brake!', 'brakes!',
    'hit the brakes', 'emergency brake', 'braaake', 'brake, stop',
    'quick, stop', 'stop quickly', 'plz stop', 'stop this instant', 'stop already',
    'everybody stop', 'stop flying', 'stop driving forward', 'stop the motor', 'stop all motion',
    'stop the drone', "don't go", 'do not drive', 'stay where you are', 'come to a stop',
    '\U0001d5e6\U0001d5e7\U0001d5e2\U0001d5e3',
    'please stop now', 'no no stop', 'No, stop!', 'No! No! Stop!', 'STOOOP', 'haaalt'])
def test_stops(sentence):
    assert is_stop(sentence)


@pytest.mark.parametrize('sentence', [
    '', '!!!', 'stop at ward 3', 'stop the music', "don't stop", 'when should I stop',
    'halt the conveyor belt', 'go', 'please', 'now', 'no', 'non-stop', 'bus stop', 'stopwatch',
    'cancel the delivery', 'freeze the vaccine box', 'stop, then go to ward 3', 'all', 'no stop',
    'stop the belt', 'do not stop', 'hold', 'hold on', 'wait', 'wait here', 'pause', 'stop patrol',
    'stop the patrol', 'abort mission', 'abort the mission', 'cancel the goal', 'brake on',
    'release the brake',
    'release the brakes', 'brake lights on', 'brake at ward 3', 'test the brakes', 'full', 'dead',
    'full speed', 'motors', 'stop the left motor', 'at once', 'go at once', 'emergency',
    'stop what the arm is doing', 'turn the engines off', 'forward', 'drive forward', 'quick',
    "don't go to ward 3", 'the car', 'do not drive forward yet'])
def test_does_not_stop(sentence):
    assert not is_stop(sentence)


@pytest.mark.parametrize('sentence', [
    'остановись', 'Стой!', 'стооой', 'стоп', 'пожалуйста, остановись', '停', '停车', '停下', '停!停!停!',
    '请停下', '止まれ', 'とまれ!', '止まってください', '멈춰', 'stanna!', 'Stå still', 'stans', 'Stój!',
    'zatrzymaj się', 'Zastav!', 'állj', 'Pysähdy', 'Dur!', 'σταμάτα', 'No te muevas',
    'Ne bouge pas !', 'Fermatevi!', 'Oprește-te', 'قف', 'עצור', 'रुको', 'Dừng lại!', 'หยุด',
    'Berhenti', 'зупинись', 'Bremsen!', 'Bremse!', 'sofort bremsen', 'Notbremsung!',
    'Vollbremsung',
    'Alles stopp!', 'Hör auf damit!', 'Freine !', 'freinez', "Freinage d'urgence !", 'arrête tout',
    'Arrête immédiatement', 'arrête les moteurs', '¡Frena!', 'frene', 'frenar ya',
    '¡Parada de emergencia!', 'Frena subito', 'Frenate!', "Arresto d'emergenza", 'ferma tutto'])
def test_stops_in_other_languages(sentence):
    assert is_stop(sentence)


@pytest.mark.parametrize('sentence', [
    'warte', 'Pause', 'Halte die Tür auf', 'Bremsen lösen', 'bremse vor der Tür', 'alles',
    'attends', 'arrête la musique', 'freine devant la porte', 'les moteurs', 'espera',
    'para la música', 'para mí', 'frena en la puerta', 'todo', 'aspetta', 'ferma la musica',
    'freno', 'tutto', 'frena alla porta'])
def test_does_not_stop_in_other_languages(sentence):
    assert not is_stop(sentence)


@pytest.mark.parametrize('sentence', [
    'porter stop', 'Porter, STOP!', 'stop, porter', 'hey porter please stop', 'стой, Porter'])
def test_the_robot_may_be_called_by_its_name(sentence):
    assert is_stop(sentence, robot='porter')
    assert not is_stop(sentence, robot='other')


@pytest.mark.parametrize('sentence', ['tug 7, stop', 'Tug7, stop!', 'stop, tug-7'])
def test_the_number_of_a_name_may_stand_apart(sentence):
    assert is_stop(sentence, robot='tug7') and is_stop(sentence, robot='tug_7')
    assert not is_stop('tug 77 stop', robot='tug7')


@pytest.mark.parametrize('name', ['stop', 'Halt 2', '', '!', 'robot', 'rex 3'])
def test_no_name_of_a_robot_is_in_the_way(name):
    assert is_stop('stop!', robot=name) and is_stop(f'{name} stop', robot=name)
    assert not is_stop('go', robot=name)


#: Each asks for something else, whatever adds no meaning to a stop comes before or after it.
OTHERS = (
    'stop the siren', 'stop the music', "don't stop", 'do not stop', 'stop at ward 3',
    'go to the bus stop', 'stop turning the tray', 'stop moving the arm', 'can I stop', 'no stop',
    'turn right', 'keep moving', "can't stop", 'stop after ward 3', 'stop when you are there',
    'не останавливайся', '不要停', 'stanna inte', '止まらないで', 'ne t arrête pas', 'porter goes')


@pytest.mark.parametrize('sentence', OTHERS)
def test_what_stops_something_else_is_no_stop_however_it_is_put(sentence):
    for one in (sentence, f'please {sentence}', f'{sentence} now!', f'porter, {sentence}',
                f'can you {sentence}?', f'No, {sentence}!', sentence.upper()):
        assert not is_stop(one, robot='porter'), one


def test_words_may_be_added():
    assert is_stop('Brrr!', 'brrr, hoo there') and is_stop('hoo there', 'brrr, hoo there')
    assert not is_stop('brrr')
