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
from pathlib import Path

from ros2_nl_commander.cli.common import add_model_arguments, run_cli
from ros2_nl_commander.model.fetch import fetch_model
from ros2_nl_commander.training.benchmarks.ablation import measure_ablation
from ros2_nl_commander.training.benchmarks.crowds import measure_crowds
from ros2_nl_commander.training.benchmarks.decoding import measure_decoding
from ros2_nl_commander.training.benchmarks.packing import measure_packing
from ros2_nl_commander.training.benchmarks.recipes import measure_recipes
from ros2_nl_commander.training.benchmarks.sizes import measure_sizes
from ros2_nl_commander.training.benchmarks.table import Table
from ros2_nl_commander.training.evaluate import percentile

STOPS = 100

BENCHMARKS = {
    'decoding': lambda folder, options: measure_decoding(folder, options.device, options.dtype),
    'ablation': lambda folder, options: measure_ablation(folder, options.device, options.dtype),
    'crowds': lambda folder, options: measure_crowds(
        folder, options.device, options.dtype, options.picture),
    'stopping': lambda _folder, _options: _stopping(),
    'recipes': lambda folder, options: measure_recipes(folder, options.device, options.dtype),
    'sizes': lambda folder, _options: measure_sizes(folder),
    'packing': lambda folder, _options: measure_packing(folder),
}


def _stopping() -> Table:
    from ros2_nl_commander.ros.stopping import measure_stops  # late: the others need no ROS
    seconds = measure_stops(STOPS)
    shares = (50, 95, 99, 100)
    return Table(f'From the call of ~/stop to a zero velocity at the robot, {STOPS} stops',
                 [f'p{share}, ms' for share in shares],
                 [[f'{1000 * percentile(seconds, share):.1f}' for share in shares]])


def main(args: list[str] | None = None) -> int:
    """Run the command line tool; return its exit code."""
    parser = ArgumentParser(prog='benchmark', description=__doc__)
    parser.add_argument('names', nargs='*', choices=[*BENCHMARKS, []], metavar='NAME',
                        help=f'of {", ".join(BENCHMARKS)} (default: all)')
    parser.add_argument('--picture', type=Path, help='draw the curves of crowds to this PNG file')
    add_model_arguments(parser)
    return run_cli(parser, _benchmark, args)


def _benchmark(options: Namespace) -> int:
    folder = fetch_model(options.model, print)
    for name in options.names or BENCHMARKS:
        print(BENCHMARKS[name](folder, options).as_markdown(), flush=True)
    return 0


if __name__ == '__main__':
    raise SystemExit(main())
