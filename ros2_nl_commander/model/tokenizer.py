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
A model's tokenizer, read once in a process.

The native library holds Python's interpreter while it builds its tables, so that for half a second
nothing else of the process runs.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from huggingface_hub.errors import StrictDataclassError
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.model.cache import first_line
from transformers import AutoTokenizer, PreTrainedTokenizerBase

#: Models whose tokenizers are kept.
KEPT = 4
_FILE = 'tokenizer.json'


def load_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """
    Give the tokenizer of a model folder: the same object, as long as its file is the same.

    :raises ModelError: if it cannot be read
    """
    file = folder / _FILE
    try:
        return _load(folder, file.stat().st_mtime_ns if file.exists() else 0)
    except (OSError, ValueError, RuntimeError, ImportError, KeyError,
            StrictDataclassError) as error:
        raise ModelError(f'Cannot load the model in {folder}: {first_line(error)}') from error


@lru_cache(maxsize=KEPT)
def _load(folder: Path, _changed_at_ns: int) -> PreTrainedTokenizerBase:
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
        folder, local_files_only=True)
    return tokenizer
