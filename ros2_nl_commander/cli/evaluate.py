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
import json
from pathlib import Path

from ros2_nl_commander.cli.common import add_model_arguments, run_cli
from ros2_nl_commander.language.generation import GeneratorSettings
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.model.checkpoint import replace_files
from ros2_nl_commander.model.generator import load_generator
from ros2_nl_commander.training.evaluate import failures, Score, score_examples, summarise
from ros2_nl_commander.training.examples import load_examples
from tqdm import tqdm


def main(args: list[str] | None = None) -> int:
    """Run the command line tool; return its exit code."""
    return run_cli(_parser(), _evaluate, args)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog='evaluate', description=__doc__)
    parser.add_argument('--data', type=Path, help='JSON Lines that were not trained on '
                        '(default: sentences to robots that no prompt has seen)')
    parser.add_argument('--prompt', default='', help='prompt folder (default: the one shipped)')
    parser.add_argument('--unconstrained', action='store_true',
                        help='without the grammar, to see what it is worth')
    parser.add_argument('--output', type=Path, help='also write everything to this JSON file')
    add_model_arguments(parser)
    return parser


def _evaluate(options: Namespace) -> int:
    examples = load_examples(options.data or share_file('data', 'general_heldout.jsonl'))
    generator = load_generator(GeneratorSettings(
        options.model, options.prompt, options.device, options.dtype, options.device_map,
        constrain=not options.unconstrained))
    scores = list(tqdm(score_examples(generator, examples), total=len(examples)))
    summary, wrong = summarise(scores), failures(scores)
    _print(summary, wrong)
    if options.output:
        _write(options.output, summary, wrong, scores)
    return 0


def _print(summary: dict[str, object], wrong: list[dict[str, object]]) -> None:
    for failure in wrong:
        print(json.dumps(failure, ensure_ascii=False))
    print(json.dumps(summary, indent=2))


def _write(path: Path, summary: object, wrong: object, scores: list[Score]) -> None:
    seconds = [round(score.generation.seconds, 3) for score in scores]
    text = json.dumps(
        {'summary': summary, 'failures': wrong, 'seconds': seconds}, indent=2) + '\n'
    replace_files(path.parent, {path.name: lambda partial: partial.write_text(text)})


if __name__ == '__main__':
    raise SystemExit(main())
