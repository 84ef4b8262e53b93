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

"""The benchmarks that decode, with a random model: tables are whole, and only the time differs."""

from __future__ import annotations

import json
import shutil

import pytest
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.language.robot import load_robot
from ros2_nl_commander.language.short_form import Decline, parse_answer
from ros2_nl_commander.model.backbone import backbone_from_model
from ros2_nl_commander.model.constraint import GrammarEngine
from ros2_nl_commander.model.decode import decode_likeliest, Ending
from ros2_nl_commander.model.drafts import Drafter, Precedent
from ros2_nl_commander.model.runner import PlainRunner
from ros2_nl_commander.training.benchmarks import ablation, crowds, decoding
from ros2_nl_commander.training.benchmarks.decoding_rows import Row, table_of, time_row
from ros2_nl_commander.training.benchmarks.handicaps import NoDrafts, Stepwise
from ros2_nl_commander.training.benchmarks.made_examples import made_examples
from ros2_nl_commander.training.examples import load_examples
import torch

pytest.importorskip('llguidance')

TEMPLATE = ('{% for turn in messages %}<|im_start|>{{ turn.role }}\n{{ turn.content }}<|im_end|>\n'
            '{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}')
LARK = 'start: ("lift " | "turn left ") NUMBER " m"\nNUMBER: /[0-9]{1,3}/'


def column(table, name):
    """Give the cells of a column, by the first cell of their rows."""
    return {row[0]: row[table.columns.index(name)] for row in table.rows}


@pytest.fixture(autouse=True)
def one_thread():
    """Leave one thread to work that is too small to share, which other programs would hold up."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def chat_folder(tiny_model_folder, tiny_tokenizer, tmp_path):
    """Return the random model's folder, with a template for ``generate``."""
    folder = shutil.copytree(tiny_model_folder, tmp_path / 'chat')
    (folder / 'chat_template.jinja').write_text(TEMPLATE)
    return folder


@pytest.fixture
def small_robots(tmp_path, monkeypatch):
    """Let a few sentences to two small robots be every file of examples."""
    lines = []
    for name in 'ab':
        (tmp_path / f'{name}.yaml').write_text(
            f'robot: {name}\nservices: {{/{name}/on: std_srvs/srv/Trigger, '
            f'/{name}/dim: std_srvs/srv/SetBool}}\n')
        lines += [{'instruction': text, 'command': f'/{name}/on', 'robot': f'{name}.yaml'}
                  for text in ('shine', 'light it up', 'beam')]
    path = tmp_path / 'small.jsonl'
    path.write_text(''.join(json.dumps(line) + '\n' for line in lines))
    examples = load_examples(path)
    for module in (ablation, decoding):
        monkeypatch.setattr(module, 'load_examples', lambda path: examples)
    monkeypatch.setattr(decoding, 'ROBOT', 'b')


def test_decoding_is_timed_in_every_way(
        chat_folder, shipped, small_robots, tmp_path, monkeypatch):
    monkeypatch.setattr('ros2_nl_commander.model.shipped.SHIPPED', ((str(shipped),),))
    monkeypatch.setattr(decoding, 'SENTENCES', 2)
    monkeypatch.setattr(decoding, 'NOTEBOOK_SENTENCES', 1)
    monkeypatch.setattr(decoding, 'relevance_for', lambda settings: None)
    monkeypatch.setattr(decoding, 'check_llama_cpp', lambda _: None)
    monkeypatch.setattr(decoding, 'time_llama_cpp', lambda _, robot, sentences, *rest: Row(
        'llama.cpp', [1.0 for _ in sentences], None, 2.0, 1))
    table = decoding.measure_decoding(
        chat_folder, 'cpu', 'float32', tmp_path / 'bars.png', tmp_path / 'a.gguf')
    ways = ''.join(name[1] for name in column(table, 'way'))
    assert ways in ('ablcdefghi', 'ablcdefghik')  # 8 bits need some processors' instructions
    for base, name in zip('ab', ('ratio to (a)', 'ratio to (b)')):
        ratios = column(table, name)
        assert [ratio for way, ratio in ratios.items() if way[1] == base] == ['1.000']
        assert all(float(ratio) > 0 for ratio in ratios.values())
    held = slice(ways.index('d'), ways.index('g') + 1)
    tokens, forwards = ([float(cell) for cell in tuple(column(table, name).values())[held]]
                        for name in ('tokens', 'forwards'))
    assert len(set(tokens)) == 1, 'a part of decoding changed the answers'
    assert forwards[0] > forwards[1] == forwards[2] >= forwards[3]
    assert table.title == (
        '2 sentences to a robot of 2 interfaces, the first row 1 of them')
    assert (tmp_path / 'bars.png').stat().st_size > 1000


