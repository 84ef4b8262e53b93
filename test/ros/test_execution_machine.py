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

"""What the machine does to the node: full disks, clocks that jump, memory that is not there."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
import subprocess
import sys
import threading
import time

from execution_bench import (
    assert_stands, DOCK, drive_half_a_metre, DRIVE_LONG, end, PATROL_LONG, say, SIREN)
import pytest
from ros2_nl_commander.language.errors import ModelError
from ros2_nl_commander.ros.execution.audit import AuditError, AuditLog, read_audit
from ros_bench import value, wait_until
from rosgraph_msgs.msg import Clock
from std_srvs.srv import Trigger

#: A file that is as good as a disk without room: writing gives ENOSPC.
FULL = Path('/dev/full')
HOUR_SEC = 3600


def fill_disk(start):
    start.audit.unlink(missing_ok=True)
    start.audit.symlink_to(FULL)


def test_nothing_is_carried_out_where_it_cannot_be_written_down(bench, robot, start):
    start()
    fill_disk(start)
    status = end(bench, SIREN)
    assert (status.message, robot.state.siren, bench.commands) == ('failed', False, [])
    assert 'No space left on device' in value(status, 'reason')
    start.audit.unlink()  # room again
    assert end(bench, SIREN, 'again').message == 'succeeded' and robot.state.siren


def test_a_disk_that_fills_up_under_way_does_not_keep_a_robot_from_stopping(bench, robot, start):
    start()
    say(bench, DRIVE_LONG)
    wait_until(lambda: robot.state.speed_mps)
    fill_disk(start)
    assert bench.call(Trigger, '/nl_commander/stop').success
    assert bench.end_of('do it').message == 'canceled'
    wait_until(lambda: robot.state.speed_mps == 0.0)
    assert end(bench, SIREN, 'next').message == 'failed'


#: Appends until the file may not grow any more, as on a disk that gets full.
FILLS = """
import resource, sys
from pathlib import Path
from ros2_nl_commander.ros.execution.audit import AuditError, AuditLog
audit = AuditLog(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
for number in range(100):
    try:
        audit.append('test', number=number)
    except AuditError as error:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        audit.append('room again')
        sys.exit(str(error))
"""


def test_a_line_that_fits_only_in_part_is_taken_back(tmp_path):
    path = tmp_path / 'audit.jsonl'
    done = subprocess.run([sys.executable, '-c', FILLS, str(path)], capture_output=True, text=True)
    assert done.returncode == 1 and str(path) in done.stderr
    records = list(read_audit(path))
    assert len(records) == len(path.read_bytes().splitlines()) > 5
    assert records[-1]['event'] == 'room again'


def test_an_audit_log_that_is_no_file_is_refused():
    with pytest.raises(AuditError, match='is no file'):
        AuditLog(FULL)


class OutOfMemoryError(RuntimeError):
    """What torch raises on a GPU that is full: a RuntimeError with a name of its own."""


@pytest.mark.parametrize('error, reason', [
    (MemoryError(), 'MemoryError'), (ModelError('the model broke'), 'the model broke'),
    (OutOfMemoryError('CUDA out of memory. Tried to allocate 2.00 GiB'), 'out of memory'),
    (RecursionError('maximum recursion depth exceeded'), 'RecursionError')])
def test_a_model_that_breaks_leaves_the_robot_standing(bench, robot, start, error, reason):
    """It breaks while an earlier command drives; that one is ended first."""
    start()
    say(bench, DRIVE_LONG, 'drive')
    wait_until(lambda: robot.state.speed_mps)
    status = end(bench, error, 'more')
    assert (status.message, reason in value(status, 'reason')) == ('failed', True)
    assert bench.end_of('drive').message == 'canceled'
    wait_until(lambda: robot.state.speed_mps == 0.0)
    assert end(bench, DOCK, 'dock').message == 'succeeded'


@pytest.fixture
def jumping_ros_time(bench):
    """Publish a ``/clock`` that jumps by hours, back and forth, and stands still in between."""
    publisher = bench.user.create_publisher(Clock, '/clock', 10)
    ended = threading.Event()

    def jump():
        for hours in cycle((10, 10, 2, 30, 0, 29)):
            message = Clock()
            message.clock.sec = hours * HOUR_SEC
            publisher.publish(message)
            if ended.wait(0.03):
                return

    thread = threading.Thread(target=jump)
    thread.start()
    yield
    ended.set()
    thread.join()


@pytest.fixture
def jumping_wall_time(monkeypatch):
    """Let the clock that a person sets jump by hours, back and forth, at every look."""
    hours, true = cycle((0, 10, -10, 3)), time.time

    def jumping():
        return true() + next(hours) * HOUR_SEC

    monkeypatch.setattr(time, 'time', jumping)
    monkeypatch.setattr(time, 'time_ns', lambda: int(jumping() * 1e9))


@pytest.fixture(params=['jumping_ros_time', 'jumping_wall_time'])
def clocks(request):
    request.getfixturevalue(request.param)
    return request.param


def start_in(clocks, bench, start, **parameters):
    node = start(use_sim_time=clocks == 'jumping_ros_time', **parameters)
    if clocks == 'jumping_ros_time':
        seen = set()
        wait_until(lambda: seen.add(node.get_clock().now().nanoseconds) or len(seen) > 3)
    return node


def test_a_motion_lasts_as_long_whatever_the_clocks_do(bench, robot, start, clocks):
    start_in(clocks, bench, start)
    before = time.monotonic()
    drive_half_a_metre(bench, robot, 0.1)
    assert time.monotonic() - before > 1.0


def test_time_limits_hold_whatever_the_clocks_do(bench, robot, start, clocks):
    start_in(clocks, bench, start, execution_timeout_sec=3.0, deadline_sec=3.0)
    before = time.monotonic()
    status = end(bench, PATROL_LONG, 'patrol')
    assert status.message == 'failed' and 'not done within 3 s' in value(status, 'reason')
    assert time.monotonic() - before > 3.0
    bench.generator.may_answer.clear()
    before = time.monotonic()
    bench.send('think')
    assert bench.end_of('think').message == 'expired'
    assert time.monotonic() - before > 3.0
    bench.generator.may_answer.set()
    assert_stands(robot)


def test_an_approval_expires_whatever_the_clocks_do(bench, robot, start, clocks):
    start_in(clocks, bench, start, execute='confirm', approval_timeout_sec=0.6)
    before = time.monotonic()
    assert end(bench, DOCK).message == 'expired'
    assert time.monotonic() - before > 0.6 and not robot.state.docked
