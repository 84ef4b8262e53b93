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

"""``convert_prompt``: a prompt of this package to an adapter of Hugging Face PEFT, or back."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from ros2_nl_commander.cli.common import add_model_arguments, run_cli
from ros2_nl_commander.model.backbone import load_backbone
from ros2_nl_commander.model.checkpoint import load_prompt, save_prompt
from ros2_nl_commander.model.fetch import fetch_model
from ros2_nl_commander.model.peft_adapters import is_adapter, load_adapter, save_adapter
from ros2_nl_commander.model.sequence import LAYOUTS

EPILOG = """
An adapter becomes a prompt folder; a prompt folder, or a notebook's .pt file, becomes an adapter.
PEFT puts an adapter before everything, here the robot's context stands before the prompt: a prompt
that was trained behind contexts is at home here.
"""


def main(args: list[str] | None = None) -> int:
    """Run the command line tool; return its exit code."""
    parser = ArgumentParser(prog='convert_prompt', description=__doc__, epilog=EPILOG)
    parser.add_argument('source', type=Path, help='adapter folder, prompt folder or .pt file')
    parser.add_argument('output', type=Path, help='folder to write')
    parser.add_argument('--layout', choices=tuple(LAYOUTS),
                        help='how an adapter was trained: with the chat template or without '
                        '(default: what it says itself if it comes from here, else plain)')
    add_model_arguments(parser)
    return run_cli(parser, _convert, args)


def _convert(options: Namespace) -> int:
    backbone = load_backbone(fetch_model(options.model, print), device=options.device,
                             dtype=options.dtype, device_map=options.device_map)
    if is_adapter(options.source):
        save_prompt(options.output, load_adapter(options.source, backbone, options.layout))
        print(f'Prompt written to {options.output}')
    else:
        save_adapter(options.output, load_prompt(options.source), backbone)
        print(f'PEFT adapter written to {options.output}')
    return 0


if __name__ == '__main__':
    raise SystemExit(main())
