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

"""
``synthesize``: make robots that nobody built, and what is said to them, as training data.

Also takes the robots of data files and puts each among the parts and programs that a machine has
besides, with ``--among``; counts what data files hold, with ``--count``; and learns from them
which words people say for which words of interfaces, with ``--associate``, and how a sentence and
the interface that it means look alike to a sentence encoder, with ``--relate``.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from ros2_nl_commander.cli.common import run_cli
from ros2_nl_commander.language.generation import DEFAULT_ENCODER
from ros2_nl_commander.training.associations import learn_associations, write_associations
from ros2_nl_commander.training.data_report import data_tables, draw_data
from ros2_nl_commander.training.examples import load_examples
from ros2_nl_commander.training.synthesis.among import MOST, write_among
from ros2_nl_commander.training.synthesis.dataset import write_dataset


def main(args: list[str] | None = None) -> int:
    """Run the command line tool; return its exit code."""
    return run_cli(_parser(), _synthesize, args)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog='synthesize', description=__doc__)
    parser.add_argument('--output', type=Path, required=True,
                        help='folder to write: data.jsonl and robots/; with --count a PNG file, '
                        'with --associate a JSON file, with --relate a safetensors file')
    parser.add_argument('--count', type=Path, nargs='+', metavar='FILE',
                        help='make nothing: print what these JSON Lines hold, and draw it')
    parser.add_argument('--associate', type=Path, nargs='+', metavar='FILE',
                        help='make nothing: learn associations of words from these JSON Lines')
    parser.add_argument('--relate', type=Path, nargs='+', metavar='FILE',
                        help='make nothing: learn the relevance model from these JSON Lines')
    parser.add_argument('--among', type=Path, nargs='+', metavar='FILE',
                        help='make no robots: put those of these JSON Lines among others')
    parser.add_argument('--robots', type=int, default=170, help='how many (default: %(default)s)')
    parser.add_argument('--sentences', type=int, default=20,
                        help='to each robot (default: %(default)s)')
    parser.add_argument('--least', type=int, default=0, metavar='INTERFACES',
                        help='with --among: of a robot in the end (default: %(default)s)')
    parser.add_argument('--most', type=int, default=MOST, metavar='INTERFACES',
                        help='with --among: of a robot in the end (default: %(default)s); of more '
                        'than are read whole, each sentence is learned behind its own selection')
    parser.add_argument('--seed', type=int, default=0,
                        help='the same seed gives the same data (default: %(default)s)')
    return parser


def _synthesize(options: Namespace) -> int:
    if options.count:
        files = {path.stem: load_examples(path) for path in options.count}
        for table in data_tables(files):
            print(table.as_markdown())
        draw_data(files, options.output)
        return 0
    if options.associate:
        examples = (example for path in options.associate for example in load_examples(path))
        write_associations(learn_associations(examples), options.output)
        return 0
    if options.relate:
        # Late: nothing else of this program needs torch.
        from ros2_nl_commander.model.encoder import SentenceEncoder
        from ros2_nl_commander.model.fetch import fetch_model, model_identity
        from ros2_nl_commander.training.relevance import learn_relevance, write_relevance
        data = [example for path in options.relate for example in load_examples(path)]
        folder = fetch_model(DEFAULT_ENCODER, print)
        learned = learn_relevance(data, SentenceEncoder(folder), options.seed)
        write_relevance(learned, options.output, model_identity(folder))
        return 0
    counts = options.output, options.robots, options.sentences, options.seed
    made = (write_among(options.among, *counts, options.least, options.most)
            if options.among else write_dataset(*counts))
    print(f'Written to {made}')
    return 0


if __name__ == '__main__':
    raise SystemExit(main())
