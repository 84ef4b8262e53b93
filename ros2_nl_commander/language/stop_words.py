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
Sentences that say stop and nothing else: they never wait for a model.

Only whole sentences count. "stop at ward 3" and "stop the music" are requests like any other.
"""

from __future__ import annotations

from functools import lru_cache
import re
import unicodedata

from ros2_nl_commander.language.said.identifiers import name_as_said

#: In languages that robots are shouted at in; spaces between words, commas between sentences.
STOP_WORDS = (
    # English
    'stop, halt, freeze, abort, cancel, stand still, hold still, do not move, dont move, '
    'don t move, emergency stop, e stop, estop, whoa, full stop, dead stop, stop dead, '
    'stop at once, stop motors, stop engines, stop what you are doing, stop what youre doing, '
    'stop what you re doing, brake, brakes, hit brakes, emergency brake, stop motor, stop engine, '
    'stay where you are, come to a stop, dont go, don t go, do not go, dont drive, don t drive, '
    'do not drive, stop this instant, '
    # German, Dutch, Swedish, Norwegian, Danish
    'stopp, stoppen, anhalten, halt an, halte an, bleib stehen, stehen bleiben, stehenbleiben, '
    'nothalt, not halt, notaus, bremse, bremsen, brems, notbremse, notbremsung, vollbremsung, '
    'alles stopp, stopp alles, alles anhalten, motoren stopp, hor auf damit, '
    'sta stil, stanna, stoppa, sta still, stans, sta stille, stands, '
    # French
    'arrete, arretez, arreter, arret, arrete toi, arretez vous, arret d urgence, arret durgence, '
    'stoppe, stoppez, halte, ne bouge pas, ne bougez pas, freine, freinez, freiner, '
    'freinage d urgence, freinage durgence, frein d urgence, frein durgence, arrete tout, '
    'arretez tout, stoppe tout, arret complet, arrete les moteurs, arrete ce que tu fais, '
    'arrete immediatement, arretez immediatement, '
    # Spanish, Portuguese, Italian, Catalan, Romanian
    'para, parate, alto, detente, detengase, pare, paren, parem, parar, quieto, no te muevas, '
    'frena, frene, frenen, frenar, freno de emergencia, parada de emergencia, alto total, '
    'detente ahora mismo, para los motores, deja lo que estas haciendo, '
    'ferma, fermati, fermatevi, fermo, sta fermo, frenate, frenare, frenata di emergenza, '
    'frenata demergenza, freno demergenza, freno di emergenza, arresto di emergenza, '
    'arresto demergenza, ferma tutto, fermate tutto, ferma i motori, '
    'alt, atura, aturat, opreste, opreste te, '
    # Polish, Czech, Slovak, Croatian, Slovenian
    'stoj, stoi, zatrzymaj sie, stuj, zastav, zastavte, stani, stanite, ustavi, ustavi se, '
    # Russian, Ukrainian, Bulgarian
    'стоп, стой, стойте, остановись, остановитесь, стоять, замри, не двигайся, стій, стійте, '
    'зупинись, зупиніться, спри, спрете, '
    # Finnish, Estonian, Hungarian, Lithuanian, Latvian, Turkish, Greek
    'seis, pysahdy, peatu, allj, allj meg, sustok, apstajies, dur, durun, σταμάτα, σταματήστε, '
    'στοπ, '
    # Chinese, Japanese, Korean
    '停, 停止, 停下, 停下来, 停下來, 停车, 停車, 停一下, 请停, 请停下, 请停止, 快停, 快停下, 急停, '
    '紧急停止, 站住, 别动, 不要动, 止まれ, とまれ, 止まって, とまって, 止まってください, ストップ, '
    '停止して, 緊急停止, 動くな, 멈춰, 멈춰요, 멈추세요, 정지, 그만, 스톱, '
    # Arabic, Persian, Hebrew, Hindi, Vietnamese, Indonesian, Thai
    'قف, توقف, ایست, بایست, עצור, תעצור, रुको, रुकिए, रुक जाओ, dừng lại, berhenti, หยุด')

#: Words that add nothing: "can you please stop moving now" is "stop".
_FILLERS = (
    'please can could would will you now right immediately robot hey oh ok okay all everything '
    'it just the moving driving turning going rolling spinning rotating flying walking swimming '
    'sailing here there that this quick quickly plz pls already everybody everyone forward '
    'motion drone boat vehicle car '
    'bitte sofort jetzt roboter svp maintenant ya ahora por favor subito per favore '
    'пожалуйста робот сейчас nu genast lutfen 请 机器人 ロボット 로봇')

#: Before a stop these only add weight; "no stop" itself says the contrary.
_NO_NO = re.compile(r'\b(?:no\s+){2,}|\bno\s*[,.!]+')


def is_stop(sentence: str, more: str = '', robot: str = '') -> bool:
    """
    Tell whether a sentence says stop and nothing else.

    :param more: sentences that do besides ``STOP_WORDS``, commas between them
    :param robot: its name; "porter, stop!" is "stop"
    """
    known = _plain_ones(f'{STOP_WORDS},{more}', ',')
    fillers = _plain_ones(_FILLERS, ' ')
    said = _plain(_NO_NO.sub(' ', sentence.casefold()))
    # A robot may be called Stop.
    for text in (said, name_as_said(_plain(robot)).sub(' ', said)):
        meant = [word for word in text.split() if word not in fillers]
        # "stop stop halt" too.
        if ' '.join(meant) in known or (meant and all(word in known for word in meant)):
            return True
    return said in known


@lru_cache(8)
def _plain_ones(texts: str, separator: str) -> frozenset[str]:
    return frozenset(map(_plain, texts.split(separator))) - {''}


def _plain(text: str) -> str:
    """Leave letters and single spaces, without accents, drawls ("stooop") and capitals."""
    plain = unicodedata.normalize('NFKD', text.replace('\u2019', "'"))
    # Once more: there are letters that only their small form is made of others.
    decomposed = unicodedata.normalize('NFKD', plain.casefold())
    letters = ''.join(one for one in decomposed if unicodedata.category(one) != 'Mn')
    words = ' '.join(re.sub(r'[^\w\s]|_', ' ', letters.replace("'", '')).split())
    return re.sub(r'([^\W\d])\1{2,}', r'\1', words)
