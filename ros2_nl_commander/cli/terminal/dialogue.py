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

"""The talk of a person with a robot at a terminal: sentence by sentence, with keys."""

from __future__ import annotations

from ros2_nl_commander.cli.terminal.own_words import (
    asks_for_help, SCREEN_HELP, wants_to_leave)
from ros2_nl_commander.cli.terminal.run_view import RunView
from ros2_nl_commander.cli.terminal.screen import Screen, StopPressed
from ros2_nl_commander.cli.terminal.story import line, Story
from ros2_nl_commander.cli.terminal.vocabulary import Vocabulary
from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.ros.client import CommanderClient

HELP = ('type a sentence; Tab completes, Ctrl-R searches what was said before, help says more, '
        'Esc stops the robot, Ctrl-C leaves')


class Dialogue:
    """
    Talks to a person.

    :param client: talks to the node
    :param screen: asks and shows
    :param vocabulary: learns from what is said
    :param robot: what is known about the robot, for the words
    :param approves_all: approve whatever waits, without asking
    :param timeout_sec: how long the node may take to answer [s]
    """

    def __init__(
        self, client: CommanderClient, screen: Screen, vocabulary: Vocabulary,
        robot: RobotDescription, approves_all: bool, timeout_sec: float,
    ) -> None:
        self._client = client
        self._screen = screen
        self._vocabulary = vocabulary
        self._robot = robot
        self._approves_all = approves_all
        self._timeout_sec = timeout_sec

    def talk(self) -> None:
        """Carry on until the person leaves."""
        self._screen.say([line('stage', HELP)])
        try:
            while True:
                self._take_turn()
        except EOFError:
            self._screen.say([line('stage', 'left the console')])
        except KeyboardInterrupt:
            self._screen.say([line('bad', 'left the console; no stop is confirmed')])

    def _take_turn(self) -> None:
        self._vocabulary.learn(self._client.overhear())
        try:
            sentence = self._screen.ask()
            if wants_to_leave(sentence):
                raise EOFError
            if asks_for_help(sentence):
                self._screen.say(line('stage', text) for text in SCREEN_HELP)
            elif sentence:
                self._follow(sentence)
        except StopPressed:
            self._stop()
        except NodeError as error:
            self._screen.say([line('bad', str(error))])

    def _follow(self, sentence: str) -> None:
        story = Story(self._robot, shows_all=False)
        following = self._client.send(sentence, self._timeout_sec)
        RunView(self._client, self._screen, following, story, self._approves_all).run()
        if story.last is not None:
            self._vocabulary.learn([story.last])

    def _stop(self) -> None:
        self._screen.say([line('stage', 'stopping the robot')])
        self._screen.say([line('good', f'stop confirmed: {self._client.stop()}')])
