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

"""Words that are meant for the console itself: a robot never hears them."""

from __future__ import annotations

_HELP = ('help', '?')
_LEAVE = ('exit', 'quit')

#: For completion: each with a remark.
OWN_WORDS = {'help': 'keys, how to stop, how to leave', **dict.fromkeys(_LEAVE, 'leave')}

SCREEN_HELP = (
    'type a sentence and Enter; Tab completes, arrows and Ctrl-R find what was said before',
    'Esc stops the robot at any time, Ctrl-C while something is carried out; "stop" does, too',
    'where a command waits for approval: y carries it out, n refuses it',
    'exit, quit, Ctrl-D, and Ctrl-C while nothing is carried out, leave the console')

PLAIN_HELP = (
    'type a sentence and Enter; the arrow keys find what was said before',
    'Ctrl-C while something is carried out stops the robot; "stop" as a sentence does, too',
    'where a command waits for approval: y and Enter carry it out, anything else refuses it',
    'exit, quit, Ctrl-D, and Ctrl-C while nothing is carried out, leave the console')

SCRIPT_HELP = (
    'each line is a sentence; empty lines and those that begin with # are skipped',
    'exit or quit ends the script; Ctrl-C stops the robot and ends it',)


def asks_for_help(sentence: str) -> bool:
    """Tell whether somebody wants to know how the console is used."""
    return sentence.strip().casefold() in _HELP


def wants_to_leave(sentence: str) -> bool:
    """Tell whether somebody wants to leave the console."""
    return sentence.strip().casefold() in _LEAVE
