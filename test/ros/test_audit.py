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


"""The audit log as a file: rotated, torn, shared between processes, and killed."""

from __future__ import annotations

import os
from pathlib import Path
import stat
import subprocess
import sys

import pytest
from ros2_nl_commander.ros.execution import audit as audit_module
from ros2_nl_commander.ros.execution.audit import AuditLog, KEPT_FILES, read_audit
from ros2_nl_commander.ros.execution.left_over import left_over_goals
from ros_bench import wait_until

#: Long enough that a kill can fall into the middle of a line.
FILLING = 'x' * 9000

#: Appends numbered lines, without end unless their number is given.
APPENDS = """
import itertools, sys
from pathlib import Path
from ros2_nl_commander.ros.execution.audit import AuditLog
path, who, count, rotate_bytes = sys.argv[1:]
audit = AuditLog(Path(path), int(rotate_bytes))
for number in itertools.islice(itertools.count(), int(count) or None):
    audit.append('test', who=who, number=number, filling='x' * 9000)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / 'log' / 'audit.jsonl'


def appender(path, who='a', count=0, rotate_bytes=10_000_000):
    return subprocess.Popen(
        [sys.executable, '-c', APPENDS, str(path), who, str(count), str(rotate_bytes)])


def oldest_first(path):
    numbered = [Path(f'{path}.{number}') for number in range(KEPT_FILES, 0, -1)]
    return [one for one in (*numbered, path) if one.exists()]


def numbers(*paths, who=None):
    return [record['number'] for path in paths for record in read_audit(path)
            if who in (None, record.get('who'))]


def test_rotation_keeps_as_many_files_as_it_says_and_loses_no_line(path):
    audit = AuditLog(path, rotate_bytes=400)
    for number in range(25):
        audit.append('test', number=number)
    files = oldest_first(path)
    assert len(files) < KEPT_FILES + 1 and numbers(*files) == list(range(25))
    for number in range(25, 200):
        audit.append('test', number=number)
    files = oldest_first(path)
    assert len(files) == KEPT_FILES + 1
    kept = numbers(*files)
    assert kept == list(range(kept[0], 200)) and kept[0] > 0
    assert all(400 <= one.stat().st_size < 600 for one in files[:-1])
    assert {one.name for one in path.parent.iterdir()} == {
        f'{path.name}.lock', *(one.name for one in files)}


@pytest.mark.parametrize('torn', [b'{"event": "te', b'{"event": "caf\xc3', b'\x00\x00', b'{'])
@pytest.mark.parametrize('is_torn_by_another', [False, True])
def test_the_line_after_a_torn_one_reads(path, torn, is_torn_by_another):
    """Torn before this log was opened, or by another process while it is open."""
    AuditLog(path).append('test', number=1)
    audit = AuditLog(path) if is_torn_by_another else None
    with path.open('ab') as file:
        file.write(torn)
    audit = audit or AuditLog(path)
    for number in (2, 3):
        audit.append('test', number=number)
    assert numbers(path) == [1, 2, 3]
    assert len(path.read_bytes().splitlines()) == 4


def test_what_is_no_record_is_skipped(path):
    AuditLog(path).append('test', number=1)
    with path.open('ab') as file:
        file.write(b'\n[1]\n"text"\n\xff\xfe\n{"number": 2}\n{"number": 3')
    assert numbers(path) == [1, 2]


def test_half_a_character_is_written_down(path):
    AuditLog(path).append('test', text='a\ud800b', umlaut='\u00fc')
    record, = read_audit(path)
    assert (record['text'], record['umlaut']) == ('a\ud800b', '\u00fc')


def test_a_process_that_is_killed_leaves_every_whole_line(path):
    """Killed while it appends, again and again; the lines of each go on without a gap."""
    for life in range(5):
        process = appender(path, who=str(life))
        wait_until(lambda who=str(life): path.exists() and len(numbers(path, who=who)) > 5)
        process.kill()
        process.wait()
    AuditLog(path).append('test', who='end', number=0)
    lines = [line for line in path.read_bytes().splitlines() if line]
    records = list(read_audit(path))
    assert len(lines) - len(records) <= 5  # one torn line for each kill at most
    assert all(record['filling'] == FILLING for record in records[:-1])
    for life in range(5):
        assert (written := numbers(path, who=str(life))) == list(range(len(written)))
    assert records[-1]['who'] == 'end'


def test_two_processes_may_write_to_one_file(path):
    """Also while it is rotated: nothing is lost, torn or out of order."""
    count = 60
    processes = [appender(path, who, count, rotate_bytes=300_000) for who in 'ab']
    assert [process.wait(60) for process in processes] == [0, 0]
    files = oldest_first(path)
    assert len(files) > 2
    for who in 'ab':
        assert numbers(*files, who=who) == list(range(count))
    assert sum(len(one.read_bytes().splitlines()) for one in files) == 2 * count


def test_a_file_that_is_made_or_renamed_stays_so_after_a_power_cut(path, monkeypatch):
    """The folder is synced too: without that a new name may be gone."""
    synced, really = [], os.fsync

    def fsync(descriptor):
        synced.append('folder' if stat.S_ISDIR(os.fstat(descriptor).st_mode) else 'file')
        really(descriptor)

    monkeypatch.setattr(audit_module.os, 'fsync', fsync)
    audit = AuditLog(path, rotate_bytes=100)
    assert synced == ['folder']
    audit.append('test', filling=FILLING)
    assert synced == ['folder', 'file']
    audit.append('test')
    assert synced[2:] == ['folder', 'folder', 'file']  # moved away, made anew, written


def test_a_note_is_written_with_what_comes_next(path):
    audit = AuditLog(path)
    audit.note('test', number=1)
    assert numbers(path) == []
    audit.append('test', number=2)
    assert numbers(path) == [1, 2]
    audit.note('test', number=3)
    audit.flush()
    assert numbers(path) == [1, 2, 3]


def test_only_goals_of_ones_own_are_left_over(tmp_path):
    """Whatever the log holds; the goal of all zeros would stand for every goal there is."""
    log, own = AuditLog(tmp_path / 'audit.jsonl', rotate_bytes=1300), {
        'node': '/me', 'action': '/a'}
    for number, values in enumerate([
            own, own, {**own, 'node': '/you'}, {**own, 'action': 'no name'}, {'node': '/me'}], 1):
        log.append('executing', **values, goal=f'{number:032x}')
    for goal in ('0' * 32, 'text', None, 7, [1]):
        log.append('executing', **own, goal=goal)
    log.append('carried out', **own, goal=f'{1:032x}', stage='succeeded')
    log.append('carried out', **own, goal=f'{2:032x}', stage='failed')
    log.append('executing', **own, goal=f'{6:032x}')
    log.append('carried out', **own, goal=f'{6:032x}', stage='failed', goes_on=False)
    assert (tmp_path / 'audit.jsonl.1').exists()
    found = left_over_goals(log.path, '/me')
    assert {goal.int: action for goal, action in found.items()} == {2: '/a'}


def test_a_name_is_claimed_by_one_log_at_a_time(tmp_path):
    first, second = AuditLog(tmp_path / 'audit.jsonl'), AuditLog(tmp_path / 'audit.jsonl')
    assert first.claim('/me') and not second.claim('/me') and second.claim('/robot/me')
    first.close()
    assert second.claim('/me')