def test_crowds_are_answered_up_to_a_size(
        tiny_model_folder, shipped, tmp_path, monkeypatch):
    monkeypatch.setattr(crowds, 'load_examples', lambda path: load_examples(path)[::100])
    monkeypatch.setattr('ros2_nl_commander.model.shipped.SHIPPED', ((str(shipped),),))
    monkeypatch.setattr(crowds, 'SIZES', (10, 60))
    monkeypatch.setattr(crowds, 'ANSWERED', (10,))
    monkeypatch.setattr(crowds, 'relevance_for', lambda settings: None)
    table = crowds.measure_crowds(
        tiny_model_folder, 'cpu', 'float32', tmp_path / 'curves.png')
    assert list(column(table, 'interfaces')) == ['10', '60']
    answered = column(table, 'p50 of a sentence, s')
    assert float(answered['10']) > 0 and answered['60'] == ''
    assert column(table, 'shortlist has it')['10'] == '100 %'
    assert (tmp_path / 'curves.png').stat().st_size > 1000


def test_the_grammar_is_taken_away_and_the_prompt(
        tiny_model_folder, shipped, small_robots, monkeypatch):
    monkeypatch.setattr('ros2_nl_commander.model.shipped.SHIPPED', ((str(shipped),),))
    monkeypatch.setattr(ablation, 'SHOTS', 2)
    monkeypatch.setattr(ablation, 'EVERY', 2)
    table = ablation.measure_ablation(tiny_model_folder, 'cpu', 'float32')
    invalid = column(table, 'commands nobody could carry out')
    assert list(invalid) == [f'{way}{grammar}' for way in (
        'base model', '2 examples', "examples of the robot's own", 'shipped prompt',
        "shipped prompt, examples of the robot's own") for grammar in ('', ', grammar')]
    asked = int(table.title.split()[0])
    assert asked == 3
    for way, count in invalid.items():
        assert int(count) <= (0 if way.endswith(', grammar') else asked), way
    lengths = [float(cell) for cell in column(table, 'context tokens').values()]
    assert lengths[2] > lengths[0] and lengths[6] == lengths[0] + 3
    assert lengths[4] > lengths[0] and lengths[8] == lengths[4] + 3


@pytest.mark.parametrize('name', ['cellb', 'kestrel', 'zorb', 'lemur'])
def test_examples_are_made_of_what_a_robot_offers(name):
    robot = load_robot(share_file('data', 'heldout_robots', f'{name}.yaml'))
    made = made_examples(robot)
    answers = [parse_answer(answer, robot) for _sentence, answer in made]
    offered = sum(len(robot.offered(noun)) for noun in ('topic', 'service', 'action'))
    assert len({answer.partition(' ')[0] for _sentence, answer in made}) > 0.8 * offered
    assert sum(isinstance(answer, Decline) for answer in answers) == 3
    assert all(sentence.strip() == sentence != '' for sentence, _answer in made)


@pytest.mark.parametrize('seed', range(4))
def test_without_a_part_the_tokens_are_the_same(seed, build_tiny_model, tiny_tokenizer):
    backbone = backbone_from_model(build_tiny_model(seed=seed), tiny_tokenizer)
    constraint = GrammarEngine(backbone, {tiny_tokenizer.eos_token_id}).compile(LARK)

    def decode(matching, drafter):
        with PlainRunner(backbone).behind([], 40) as run:
            return decode_likeliest(
                run, list(b'go on'), start=lambda: matching, drafter=drafter, max_new_tokens=40,
                should_stop=lambda: False, search_forwards=0)

    plain = decode(constraint.start(), NoDrafts())
    guesses = Drafter([], [Precedent((), tuple(plain.ids))])
    for drafter in (NoDrafts(), guesses):
        assert decode(Stepwise(constraint.start()), drafter).ids == plain.ids
    stepwise = decode(Stepwise(constraint.start()), NoDrafts())
    assert stepwise.forced == 0 and stepwise.ending is plain.ending is Ending.WHOLE
    assert stepwise.forwards == len(plain.ids) > plain.forwards


def test_rows_are_compared_over_the_sentences_that_both_were_asked():
    rows = [Row('a', [4.0], None, 2.0, 10), Row('b', [2.0, 8.0, 8.0], 3.0, 2.0, 10),
            Row('c', [1.0, 1.0, 1.0], 1.5, 2.0, 3_000_000_000)]
    table = table_of(rows, 7)
    assert list(column(table, 'ratio to (a)').values()) == ['1.000', '0.500', '0.250']
    assert list(column(table, 'ratio to (b)').values()) == ['2.000', '1.000', '0.125']
    assert list(column(table, 'forwards').values()) == ['', '3.0', '1.5']
    assert column(table, 'peak memory, GB')['c'] == '3.0'


def test_the_first_answer_of_a_row_warms_up():
    asked = []
    row = time_row('a', ['one', 'two'], lambda text: (asked.append(text) or len(asked), None))
    assert asked == ['one', 'one', 'two'] and len(row.seconds) == 2
    assert (row.tokens, row.forwards) == (2.5, None) and row.memory_bytes > 0
