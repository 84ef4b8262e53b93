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
The same sentences through llama.cpp's Python binding: what its users would do with this model.

The binding is no dependency of this package; ``pip install llama-cpp-python`` builds it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
import importlib.util
import multiprocessing
from pathlib import Path

from ros2_nl_commander.language.context import context_from_robot
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.training.benchmarks.decoding_rows import Row, time_row

#: Room for the interfaces of one robot, a sentence and an answer [tokens].
CONTEXT_TOKENS = 2048


def check_llama_cpp(gguf: Path) -> None:
    """
    Refuse early what would fail after minutes of other rows.

    :raises ModelError: if the binding is not installed or there is no such file
    """
    if importlib.util.find_spec('llama_cpp') is None:
        raise ModelError('--gguf compares with llama.cpp, which is not installed: '
                         'pip install llama-cpp-python (it needs a C++ compiler)')
    if not gguf.is_file():
        raise ModelError(f'{gguf} is not there: name a GGUF file of the same model')


def time_llama_cpp(
    gguf: Path, robot: RobotDescription, sentences: Sequence[str], threads: int,
    max_new_tokens: int,
) -> Row:
    """
    Time llama.cpp in a process of its own: a library built for another processor kills it.

    :raises ModelError: if the process dies, or the file cannot be used
    """
    # spawn: the memory and the threads of this process are not passed on.
    context = multiprocessing.get_context('spawn')
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        timed = pool.submit(_time, gguf, robot, sentences, threads, max_new_tokens)
        try:
            return timed.result()
        except BrokenProcessPool as error:
            raise ModelError(
                'the process of llama.cpp died: too little memory, or a build for another '
                'processor. Build it here (pip install --force-reinstall --no-cache-dir '
                '--no-binary llama-cpp-python llama-cpp-python), or leave out --gguf') from error
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise ModelError(f'llama.cpp cannot answer with {gguf}: {error}') from error


def _time(
    gguf: Path, robot: RobotDescription, sentences: Sequence[str], threads: int,
    max_new_tokens: int,
) -> Row:
    return time_row(f'llama.cpp, {gguf.name}, interfaces in the prompt', sentences,
                    answer_with_llama_cpp(gguf, robot, threads, max_new_tokens))


def answer_with_llama_cpp(
    gguf: Path, robot: RobotDescription, threads: int, max_new_tokens: int
) -> Callable[[str], tuple[int, int | None]]:
    """
    Load a GGUF file and give what answers a sentence with it.

    The interfaces stand in the system turn, which the binding reads once: it keeps the keys and
    values of the longest beginning that the next conversation shares.

    :returns: takes a sentence, gives tokens and forwards of its answer
    """
    from llama_cpp import Llama
    llama = Llama(str(gguf), n_ctx=CONTEXT_TOKENS, n_threads=threads, n_threads_batch=threads,
                  verbose=False)
    context = str(context_from_robot(robot))

    def answer(sentence: str) -> tuple[int, int | None]:
        turns = [{'role': 'system', 'content': context}, {'role': 'user', 'content': sentence}]
        completion = llama.create_chat_completion(
            turns, max_tokens=max_new_tokens, temperature=0.0)
        written = completion['usage']['completion_tokens']
        return written, written

    return answer
