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

"""``generate``: sentences in, one JSON object a line out. Needs no ROS."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from io import TextIOWrapper
import json
from pathlib import Path
import sys

from ros2_nl_commander.cli.common import add_generator_arguments, run_cli
from ros2_nl_commander.language.codec import format_command
from ros2_nl_commander.language.errors import InstructionError
from ros2_nl_commander.language.generation import Generation, Generator, GeneratorSettings
from ros2_nl_commander.language.robot import load_robot

EPILOG = """
examples:
  generate --robot config/robots/demo_robot.yaml "mute the siren"
  generate --robot my_robot.yaml --prompt my_prompt < sentences.txt
"""


def main(args: list[str] | None = None) -> int:
    """Run the command line tool; return its exit code."""
    return run_cli(_parser(), _generate, args)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog='generate', description=__doc__, epilog=EPILOG)
    parser.add_argument('sentences', nargs='*', metavar='SENTENCE',
                        help='read from standard input, one a line, where none is given')
    parser.add_argument('--robot', type=Path, help='robot description; without it any '
                        'well-formed command is accepted')
    parser.add_argument('--prompt', default='', help='prompt folder (default: the one shipped)')
    add_generator_arguments(parser)
    return parser


def _generate(options: Namespace) -> int:
    robot = load_robot(options.robot) if options.robot else None
    # Late: help, and an error in the robot file, need not wait for torch.
    from ros2_nl_commander.model.generator import load_generator

    generator = load_generator(GeneratorSettings(
        options.model, options.prompt, options.device, options.dtype, options.device_map,
        quantize=options.quantize, encoder=options.encoder))
    if robot:
        generator.use_robot(robot)
    _use_utf8()
    for sentence in map(_printable, options.sentences or _lines(sys.stdin)):
        print(json.dumps(_record(_answer(generator, sentence)), ensure_ascii=False), flush=True)
    return 0


def _use_utf8() -> None:
    """Read and write UTF-8 whatever the locale; broken bytes become surrogates, as in argv."""
    for stream, errors in ((sys.stdin, 'surrogateescape'), (sys.stdout, 'strict')):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding='utf-8', errors=errors)


def _lines(stream: Iterable[str]) -> Iterable[str]:
    return (line.rstrip('\r\n') for line in stream)


def _printable(sentence: str) -> str:
    """Replace what was not UTF-8, which Python holds as surrogates, by U+FFFD."""
    return sentence.encode('utf-8', 'surrogateescape').decode('utf-8', 'replace')


def _answer(generator: Generator, sentence: str) -> Generation:
    try:
        return generator.generate(sentence, lambda: False)
    except InstructionError as error:
        return Generation(sentence, None, str(error), 0.0)


def _record(generation: Generation) -> dict[str, object]:
    command = generation.command
    return {
        'instruction': generation.instruction,
        'command': None if command is None else format_command(command),
        'reason': generation.reason,
        'probability': round(generation.probability, 3),
        'seconds': round(generation.seconds, 3),
    }


if __name__ == '__main__':
    raise SystemExit(main())
