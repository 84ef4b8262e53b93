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

"""``train``: learn a prompt from JSON Lines and write it to a folder."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path

from accelerate import Accelerator

from ros2_nl_commander.cli.common import add_model_arguments, run_cli
from ros2_nl_commander.language.errors import DatasetError, ParameterError
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.model.backbone import Backbone, choose_device, load_backbone
from ros2_nl_commander.model.checkpoint import find_prompt, KINDS, load_prompt, TrainedPrompt
from ros2_nl_commander.model.fetch import fetch_model, model_identity
from ros2_nl_commander.model.prompts import ACTIVATIONS
from ros2_nl_commander.model.sequence import LAYOUTS
from ros2_nl_commander.training.session import run_session, Session
from ros2_nl_commander.training.settings import (
    INITIALS, PRESETS, settings_from_start, TrainingSettings, with_overrides)

EPILOG = """
examples:
  train --data my_phrases.jsonl --output my_prompt
  train --from general --robot my_robot.yaml --data my_phrases.jsonl --output my_prompt
  train --preset notebook --output notebook_prompt
  torchrun --nproc-per-node 2 -m ros2_nl_commander.cli.train --data a.jsonl --output out

Ctrl-C saves; the same command with --resume goes on.
"""


def main(args: list[str] | None = None) -> int:
    """Run the command line tool; return its exit code."""
    return run_cli(_parser(), _train, args)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog='train', description=__doc__, epilog=EPILOG)
    parser.add_argument('--data', type=Path, nargs='+', default=[], help='JSON Lines files')
    parser.add_argument('--output', type=Path, required=True, help='prompt folder to write')
    parser.add_argument('--robot', type=Path, help='description of the robot of lines that '
                        'name none')
    parser.add_argument('--preset', choices=tuple(PRESETS), help='notebook needs no --data; teach '
                        'adds a few phrases to what a prompt knows (default: teach with --from)')
    parser.add_argument('--from', dest='start', metavar='PROMPT', help='go on from a trained '
                        'prompt: general, which ships, or a folder; it decides kind, n-tokens and '
                        'layout')
    parser.add_argument('--resume', action='store_true', help='go on with an interrupted run')
    parser.add_argument('--keep-encoder', action='store_true', help='also keep the MLP')
    add_model_arguments(parser)
    options = parser.add_argument_group('hyper-parameters (default: as the preset says)')
    options.add_argument('--kind', choices=KINDS)
    options.add_argument('--layout', choices=tuple(LAYOUTS))
    options.add_argument('--activation', choices=tuple(ACTIVATIONS))
    options.add_argument('--initial', choices=INITIALS, help='start values')
    options.add_argument('--schedule', choices=('cosine', 'constant'))
    for name in ('n-tokens', 'mlp-layers', 'epochs', 'batch-size', 'accumulate', 'patience',
                 'evaluations', 'seed'):
        options.add_argument(f'--{name}', type=int)
    for name in ('learning-rate', 'warmup', 'weight-decay', 'clip', 'held-out', 'rehearsal'):
        options.add_argument(f'--{name}', type=float)
    return parser


def _train(options: Namespace) -> int:
    start = load_prompt(find_prompt(options.start)) if options.start else None
    settings = with_overrides(_preset(options), **vars(options))
    if start is not None:
        settings = settings_from_start(settings, start)
    session = _session(options, settings, start)
    session.load_examples()  # bad data and a bad folder are told before a model is loaded
    session.make_output()
    # Without cpu=True, several processes without a GPU would not know of each other.
    accelerator = Accelerator(cpu=choose_device(options.device).type == 'cpu')
    try:
        return _trained(options, session, accelerator)
    finally:
        accelerator.end_training()  # or the threads between processes abort them now and then


def _trained(options: Namespace, session: Session, accelerator: Accelerator) -> int:
    """Train; return the exit code."""
    with accelerator.main_process_first():
        folder = fetch_model(options.model, accelerator.print)
    session = replace(session, base_model=session.base_model | model_identity(folder))
    backbone = _backbone(options, folder, accelerator)
    outcome = run_session(session, backbone, accelerator)
    if not outcome.finished:
        accelerator.print(f'Interrupted; saved in {options.output}. Go on with --resume.')
        return 130
    accelerator.print(f'Prompt written to {options.output}')
    return 0


def _preset(options: Namespace) -> TrainingSettings:
    name = options.preset or ('teach' if options.start else 'default')
    if name == 'teach' and not options.start:
        raise ParameterError('--preset teach goes on from a prompt: give --from general')
    return PRESETS[name]


def _backbone(options: Namespace, folder: Path, accelerator: Accelerator) -> Backbone:
    several = accelerator.num_processes > 1
    return load_backbone(
        folder, device=str(accelerator.device) if several else options.device,
        dtype=options.dtype, device_map=options.device_map, for_training=True)


def _session(
    options: Namespace, settings: TrainingSettings, start: TrainedPrompt | None
) -> Session:
    data = options.data
    if options.preset == 'notebook' and not data:
        data = [share_file('config', 'notebook.jsonl')]
    if not data:
        raise DatasetError('No data: give --data FILE.jsonl, or --preset notebook')
    return Session(settings, data, options.output, {'id': options.model}, start,
                   options.resume, options.keep_encoder, options.robot)


if __name__ == '__main__':
    raise SystemExit(main())
