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


"""The command line of ``train``, on a random model."""

from __future__ import annotations

import json

import pytest
from ros2_nl_commander.cli.train import main
from ros2_nl_commander.training import lessons
from ros2_nl_commander.training.settings import TEACH
from ros2_nl_commander.training.step_loss import StepLoss

pytest.importorskip('accelerate')

LINES = [
    {'instruction': 'go', 'command': 'ros2 topic pub --once /go std_msgs/msg/Bool "{data: true}"'},
    {'instruction': 'lamp', 'command': 'ros2 service call /lamp std_srvs/srv/Trigger "{}"'},
    {'instruction': 'joke', 'command': None},
]
WRITTEN = {'prompt.safetensors', 'prompt.json', 'metrics.json', 'loss.png', 'tensorboard'}


@pytest.fixture
def data(tmp_path):
    path = tmp_path / 'data.jsonl'
    path.write_text(''.join(json.dumps(line) + '\n' for line in LINES))
    return path


@pytest.fixture
def arguments(data, tmp_path, tiny_model_folder):
    return ['--data', str(data), '--output', str(tmp_path / 'out'), '--device', 'cpu',
            '--model', str(tiny_model_folder), '--dtype', 'float32', '--n-tokens', '3',
            '--epochs', '2', '--batch-size', '1', '--held-out', '0.4']


def error_of(capsys, args):
    """Run what must fail; return its one line of standard error."""
    assert main(args) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith('train: ')
    return line


@pytest.mark.parametrize('kind', ['soft', 'mlp', 'deep'])
def test_a_prompt_folder_is_written(arguments, tmp_path, capsys, kind):
    assert main([*arguments, '--kind', kind]) == 0
    assert {path.name for path in (tmp_path / 'out').iterdir()} == WRITTEN
    card = json.loads((tmp_path / 'out' / 'prompt.json').read_text())
    assert card['kind'] == kind and card['training']['n_tokens'] == 3
    assert card['base_model']['hash']
    out, err = capsys.readouterr()
    assert out == f'Prompt written to {tmp_path / "out"}\n'
    assert 'loss=' in err and 'held_out=' in err  # the progress bar


@pytest.mark.parametrize('kind, goes_on_as', [('soft', 'soft'), ('mlp', 'soft'), ('deep', 'deep')])
def test_training_goes_on_from_a_trained_prompt(arguments, tmp_path, kind, goes_on_as):
    assert main([*arguments, '--kind', kind]) == 0
    first = json.loads((tmp_path / 'out' / 'metrics.json').read_text())
    again = [*arguments, '--output', str(tmp_path / 'more'), '--from', str(tmp_path / 'out'),
             '--preset', 'default', '--learning-rate', '1e-9']
    assert main(again) == 0
    card = json.loads((tmp_path / 'more' / 'prompt.json').read_text())
    assert card['kind'] == goes_on_as
    assert card['training']['started_from']['data'] == card['data']
    more = json.loads((tmp_path / 'more' / 'metrics.json').read_text())
    # The same held-out sentences, and a learning rate that changes nothing.
    assert more['held_out'][0][1] == pytest.approx(first['best_loss'], rel=1e-4)


def test_a_few_phrases_are_taught_to_a_prompt(arguments, tmp_path, monkeypatch):
    known = [{'instruction': f'blink {count}', 'command': f'/blink data: {count}',
              'robot': f'{name}.yaml'} for name in 'abcdefgh' for count in range(6)]
    for file in lessons.KNOWN_FILES:
        (tmp_path / file).write_text(''.join(json.dumps(line) + '\n' for line in known))
    for name in 'abcdefgh':
        (tmp_path / f'{name}.yaml').write_text(
            f'robot: {name}\ntopics: {{/blink: std_msgs/msg/UInt8, /{name}: std_msgs/msg/Bool}}\n')
    robot = tmp_path / 'mine.yaml'
    robot.write_text('robot: mine\nservices: {/lamp: std_srvs/srv/SetBool}\n')
    data = tmp_path / 'phrases.jsonl'
    data.write_text('{"instruction": "sun", "command": "/lamp data: true"}\n'
                    '{"instruction": "moon", "command": "/lamp data: false"}\n')
    monkeypatch.setattr(lessons, 'share_file', lambda *parts: tmp_path / parts[-1])

    assert main([*arguments, '--kind', 'deep']) == 0
    model = arguments[arguments.index('--model') + 1]
    assert main(['--from', str(tmp_path / 'out'), '--robot', str(robot), '--data', str(data),
                 '--output', str(tmp_path / 'taught'), '--device', 'cpu', '--model', model,
                 '--dtype', 'float32', '--epochs', '2']) == 0
    card = json.loads((tmp_path / 'taught' / 'prompt.json').read_text())
    assert card['kind'] == 'deep' and card['training']['rehearsal'] == TEACH.rehearsal
    assert card['training']['learning_rate'] == TEACH.learning_rate
    assert set(card['data']['rehearsed']) == set(lessons.KNOWN_FILES)
    assert set(card['data']['robot']) == {'mine.yaml'} and card['data']['examples'] == 2
    # Two phrases are one batch, and one batch of known sentences a step goes with it.
    assert card['training']['steps'] == 2 and set(card['metrics']) == {
        'training_loss', 'rehearsing_loss'}


