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

"""A random two-layer Qwen2 with a byte tokenizer, for tests that need a model and no weights."""

from __future__ import annotations

from pathlib import Path

import pytest
import setuptools  # noqa: F401 - what compiles imports it later, too late if distutils came first

torch = pytest.importorskip('torch')
transformers = pytest.importorskip('transformers')

ROS_TESTS = Path(__file__).parent / 'ros'
SPECIAL_TOKENS = ('<|endoftext|>', '<|im_start|>', '<|im_end|>')
#: Wider than the tokenizer, as Qwen's output layer is.
VOCABULARY = 288


def pytest_collection_modifyitems(items):
    """Mark what runs alone."""
    for item in items:
        if ROS_TESTS in item.path.parents:
            item.add_marker(pytest.mark.ros)


def make_tokenizer():
    """Make a tokenizer of single bytes and Qwen's special tokens."""
    from tokenizers import decoders, models, pre_tokenizers, Tokenizer

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({char: i for i, char in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(SPECIAL_TOKENS))
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token='<|im_end|>', pad_token='<|endoftext|>')


def make_model(seed=0, **sizes):
    """Make a random model; sizes override those of the configuration."""
    torch.manual_seed(seed)
    defaults = {
        'vocab_size': VOCABULARY, 'hidden_size': 32, 'intermediate_size': 64,
        'num_hidden_layers': 2, 'num_attention_heads': 4, 'num_key_value_heads': 2,
        'max_position_embeddings': 4096, 'tie_word_embeddings': False}
    config = transformers.Qwen2Config(**{**defaults, **sizes})
    return transformers.Qwen2ForCausalLM(config)


@pytest.fixture(scope='session')
def tiny_tokenizer():
    """Return the byte tokenizer."""
    return make_tokenizer()


@pytest.fixture(scope='session')
def build_tiny_model():
    """Return what builds a random model, for tests that need other sizes."""
    return make_model


@pytest.fixture(scope='session')
def tiny_backbone():
    """Return a frozen random model in float32."""
    from ros2_nl_commander.model.backbone import backbone_from_model

    return backbone_from_model(make_model(), make_tokenizer(), for_training=True)


@pytest.fixture(scope='session')
def tiny_model_folder(tmp_path_factory):
    """Return a folder as ``fetch_model`` returns it, with a random model."""
    folder = tmp_path_factory.mktemp('tiny_model')
    make_model().save_pretrained(folder)
    make_tokenizer().save_pretrained(folder)
    return folder


@pytest.fixture(scope='session')
def tiny_encoder_folder(tmp_path_factory, tiny_tokenizer):
    """Return the folder of a small random sentence encoder."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp('encoder')
    transformers.BertModel(transformers.BertConfig(
        vocab_size=len(tiny_tokenizer), hidden_size=16, num_hidden_layers=2,
        num_attention_heads=2, intermediate_size=32)).save_pretrained(path)
    tiny_tokenizer.save_pretrained(path)
    return path
