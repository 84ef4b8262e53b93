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

"""What is left to do after transformers has read a GGUF file: the tokenizer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.model.convert import clean_tokenizer, convert_gguf, unpacked_size
from tokenizers import decoders, models, pre_tokenizers, Tokenizer

BYTES = sorted(pre_tokenizers.ByteLevel.alphabet())


def write_tokenizer(folder: Path, tokenizer_class: str = 'Qwen2Tokenizer') -> None:
    """Write a byte tokenizer as transformers writes one that it read from GGUF."""
    vocabulary = {text: index for index, text in enumerate(BYTES)}
    # A real token that only looks like a filler: its number is not its id.
    for text in ('[PAD1]', '<|im_end|>', '[PAD258]', '[PAD259]'):
        vocabulary[text] = len(vocabulary)
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(['<|im_end|>', '[PAD259]'])
    tokenizer.save(str(folder / 'tokenizer.json'))
    (folder / 'tokenizer_config.json').write_text(
        json.dumps({'tokenizer_class': tokenizer_class}))


def read(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / 'tokenizer.json').read_text())
    return content


def test_fillers_leave_vocabulary_and_added_tokens(tmp_path: Path) -> None:
    write_tokenizer(tmp_path)
    clean_tokenizer(tmp_path)
    content = read(tmp_path)
    assert list(content['model']['vocab'])[-2:] == ['[PAD1]', '<|im_end|>']
    assert [token['content'] for token in content['added_tokens']] == ['<|im_end|>']


def test_ids_and_round_trips_stay(tmp_path: Path) -> None:
    write_tokenizer(tmp_path)
    before = Tokenizer.from_file(str(tmp_path / 'tokenizer.json'))
    clean_tokenizer(tmp_path)
    after = Tokenizer.from_file(str(tmp_path / 'tokenizer.json'))
    assert (before.get_vocab_size(), after.get_vocab_size()) == (260, 258)
    assert after.token_to_id('<|im_end|>') == 257
    for text in ('ros2 topic pub /a', "it's 2 m .", 'gr\u00fc\u00dfe \U0001f916\n', 'x<|im_end|>'):
        encoded = after.encode(text).ids
        assert encoded == before.encode(text).ids
        assert after.decode(encoded, skip_special_tokens=False) == text


def test_filler_text_is_no_longer_one_token(tmp_path: Path) -> None:
    write_tokenizer(tmp_path)
    clean_tokenizer(tmp_path)
    tokenizer = Tokenizer.from_file(str(tmp_path / 'tokenizer.json'))
    assert len(tokenizer.encode('[PAD259]').ids) == len('[PAD259]')


def test_normaliser_of_qwen_is_restored(tmp_path: Path) -> None:
    write_tokenizer(tmp_path)
    clean_tokenizer(tmp_path)
    tokenizer = Tokenizer.from_file(str(tmp_path / 'tokenizer.json'))
    assert tokenizer.encode('cafe\u0301').ids == tokenizer.encode('caf\u00e9').ids


def test_normaliser_of_others_is_left_alone(tmp_path: Path) -> None:
    write_tokenizer(tmp_path, 'LlamaTokenizer')
    clean_tokenizer(tmp_path)
    assert read(tmp_path)['normalizer'] is None


def test_cleaning_twice_changes_nothing(tmp_path: Path) -> None:
    write_tokenizer(tmp_path)
    clean_tokenizer(tmp_path)
    once = (tmp_path / 'tokenizer.json').read_bytes()
    clean_tokenizer(tmp_path)
    assert (tmp_path / 'tokenizer.json').read_bytes() == once


@pytest.mark.parametrize('content', [b'', b'not a model', b'GGUF\x03\x00\x00\x00' + b'\xff' * 64])
def test_file_that_is_no_gguf_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    gguf = tmp_path / 'bad.gguf'
    gguf.write_bytes(content)
    for action in (lambda: unpacked_size(gguf), lambda: convert_gguf(gguf, tmp_path)):
        with pytest.raises((ModelError, OSError)) as caught:
            action()
        assert '\n' not in str(caught.value)
