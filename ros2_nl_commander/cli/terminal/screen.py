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
The terminal of a person: the prompt with its keys and history, and lines in colour.

Colours are left out where ``NO_COLOR`` is set; what then remains moves the cursor only.
"""

from __future__ import annotations

from collections.abc import Iterable
import os
from pathlib import Path
import sys

from prompt_toolkit import print_formatted_text, PromptSession
from prompt_toolkit.application.current import get_app
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import Completer
from prompt_toolkit.filters import Condition, is_searching
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.styles import Attrs, Style
from ros2_nl_commander.cli.terminal.story import Line
from ros2_nl_commander.language.errors import NlCommanderError

STYLE = Style.from_dict({
    'stage': 'ansibrightblack', 'command': 'bold', 'meaning': 'ansicyan',
    'question': 'ansiyellow bold', 'feedback': 'ansibrightblack', 'good': 'ansigreen',
    'bad': 'ansired bold', 'live': 'ansibrightblack', 'draft': 'ansibrightblack italic'})

#: How long a terminal's Esc may be the start of another key [s]; it is the key that stops.
ESCAPE_SEC = 0.05


class StopPressed(Exception):
    """Esc at the prompt."""


class ColourlessOutput(Vt100_Output):
    """A terminal that is given no colours and no bold text, only text and cursor movements."""

    def set_attributes(self, attrs: Attrs, color_depth: ColorDepth) -> None:
        """Leave the attributes as they are."""

    def reset_attributes(self) -> None:
        """Leave the attributes as they are."""


class Screen:
    """
    Asks and shows.

    :param completer: completes what is typed
    :param history: file of the sentences of before
    :param keyboard: where keys come from; this process's terminal if None
    :param output: where lines go; this process's terminal if None
    """

    def __init__(
        self, completer: Completer, history: Path, keyboard: Input | None = None,
        output: Output | None = None,
    ) -> None:
        if output is None and os.environ.get('NO_COLOR'):
            output = ColourlessOutput.from_pty(sys.stdout)
        self._session: PromptSession[str] = PromptSession(
            '> ', completer=completer, complete_while_typing=True, reserve_space_for_menu=4,
            auto_suggest=AutoSuggestFromHistory(), history=open_history(history),
            search_ignore_case=True, key_bindings=_prompt_keys(), style=STYLE,
            input=keyboard, output=output)
        self._session.app.ttimeoutlen = ESCAPE_SEC
        self.keyboard, self.output = self._session.input, self._session.output

    @property
    def is_asking(self) -> bool:
        """Tell whether a sentence can be typed now."""
        return self._session.app.is_running

    def ask(self) -> str:
        """
        Let a sentence be typed.

        :raises StopPressed: if the robot shall stop
        :raises EOFError: if the person leaves
        """
        try:
            return self._session.prompt().strip()
        except KeyboardInterrupt as error:
            raise EOFError from error

    def say(self, lines: Iterable[Line]) -> None:
        """Show lines."""
        for line in lines:
            print_formatted_text(
                FormattedText([(f'class:{line.kind}', f'  {line.text}')]), style=STYLE,
                output=self.output)


def history_path() -> Path:
    """Give the file of sentences, as the XDG base directories have it."""
    state = os.environ.get('XDG_STATE_HOME') or '~/.local/state'
    return Path(state).expanduser() / 'nl_commander' / 'history'


def open_history(path: Path) -> FileHistory:
    """
    Open the file of sentences; people's sentences are nobody else's business.

    :raises NlCommanderError: if it cannot be written
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.open('a').close()
    except OSError as error:
        raise NlCommanderError(f'history {path}: {error.strerror}; XDG_STATE_HOME says where it '
                               'is kept') from error
    return FileHistory(str(path))


def _prompt_keys() -> KeyBindings:
    keys = KeyBindings()
    has_text = Condition(lambda: bool(get_app().current_buffer.text))

    @keys.add('escape', filter=~is_searching, eager=True)
    def _stop(event: KeyPressEvent) -> None:
        event.app.exit(exception=StopPressed())

    @keys.add('c-c', filter=has_text & ~is_searching)
    def _clear(event: KeyPressEvent) -> None:
        event.current_buffer.reset()

    return keys
