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

"""What can be completed at the prompt: places, names, choices, and sentences of before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
import re

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from ros2_nl_commander.cli.terminal.own_words import OWN_WORDS
from ros2_nl_commander.language.codec import parse_command
from ros2_nl_commander.language.errors import CommandSyntaxError
from ros2_nl_commander.language.names import visible
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.ros.status import StatusReport

_WORD_START = re.compile(r'(?<!\S)(?=\S)')


class Vocabulary(Completer):
    """
    Knows what a robot is asked about, and learns from what the node says.

    :param robot: what is known about it; may be empty
    """

    def __init__(self, robot: RobotDescription) -> None:
        self._phrases: dict[str, str] = {}
        self._sentences: dict[str, str] = {}
        for place in robot.places:
            self._phrases[place] = 'place'
        for name in (*robot.topics, *robot.services, *robot.actions):
            self._add_name(name, robot.about.get(name, ''))
        for choices in robot.choices.values():
            for value in (value for values in choices.values() for value in values):
                if isinstance(value, str):
                    self._phrases[value] = 'choice'

    def learn(self, reports: Iterable[StatusReport]) -> None:
        """Remember sentences and names that the node has spoken of, whoever asked."""
        for report in reports:
            if visible(report.instruction) == report.instruction:
                self._sentences[report.instruction] = 'said before'
            for command in report.command.splitlines():
                try:
                    self._add_name(parse_command(command).name, '')
                except CommandSyntaxError:
                    continue  # of a node that knows more forms of command than this console

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterator[Completion]:
        """Give what begins as the sentence does, then what begins as its last words do."""
        text = document.text_before_cursor.lstrip()
        if not text:
            return
        yield from _matches(self._sentences, text)
        yield from _matches(OWN_WORDS, text)
        for start in _WORD_START.finditer(text):
            yield from _matches(self._phrases, text[start.start():])

    def _add_name(self, name: str, about: str) -> None:
        """Take a name as it is, and as people would say it: ``tray lock``."""
        spoken = name.rpartition('/')[2].replace('_', ' ')
        self._phrases.setdefault(spoken, about or name)
        self._phrases.setdefault(name, about or 'name')


def _matches(known: dict[str, str], start: str) -> Iterator[Completion]:
    for phrase, remark in known.items():
        if phrase.casefold().startswith(start.casefold()) and phrase != start:
            yield Completion(phrase, -len(start), display_meta=remark)
