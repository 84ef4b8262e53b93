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


"""The benchmarks that train: teaching a few phrases, and the comparison of prompts."""

from __future__ import annotations

from dataclasses import replace
import json

import pytest
from ros2_nl_commander.language.errors import DatasetError
from ros2_nl_commander.model.checkpoint import load_prompt, PromptCard, save_prompt, TrainedPrompt
from ros2_nl_commander.training import lessons
from ros2_nl_commander.training.benchmarks import as_shipped, cells, prompts, teach
from ros2_nl_commander.training.benchmarks.prompts import measure_prompts, Sweep
from ros2_nl_commander.training.encoders import build_encoder
from ros2_nl_commander.training.lessons import Lessons
from ros2_nl_commander.training.settings import TEACH, TrainingSettings
import torch

pytest.importorskip('llguidance')


@pytest.fixture
def taught_files(tmp_path, monkeypatch):
    """Put small files in place of everything that the benchmark reads."""
    for name in 'abcdefg':
        (tmp_path / f'{name}.yaml').write_text(
            f'robot: {name}\nservices: {{/{name}/on: std_srvs/srv/Trigger}}\n')
    known = [{'instruction': f'go {count}', 'command': f'/{name}/on', 'robot': f'{name}.yaml'}
             for name in 'abcdefg' for count in range(5)]
    own = [{'instruction': text, 'command': '/sun'} for text in ('shine', 'beam')]
    for name, lines in ((*((file, known) for file in lessons.KNOWN_FILES), ('phrases.jsonl', own),
                         ('heldout.jsonl', own[:1]), ('suite.jsonl', known[:4]))):
        (tmp_path / name).write_text(''.join(json.dumps(line) + '\n' for line in lines))
    (tmp_path / 'robot.yaml').write_text('robot: own\nservices: {/sun: std_srvs/srv/Trigger}\n')
    for module in (lessons, teach):
        monkeypatch.setattr(module, 'share_file', lambda *parts: tmp_path / parts[-1])
    monkeypatch.setattr(as_shipped, 'relevance_for', lambda settings: None)
    monkeypatch.setattr(teach, 'suite_files', lambda: {'few': tmp_path / 'suite.jsonl'})


def test_teaching_is_scored_before_and_after(
        taught_files, tiny_model_folder, tiny_backbone, tmp_path):
    encoder = build_encoder(TrainingSettings(kind='deep', n_tokens=3), tiny_backbone)
    save_prompt(tmp_path / 'start', TrainedPrompt(encoder.fold(), PromptCard('deep', 'chat')))
    table = teach.measure_teach(
        tiny_model_folder, 'cpu', 'float32', output=tmp_path / 'taught', every=2,
        start=str(tmp_path / 'start'), recipe=replace(TEACH, epochs=1))
    assert table.title.startswith('2 phrases taught in ') and '(1 steps' in table.title
    assert [(row[0], row[1].split(' ')[0].split('/')[1]) for row in table.rows] == [
        ('phrases, taught', '2'), ('phrases, held out', '1'), ('general: few', '2'),
        ('general, all of them', '2')]
    for _, before, after, right, wrong in table.rows:
        assert count(after) - count(before) == int(right) - int(wrong)
    changed = load_prompt(tmp_path / 'taught').folded.key_values
    assert not torch.equal(changed, load_prompt(tmp_path / 'start').folded.key_values)


def count(cell):
    return int(cell.split('/')[0])


