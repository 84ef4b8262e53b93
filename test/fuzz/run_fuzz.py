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
Fuzz the codec and the policy: ``run_fuzz.py --inputs 1000000``.

With atheris the coverage of the code leads the search, else chance alone does. An input that
breaks something is printed, and kept in the folder of its job; the last line counts.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
import importlib.util
import json
import multiprocessing
import os
from pathlib import Path
from random import Random
import sys
import time

RUNS = Path(__file__).parents[2] / 'runs' / 'fuzz'
#: Longer inputs are cut off by atheris [bytes].
LONGEST = 4096


def fuzz_by_chance(inputs: int, seed: int, counts: Counter) -> None:
    """
    Check mutations of the seeds.

    :raises Exception: at the first input that breaks something; its text is the last argument
    """
    from fuzz_cases import seeds
    from fuzz_mutations import mutated
    random, corpus = Random(seed), seeds()
    for number in range(inputs):
        text = mutated(random.choice(corpus), random, random.choice(corpus))
        before = counts['fit the robot']
        _check(text, counts)
        # What gets far is worth changing further.
        if counts['fit the robot'] > before and number % 4 == 0 and len(text) < 1000:
            corpus[random.randrange(len(corpus))] = text


def _check(text: str, counts: Counter) -> None:
    from fuzz_invariants import check
    try:
        check(text, counts)
    except Exception as error:
        error.args = (*error.args, text)
        raise


def fuzz_by_coverage(inputs: int, seed: int, folder: Path) -> None:
    """Let libFuzzer choose what to check; this ends the process."""
    import atheris
    with atheris.instrument_imports(include=['ros2_nl_commander.language']):
        from fuzz_cases import seeds
        from fuzz_mutations import mutated
        import fuzz_invariants  # noqa: F401
    corpus = folder / 'corpus'
    corpus.mkdir(exist_ok=True)
    texts = seeds()
    for number, text in enumerate(texts):
        (corpus / f'{number:04}').write_bytes(_encoded(text))
    counts: Counter = Counter()

    def check_bytes(data: bytes) -> None:
        _check(_decoded(data), counts)
        if counts['inputs'] == inputs:
            (folder / 'counts.json').write_text(json.dumps(counts))
            os._exit(0)  # libFuzzer would count in another way when to end

    def mutate(data: bytes, longest: int, number: int) -> bytes:
        random = Random(number)
        if random.random() < 0.3:
            return atheris.Mutate(data, longest)
        return _encoded(mutated(_decoded(data), random, random.choice(texts)))[:longest]

    atheris.Setup([sys.argv[0], f'-seed={seed}', f'-max_len={LONGEST}', '-verbosity=0',
                   '-timeout=20', '-rss_limit_mb=4096', f'-artifact_prefix={folder}/',
                   str(corpus)], check_bytes, custom_mutator=mutate)
    atheris.Fuzz()


def _encoded(text: str) -> bytes:
    return text.encode('utf-8', 'surrogatepass')


def _decoded(data: bytes) -> str:
    """Take any bytes for a text: what is no UTF-8 becomes lone surrogates."""
    return data.decode('utf-8', 'surrogateescape')


def _work(inputs: int, seed: int, folder: Path, is_guided: bool) -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'counts.json').unlink(missing_ok=True)
    if is_guided:
        fuzz_by_coverage(inputs, seed, folder)
    counts: Counter = Counter()
    try:
        fuzz_by_chance(inputs, seed, counts)
    except Exception as error:
        (folder / 'broken.txt').write_bytes(_encoded(str(error.args[-1])))
        raise
    (folder / 'counts.json').write_text(json.dumps(counts))


def main() -> int:
    """Share the inputs among processes, and add up what they counted."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument('--inputs', type=int, default=1_000_000)
    parser.add_argument('--seed', type=int, default=int(time.time()))
    parser.add_argument('--jobs', type=int, default=os.cpu_count() or 1)
    parser.add_argument('--unguided', action='store_true', help='leave atheris out')
    options = parser.parse_args()
    is_guided = not options.unguided and importlib.util.find_spec('atheris') is not None
    began = time.monotonic()
    spawn = multiprocessing.get_context('spawn')
    folders = [RUNS / str(number) for number in range(options.jobs)]
    jobs = [spawn.Process(target=_work, args=(
        (options.inputs + number) // options.jobs, options.seed + number, folder, is_guided))
        for number, folder in enumerate(folders)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    broken = [folder for folder, job in zip(folders, jobs) if job.exitcode]
    if broken:
        print(f'an input broke something: see above and {broken[0]} (seed {options.seed})')
        return 1
    counts: Counter = Counter()
    for folder in folders:
        counts.update(json.loads((folder / 'counts.json').read_text()))
    told = ', '.join(f'{number} {what}' for what, number in counts.items())
    how = 'guided by coverage' if is_guided else 'by chance'
    print(f'fuzzed {how}: {told}; {counts["inputs"] / (time.monotonic() - began):.0f} inputs/s; '
          '0 broke anything')
    return 0


if __name__ == '__main__':
    sys.exit(main())
