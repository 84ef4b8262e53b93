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

"""``console``: type sentences to a robot, see what they become, approve, refuse and stop."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager, ExitStack
import os
from pathlib import Path
import sys

from prompt_toolkit.patch_stdout import patch_stdout
import rclpy
from rclpy.signals import SignalHandlerOptions
from ros2_nl_commander.cli.common import add_generator_arguments, models_of, run_cli
from ros2_nl_commander.cli.nl_commander import load_generator
from ros2_nl_commander.cli.terminal.alone import node_alone, QUIET
from ros2_nl_commander.cli.terminal.dialogue import Dialogue
from ros2_nl_commander.cli.terminal.lines import PlainConsole, run_script
from ros2_nl_commander.cli.terminal.screen import history_path, open_history, Screen
from ros2_nl_commander.cli.terminal.vocabulary import Vocabulary
from ros2_nl_commander.language.generation import GeneratorFactory
from ros2_nl_commander.language.robot import EMPTY_ROBOT, load_robot, RobotDescription
from ros2_nl_commander.model.fetch import fetch_model
from ros2_nl_commander.ros.client import CommanderClient
from ros2_nl_commander.ros.spinning import BackgroundSpinner

#: How long a model may take to load [s].
LOAD_SEC = 300.0

_EPILOG = """
--ros-args ... (namespace, remaps, parameters of a node that runs --alone) is passed on to ROS.
At the prompt, help says which keys there are. With sentences on standard input, one a line, each
gives one line of output; lines that begin with # are skipped. The exit code is 0 if all of them
were generated or succeeded, 1 if not, 130 after Ctrl-C, which stops the robot."""


def main(
    args: list[str] | None = None, generator_factory: GeneratorFactory = load_generator
) -> int:
    """
    Run the command line tool; return its exit code.

    :param generator_factory: builds what answers where the node runs in this process
    """
    parser = ArgumentParser(prog='console', description=__doc__, epilog=_EPILOG)
    parser.add_argument('--alone', action='store_true',
                        help='run the node in this process instead of talking to one')
    parser.add_argument('--robot', type=Path, metavar='FILE',
                        help='robot description, for units, places and completion; with --alone '
                             'also for the node (default: the live graph)')
    parser.add_argument('--yes', action='store_true', help='approve all that waits for approval')
    parser.add_argument('--plain', action='store_true',
                        help='lines only, without colours, keys and cursor')
    parser.add_argument('--timeout', type=float, default=60.0, metavar='SECONDS',
                        help='how long to wait for the node, and for each answer until it is '
                             'carried out (default: %(default)s)')
    parser.add_argument('--prompt', default='', help='--alone: prompt folder')
    add_generator_arguments(parser)
    given = sys.argv[1:] if args is None else args
    ros_at = given.index('--ros-args') if '--ros-args' in given else len(given)
    return run_cli(parser, lambda options: _run(options, given[ros_at:], generator_factory),
                   given[:ros_at])


def _run(options: Namespace, ros: list[str], factory: GeneratorFactory) -> int:
    robot = load_robot(options.robot) if options.robot else EMPTY_ROBOT
    if options.alone and factory is load_generator:
        for model in models_of(options):
            fetch_model(model, _note)
    with _rclpy(['--ros-args', *QUIET, *ros[1:]] if options.alone else ros), ExitStack() as stack:
        client = CommanderClient(wants_drafts=_has_screen(options))
        if options.alone:
            _note('starting the node; the model is loading')
            stack.enter_context(node_alone(factory, options))
        stack.enter_context(BackgroundSpinner(client))
        client.wait_until_active(LOAD_SEC if options.alone else options.timeout)
        return _talk(client, robot, options)


@contextmanager
def _rclpy(args: list[str]) -> Iterator[None]:
    # rclpy's own handler would end the context at Ctrl-C: nobody could stop the robot any more.
    rclpy.init(args=args, signal_handler_options=SignalHandlerOptions.NO)
    try:
        yield
    finally:
        rclpy.shutdown()


def _talk(client: CommanderClient, robot: RobotDescription, options: Namespace) -> int:
    """Talk in the way that standard input and output allow."""
    if not sys.stdin.isatty():
        return run_script(client, sys.stdin, options.yes, options.timeout)
    if not _has_screen(options):
        PlainConsole(client, robot, _line_reader(), options.yes, options.timeout).talk()
        return 0
    vocabulary = Vocabulary(robot)
    screen = Screen(vocabulary, history_path())
    with patch_stdout():  # what libraries print must not tear the prompt apart
        Dialogue(client, screen, vocabulary, robot, options.yes, options.timeout).talk()
    return 0


def _has_screen(options: Namespace) -> bool:
    return (sys.stdin.isatty() and sys.stdout.isatty() and not options.plain
            and os.environ.get('TERM') != 'dumb')


def _line_reader() -> Callable[[str], str]:
    """Read lines with the keys of readline, from and into the same history."""
    import readline
    history = open_history(history_path())
    readline.set_auto_history(False)
    for sentence in reversed(list(history.load_history_strings())):
        readline.add_history(sentence)

    def read(prompt: str) -> str:
        text = input(prompt)
        if prompt == '> ' and text.strip():
            readline.add_history(text)
            history.store_string(text)
        return text

    return read


def _note(text: str) -> None:
    print(f'==> {text}', file=sys.stderr, flush=True)


if __name__ == '__main__':
    raise SystemExit(main())
