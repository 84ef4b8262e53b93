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

"""What native libraries make of a tokenizer is made once in a process, and can be made ahead."""

from __future__ import annotations

import os
import shutil

import pytest
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.language.generation import GeneratorSettings
from ros2_nl_commander.model import constraint
from ros2_nl_commander.model.backbone import load_backbone, load_shape
from ros2_nl_commander.model.constraint import GrammarEngine
from ros2_nl_commander.model.fetch import find_model
from ros2_nl_commander.model.generator import load_tables
from ros2_nl_commander.model.sequence import end_ids_of
from ros2_nl_commander.model.tokenizer import load_tokenizer
from transformers import AutoTokenizer


@pytest.fixture
def folder(tiny_model_folder, tmp_path):
    return shutil.copytree(tiny_model_folder, tmp_path / 'model')


def build_all(folder):
    backbone = load_backbone(folder, device='cpu', dtype='float32')
    return GrammarEngine(backbone, end_ids_of(backbone.tokenizer))


def test_what_was_built_ahead_is_not_built_again(folder, monkeypatch):
    load_tables(GeneratorSettings(str(folder), ''))
    monkeypatch.setattr(AutoTokenizer, 'from_pretrained', None)
    monkeypatch.setattr(constraint, '_clean_tokenizer_json', None)
    for _ in range(2):
        assert build_all(folder).compile('start: "go"').start().forced()


def test_a_tokenizer_that_was_changed_is_read_again(folder):
    before = load_tokenizer(folder)
    assert load_tokenizer(folder) is before
    os.utime(folder / 'tokenizer.json', ns=(0, 0))
    assert load_tokenizer(folder) is not before


def test_unconstrained_answers_need_no_tables(folder, monkeypatch):
    monkeypatch.setattr(constraint, '_llguidance', None)
    load_tables(GeneratorSettings(str(folder), '', constrain=False))


@pytest.mark.parametrize('model', ['no/such-model', 'no-such-file.gguf', ''])
def test_a_model_that_is_not_here_has_nothing_to_be_built(model):
    assert find_model(model) is None
    load_tables(GeneratorSettings(model, ''))


def test_a_folder_without_a_model_is_one_clear_line(tmp_path):
    for read in (load_shape, load_tokenizer):
        with pytest.raises(ModelError, match='Cannot load the model in [^\n]*$'):
            read(tmp_path)
