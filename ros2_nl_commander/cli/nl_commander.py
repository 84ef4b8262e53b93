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


"""``ros2 run ros2_nl_commander nl_commander``: the node, until a signal ends it."""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from contextlib import suppress
import gc
import sys
import textwrap
import threading

import rclpy
from rclpy.signals import SignalHandlerOptions
from rclpy.utilities import remove_ros_args
from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.language.generation import Generator, GeneratorSettings
from ros2_nl_commander.language.names import excerpt
from ros2_nl_commander.ros.node import NlCommander
from ros2_nl_commander.ros.parameters import PARAMETERS, ParameterSpec
from ros2_nl_commander.ros.spinning import (
    BackgroundSpinner, ignore_signals, set_on_signal, switch_threads_often)


def load_generator(settings: GeneratorSettings) -> Generator:
    """Load the real model; torch comes in only here, so the node answers while it is imported."""
    from ros2_nl_commander.model.generator import load_generator as load
    return load(settings)


def build_ahead(settings: GeneratorSettings) -> None:
    """Build what native libraries build in one go, before anybody can wait for the node."""
    # What fails here fails again when the node is configured, which says it and stays up.
    with suppress(NlCommanderError, ImportError):
        from ros2_nl_commander.model.generator import load_tables
        load_tables(settings)
    # A full collection would look through all of that again and again, 0.2 s each time.
    gc.collect()
    gc.freeze()


def main(args: list[str] | None = None) -> int:
    """
    Run the node until SIGINT, SIGTERM or SIGHUP.

    :param args: ROS arguments; those of the process if None
    :returns: exit code
    """
    ended = threading.Event()
    try:
        stranger = _not_understood(sys.argv[1:] if args is None else args)
        if stranger:
            print(f'nl_commander: {excerpt(stranger)} is not understood; parameters are given as '
                  '--ros-args -p NAME:=VALUE, and --help lists them', file=sys.stderr)
            return 2
        set_on_signal(ended)
        switch_threads_often()
        # rclpy's handlers would end the context before the node has said how things ended.
        rclpy.init(args=args, signal_handler_options=SignalHandlerOptions.NO)
        node = NlCommander(load_generator, build_ahead=build_ahead)
    except RuntimeError as error:  # bad arguments, or DDS security has no key or permission for it
        print(f'nl_commander: {" ".join(str(error).split())}', file=sys.stderr)
        if rclpy.ok():
            rclpy.shutdown()
        return 2
    try:
        return _run(node, ended)
    finally:
        ignore_signals()
        if rclpy.ok():
            rclpy.shutdown()


def _not_understood(args: Sequence[str]) -> str:
    """
    Give the first argument that is neither ROS's nor ours; empty if there is none.

    :raises SystemExit: after the help was shown
    """
    parser = ArgumentParser(
        prog='nl_commander', usage='nl_commander [--help] [--ros-args -p NAME:=VALUE ...]',
        description='Writes the ROS 2 command for each sentence on the topic nl_command.',
        epilog='\n'.join(['parameters, with their defaults:', *map(_explained, PARAMETERS)]),
        formatter_class=RawDescriptionHelpFormatter, allow_abbrev=False)
    _, strangers = parser.parse_known_args(remove_ros_args(args))
    return strangers[0] if strangers else ''


def _explained(spec: ParameterSpec) -> str:
    title = f'  {spec.name}: {spec.default_text}'.removesuffix(': ')
    indent = ' ' * 6
    return f'{title}\n' + textwrap.fill(
        spec.description, 99, initial_indent=indent, subsequent_indent=indent)


def _run(node: NlCommander, ended: threading.Event) -> int:
    try:
        with BackgroundSpinner(node, on_end=ended.set) as spinner:
            ended.wait()
            node.close()
        if spinner.error is None:
            return 0
        error = spinner.error
        node.get_logger().fatal(f'a callback failed: {type(error).__name__}: {error}')
        return 1
    finally:
        node.destroy_node()


if __name__ == '__main__':
    sys.exit(main())