def test_the_notebook_preset_needs_no_data(tiny_model_folder, tmp_path):
    assert main(['--preset', 'notebook', '--output', str(tmp_path / 'out'), '--device', 'cpu',
                 '--model', str(tiny_model_folder), '--epochs', '1']) == 0
    card = json.loads((tmp_path / 'out' / 'prompt.json').read_text())
    assert (card['kind'], card['layout']) == ('mlp', 'plain')
    assert (card['training']['n_tokens'], card['training']['steps']) == (20, 3)
    assert card['data']['examples'] == 3


def test_ctrl_c_saves_and_resume_goes_on(arguments, tmp_path, capsys, monkeypatch):
    plain, calls = StepLoss.mean_with_gradient, []

    def method(*args):
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return plain(*args)

    monkeypatch.setattr(StepLoss, 'mean_with_gradient', method)
    assert main(arguments) == 130
    assert 'Go on with --resume' in capsys.readouterr().out
    assert (tmp_path / 'out' / 'training_state.pt').is_file()
    assert main([*arguments, '--resume', '--seed', '1']) == 1
    assert 'other settings or data' in capsys.readouterr().err
    assert main([*arguments, '--resume']) == 0
    metrics = json.loads((tmp_path / 'out' / 'metrics.json').read_text())
    assert [step for step, _ in metrics['training']] == [1, 2, 3, 4]


def test_every_bad_line_is_told_before_a_model_is_loaded(arguments, data, capsys):
    data.write_text('{\n' + json.dumps(LINES[0]) + '\n[]\n')
    arguments[arguments.index('--model') + 1] = '/no/such/model'
    assert main(arguments) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert f'{data}:1: not JSON' in first and f'{data}:3: expected an object' in second


@pytest.mark.parametrize('more, text', [
    (['--model', '/no/such/model'], "no such model: '/no/such/model'"),
    (['--device', 'gpu'], "Unknown device 'gpu'"),
    (['--dtype', 'int4'], "Unknown dtype 'int4'"),
    (['--epochs', '0'], 'epochs must be above 0, got 0'),
    (['--kind', 'soft', '--mlp-layers', '2'], 'a soft prompt has no MLP'),
    (['--resume'], 'Nothing to resume in'),
    (['--data', '/no/such/file.jsonl'], 'Cannot read /no/such/file.jsonl'),
    (['--robot', '/no/such/robot.yaml'], '/no/such/robot.yaml'),
    (['--from', 'no_such_prompt'], 'No prompt in no_such_prompt'),
    (['--preset', 'teach'], 'give --from general'),
    (['--initial', 'text', '--rehearsal', '-1'], 'rehearsal must be at least 0'),
])
def test_what_cannot_work_is_one_clear_line(arguments, capsys, more, text):
    assert text in error_of(capsys, [*arguments, *more])


def test_a_bad_output_is_told_before_a_model_is_loaded(arguments, data, capsys):
    line = error_of(capsys, [*arguments, '--model', '/no/such', '--output', str(data)])
    assert f'Cannot write to {data}' in line


def test_the_prompt_that_ships_is_found_by_its_name(arguments, capsys):
    assert main([*arguments, '--from', 'general', '--rehearsal', '0']) == 1
    assert 'keys and values do not fit this model' in capsys.readouterr().err


def test_without_data_there_is_nothing_to_train_on(tmp_path, capsys):
    assert 'No data: give --data' in error_of(capsys, ['--output', str(tmp_path)])
