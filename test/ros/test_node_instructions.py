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


"""The node over real DDS, with a fake generator: every way an instruction can go."""

from __future__ import annotations

import pytest

pytest.importorskip('rclpy')

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus  # noqa: E402,I100
from ros2_nl_commander.language.codec import parse_command  # noqa: E402
from ros2_nl_commander.language.command import ServiceCall, TopicPublication  # noqa: E402
from ros2_nl_commander.language.errors import (  # noqa: E402
    CommandSyntaxError,
    InstructionError,
    ModelError,
)
from ros2_nl_commander.language.robot import load_robot  # noqa: E402
from ros2_nl_commander.language.validation import check_command  # noqa: E402
from ros_bench import (  # noqa: E402
    Bench,
    FakeGenerator,
    ROBOT_FILE,
    SIREN_ON,
    value,
    wait_until,
)
from std_srvs.srv import Trigger  # noqa: E402

STOP = '/nl_commander/stop'


def test_happy_path_goes_through_all_stages(bench: Bench) -> None:
    """A sentence in: the stages in order, and a command that is valid on this robot."""
    bench.start()
    bench.generator.probability = 0.42
    bench.send('siren on')
    status = bench.end_of('siren on')
    assert bench.stages('siren on') == ['received', 'generating', 'generated']
    wait_until(lambda: bench.commands)
    assert bench.commands == [value(status, 'command')]
    assert parse_command(bench.commands[0]) == SIREN_ON
    check_command(parse_command(bench.commands[0]), load_robot(ROBOT_FILE))
    assert float(value(status, 'seconds')) >= 0.0
    assert [value(one, 'probability') for one in bench.statuses] == ['', '', '0.420']
    assert status.level == DiagnosticStatus.OK


def test_ids_are_unique_and_in_order(bench: Bench) -> None:
    """Instructions are answered first come, first served, each under its own id."""
    bench.start()
    texts = [f'siren on {number}' for number in range(5)]
    bench.send(*texts)
    ids = [bench.end_of(text).name for text in texts]
    assert len(set(ids)) == 5
    assert bench.generator.asked == texts


def test_decline_has_a_reason_and_no_command(bench: Bench, generator: FakeGenerator) -> None:
    """A model that declines publishes nothing."""
    generator.answer = None
    bench.start()
    bench.send('fly to the moon')
    status = bench.end_of('fly to the moon')
    assert (status.message, value(status, 'reason')) == ('declined', 'cannot do that')
    assert status.level == DiagnosticStatus.WARN
    assert bench.commands == []


@pytest.mark.parametrize('text, shown, part', [
    ('', '', 'empty'),
    ('  \t ', '  \t ', 'empty'),
    ('x' * 51, 'x' * 50, '50'),
    ('stop\x07now', 'stop\x07now', 'control'),
    ('stop \ufffd now', 'stop \ufffd now', 'UTF-8'),
])
def test_bad_input_never_reaches_the_model(
    bench: Bench, text: str, shown: str, part: str,
) -> None:
    """What is no sentence is declined, with the reason."""
    bench.start(max_instruction_length=50)
    bench.send(text)
    status = bench.end_of(shown)
    assert status.message == 'declined'
    assert part in value(status, 'reason')
    assert bench.generator.asked == []


@pytest.mark.parametrize('error, stage, reason', [
    (ModelError('out of memory'), 'failed', 'out of memory'),
    (InstructionError('too long for the model'), 'declined', 'too long for the model'),
    (CommandSyntaxError('no such form'), 'failed', 'no such form'),
    (ZeroDivisionError('division by zero'), 'failed', 'ZeroDivisionError: division by zero'),
])
def test_generator_that_raises(
    bench: Bench, generator: FakeGenerator, error: Exception, stage: str, reason: str,
) -> None:
    """An error ends the instruction with its reason, and the next one is answered."""
    generator.answer = error
    bench.start()
    bench.send('siren on')
    status = bench.end_of('siren on')
    assert (status.message, value(status, 'reason')) == (stage, reason)
    generator.answer = SIREN_ON
    bench.send('again')
    assert bench.end_of('again').message == 'generated'


@pytest.mark.parametrize('command, stage', [
    (ServiceCall('/sirene', 'std_srvs/srv/SetBool', {'data': True}), 'declined'),
    (ServiceCall('/porter/siren', 'std_srvs/srv/Trigger', {}), 'declined'),
    (TopicPublication('/porter/volume', 'std_msgs/msg/UInt8', {'data': 200}), 'declined'),
    (ServiceCall('/porter/siren; reboot', 'std_srvs/srv/SetBool', {}), 'failed'),
])
def test_invalid_command_is_never_published(
    bench: Bench, generator: FakeGenerator, command: ServiceCall, stage: str,
) -> None:
    """The node checks what the generator says against the robot, by itself."""
    generator.answer = command
    bench.start()
    bench.send('siren on')
    status = bench.end_of('siren on')
    assert status.message == stage
    assert value(status, 'reason') != ''
    assert value(status, 'command') == ''
    assert bench.commands == []


