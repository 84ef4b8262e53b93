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

"""``evaluate``: how often the answers are right on held-out examples, and how fast they come."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from ros2_nl_commander.cli.common import add_generator_arguments, positive, run_cli
from ros2_nl_commander.language.generation import Generator, GeneratorSettings
from ros2_nl_commander.language.robot import EMPTY_ROBOT, load_robot
from ros2_nl_commander.model.checkpoint import replace_files
from ros2_nl_commander.model.generator import load_generator
from ros2_nl_commander.training.evaluate import Score, score_examples
from ros2_nl_commander.training.examples import Example, load_examples
from ros2_nl_commander.training.report import draw_report, report_as_json, report_as_markdown
from ros2_nl_commander.training.suites import suite_files
from ros2_nl_commander.training.variants import CHOICES, variant_from_text
from tqdm import tqdm

EPILOG = """
Lines of --data: {"instruction": "...", "robot": "FILE.yaml", "command": "ros2 ..."}; null where
declining is right, and a list where several commands are; FILE.yaml beside the data.
"""


def main(args: list[str] | None = None) -> int:
    """Run the command line tool; return its exit code."""
    return run_cli(_parser(), _evaluate, args)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog='evaluate', description=__doc__, epilog=EPILOG)
    parser.add_argument('--data', type=Path, nargs='+', help='JSON Lines that were not trained '
                        'on (default: the suites that ship)')
    parser.add_argument('--robot', type=Path, help='description of the robot of lines that name '
                        'none')
    parser.add_argument('--prompt', default='', help='prompt folder (default: the one shipped)')
    parser.add_argument('--unconstrained', action='store_true',
                        help='without the grammar, to see what it is worth')
    parser.add_argument('--greedy', action='store_true', help='the likeliest token each time '
                        'instead of the likeliest answer, to see what the search is worth')
    parser.add_argument('--variant', default='plain', help='ask robots that are harder: '
                        f'{CHOICES} (default: %(default)s)')
    parser.add_argument('--every', type=positive, default=1, metavar='N',
                        help='only every Nth sentence')
    parser.add_argument('--output', type=Path, help='also write everything to this JSON file')
    parser.add_argument('--picture', type=Path, help='also draw the suites to this PNG '
                        'file, and what was confused to one beside it')
    add_generator_arguments(parser)
    return parser


def _evaluate(options: Namespace) -> int:
    variant = variant_from_text(options.variant)
    files = _named(options.data) if options.data else suite_files()
    robot = load_robot(options.robot) if options.robot else EMPTY_ROBOT
    data = {name: variant(load_examples(path, robot)[::options.every])
            for name, path in files.items()}
    generator = load_generator(GeneratorSettings(
        options.model, options.prompt, options.device, options.dtype, options.device_map,
        constrain=not options.unconstrained, quantize=options.quantize,
        search=not options.greedy, encoder=options.encoder))
    suites = {name: _scores(generator, name, examples) for name, examples in data.items()}
    print(report_as_markdown(suites, options.variant), end='')  # first: a disk may be full
    if options.output:
        _write(options.output, report_as_json(suites, options.variant))
    if options.picture:
        draw_report(suites, options.picture)
    return 0


def _named(paths: Sequence[Path]) -> dict[str, Path]:
    """Call files by their names, and by their whole paths where two have the same."""
    stems = [path.stem for path in paths]
    return {path.stem if stems.count(path.stem) == 1 else str(path): path for path in paths}


def _scores(generator: Generator, name: str, examples: Sequence[Example]) -> list[Score]:
    return list(tqdm(score_examples(generator, examples), total=len(examples), desc=name))


def _write(path: Path, text: str) -> None:
    replace_files(path.parent, {
        path.name: lambda partial: partial.write_text(text, encoding='utf-8')})


if __name__ == '__main__':
    raise SystemExit(main())
