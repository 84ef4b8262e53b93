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


"""The peer in the decoding benchmark: refused early where it cannot be had, counted as it says."""

from __future__ import annotations

import importlib.machinery
import os
import sys
from types import ModuleType

import pytest
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.language.robot import load_robot
from ros2_nl_commander.training.benchmarks import decoding
from ros2_nl_commander.training.benchmarks.llama_cpp_row import (
    answer_with_llama_cpp, check_llama_cpp, time_llama_cpp)

DEMO = share_file('config', 'robots', 'demo_robot.yaml')


@pytest.fixture
def write_binding(monkeypatch, tmp_path):
    """Return what writes a binding that answers so, for other processes too."""
    def write(body):
        (tmp_path / 'llama_cpp.py').write_text(f"""import os

class Llama:

    def __init__(self, path, **options):
        pass

    def create_chat_completion(self, turns, **options):
        {body}
""")
        monkeypatch.syspath_prepend(tmp_path)
    return write


@pytest.fixture
def binding(monkeypatch):
    """Stand in for the binding, which takes ten minutes to build; return what it was asked."""
    asked = []

    class Llama:

        def __init__(self, path, **options):
            asked.append((path, options))

        def create_chat_completion(self, turns, **options):
            asked.append((turns, options))
            return {'usage': {'completion_tokens': 5}}

    module = ModuleType('llama_cpp')
    module.__spec__ = importlib.machinery.ModuleSpec('llama_cpp', None)
    module.Llama = Llama
    monkeypatch.setitem(sys.modules, 'llama_cpp', module)
    return asked


def test_it_is_refused_before_the_other_rows(tmp_path, monkeypatch, binding):
    with pytest.raises(ModelError, match='name a GGUF file'):
        check_llama_cpp(tmp_path / 'none.gguf')
    (tmp_path / 'a.gguf').touch()
    check_llama_cpp(tmp_path / 'a.gguf')
    monkeypatch.setattr('importlib.util.find_spec', lambda name: None)
    with pytest.raises(ModelError, match='pip install llama-cpp-python'):
        check_llama_cpp(tmp_path / 'a.gguf')


def test_every_sentence_shares_the_turn_with_the_interfaces(tmp_path, binding):
    answer = answer_with_llama_cpp(tmp_path / 'a.gguf', load_robot(DEMO), 2, 64)
    assert answer('stop') == (5, 5)
    assert answer('go') == (5, 5)
    (path, loading), (first, options), (second, _) = binding
    assert path == str(tmp_path / 'a.gguf') and loading['n_threads'] == 2
    assert options == {'max_tokens': 64, 'temperature': 0.0}
    assert first[0] == second[0] and '/porter/siren' in first[0]['content']
    assert (first[1], second[1]) == ({'role': 'user', 'content': 'stop'},
                                     {'role': 'user', 'content': 'go'})


@pytest.mark.parametrize('body, message', [
    ('os._exit(4)', 'the process of llama.cpp died: .* leave out --gguf'),
    ("raise ValueError('no magic')", 'llama.cpp cannot answer with .*a.gguf: no magic')])
def test_a_crash_of_the_library_is_one_line_before_anything_else_is_measured(
        body, message, write_binding, tmp_path, monkeypatch):
    write_binding(body)
    monkeypatch.setattr(decoding, '_notebook', lambda *_: pytest.fail('measured before'))
    (tmp_path / 'a.gguf').touch()
    with pytest.raises(ModelError, match=message):
        decoding.measure_decoding(tmp_path, 'cpu', 'float32', gguf=tmp_path / 'a.gguf')


def test_its_row_is_that_of_a_process_of_its_own(write_binding, tmp_path):
    write_binding("return {'usage': {'completion_tokens': os.getpid()}}")
    row = time_llama_cpp(tmp_path / 'a.gguf', load_robot(DEMO), ['stop', 'go'], 2, 64)
    assert row.name == 'llama.cpp, a.gguf, interfaces in the prompt' and len(row.seconds) == 2
    assert row.tokens == row.forwards != os.getpid() and row.memory_bytes > 0
