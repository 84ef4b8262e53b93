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

"""One instruction on the screen: a live line below, news above it, and keys that act at once."""

from __future__ import annotations

import asyncio
import time

from prompt_toolkit.application import Application
from prompt_toolkit.application.run_in_terminal import in_terminal
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import (
    ConditionalContainer, FormattedTextControl, HSplit, Layout, Window)
from ros2_nl_commander.cli.terminal.screen import ESCAPE_SEC, Screen, STYLE
from ros2_nl_commander.cli.terminal.story import Line, line, Story
from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.language.names import visible
from ros2_nl_commander.ros.client import CommanderClient
from ros2_nl_commander.ros.following import Following
from ros2_nl_commander.ros.status import Stage

#: How often the live line is drawn anew, and how long an end may go unnoticed [s].
REFRESH_SEC, LOOK_SEC = 0.1, 0.1

_KEYS = 'Esc stops the robot'
_DECIDE = 'y carries it out, n refuses, Esc stops the robot'


class RunView:
    """
    Shows an instruction from now to its end.

    :param client: talks to the node
    :param screen: shows it
    :param following: the instruction
    :param story: its words
    :param approves_all: approve whatever waits, without asking
    """

    def __init__(
        self, client: CommanderClient, screen: Screen, following: Following, story: Story,
        approves_all: bool,
    ) -> None:
        self._client = client
        self._screen = screen
        self._following = following
        self._story = story
        self._approves_all = approves_all
        self._started_at = time.monotonic()
        self._is_decided = False
        self._stopping: asyncio.Task[None] | None = None
        live = Window(FormattedTextControl(self._live), height=1, always_hide_cursor=True)
        draft = ConditionalContainer(
            Window(FormattedTextControl(self._draft_line), wrap_lines=True,
                   dont_extend_height=True), Condition(lambda: bool(self._draft)))
        self._app: Application[None] = Application(
            Layout(HSplit([draft, live]), live), key_bindings=self._keys(),
            erase_when_done=True, style=STYLE,
            refresh_interval=REFRESH_SEC, input=screen.keyboard, output=screen.output)
        self._app.ttimeoutlen = ESCAPE_SEC

    def run(self) -> None:
        """
        Show it until it has ended and no stop is without its answer.

        :raises NodeError: if the node does not answer, or is gone
        :raises KeyboardInterrupt: if the person leaves before a stop is confirmed
        """
        self._app.run(pre_run=self._begin)

    def _begin(self) -> None:
        self._app.create_background_task(self._watch())

    async def _watch(self) -> None:
        """End the view when all is over, and with whatever goes wrong here: nobody else can."""
        try:
            await self._follow()
        except Exception as error:
            self._app.exit(exception=error)
        else:
            self._app.exit()

    async def _follow(self) -> None:
        while not self._following.is_over or self._stopping is not None:
            if self._following.is_over and self._stopping is not None:
                await self._stopping
                continue
            report = await asyncio.to_thread(self._following.next, LOOK_SEC)
            if report is None:
                continue
            await self._show(*self._story.tell(report))
            if self._story.awaits_approval and self._approves_all:
                await self._approve(report.request_id)

    def _live(self) -> FormattedText:
        seconds = time.monotonic() - self._started_at
        keys = _DECIDE if self._is_asking else _KEYS
        state = 'stopping' if self._stopping is not None else self._story.state
        return FormattedText([('class:live', f'  {seconds:.1f} s  [{keys}]  {state}')])

    def _draft_line(self) -> FormattedText:
        """Show what may become the command: dimmed, and called what it is."""
        return FormattedText([('class:draft', f'  draft: {visible(self._draft)}')])

    @property
    def _draft(self) -> str:
        last = self._story.last
        if last is None or last.stage is not Stage.GENERATING:
            return ''
        return self._client.draft_of(last.request_id)

    @property
    def _is_asking(self) -> bool:
        return (self._story.awaits_approval and not self._is_decided
                and self._stopping is None)

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add('y')
        @keys.add('Y')
        async def _yes(_event: KeyPressEvent) -> None:
            if self._is_asking and self._story.last is not None:
                await self._approve(self._story.last.request_id)

        @keys.add('n')
        @keys.add('N')
        async def _no(_event: KeyPressEvent) -> None:
            if self._is_asking and self._story.last is not None:
                await self._refuse(self._story.last.request_id)

        @keys.add('escape', eager=True)
        def _stop(_event: KeyPressEvent) -> None:
            self._stop(line('stage', 'stopping the robot'))

        @keys.add('c-c')
        def _stop_or_leave(_event: KeyPressEvent) -> None:
            if self._stopping is not None:
                self._app.exit(exception=KeyboardInterrupt())
            else:
                self._stop(line('stage', 'stopping the robot; Ctrl-C once more leaves'))

        return keys

    async def _approve(self, request_id: str) -> None:
        self._is_decided = True
        self._client.approve(request_id)
        await self._show(line('stage', 'approved'))

    async def _refuse(self, request_id: str) -> None:
        self._is_decided = True
        self._client.refuse(request_id)
        await self._show(line('stage', 'refused'))

    def _stop(self, word: Line) -> None:
        """Stop the robot at once; once more only when the answer is there."""
        if self._stopping is None:
            self._stopping = self._app.create_background_task(self._stop_and_tell(word))

    async def _stop_and_tell(self, word: Line) -> None:
        stop = asyncio.create_task(asyncio.to_thread(self._client.stop))
        try:
            await self._show(word)
            await self._show(line('good', f'stop confirmed: {await stop}'))
        except NodeError as error:
            await self._show(line('bad', str(error)))
        finally:
            self._stopping = None

    async def _show(self, *lines: Line) -> None:
        if lines:
            async with in_terminal():
                self._screen.say(lines)
