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
from collections.abc import Mapping, Sequence
from dataclasses import replace
import json
from pathlib import Path

from ros2_nl_commander.cli.common import add_model_arguments, run_cli
from ros2_nl_commander.language.generation import Generator, GeneratorSettings
from ros2_nl_commander.model.checkpoint import replace_files
from ros2_nl_commander.model.generator import load_generator
from ros2_nl_commander.training.evaluate import failures, Score, score_examples, summarise
from ros2_nl_commander.training.examples import Example, load_examples
from ros2_nl_commander.training.suites import draw_suites, suite_files, suite_table, with_parts
from ros2_nl_commander.training.synthesis.crowds import crowded
from tqdm import tqdm

EPILOG = """
Lines of --data: {"instruction": "...", "robot": "FILE.yaml", "command": "ros2 ..."}; null where
declining is right, and a list where several commands are.
"""


def main(args: list[str] | None = None) -> int:
    """Run the command line tool; return its exit code."""
    return run_cli(_parser(), _evaluate, args)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog='evaluate', description=__doc__, epilog=EPILOG)
    parser.add_argument('--data', type=Path, nargs='+', help='JSON Lines that were not trained '
                        'on (default: the suites that ship)')
    parser.add_argument('--prompt', default='', help='prompt folder (default: the one shipped)')
    parser.add_argument('--unconstrained', action='store_true',
                        help='without the grammar, to see what it is worth')
    parser.add_argument('--crowd', type=int, default=0, metavar='N', help='hide the interfaces '
                        'of each robot among those of others, N in all')
    parser.add_argument('--every', type=int, default=1, metavar='N',
                        help='only every Nth sentence')
    parser.add_argument('--output', type=Path, help='also write everything to this JSON file')
    parser.add_argument('--picture', type=Path, help='also draw the suites to this PNG file')
    add_model_arguments(parser)
    return parser


def _evaluate(options: Namespace) -> int:
    files = {path.stem: path for path in options.data} if options.data else suite_files()
    data = {name: load_examples(path)[::options.every] for name, path in files.items()}
    if options.crowd:
        data = {name: _crowded(examples, options.crowd) for name, examples in data.items()}
    generator = load_generator(GeneratorSettings(
        options.model, options.prompt, options.device, options.dtype, options.device_map,
        constrain=not options.unconstrained, quantize=options.quantize))
    suites = with_parts({name: _scores(generator, name, examples)
                         for name, examples in data.items()})
    wrong = failures(suites['all'])
    for failure in wrong:
        print(json.dumps(failure, ensure_ascii=False))
    print(suite_table(suites).as_markdown())
    if options.output:
        _write(options.output, suites, wrong)
    if options.picture:
        draw_suites(suites, options.picture)
    return 0


def _scores(generator: Generator, name: str, examples: Sequence[Example]) -> list[Score]:
    return list(tqdm(score_examples(generator, examples), total=len(examples), desc=name))


def _crowded(examples: Sequence[Example], count: int) -> list[Example]:
    """Hide every robot once; examples of one robot stay examples of one."""
    robots = {id(example.robot): crowded(example.robot, count) for example in examples}
    return [replace(example, robot=robots[id(example.robot)]) for example in examples]


def _write(path: Path, suites: Mapping[str, Sequence[Score]], wrong: object) -> None:
    seconds = {name: [round(score.generation.seconds, 3) for score in scores]
               for name, scores in suites.items()}
    text = json.dumps({'suites': {name: summarise(scores) for name, scores in suites.items()},
                       'failures': wrong, 'seconds': seconds}, indent=2) + '\n'
    replace_files(path.parent, {path.name: lambda partial: partial.write_text(text)})


if __name__ == '__main__':
    raise SystemExit(main())
