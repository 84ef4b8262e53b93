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

"""The hub client around a cache of its own: offline, half downloaded, and out of reach."""

from __future__ import annotations

import json
import os
from pathlib import Path
import socket
import subprocess
import sys
import time

import huggingface_hub
import pytest
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.model import hub
from ros2_nl_commander.model.fetch import model_identity

MODEL = 'Example/Tiny'
HUB_REVISION = '0123456789abcdef0123456789abcdef01234567'


def hub_cache(home: Path) -> Path:
    """Write what the hub client keeps for a downloaded model and return the snapshot."""
    store = home / 'hub' / 'models--Example--Tiny'
    snapshot = store / 'snapshots' / HUB_REVISION
    snapshot.mkdir(parents=True)
    (store / 'refs').mkdir()
    (store / 'refs' / 'main').write_text(HUB_REVISION)
    for name in ('config.json', 'tokenizer.json', 'model.safetensors'):
        (snapshot / name).write_text('{}')
    return snapshot


def run_command(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the real command in its own process: the hub client reads its settings on import."""
    settings = {
        **os.environ, 'HF_HOME': str(tmp_path), 'HF_HUB_CACHE': str(tmp_path / 'hub'),
        'ROS2_NL_COMMANDER_CACHE': str(tmp_path / 'cache'), **environment}
    return subprocess.run(
        [sys.executable, '-m', 'ros2_nl_commander.cli.fetch_model', '--model', MODEL,
         '--encoder', ''],
        capture_output=True, text=True, timeout=60, check=False, env=settings)


def test_snapshot_in_the_hub_cache_is_used_offline(tmp_path: Path) -> None:
    snapshot = hub_cache(tmp_path)
    result = run_command(tmp_path, HF_HUB_OFFLINE='1')
    assert (result.returncode, result.stderr) == (0, '')
    assert str(snapshot) in result.stdout
    assert model_identity(snapshot) == {'name': MODEL, 'hash': HUB_REVISION}


def test_half_downloaded_snapshot_is_not_used(tmp_path: Path) -> None:
    snapshot = hub_cache(tmp_path)
    (snapshot / 'model.safetensors').unlink()
    (snapshot / 'model.safetensors.index.json').write_text(
        json.dumps({'weight_map': {'a': 'one.safetensors', 'b': 'two.safetensors'}}))
    (snapshot / 'one.safetensors').touch()
    result = run_command(tmp_path, HF_HUB_OFFLINE='1')
    assert result.returncode == 1
    assert 'HF_HUB_OFFLINE is set' in result.stderr


def test_hub_that_refuses_is_one_line(tmp_path: Path) -> None:
    result = run_command(tmp_path, HF_ENDPOINT='http://127.0.0.1:9')
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert 'out of reach' in result.stderr


def test_hub_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, 'HUB_TIMEOUT_SEC', 0.3)
    with socket.create_server(('127.0.0.1', 0)) as silent_server:
        address = f'http://127.0.0.1:{silent_server.getsockname()[1]}'
        monkeypatch.setattr(huggingface_hub.constants, 'ENDPOINT', address)
        started = time.monotonic()
        with pytest.raises(ModelError, match='no Example/Tiny from the hub: out of reach'):
            hub.download_snapshot(MODEL, pytest.fail)
        assert time.monotonic() - started < 5
