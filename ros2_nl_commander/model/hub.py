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
Finds a model in the user's hub cache, or downloads it from the Hugging Face hub.

Knows nothing of this package's own cache: the hub client keeps its files, resumes and locks.
"""

from __future__ import annotations

import errno
from pathlib import Path

from huggingface_hub import HfApi, snapshot_download, try_to_load_from_cache
from huggingface_hub.errors import (
    GatedRepoError, HfHubHTTPError, OfflineModeIsEnabled, RepositoryNotFoundError)

from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.model.cache import first_line, missing_files, Report

#: How long the hub may take to say that it is there [s].
HUB_TIMEOUT_SEC = 5.0

_WANTED = ['*.json', '*.safetensors', '*.txt', '*.jinja', 'tokenizer.model']
# The second base is the HTTP client's own error, and that client has changed its name before.
_HUB_FAULTS: tuple[type[Exception], ...] = (OSError, ValueError, *HfHubHTTPError.__bases__)


def cached_snapshot(model: str) -> Path | None:
    """Return the whole snapshot of a model in the user's hub cache, without any network."""
    try:
        found = try_to_load_from_cache(model, 'config.json')
    except ValueError:
        return None
    folder = Path(found).parent if isinstance(found, str) else None
    return folder if folder is not None and missing_files(folder) is None else None


def download_snapshot(model: str, report: Report) -> Path:
    """
    Download a model into the user's hub cache.

    :raises ModelError: if the hub is out of reach, lacks the model, or it has no safetensors
    """
    try:
        # Asked first, because the download itself retries for minutes where nobody answers.
        revision = HfApi().model_info(model, timeout=HUB_TIMEOUT_SEC).sha
        report(f'downloading {model} from the hub')
        folder = Path(snapshot_download(
            model, revision=revision, allow_patterns=_WANTED, ignore_patterns=['*/*']))
    except _HUB_FAULTS as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise
        raise ModelError(f'no {model} from the hub: {_reason(error)}') from error
    missing = missing_files(folder)
    if missing is not None:
        raise ModelError(f'{model} on the hub has no {missing}, which is needed')
    return folder


def _reason(error: Exception) -> str:
    if isinstance(error, OfflineModeIsEnabled):
        return 'HF_HUB_OFFLINE is set'
    if isinstance(error, GatedRepoError):
        return 'it is gated; accept its licence there and log in'
    if isinstance(error, RepositoryNotFoundError):
        return 'it is not there, or private'
    return f'out of reach ({first_line(error)})'
