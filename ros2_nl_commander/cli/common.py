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

"""What the command line tools share: model arguments, and errors as one clear line."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable
import os
import sys

from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.language.generation import DEFAULT_ENCODER, DEFAULT_MODEL, QUANTIZATIONS


def add_model_arguments(parser: ArgumentParser) -> None:
    """Add the arguments that choose the model and where it runs."""
    group = parser.add_argument_group('model')
    group.add_argument('--model', default=DEFAULT_MODEL,
                       help='hub id, folder, or .gguf file (default: %(default)s)')
    group.add_argument('--device', default='auto', help='auto, cpu, cuda, cuda:N')
    group.add_argument('--dtype', default='auto', help='auto, bfloat16, float16, float32')
    group.add_argument('--device-map', default='', help='passed to transformers')


def add_generator_arguments(parser: ArgumentParser) -> None:
    """Add the arguments that choose the model and how it answers."""
    add_model_arguments(parser)
    parser.add_argument('--encoder', default=DEFAULT_ENCODER,
                        help='sentence encoder, which has a say in the interface: hub id or '
                        "folder; '' for none (default: %(default)s)")
    parser.add_argument('--quantize', default='auto', choices=QUANTIZATIONS,
                        help='round the weights: int8 for speed on a CPU, int4 for memory; both '
                        'lose a little; auto is int8 on a CPU that does not compute in bfloat16 '
                        '(default: %(default)s)')


def models_of(options: Namespace) -> list[str]:
    """Name the models that the arguments of a generator ask for."""
    return [options.model, *([options.encoder] if options.encoder else [])]


def positive(text: str) -> int:
    """Read a whole number above 0, as the type of an argument."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise ArgumentTypeError(f'{text!r} is no whole number above 0')
    return number


def run_cli(
    parser: ArgumentParser, run: Callable[[Namespace], int], args: list[str] | None
) -> int:
    """
    Parse the arguments and run; an error of this package becomes one line on standard error.

    :returns: the exit code
    """
    parser.formatter_class = RawDescriptionHelpFormatter
    try:
        return run(parser.parse_args(args))
    except NlCommanderError as error:
        print(f'{parser.prog}: {error}', file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output has gone; flushing what is left must not fail once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
