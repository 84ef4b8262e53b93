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
The folder where fetched models live, and how they get there whole or not at all.

Knows no hub, no package index and no tensor: only folders, locks and disk space.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
import contextlib
import fcntl
import json
import os
from pathlib import Path
import shutil

from ros2_nl_commander.language.errors import ModelError

#: Takes one line about the progress.
Report = Callable[[str], None]

#: Written last into a folder, beside the weights: where they came from.
SOURCE_FILE = 'source.json'
_INDEX = 'model.safetensors.index.json'


def cache_root() -> Path:
    """Return the folder that holds everything fetched (``ROS2_NL_COMMANDER_CACHE`` moves it)."""
    chosen = os.environ.get('ROS2_NL_COMMANDER_CACHE')
    return Path(chosen).expanduser() if chosen else Path.home() / '.cache' / 'ros2_nl_commander'


def first_line(error: BaseException) -> str:
    """Return what an error of another library says, short enough for one line of ours."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def folder_name(model: str) -> str:
    """Return a model id as the name of one folder."""
    return model.replace('/', '--')


def missing_files(folder: Path) -> str | None:
    """Say what a folder lacks to be a model with tokenizer and safetensors, or None."""
    if not (folder / 'config.json').is_file():
        return 'config.json'
    vocabulary = ('tokenizer.json', 'vocab.json', 'tokenizer.model')
    if not any((folder / name).is_file() for name in vocabulary):
        return 'tokenizer.json'
    try:
        missing = (name for name in _weight_files(folder) if not (folder / name).is_file())
        return next(missing, None)
    except (ValueError, KeyError, TypeError, AttributeError):  # empty, cut off
        return f'{_INDEX} that can be read'


def _weight_files(folder: Path) -> list[str]:
    index = folder / _INDEX
    if not index.is_file():
        return ['model.safetensors']
    weight_map = json.loads(index.read_text(encoding='utf-8'))['weight_map']
    return sorted(set(weight_map.values()))


def is_published(folder: Path) -> bool:
    """Tell whether a folder of this cache is finished; a half-written one never is."""
    return (folder / SOURCE_FILE).is_file() and missing_files(folder) is None


@contextlib.contextmanager
def publishing(folder: Path, source: dict[str, str]) -> Iterator[Path]:
    """
    Yield an empty folder that replaces ``folder`` when the block ends without an error.

    :param folder: where the model shall be; appears in one step or not at all
    :param source: what ``source.json`` will say
    """
    scratch = folder.with_name(f'.{folder.name}.partial')
    remove(scratch)
    scratch.mkdir(parents=True)
    try:
        yield scratch
        (scratch / SOURCE_FILE).write_text(json.dumps(source, indent=2) + '\n', encoding='utf-8')
        for path in [*scratch.iterdir(), scratch]:
            sync(path)
        remove(folder)
        os.replace(scratch, folder)
    finally:
        remove(scratch)


def sync(path: Path) -> None:
    """Wait until the disk holds it: a power cut after the rename must not leave empty files."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Delete a file or folder that may not exist."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def require_space(folder: Path, needed: int) -> None:
    """
    Refuse to begin what the disk cannot hold.

    :param folder: existing folder on the disk in question
    :param needed: free space that will be used at the peak [bytes]
    :raises ModelError: if there is less
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ModelError(
            f'not enough disk space for the model: {needed / 1e9:.1f} GB needed, '
            f'{free / 1e9:.1f} GB free in {folder} (ROS2_NL_COMMANDER_CACHE moves the cache)')


@contextlib.contextmanager
def cache_lock(root: Path, report: Report) -> Iterator[None]:
    """Hold the cache alone; a second process waits, and says so."""
    root.mkdir(parents=True, exist_ok=True)
    with open(root / 'lock', 'w', encoding='utf-8') as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report('another process is fetching a model: waiting for it to finish')
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
