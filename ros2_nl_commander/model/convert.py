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
Turns a GGUF file into a folder that transformers loads quickly, with a clean tokenizer.

Knows no network and no route: which file, and where the folder goes, is the caller's choice.
"""

from __future__ import annotations

import errno
import json
from pathlib import Path
import re
import shutil
from typing import Any

from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.model.cache import first_line

#: How every filler of GGUF begins.
FILLER_START = '[PAD'
_FILLER = re.compile(re.escape(FILLER_START) + r'(\d+)\]')
_PYTHON_FAULTS = (AttributeError, ImportError, LookupError, RuntimeError, TypeError, ValueError)


def unpacked_size(gguf: Path) -> int:
    """
    Return the size of the weights of a GGUF file in bfloat16 [bytes].

    :raises ModelError: if it is not a whole GGUF file
    """
    # Imported late: a model that is in the cache already must not wait for it.
    try:
        from gguf import GGUFReader
        return sum(2 * int(tensor.n_elements) for tensor in GGUFReader(gguf).tensors)
    except _PYTHON_FAULTS as error:
        raise ModelError(f'cannot read {gguf} as GGUF: {first_line(error)}') from error


def convert_gguf(gguf: Path, folder: Path) -> None:
    """
    Write model and tokenizer of a GGUF file as bfloat16 safetensors.

    Reading GGUF takes 40 s at every start, reading the result 2 s. bfloat16 keeps what is in a
    quantised file: float32 would double the disk and the load time for nothing.

    :param gguf: file of any architecture that transformers reads
    :param folder: existing, empty folder
    :raises ModelError: if transformers cannot read it
    :raises OSError: if the disk is full
    """
    # Imported late: see unpacked_size.
    try:
        from safetensors import SafetensorError
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
    except ImportError as error:
        raise ModelError(f'cannot convert {gguf.name}: {error}') from error
    try:
        tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
        tokenizer.save_pretrained(folder)
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            gguf.parent, gguf_file=gguf.name, dtype=torch.bfloat16,
            quantization_config=GgufConfig(dequantize=True), output_loading_info=True)
        model, loading = loaded
        if loading['missing_keys']:  # transformers makes them up
            raise ModelError(f'cannot convert {gguf.name}: it lacks '
                             f'{len(loading["missing_keys"])} weights; one that is split into '
                             'several files has to be merged first')
        model.save_pretrained(folder)
    except (SafetensorError, *_PYTHON_FAULTS) as error:
        if f'os error {errno.ENOSPC})' in str(error):
            raise OSError(errno.ENOSPC, 'No space left on device', str(folder)) from error
        raise ModelError(f'cannot convert {gguf.name}: {first_line(error)}') from error
    clean_tokenizer(folder)
    for weights in folder.glob('*.safetensors'):
        # Written for the owner alone, but a cache can serve several users of a robot.
        shutil.copymode(folder / 'config.json', weights)


def clean_tokenizer(folder: Path) -> None:
    """
    Make a tokenizer that was read from GGUF the one that the model was published with.

    GGUF fills the vocabulary up to the width of the output layer with tokens ``[PAD151665]``,
    which text could then contain, and does not store the normaliser (NFC for Qwen).

    :param folder: holds ``tokenizer.json`` and ``tokenizer_config.json``; changed in place
    """
    path = folder / 'tokenizer.json'
    tokenizer = json.loads(path.read_text(encoding='utf-8'))
    drop_fillers(tokenizer)
    if tokenizer.get('normalizer') is None and _is_qwen(folder):
        tokenizer['normalizer'] = {'type': 'NFC'}
    path.write_text(json.dumps(tokenizer, ensure_ascii=False), encoding='utf-8')


def drop_fillers(tokenizer: dict[str, Any]) -> None:
    """
    Take the fillers out of the content of a ``tokenizer.json``.

    :param tokenizer: changed in place
    """
    model = tokenizer['model']
    if isinstance(model.get('vocab'), dict):
        model['vocab'] = {
            text: index for text, index in model['vocab'].items() if not _is_filler(text, index)}
    tokenizer['added_tokens'] = [
        token for token in tokenizer.get('added_tokens', [])
        if not _is_filler(token['content'], token['id'])]


def _is_filler(text: str, index: int) -> bool:
    """Tell a filler by its own id: a real token could look like ``[PAD1]``."""
    match = _FILLER.fullmatch(text)
    return match is not None and int(match[1]) == index


def _is_qwen(folder: Path) -> bool:
    text = (folder / 'tokenizer_config.json').read_text(encoding='utf-8')
    config: dict[str, Any] = json.loads(text)
    return str(config.get('tokenizer_class', '')).startswith('Qwen2')
