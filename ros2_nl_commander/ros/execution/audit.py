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
What was asked, decided and done, as JSON Lines, each file one that only grows.

What has to be known before a command runs is appended: it is on the disk then. The rest is noted,
without waiting, and written with the next append or flush. A line is written in one go; where a
process is killed or the power goes in the middle of one, the next line begins anew, and
``read_audit`` skips the torn one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
import errno
import fcntl
import json
import os
from pathlib import Path
import threading
from typing import Any, TextIO

from ros2_nl_commander.language.errors import NlCommanderError

#: A file that has grown beyond this is moved to ``.1``, that to ``.2`` and so on [bytes].
ROTATE_BYTES = 10_000_000
#: How many files besides the newest are kept.
KEPT_FILES = 5

#: Notes that may wait to be written; of more the oldest are lost.
MOST_NOTES = 10_000


class AuditError(NlCommanderError):
    """The audit log cannot be written; nothing is carried out then."""


class AuditLog:
    """
    Appends records; may be used from any thread, and by several processes for one file.

    :param path: of the newest file; its folder is made where it is missing
    :raises AuditError: if it cannot be written
    """

    def __init__(self, path: Path, rotate_bytes: int = ROTATE_BYTES) -> None:
        self.path = path
        self._rotate_bytes = rotate_bytes
        self._lock = threading.Lock()
        self._notes: deque[bytes] = deque(maxlen=MOST_NOTES)
        self._claim: TextIO | None = None
        if path.exists() and not path.is_file():
            raise AuditError(f'audit log {path} is no file')
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._between_processes():
                os.close(self._open())
        except OSError as error:
            raise AuditError(f'audit log {path}: {error.strerror}') from error

    def append(self, event: str, **values: Any) -> None:
        """
        Write what was noted and one record, and wait until they are on the disk.

        :param event: what happened
        :raises AuditError: if it cannot be written
        """
        self.note(event, **values)
        self.flush()

    def note(self, event: str, **values: Any) -> None:
        """Keep one record to be written later; never waits, so that it is in no stop's way."""
        record = {'time': _now(), 'event': event, **values}
        line = json.dumps(record, ensure_ascii=False, default=str)
        # Half a surrogate pair has no UTF-8; as an escape it is JSON.
        self._notes.append(line.encode(errors='backslashreplace') + b'\n')

    def flush(self) -> None:
        """
        Write what was noted, and wait until it is on the disk.

        :raises AuditError: if it cannot be written; it is lost then
        """
        try:
            with self._lock:
                lines = b''.join(self._notes.popleft() for _ in range(len(self._notes)))
                if lines:
                    with self._between_processes():
                        self._rotate()
                        self._write(lines)
        except OSError as error:
            raise AuditError(f'audit log {self.path}: {error.strerror}') from error

    def claim(self, owner: str) -> bool:
        """
        Tell whether nobody else who is alive writes in this name; then nobody may until the close.

        The system lets go of the claim of a process that is killed.

        :param owner: full name of a node
        :raises AuditError: if the folder cannot be written
        """
        name = f"{self.path.name}.{owner.strip('/').replace('/', '.')}.lock"
        try:
            self._claim = self.path.with_name(name).open('w')
            fcntl.flock(self._claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            return False
        except OSError as error:
            raise AuditError(f'audit log {self.path}: {error.strerror}') from error
        return True

    def close(self) -> None:
        """Give up the claim."""
        if self._claim is not None:
            self._claim.close()
            self._claim = None

    @contextmanager
    def _between_processes(self) -> Iterator[None]:
        """Keep other nodes with the same file from rotating it at the same time."""
        with self.path.with_name(f'{self.path.name}.lock').open('w') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _open(self) -> int:
        """Open the newest file; one that is made is there for good, also after a power cut."""
        is_new = not self.path.exists()
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        if is_new:
            self._keep_names()
        return descriptor

    def _write(self, lines: bytes) -> None:
        descriptor = self._open()
        try:
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b'\n':
                lines = b'\n' + lines  # somebody was killed in the middle of a line
            if os.write(descriptor, lines) != len(lines):
                os.ftruncate(descriptor, size)  # or the next line would grow on this half one
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _rotate(self) -> None:
        if not self.path.exists() or self.path.stat().st_size < self._rotate_bytes:
            return
        for number in range(KEPT_FILES - 1, 0, -1):
            older = self.path.with_name(f'{self.path.name}.{number}')
            if older.exists():
                older.replace(self.path.with_name(f'{self.path.name}.{number + 1}'))
        self.path.replace(self.path.with_name(f'{self.path.name}.1'))
        self._keep_names()

    def _keep_names(self) -> None:
        """Put on the disk which files the folder has."""
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


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