def test_stop_cancels_running_and_waiting_at_once(bench: Bench, generator: FakeGenerator) -> None:
    """A stop is answered while the model is busy, even by a model that does not listen."""
    bench.start()
    bench.call(Trigger, STOP)
    generator.may_answer.clear()
    generator.is_deaf = True
    bench.send('one', 'two', 'three')
    wait_until(lambda: bench.stages('three') and generator.asked == ['one'])
    response = bench.call(Trigger, STOP)  # the model does not end until it is released below
    assert response.success
    assert response.message == 'canceled 1 running and 2 waiting'
    assert {bench.end_of(text).message for text in ('one', 'two', 'three')} == {'canceled'}
    generator.may_answer.set()
    bench.send('four')
    assert bench.end_of('four').message == 'generated'
    assert generator.asked == ['one', 'four']


def test_stop_with_nothing_to_stop(bench: Bench) -> None:
    """A stop always succeeds, and says how much there was."""
    bench.start()
    response = bench.call(Trigger, STOP)
    assert (response.success, response.message) == (True, 'canceled 0 running and 0 waiting')


def test_newest_wins(bench: Bench, generator: FakeGenerator) -> None:
    """A full queue gives up its oldest instruction, and says so."""
    generator.may_answer.clear()
    bench.start(queue_depth=2)
    bench.send('running')
    wait_until(lambda: generator.asked)
    bench.send('oldest', 'middle', 'newest')
    status = bench.end_of('oldest')
    assert status.message == 'canceled'
    assert value(status, 'reason') == 'replaced by a newer instruction'
    generator.may_answer.set()
    assert bench.end_of('newest').message == 'generated'
    assert generator.asked == ['running', 'middle', 'newest']


@pytest.mark.parametrize('is_deaf', [False, True])
def test_deadline(bench: Bench, generator: FakeGenerator, is_deaf: bool) -> None:
    """Running and waiting instructions expire, whether or not the model asks in between."""
    generator.may_answer.clear()
    generator.is_deaf = is_deaf
    bench.start(deadline_sec=0.3)
    bench.send('running', 'waiting')
    for text in ('running', 'waiting'):
        status = bench.end_of(text)
        assert status.message == 'expired'
        assert value(status, 'reason') == 'not answered within 0.3 s'
    generator.may_answer.set()
    bench.send('later')
    assert bench.end_of('later').message in ('generated', 'expired')
    # A model that asks makes room in time for the second one to be begun.
    assert not (is_deaf and {'running', 'waiting'} <= set(generator.asked))
    assert bench.commands == [value(s, 'command') for s in bench.statuses
                              if s.message == 'generated']


def test_closing_ends_everything(bench: Bench, generator: FakeGenerator) -> None:
    """A node that goes away says how its instructions ended."""
    generator.may_answer.clear()
    node = bench.start()
    bench.send('running', 'waiting')
    wait_until(lambda: generator.asked and bench.stages('waiting'))
    node.close()
    assert bench.end_of('running').message == bench.end_of('waiting').message == 'canceled'
    bench.send('late')
    assert value(bench.end_of('late'), 'reason') == 'not active: the node is shut down'


def test_diagnostics(bench: Bench) -> None:
    """The node says how it is, once a period, under a name of its own."""
    arrays: list[DiagnosticArray] = []
    bench.user.create_subscription(DiagnosticArray, '/diagnostics', arrays.append, 10)
    bench.start(diagnostics_period_sec=0.1)
    bench.send('siren on')
    bench.end_of('siren on')
    arrays.clear()
    status = wait_until(lambda: arrays and arrays[-1].status[0])
    assert (status.level, status.message) == (DiagnosticStatus.OK, 'active')
    assert status.name.startswith('/nl_commander')
    assert value(status, 'robot') == 'porter'
    assert value(status, 'device') == 'fake'
    assert value(status, 'queue') == '0 of 10'
    assert value(status, 'instructions generated') == '1'
    assert float(value(status, 'latency p50 [s]')) <= float(value(status, 'latency p95 [s]'))


@pytest.mark.parametrize('ros_arguments', [
    ['--ros-args', '-r', 'nl_command:=talk', '-r', 'ros2_command:=do'],
])
def test_namespace_and_remap(bench: Bench) -> None:
    """Every name is relative: it follows the namespace, and can be remapped."""
    bench.start(namespace='lab', topic='talk', output='do')
    bench.send('siren on')
    assert bench.end_of('siren on').message == 'generated'
    wait_until(lambda: bench.commands)
    assert bench.call(Trigger, '/lab/nl_commander/stop').success
