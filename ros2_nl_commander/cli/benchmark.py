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

"""``benchmark``: figures of this machine, as the tables of ``docs/figures.md``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
import sys

from ros2_nl_commander.cli.common import add_model_arguments, run_cli
from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.language.generation import GeneratorSettings
from ros2_nl_commander.language.percentile import percentile
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.model.checkpoint import replace_files
from ros2_nl_commander.model.fetch import fetch_model
from ros2_nl_commander.training.benchmarks.ablation import measure_ablation
from ros2_nl_commander.training.benchmarks.crowds import measure_crowds
from ros2_nl_commander.training.benchmarks.decoding import measure_decoding
from ros2_nl_commander.training.benchmarks.packing import measure_packing
from ros2_nl_commander.training.benchmarks.profiling import measure_profile
from ros2_nl_commander.training.benchmarks.prompts import GROUPS, measure_prompts, Sweep
from ros2_nl_commander.training.benchmarks.quantization import measure_quantization
from ros2_nl_commander.training.benchmarks.recipes import measure_recipes
from ros2_nl_commander.training.benchmarks.scale import measure_scale
from ros2_nl_commander.training.benchmarks.sizes import measure_sizes
from ros2_nl_commander.training.benchmarks.startup import measure_startup
from ros2_nl_commander.training.benchmarks.table import Page, Table
from ros2_nl_commander.training.benchmarks.teach import measure_teach
from ros2_nl_commander.training.benchmarks.training import measure_training
from ros2_nl_commander.training.examples import load_examples

STOPS = 100

BENCHMARKS: dict[str, Callable[[Path, Namespace], Table | Page | Sequence[Table]]] = {
    'decoding': lambda folder, options: measure_decoding(
        folder, options.device, options.dtype, options.picture, options.gguf),
    'ablation': lambda folder, options: measure_ablation(folder, options.device, options.dtype),
    'crowds': lambda folder, options: measure_crowds(
        folder, options.device, options.dtype, options.picture),
    'profile': lambda folder, options: _profile(folder, options),
    'scale': lambda folder, options: measure_scale(
        folder, options.device, options.dtype, options.picture),
    'startup': lambda folder, options: measure_startup(folder, options.device, options.dtype),
    'training': lambda folder, options: measure_training(
        folder, options.device, options.dtype, options.picture),
    'stopping': lambda _folder, options: _stopping(options),
    'recipes': lambda folder, options: measure_recipes(folder, options.device, options.dtype),
    'sizes': lambda folder, _options: measure_sizes(folder),
    'packing': lambda folder, _options: measure_packing(folder),
    'quantization': lambda folder, options: measure_quantization(
        folder, options.device, options.dtype),
    'soak': lambda _folder, options: _soak(options),
    'teach': lambda folder, options: measure_teach(
        folder, options.device, options.dtype, output=options.output, every=options.every),
    'prompts': lambda folder, options: _prompts(folder, options),
}
#: Those that take long are run by name only.
LONG = ('soak', 'teach', 'prompts')
#: Those that load no model, or leave it to the node.
WITHOUT_MODEL = ('soak',)


def _profile(folder: Path, options: Namespace) -> Table:
    from ros2_nl_commander.ros.journeys import travel  # late: the others need no ROS
    robot = share_file('config', 'robots', 'demo_robot.yaml')
    return measure_profile(folder, options.device, options.dtype, options.picture,
                           lambda make, sentences: travel(make, sentences, robot))


def _stopping(options: Namespace) -> list[Table]:
    from ros2_nl_commander.ros.busy_stops import measure_busy_stops  # late: others need no ROS
    from ros2_nl_commander.ros.stopping import measure_stops
    shares = (50, 95, 99, 100)
    columns = [f'p{share}, ms' for share in shares]

    def cells(seconds: list[float]) -> list[str]:
        return [f'{1000 * percentile(seconds, share):.1f}' for share in shares]

    driving = measure_stops(STOPS)
    program = [sys.executable, '-m', 'ros2_nl_commander.cli.nl_commander']
    busy = measure_busy_stops(program, _sentences(), _settings(options))
    return [
        Table(f'From the call of ~/stop to a zero velocity at the robot, {STOPS} stops', columns,
              [cells(driving)]),
        Table('From the call of ~/stop to its answer, with the real model',
              ['while', 'stops', *columns],
              [[what, str(len(seconds)), *cells(seconds)] for what, seconds in busy.items()])]


def _sentences() -> list[str]:
    return [example.instruction
            for example in load_examples(share_file('data', 'porter_heldout.jsonl'))]


def _settings(options: Namespace) -> GeneratorSettings:
    return GeneratorSettings(options.model, '', options.device, options.dtype, options.device_map)


def _prompts(folder: Path, options: Namespace) -> Page:
    sweep = Sweep(options.cells, options.only, options.seeds, options.epochs)
    page = measure_prompts(folder, options.device, options.dtype, sweep)
    path = options.page
    if path:
        replace_files(path.parent, {path.name: lambda file: file.write_text(page.as_markdown())})
    return page


def _soak(options: Namespace) -> Table:
    from ros2_nl_commander.model.generator import load_generator
    from ros2_nl_commander.ros.soak.report import COLUMNS, write_reports
    from ros2_nl_commander.ros.soak.run import soak_fake, soak_real
    reports = [soak_fake(options.count)] if options.count else []
    if options.real:
        reports.append(
            soak_real(options.real, load_generator, _sentences(), _settings(options)))
    if options.picture:
        write_reports(reports, options.picture)
    table = Table('Instructions one after the other', COLUMNS, [one.row() for one in reports])
    problems = [problem for report in reports for problem in report.problems]
    if problems:
        raise NodeError(f'{table.as_markdown()}{len(problems)} problems, the first: '
                        + '; '.join(problems[:10]))
    return table


def main(args: list[str] | None = None) -> int:
    """Run the command line tool; return its exit code."""
    parser = ArgumentParser(prog='benchmark', description=__doc__)
    parser.add_argument('names', nargs='*', choices=[*BENCHMARKS, []], metavar='NAME',
                        help=f'of {", ".join(BENCHMARKS)} (default: all but {", ".join(LONG)})')
    parser.add_argument('--picture', type=Path,
                        help='draw what the benchmark has to show to this PNG file '
                        '(crowds, decoding, profile, scale, soak, training)')
    group = parser.add_argument_group('decoding')
    group.add_argument('--gguf', type=Path, metavar='FILE',
                       help='also ask llama.cpp (pip install llama-cpp-python) with this file')
    group = parser.add_argument_group('soak')
    group.add_argument('--count', type=int, default=10_000,
                       help='instructions to a generator that knows the answers '
                       '(default: %(default)s)')
    group.add_argument('--real', type=int, default=0,
                       help='instructions to the real one (default: none)')
    group = parser.add_argument_group('teach')
    group.add_argument('--output', type=Path, default=Path('runs/teach'),
                       help='folder for the prompt (default: %(default)s)')
    group.add_argument('--every', type=int, default=2, metavar='N', help='of the general suites '
                       'only every Nth sentence (default: %(default)s)')
    group = parser.add_argument_group('prompts')
    group.add_argument('--cells', type=Path, default=Path('runs/prompts.jsonl'), help='file of '
                       'finished cells, which are not run again (default: %(default)s)')
    group.add_argument('--only', choices=tuple(GROUPS), default='', help='run one table')
    group.add_argument('--seeds', type=int, default=1, help='runs of each (default: %(default)s)')
    group.add_argument('--epochs', type=int, default=1,
                       help='passes over the sample, 60 steps each (default: %(default)s)')
    group.add_argument('--page', type=Path, help='also write the tables to this file')
    add_model_arguments(parser)
    return run_cli(parser, _benchmark, args)


def _benchmark(options: Namespace) -> int:
    names = options.names or [name for name in BENCHMARKS if name not in LONG]
    needs_model = not set(names) <= set(WITHOUT_MODEL)
    folder = fetch_model(options.model, print) if needs_model else Path()
    for name in names:
        measured = BENCHMARKS[name](folder, options)
        for table in (measured,) if isinstance(measured, Table | Page) else measured:
            print(table.as_markdown(), flush=True)
    return 0


if __name__ == '__main__':
    raise SystemExit(main())
