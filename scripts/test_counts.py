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


"""Print the plain count of JUnit files: ``N passed, N failed``, and ``N skipped`` if any were."""

from __future__ import annotations

from pathlib import Path
import sys
from xml.etree import ElementTree


def count_tests(path: Path) -> tuple[int, int, int]:
    """
    Count the tests of a JUnit file; an error in a fixture counts as a failure.

    :returns: how many passed, failed and were skipped
    """
    cases = list(ElementTree.parse(path).iter('testcase'))
    failed = sum(any(case.find(tag) is not None for tag in ('failure', 'error')) for case in cases)
    skipped = sum(case.find('skipped') is not None for case in cases)
    return len(cases) - failed - skipped, failed, skipped


def main() -> int:
    """Print the count of all files named; 1 if a test failed, or none passed in one of them."""
    try:
        counts = [count_tests(Path(name)) for name in sys.argv[1:]]
    except (OSError, ElementTree.ParseError) as error:
        print(f'no test results: {error}', file=sys.stderr)
        return 1
    passed, failed, skipped = (sum(column) for column in zip(*counts, strict=True))
    print(f'{passed} passed, {failed} failed' + (f', {skipped} skipped' if skipped else ''))
    return 1 if failed or not all(count[0] for count in counts) else 0


if __name__ == '__main__':
    sys.exit(main())
