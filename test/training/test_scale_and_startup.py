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

"""Scale and start-up, with a random model: the tables are whole and the parts add up."""

from __future__ import annotations

import json
import shutil

import pytest
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.language.instruction import check_instruction
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.model import generator
from ros2_nl_commander.model.key_values import length_of
from ros2_nl_commander.training.benchmarks import (
    as_shipped, batched, scale, startup, startup_process as process)
import torch


def cells(table, column):
    return [float(row[table.columns.index(column)]) for row in table.rows]


@pytest.mark.parametrize('words', scale.WORDS)
@pytest.mark.parametrize('request_', scale.REQUESTS)
def test_sentences_have_the_words_that_are_wanted(words, request_):
    sentence = scale.lengthened(request_, words)
    assert len(sentence.split()) == words and sentence.endswith(request_)
    assert check_instruction(sentence) == sentence


def test_scale_measures_lengths_robots_and_batches(
        tiny_model_folder, shipped, tmp_path, monkeypatch):
    monkeypatch.setattr('ros2_nl_commander.model.shipped.SHIPPED', ((str(shipped),),))
    monkeypatch.setattr(as_shipped, 'relevance_for', lambda settings: None)
    monkeypatch.setattr(scale, 'WORDS', (5, 20))
    monkeypatch.setattr(scale, 'ROBOTS', (1, 3))
    monkeypatch.setattr(scale, 'REQUESTS', scale.REQUESTS[:2])
    monkeypatch.setattr(batched, 'SIZES', (1, 4))
    lengths, robots, batches = scale.measure_scale(
        tiny_model_folder, 'cpu', 'float32', tmp_path / 'scale.png')
    short, long = cells(lengths, 'tokens')
    assert long > 2 * short and cells(lengths, 'words') == [5, 20]
    assert cells(robots, 'robots') == [1, 3]
    assert cells(batches, 'sentences') == [1, 4] and cells(batches, 'ratio')[0] == 1.0
    assert (tmp_path / 'scale.png').stat().st_size > 1000


def test_a_batch_counts_memory_and_rate_of_all_its_rows(tiny_backbone):
    nothing = [(torch.zeros(1, 2, 5, 8), torch.zeros(1, 2, 5, 8))] * 2
    found = batched.measure_batches(tiny_backbone, nothing, [[1, 2, 3], [4, 5]], 4)
    one = found[0]
    assert length_of(nothing) + 3 == 8
    assert one.key_value_bytes == 8 * scale.position_bytes(tiny_backbone)
    assert [batch.key_value_bytes / one.key_value_bytes for batch in found] == [
        batch.size for batch in found]
    assert one.rate == pytest.approx(1 / (one.prefill_seconds + 3 * one.step_seconds))


def test_parts_of_a_start_add_up_to_the_life_of_the_process(
        tiny_model_folder, shipped, tmp_path, monkeypatch):
    # A model that nothing was built for in this process.
    folder = shutil.copytree(tiny_model_folder, tmp_path / 'model')
    monkeypatch.setattr('ros2_nl_commander.model.shipped.SHIPPED', ((str(shipped),),))
    monkeypatch.setattr(generator, 'relevance_for', lambda settings: None)
    clock = process.time.monotonic
    began = clock() - 1.0
    laps = process.measure(
        began, str(folder), 'cpu', 'bfloat16',
        str(share_file('config', 'robots', 'demo_robot.yaml')), list(startup.SENTENCES))
    ended = clock()
    assert sum(seconds for _, seconds in laps) == pytest.approx(ended - began, abs=0.05)
    assert dict(laps)[process.IMPORTS] >= 1.0
    optional = {process.PACKING}  # where the processor has it
    assert set(process.PARTS) - optional <= {part for part, _ in laps} <= set(process.PARTS)


def test_a_process_that_fails_is_one_line(tiny_model_folder, tmp_path):
    (tmp_path / 'config.json').write_text('{}')
    with pytest.raises(ModelError, match='the process that was to be measured failed: '):
        startup.measure_startup(tmp_path, 'cpu', 'float32')


def test_the_median_process_is_shown(monkeypatch, tmp_path):
    runs = iter([{process.IMPORTS: 99.0}, *(
        dict.fromkeys(process.PARTS, seconds) for seconds in (3.0, 1.0, 2.0))])
    monkeypatch.setattr(startup, '_run', lambda *_: next(runs))
    table = startup.measure_startup(tmp_path, 'cpu', 'float32')
    parts = {row[0]: row[1] for row in table.rows}
    assert parts['to the first answer'] == '18.00' and parts[process.SECOND] == '2.00'
    assert sum(float(row[1]) for row in table.rows[:-2]) == 18.0


def test_a_real_process_prints_its_laps(monkeypatch, tmp_path):
    """The arguments that ``startup`` gives are those that the process takes."""
    class Done:
        returncode, stderr = 0, ''
        stdout = 'noise\n' + json.dumps([[process.FIRST, 1.0], [process.FIRST, 2.0]])

    given = []
    monkeypatch.setattr(startup.subprocess, 'run', lambda command, **_: given.append(command)
                        or Done)
    assert startup._run(tmp_path, 'cpu', 'auto')[process.FIRST] == 3.0
    settings = json.loads(given[0][-1])
    assert set(settings) == set(process.measure.__annotations__) - {'began', 'return'}
