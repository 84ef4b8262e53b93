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

"""Fetch the models into the cache, so that the first start need not wait for them."""

from __future__ import annotations

import argparse
import sys
import time

from ros2_nl_commander.cli.common import models_of
from ros2_nl_commander.language.errors import NlCommanderError
from ros2_nl_commander.language.generation import DEFAULT_ENCODER, DEFAULT_MODEL
from ros2_nl_commander.model.fetch import fetch_model


def main(args: list[str] | None = None) -> int:
    """Run ``fetch_model`` and return its exit code."""
    options = _parser().parse_args(args)
    started = time.monotonic()
    try:
        for model in models_of(options):
            folder = fetch_model(model, lambda line: print(line, flush=True))
            print(f'{model} is in {folder} ({time.monotonic() - started:.0f} s)')
    except NlCommanderError as error:
        print(f'fetch_model: {error}', file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print('fetch_model: interrupted; run it again to go on from here', file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='fetch_model', description=__doc__,
        epilog='example: fetch_model --model Qwen/Qwen2.5-Coder-0.5B-Instruct')
    parser.add_argument(
        '--model', default=DEFAULT_MODEL, metavar='ID_OR_PATH',
        help='hub id, folder with config.json, or .gguf file (default: %(default)s)')
    parser.add_argument(
        '--encoder', default=DEFAULT_ENCODER, metavar='ID_OR_PATH',
        help="sentence encoder, which has a say in the interface; '' for none "
        '(default: %(default)s)')
    return parser


if __name__ == '__main__':
    sys.exit(main())
