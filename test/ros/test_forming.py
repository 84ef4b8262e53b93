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

"""The answer as it forms: a draft for those who listen, and for nobody else."""

from __future__ import annotations

import time

from diagnostic_msgs.msg import KeyValue
import pytest
from ros2_nl_commander.ros import qos
from ros2_nl_commander.ros.client import CommanderClient
from ros_bench import FakeGenerator, TIMEOUT_SEC, wait_until
from std_srvs.srv import Trigger

TOPIC = '/nl_commander/forming'


class DraftingGenerator(FakeGenerator):
    """Keeps what it was given to tell the text to, as a model that does not stop would."""

    def generate(self, instruction, should_stop, on_text=None):
        self.on_text = on_text
        return super().generate(instruction, should_stop, on_text)


@pytest.fixture
def generator():
    return DraftingGenerator()


@pytest.fixture
def heard(bench):
    """Start the node; give the drafts that a listener hears."""
    node = bench.start()
    heard = []
    bench.user.create_subscription(KeyValue, TOPIC, heard.append, qos.FORMING)
    wait_until(lambda: listeners(node) == 1)
    return heard


def listeners(node):
    publisher, = (one for one in node.publishers if one.topic_name == TOPIC)
    return publisher.get_subscription_count()


def test_a_listener_hears_the_draft_before_there_is_a_command(bench, heard):
    bench.generator.drafts = ['/porter/si', '/porter/siren data: tr']
    bench.generator.may_answer.clear()
    bench.send('siren on')
    wait_until(lambda: heard and heard[-1].value == '/porter/siren data: tr')
    assert heard[-1].key == bench.statuses[-1].name
    assert bench.stages('siren on') == ['received', 'generating'] and bench.commands == []
    bench.generator.may_answer.set()
    assert bench.end_of('siren on').message == 'generated'
    assert bench.stages('siren on') == ['received', 'generating', 'generated']


def test_nothing_forms_any_more_once_the_instruction_has_ended(bench, heard):
    bench.generator.is_deaf = True
    bench.generator.may_answer.clear()
    bench.send('first')
    wait_until(lambda: 'generating' in bench.stages('first') and bench.generator.asked)
    bench.call(Trigger, '/nl_commander/stop')
    for _ in range(10):
        bench.generator.on_text('late')
        time.sleep(0.01)  # so that the next one does not take its place in the queue of one
    bench.generator.drafts = ['next']
    bench.generator.may_answer.set()
    assert bench.node._desk.worker.wait_until_idle(TIMEOUT_SEC)
    bench.generator.may_answer.clear()
    bench.send('second')
    wait_until(lambda: heard and heard[-1].value == 'next')
    bench.generator.may_answer.set()
    assert {draft.value for draft in heard} == {'next'}


def test_where_nobody_listens_nothing_is_written(bench):
    node = bench.start()
    client = CommanderClient(context=bench.context)
    bench.add(client)
    client.wait_until_active(TIMEOUT_SEC)
    bench.send('siren on')
    bench.end_of('siren on')
    assert (listeners(node), bench.generator.has_listener) == (0, [False])


def test_a_client_that_wants_drafts_has_the_one_of_its_instruction(bench):
    node = bench.start()
    client = CommanderClient(context=bench.context, wants_drafts=True)
    bench.add(client)
    client.wait_until_active(TIMEOUT_SEC)
    wait_until(lambda: listeners(node) == 1)
    bench.generator.drafts = ['/porter/siren data: tr']
    bench.generator.may_answer.clear()
    following = client.send('siren on', TIMEOUT_SEC)
    report = wait_until(lambda: following.next(0.1))
    wait_until(lambda: client.draft_of(report.request_id) == '/porter/siren data: tr')
    assert client.draft_of('another') == ''
    bench.generator.may_answer.set()
    bench.end_of('siren on')
