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

import re
import unicodedata

#: In languages that robots are shouted at in; spaces between words, commas between sentences.
STOP_WORDS = (
    'stop, halt, freeze, abort, cancel, stand still, hold still, do not move, dont move, '
    'don t move, emergency stop, e stop, estop, whoa, '
    'stopp, anhalten, halt an, bleib stehen, stehen bleiben, nothalt, not halt, notaus, '
    'arrete, arretez, arret, arrete toi, arretez vous, arret d urgence, arret durgence, stoppe, '
    'para, parate, alto, detente, detengase, pare, parar, quieto, '
    'ferma, fermati, fermo, sta fermo, '
    'stoj, stoi, стоп, стой, zatrzymaj sie, staa, sta stille, seis, dur, '
    '停, 停止, 停下, 停下来, 止まれ, とまれ, 止まって, ストップ, 멈춰, 정지, قف, توقف, रुको, стій')

#: Words that add nothing: "please stop now!" is "stop".
_FILLERS = frozenset(
    'please now right immediately robot hey ok okay all everything it just the moving driving '
    'here there that this bitte sofort jetzt svp maintenant ya ahora por favor subito per '
    'favore'.split())


def is_stop(sentence: str, more: str = '') -> bool:
    """
    Tell whether a sentence says stop and nothing else.

    :param more: sentences that do besides ``STOP_WORDS``, commas between them
    """
    known = {_plain(word) for word in f'{STOP_WORDS},{more}'.split(',')} - {''}
    words = _plain(sentence).split()
    meant = [word for word in words if word not in _FILLERS]
    # "stop stop halt" too.
    return ' '.join(words) in known or ' '.join(meant) in known or (
        bool(meant) and all(word in known for word in meant))


def _plain(text: str) -> str:
    """Leave letters and single spaces, without accents and in lower case."""
    decomposed = unicodedata.normalize('NFKD', text.casefold().replace('\u2019', "'"))
    letters = ''.join(one for one in decomposed if unicodedata.category(one) != 'Mn')
    return ' '.join(re.sub(r'[^\w\s]|_', ' ', letters.replace("'", '')).split())
