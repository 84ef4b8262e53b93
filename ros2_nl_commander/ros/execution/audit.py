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
What was asked, decided and done, as JSON Lines that only grow.

A line is written in one go and is on the disk before the command runs: after a power cut at most
the last line is torn, and ``read_audit`` skips it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
import errno
import fcntl
import json
import os
from pathlib import Path
import queue
import threading
from typing import Any

from ros2_nl_commander.language.errors import NlCommanderError

#: A file that has grown beyond this is moved to ``.1``, that to ``.2`` and so on [bytes].
ROTATE_BYTES = 10_000_000
KEPT_FILES = 5


class AuditError(NlCommanderError):
    """The audit log cannot be written; nothing is carried out then."""


class AuditLog:
    """
    Appends records; may be used from any thread.

    :param path: of the newest file; its folder is made where it is missing
    :raises AuditError: if it cannot be written
    """

    def __init__(self, path: Path, rotate_bytes: int = ROTATE_BYTES) -> None:
        self.path = path
        self._rotate_bytes = rotate_bytes
        self._lock = threading.Lock()
        if path.exists() and not path.is_file():
            raise AuditError(f'audit log {path} is no file')
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._heal()
        except OSError as error:
            raise AuditError(f'audit log {path}: {error.strerror}') from error

    def append(self, event: str, **values: Any) -> None:
        """
        Write one record and wait until it is on the disk.

        :param event: what happened
        :raises AuditError: if it cannot be written
        """
        record = {'time': _now(), 'event': event, **values}
        line = json.dumps(record, ensure_ascii=False, default=str).encode() + b'\n'
        try:
            with self._lock, self._between_processes():
                self._rotate()
                self._write(line)
        except OSError as error:
            raise AuditError(f'audit log {self.path}: {error.strerror}') from error

    @contextmanager
    def _between_processes(self) -> Iterator[None]:
        """Keep other nodes with the same file from rotating it at the same time."""
        with self.path.with_name(f'{self.path.name}.lock').open('w') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write(self, line: bytes) -> None:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        size = os.fstat(descriptor).st_size
        try:
            if os.write(descriptor, line) != len(line):
                os.ftruncate(descriptor, size)  # or the next line would grow on this half one
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _heal(self) -> None:
        """End a torn last line, so that the next one does not grow on it."""
        if self.path.exists() and (content := self.path.read_bytes()) and content[-1:] != b'\n':
            self._write(b'\n')

    def _rotate(self) -> None:
        if not self.path.exists() or self.path.stat().st_size < self._rotate_bytes:
            return
        for number in range(KEPT_FILES - 1, 0, -1):
            older = self.path.with_name(f'{self.path.name}.{number}')
            if older.exists():
                older.replace(self.path.with_name(f'{self.path.name}.{number + 1}'))
        self.path.replace(self.path.with_name(f'{self.path.name}.1'))


class LateRecords:
    """
    Writes records in a thread of its own, for a stop: that must not wait for a disk.

    :param audit: where to
    :param complain: told what could not be written
    """

    def __init__(self, audit: AuditLog, complain: Callable[[str], None]) -> None:
        self._audit = audit
        self._complain = complain
        self._lock = threading.Lock()
        self._records: queue.SimpleQueue[dict[str, str] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def append(self, **values: str) -> None:
        """Write a record soon, with the time of now."""
        self._records.put({'time': _now(), **values})
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name='audit', daemon=True)
                self._thread.start()

    def close(self, timeout_sec: float) -> None:
        """Wait until all is written, or the time is up; more may come after."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._records.put(None)
            thread.join(timeout_sec)

    def _work(self) -> None:
        while (record := self._records.get()) is not None:
            try:
                self._audit.append(**record)
            except AuditError as error:
                self._complain(str(error))


def _now() -> str:
    return datetime.now(timezone.utc).isoformat()


def read_audit(path: Path) -> Iterator[dict[str, Any]]:
    """Give the records of one file in order, leaving out lines that are torn."""
    for line in path.read_bytes().splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            yield record
