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
The console without colours, keys or cursor: lines in, lines out; for people and for scripts.

Here the person answers with a word and Enter, and Ctrl-C stops the robot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
import sys

from ros2_nl_commander.cli.terminal.own_words import (
    asks_for_help, PLAIN_HELP, SCRIPT_HELP, wants_to_leave)
from ros2_nl_commander.cli.terminal.story import GOOD_ENDS, Line, line, one_line, Story
from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.ros.client import CommanderClient
from ros2_nl_commander.ros.following import Following
from ros2_nl_commander.ros.status import Stage, StatusReport

#: How often a person's Ctrl-C is let in while nothing happens [s].
LOOK_SEC = 0.2


class PlainConsole:
    """
    Talks to a person line by line.

    :param client: talks to the node
    :param robot: what is known about the robot, for the words
    :param read: asks the person for a line; EOFError ends the talk
    :param approves_all: approve whatever waits, without asking
    :param timeout_sec: how long the node may take to answer [s]
    """

    def __init__(
        self, client: CommanderClient, robot: RobotDescription, read: Callable[[str], str],
        approves_all: bool, timeout_sec: float,
    ) -> None:
        self._client = client
        self._robot = robot
        self._read = read
        self._approves_all = approves_all
        self._timeout_sec = timeout_sec

    def talk(self) -> None:
        """Carry on until the person leaves."""
        while True:
            try:
                sentence = self._read('> ').strip()
            except (EOFError, KeyboardInterrupt):
                print('\nleft the console', flush=True)
                return
            if wants_to_leave(sentence):
                print('left the console', flush=True)
                return
            self._take(sentence)

    def _take(self, sentence: str) -> None:
        try:
            if asks_for_help(sentence):
                _show(*(line('stage', text) for text in PLAIN_HELP))
            elif sentence:
                self._follow(sentence)
        except NodeError as error:
            _show(line('bad', str(error)))

    def _follow(self, sentence: str) -> None:
        following = self._client.send(sentence, self._timeout_sec)
        story = Story(self._robot, shows_all=True)
        while not following.is_over:
            try:
                self._step(following, story)
            except KeyboardInterrupt:
                self._stop()  # a second Ctrl-C gets through, and leaves

    def _step(self, following: Following, story: Story) -> None:
        report = following.next(LOOK_SEC)
        if report is None:
            return
        _show(*story.tell(report))
        if story.awaits_approval:
            self._decide(report.request_id)

    def _decide(self, request_id: str) -> None:
        try:
            answer = 'y' if self._approves_all else self._read('carry it out? y/n ')
        except EOFError:
            answer = 'n'
        if answer.strip().lower() in ('y', 'yes'):
            self._client.approve(request_id)
            _show(line('stage', 'approved'))
        else:
            self._client.refuse(request_id)
            _show(line('stage', 'refused'))

    def _stop(self) -> None:
        _show(line('stage', 'stopping the robot'))
        try:
            _show(line('good', f'stop confirmed: {self._client.stop()}'))
        except NodeError as error:
            _show(line('bad', str(error)))


def run_script(
    client: CommanderClient, sentences: Iterable[str], approves_all: bool, timeout_sec: float
) -> int:
    """
    Send sentences one after the other; one line of output for each.

    Empty lines and those that begin with ``#`` are none.

    :returns: 0 if all of them were generated or succeeded, 1 if not
    :raises NodeError: if the node does not answer; the sentences that follow are not sent
    :raises KeyboardInterrupt: after the robot was told to stop
    """
    ends = []
    for sentence in _sentences(sentences):
        try:
            report = _end_of(client, sentence, approves_all, timeout_sec)
        except KeyboardInterrupt:
            print(f'stopped: {client.stop()}', file=sys.stderr)
            raise
        print(one_line(report), flush=True)
        ends.append(report.stage)
    return 0 if GOOD_ENDS.issuperset(ends) else 1


def _sentences(lines: Iterable[str]) -> Iterator[str]:
    for sentence in map(str.strip, lines):
        if wants_to_leave(sentence):
            return
        if asks_for_help(sentence):
            print(*SCRIPT_HELP, sep='\n', file=sys.stderr, flush=True)
        elif sentence and not sentence.startswith('#'):
            yield sentence


def _end_of(
    client: CommanderClient, sentence: str, approves_all: bool, timeout_sec: float
) -> StatusReport:
    following = client.send(sentence, timeout_sec)
    while True:
        report = following.next(LOOK_SEC)
        if report is None:
            continue
        if report.stage is Stage.AWAITING_APPROVAL and approves_all:
            client.approve(report.request_id)
        elif report.stage is Stage.AWAITING_APPROVAL:
            print(f'{sentence!r} waits for approval of {report.request_id}: use --yes, or approve '
                  'it elsewhere; else it expires', file=sys.stderr, flush=True)
        if report.stage.is_terminal:
            return report


def _show(*lines: Line) -> None:
    for one in lines:
        print(f'  {one.text}', flush=True)