@pytest.fixture
def small_sweep(taught_files, tmp_path, monkeypatch):
    """Make a sweep whose cells take a moment; return it with the cells that were trained."""
    from ros2_nl_commander.training.examples import load_examples

    examples = load_examples(tmp_path / lessons.KNOWN_FILES[0])
    monkeypatch.setattr(cells, 'draw_sample', lambda: Lessons(examples[:8], examples[8:10]))
    monkeypatch.setattr(cells, 'MAX_NEW_TOKENS', 8)
    monkeypatch.setattr(prompts, 'RATES', {
        'soft': (1e-3, 1e-2), 'mlp': (1e-3, 1e-4), 'deep': (1e-2, 3e-2)})
    trained, plain = [], cells.Workbench.train

    def train(workbench, settings):
        trained.append(settings)
        return plain(workbench, settings)

    monkeypatch.setattr(cells.Workbench, 'train', train)
    return Sweep(tmp_path / 'runs' / 'cells.jsonl'), trained


def test_finished_cells_are_not_run_again_and_best_rates_are_taken_over(
        small_sweep, tiny_model_folder):
    sweep, trained = small_sweep

    def run(**values):
        trained.clear()
        return measure_prompts(tiny_model_folder, 'cpu', 'float32', replace(sweep, **values))

    page = run(only='rates')
    assert len(trained) == 6 and len(sweep.cells.read_text().splitlines()) == 6
    # Kinds at their best rates are shown from the same cells, as are parts of other tables.
    rates, kinds = page.tables[:2]
    assert rates.title.startswith('Learning rates') and kinds.title.startswith('Kinds')
    assert len(rates.rows) == 6 and [row[0] for row in kinds.rows] == list(prompts.NAMES.values())
    for row in kinds.rows:
        assert row[:6] in [other[:6] for other in rates.rows]  # times differ between tables
        assert float(row[5]) == min(
            float(other[5]) for other in rates.rows if other[0] == row[0])
    run(only='rates')
    assert trained == []
    run(only='kinds', seeds=2)
    assert [settings.seed for settings in trained] == [1, 1, 1]
    page = run(only='depths')
    assert [settings.mlp_layers for settings in trained] == [1, 3]
    assert 'benchmark prompts' in page.as_markdown()
    assert page.as_markdown().startswith('# Prompts compared\n')


def test_ctrl_c_ends_a_sweep_with_what_there_is(
        small_sweep, tiny_model_folder, monkeypatch):
    sweep, trained = small_sweep
    plain = cells.Workbench.train
    monkeypatch.setattr(cells.Workbench, 'train', lambda workbench, settings: (
        plain(workbench, settings) if len(trained) < 2 else None))
    page = measure_prompts(tiny_model_folder, 'cpu', 'float32', sweep)
    assert len(page.tables[0].rows) == len(sweep.cells.read_text().splitlines()) == 2


def test_a_broken_line_of_the_cells_is_named(tmp_path):
    path = tmp_path / 'cells.jsonl'
    path.write_text('{}\n{"settings"')
    with pytest.raises(DatasetError, match=r'cells.jsonl:2: not a finished cell: delete the line'):
        cells.CellFile(path)


def test_a_run_that_diverged_is_a_row_too():
    record = {'error': 'The loss of step 3 is nan'}
    assert prompts._row('mlp', 0.5, [record], 10.0)[:6] == ('mlp', '0.5', '', '', '', 'diverged')


@pytest.mark.parametrize('seconds, loss', [(10.0, 1.0), (5.0, 2.0), (7.5, 1.5), (0.5, 3.0)])
def test_the_loss_at_a_time_lies_between_its_neighbours(seconds, loss):
    record = {'seconds': 10.0, 'steps': 10, 'curve': [[1, 3.0], [5, 2.0], [10, 1.0]]}
    assert prompts._loss_after(record, seconds) == loss


def test_the_sample_holds_out_robots_that_are_not_learned_from():
    sample = cells.draw_sample()
    assert len(sample.examples) == cells.ROBOTS * cells.SENTENCES
    learned, judged = ({example.robot.robot for example in part}
                       for part in (sample.examples, sample.judged_by))
    assert len(learned) == cells.ROBOTS and not learned & judged
    assert [example.instruction for example in cells.draw_sample().examples] == [
        example.instruction for example in sample.examples]
