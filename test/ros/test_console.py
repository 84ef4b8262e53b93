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

"""The console against a real node: keys at a terminal, plain lines, scripts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import StringIO
import re
import threading

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.data_structures import Size
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output
import pytest
from ros2_nl_commander.cli.terminal.dialogue import Dialogue
from ros2_nl_commander.cli.terminal.lines import PlainConsole, run_script
from ros2_nl_commander.cli.terminal.screen import ColourlessOutput, Screen
from ros2_nl_commander.cli.terminal.story import one_line, Story
from ros2_nl_commander.cli.terminal.vocabulary import Vocabulary
from ros2_nl_commander.language.codec import format_command
from ros2_nl_commander.language.command import ActionGoal, ServiceCall, TopicPublication
from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.language.robot import EMPTY_ROBOT, load_robot
from ros2_nl_commander.ros.client import CommanderClient
from ros2_nl_commander.ros.status import Stage, StatusReport
from ros_bench import ROBOT_FILE, TIMEOUT_SEC, value, wait_until

POLICY = """
rules:
  /porter/cmd_vel: {tier: auto, limits: {linear.x: [-0.5, 0.5]}}
  /porter/tray_lock: {tier: confirm}
  /porter/**: {tier: auto}
"""
UNLOCK = ServiceCall('/porter/tray_lock', 'std_srvs/srv/SetBool', {'data': True})
SIREN = ServiceCall('/porter/siren', 'std_srvs/srv/SetBool', {'data': True})
PATROL = ActionGoal('/porter/patrol', 'test_msgs/action/Fibonacci', {'order': 3})
DRIVE = TopicPublication('/porter/cmd_vel', 'geometry_msgs/msg/Twist', {'linear': {'x': 0.5}},
                         200, 10.0)
ESCAPE, CTRL_C, ENTER = '\x1b', '\x03', '\r'
COLOURS = re.compile('\x1b\\[[0-9;]*m')
DIMMED = re.compile('\x1b\\[(?=[0-9;]*90)[0-9;]*m *draft: ')
CONTROLS = re.compile('\x1b\\[[0-9;?]*[A-Za-z]|\r')


@pytest.fixture
def client(bench, robot, tmp_path):
    """Give a client of a node that carries out."""
    policy = tmp_path / 'policy.yaml'
    policy.write_text(POLICY)
    bench.start(execute='auto', policy=str(policy), audit_log=str(tmp_path / 'audit.jsonl'))
    client = CommanderClient(context=bench.context, wants_drafts=True)
    bench.add(client)
    client.wait_until_active(TIMEOUT_SEC)
    return client


class Terminal:
    """A person at a terminal: what they type, and what they see."""

    def __init__(self, client, keyboard, history, output_class=Vt100_Output, approves_all=False):
        self._keyboard = keyboard
        self.raw = StringIO()
        robot = load_robot(ROBOT_FILE)
        self.vocabulary = Vocabulary(robot)
        output = output_class(self.raw, lambda: Size(rows=40, columns=200),
                              enable_cpr=False)  # nobody here says where the cursor is
        self.screen = Screen(self.vocabulary, history, keyboard, output)
        self.dialogue = Dialogue(
            client, self.screen, self.vocabulary, robot, approves_all, TIMEOUT_SEC)

    def press(self, keys):
        self._keyboard.send_text(keys)

    @property
    def text(self):
        return CONTROLS.sub('', self.raw.getvalue())

    def see(self, part):
        wait_until(lambda: part in self.text)

    def talk(self, person):
        """Let the dialogue run while a person, in a thread, types; they leave at the end."""
        has_left = threading.Event()

        def act():
            try:
                person()
                wait_until(lambda: self.screen.is_asking)
            except BaseException:
                # In between one Ctrl-C may only stop: go on, so that the failure is seen.
                while not has_left.wait(0.2):
                    self.press(CTRL_C)
                raise
            self.press(CTRL_C)

        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(act)
            try:
                self.dialogue.talk()
            finally:
                has_left.set()
            done.result(TIMEOUT_SEC)


@pytest.fixture
def keyboard():
    with create_pipe_input() as keyboard:
        yield keyboard


@pytest.fixture
def terminal(client, keyboard, tmp_path):
    return Terminal(client, keyboard, tmp_path / 'state' / 'history')


def test_a_sentence_is_followed_to_its_end(bench, robot, terminal):
    bench.generator.answer = PATROL

    def person():
        terminal.press('patrol' + ENTER)
        terminal.see('sequence')  # feedback, in the live line
        terminal.see('succeeded after')

    terminal.talk(person)
    assert 'ros2 action send_goal /porter/patrol test_msgs/action/Fibonacci' in terminal.text
    assert 'send the goal order: 3 to the action /porter/patrol - walk a patrol' in terminal.text
    assert terminal.text.rstrip().endswith('left the console')
    assert robot.state.patrol_rounds == 3


def test_the_command_is_seen_as_it_forms_and_only_as_a_draft(bench, terminal):
    bench.generator.drafts = ['/porter/siren \x1b[2J']
    bench.generator.may_answer.clear()

    def person():
        terminal.press('siren' + ENTER)
        terminal.see('draft: /porter/siren \\x1b[2J')
        assert DIMMED.search(terminal.raw.getvalue())
        assert 'ros2 service call' not in terminal.text
        bench.generator.may_answer.set()
        terminal.see('succeeded after')

    terminal.talk(person)
    after = terminal.text.rpartition('ros2 service call')[2]
    assert 'call the service /porter/siren' in after and 'draft' not in after


def test_y_approves(bench, robot, terminal):
    bench.generator.answer = UNLOCK

    def person():
        terminal.press('unlock' + ENTER)
        terminal.see('waits for your approval')
        terminal.press('y')
        terminal.see('succeeded after')

    terminal.talk(person)
    assert 'call the service /porter/tray_lock with data: true' in terminal.text
    assert robot.state.tray_lock


def test_n_refuses(bench, robot, terminal):
    bench.generator.answer = UNLOCK

    def person():
        terminal.press('unlock' + ENTER)
        terminal.see('waits for your approval')
        terminal.press('n')
        terminal.see('rejected after')

    terminal.talk(person)
    status = bench.end_of('unlock')
    assert (status.message, value(status, 'reason')) == ('rejected', 'refused')
    assert 'stop' not in terminal.text.rpartition('waits for your approval')[2].replace(
        'Esc stops the robot', '')
    assert not robot.state.tray_lock


def test_what_was_typed_before_the_question_approves_nothing(
    bench, robot, terminal, keyboard, monkeypatch
):
    bench.generator.answer = UNLOCK
    bench.generator.may_answer.clear()
    read, really = [], keyboard.read_keys

    def read_keys():
        pressed = really()
        read.extend(press.key for press in pressed)
        return pressed

    monkeypatch.setattr(keyboard, 'read_keys', read_keys)

    def person():
        terminal.press('unlock' + ENTER)
        wait_until(lambda: 'generating' in bench.stages('unlock'))
        terminal.press('yyy')
        wait_until(lambda: read.count('y') == 3)  # and nothing else comes of them
        bench.generator.may_answer.set()
        terminal.see('waits for your approval')
        assert bench.stages('unlock')[-1] == 'awaiting_approval'
        terminal.press('n')
        terminal.see('rejected after')

    terminal.talk(person)
    assert not robot.state.tray_lock


@pytest.mark.parametrize('key', [ESCAPE, CTRL_C])
def test_a_key_stops_the_robot(bench, robot, terminal, key):
    bench.generator.answer = DRIVE

    def person():
        terminal.press('drive' + ENTER)
        wait_until(lambda: robot.state.speed_mps)
        terminal.press(key)
        terminal.see('stop confirmed: zero velocity on /porter/cmd_vel')
        terminal.see('canceled after')

    terminal.talk(person)
    wait_until(lambda: robot.state.speed_mps == 0.0)
    assert bench.end_of('drive').message == 'canceled'


def test_escape_at_the_prompt_stops_too(bench, terminal):
    def person():
        wait_until(lambda: terminal.screen.is_asking)
        terminal.press(ESCAPE)
        terminal.see('stop confirmed')

    terminal.talk(person)


def test_a_stop_that_is_not_confirmed_is_said(bench, robot, terminal, client, monkeypatch):
    bench.generator.answer = DRIVE
    real_stop = client.stop
    monkeypatch.setattr(client, 'stop', lambda: real_stop(0.0))

    def person():
        terminal.press('drive' + ENTER)
        wait_until(lambda: robot.state.speed_mps)
        terminal.press(ESCAPE)
        terminal.see('stop is NOT confirmed')

    terminal.talk(lambda: (person(), bench.end_of('drive')))


def test_yes_approves_without_a_key(bench, robot, client, keyboard, tmp_path):
    bench.generator.answer = UNLOCK
    terminal = Terminal(client, keyboard, tmp_path / 'history', approves_all=True)

    def person():
        terminal.press('unlock' + ENTER)
        terminal.see('succeeded after')

    terminal.talk(person)
    assert robot.state.tray_lock


@pytest.mark.parametrize('output_class, has_colours', [
    (Vt100_Output, True), (ColourlessOutput, False)])
def test_colours_only_where_they_are_wanted(
    bench, client, keyboard, tmp_path, output_class, has_colours
):
    bench.generator.answer = SIREN
    terminal = Terminal(client, keyboard, tmp_path / 'history', output_class)

    def person():
        terminal.press('siren' + ENTER)
        terminal.see('succeeded after')

    terminal.talk(person)
    assert bool(COLOURS.search(terminal.raw.getvalue())) == has_colours


def test_history_is_kept_and_recalled(bench, client, keyboard, tmp_path):
    history = tmp_path / 'state' / 'history'
    bench.generator.answer = SIREN
    typed, up, search = 'siren' + ENTER, '\x1b[A' + ENTER, '\x12sir' + ENTER + ENTER
    for keys in (typed, up, search):
        terminal = Terminal(client, keyboard, history)
        count = len(bench.generator.asked)

        def person(terminal=terminal, keys=keys):
            wait_until(lambda: terminal.screen.is_asking)
            terminal.press(keys)
            terminal.see('succeeded after')

        terminal.talk(person)
        assert bench.generator.asked[count:] == ['siren']
    assert history.read_text().count('+siren') == 1


def read_from(*answers):
    """Give a reader of lines; an exception among them is raised."""
    waiting = list(answers)

    def read(prompt):
        if not waiting:
            raise EOFError
        answer = waiting.pop(0)
        if isinstance(answer, type):
            raise answer
        return answer

    return read


@pytest.mark.parametrize('answer, is_locked', [('y', True), ('n', False), ('', False)])
def test_plain_lines_ask_too(bench, robot, client, capsys, answer, is_locked):
    bench.generator.answer = UNLOCK
    read = read_from('unlock', answer)
    PlainConsole(client, load_robot(ROBOT_FILE), read, False, TIMEOUT_SEC).talk()
    shown = capsys.readouterr().out
    assert '\x1b' not in shown
    assert 'received' in shown and 'generating' in shown and 'waits for your approval' in shown
    assert ('succeeded after' in shown, robot.state.tray_lock) == (is_locked, is_locked)
    assert ('rejected after' in shown, 'stop confirmed' in shown) == (not is_locked, False)


@pytest.mark.parametrize('word', ['help', '?', ' HELP '])
def test_help_is_for_the_person_and_not_for_the_robot(bench, terminal, client, capsys, word):
    def person():
        terminal.press(word + ENTER)
        terminal.see('leave the console')

    terminal.talk(person)
    assert 'Esc stops the robot at any time' in terminal.text
    PlainConsole(client, EMPTY_ROBOT, read_from(word), False, TIMEOUT_SEC).talk()
    assert 'Ctrl-C while something is carried out stops' in capsys.readouterr().out
    assert run_script(client, [f'{word}\n'], False, TIMEOUT_SEC) == 0
    told = capsys.readouterr()
    assert told.out == '' and 'begin with #' in told.err
    assert bench.generator.asked == []


@pytest.mark.parametrize('word', ['exit', 'quit', 'Quit '])
def test_a_word_leaves_the_console(bench, terminal, client, capsys, word):
    terminal.press(word + ENTER)
    terminal.dialogue.talk()
    assert terminal.text.rstrip().endswith('left the console')
    PlainConsole(client, EMPTY_ROBOT, read_from(word, 'siren'), False, TIMEOUT_SEC).talk()
    assert run_script(client, [word, 'siren'], False, TIMEOUT_SEC) == 0
    assert capsys.readouterr().out == 'left the console\n'
    assert bench.generator.asked == []


@pytest.mark.parametrize('sentence', ['help me up', 'exit the room', 'quit patrol', '# 3'])
def test_more_than_the_word_alone_is_for_the_robot(bench, client, capsys, sentence):
    bench.generator.answer = None
    PlainConsole(client, EMPTY_ROBOT, read_from(sentence), False, TIMEOUT_SEC).talk()
    assert bench.generator.asked == [sentence]


def test_comments_in_a_script_are_skipped(bench, robot, client, capsys):
    bench.generator.answer = SIREN
    assert run_script(client, ['# a comment\n', '  #another', 'siren\n'], False, TIMEOUT_SEC) == 0
    assert bench.generator.asked == ['siren'] and capsys.readouterr().out.count('\n') == 1


def test_ctrl_c_between_plain_lines_stops(bench, robot, client, capsys):
    bench.generator.answer = UNLOCK
    PlainConsole(client, load_robot(ROBOT_FILE), read_from('unlock', KeyboardInterrupt), False,
                 TIMEOUT_SEC).talk()
    shown = capsys.readouterr().out
    assert 'stop confirmed' in shown and 'canceled after' in shown
    assert not robot.state.tray_lock


def test_a_script_gets_one_line_each(bench, robot, client, capsys):
    bench.generator.answer = SIREN
    assert run_script(client, ['siren\n', '\n', 'again\n'], False, TIMEOUT_SEC) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert re.fullmatch(r'ros2 service call /porter/siren std_srvs/srv/SetBool "\{data: true\}"  '
                        r'\(succeeded: siren on; \d+\.\d s\)', lines[0])


def test_a_script_with_a_failure_says_so_in_its_exit_code(bench, client, capsys):
    bench.generator.answer = None
    assert run_script(client, ['fly\n'], False, TIMEOUT_SEC) == 1
    assert re.fullmatch(r'declined: cannot do that  \(\d+\.\d s\)\n', capsys.readouterr().out)


def test_a_script_approves_only_with_yes(bench, robot, client, capsys):
    bench.generator.answer = UNLOCK
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(run_script, client, ['unlock'], False, TIMEOUT_SEC)
        wait_until(lambda: 'awaiting_approval' in bench.stages('unlock'))
        client.stop()
        assert done.result(TIMEOUT_SEC) == 1
    assert 'use --yes' in capsys.readouterr().err and not robot.state.tray_lock
    assert run_script(client, ['now'], True, TIMEOUT_SEC) == 0
    assert robot.state.tray_lock


def test_what_a_robot_says_cannot_drive_the_terminal(bench, robot, client, capsys):
    bench.generator.answer = NodeError('bell \x07 and \x1b[2J \u202e and\nmore')
    assert run_script(client, ['x'], False, TIMEOUT_SEC) == 1
    shown = capsys.readouterr().out
    assert shown.count('\n') == 1 and not set('\x07\x1b\u202e') & set(shown)
    assert '\\x1b[2J' in shown


def test_each_of_several_steps_is_said_once():
    story = Story(load_robot(ROBOT_FILE), shows_all=True)
    calls = [format_command(SIREN), format_command(UNLOCK)]
    told = [
        StatusReport('1', Stage.AWAITING_APPROVAL, 'both', '\n'.join(calls)),
        StatusReport('1', Stage.EXECUTING, 'both', calls[0], 'step 1 of 2: '),
        StatusReport('1', Stage.EXECUTING, 'both', calls[1], 'step 2 of 2: '),
        StatusReport('1', Stage.SUCCEEDED, 'both', calls[1], 'step 2 of 2: done', 1.0)]
    lines = [line for report in told for line in story.tell(report)]
    assert [line.kind for line in lines] == [
        'command', 'meaning', 'command', 'meaning', 'question', 'stage', 'stage', 'good']
    assert [line.text for line in lines if line.kind == 'command'] == calls


def test_a_script_gets_one_line_for_several_steps():
    report = StatusReport('1', Stage.REJECTED, 'both', 'one\ntwo', 'denied', 1.0)
    assert one_line(report) == 'one; two  (rejected: denied; 1.0 s)'


def completed(vocabulary, text):
    return {completion.text for completion in vocabulary.get_completions(
        Document(text), CompleteEvent())}


def test_completion_knows_the_robot_and_what_was_said():
    vocabulary = Vocabulary(load_robot(ROBOT_FILE))
    assert {'ward 1', 'ward 2', 'ward 3'} <= completed(vocabulary, 'take this to wa')
    assert 'ward 3' in completed(vocabulary, 'go to ward ')
    assert completed(vocabulary, 'open the tray') == {'tray lock'}
    assert completed(vocabulary, '/porter/si') == {'/porter/siren'}
    vocabulary = Vocabulary(EMPTY_ROBOT)
    assert (completed(vocabulary, 'he'), completed(vocabulary, 'qu')) == ({'help'}, {'quit'})
    assert completed(vocabulary, 'please he') == set()
    assert completed(vocabulary, 'm') == set()
    vocabulary.learn([StatusReport('1', Stage.GENERATED, 'mute it', format_command(SIREN))])
    assert completed(vocabulary, 'm') == {'mute it'}
    assert completed(vocabulary, 'and the si') == {'siren'}


def test_a_sentence_that_is_too_long_is_followed(client, capsys):
    assert run_script(client, ['far ' * 300], False, TIMEOUT_SEC) == 1
    assert capsys.readouterr().out.startswith('declined: ')


def test_a_node_that_goes_is_noticed(bench, robot, client):
    bench.generator.may_answer.clear()
    following = client.send('wait', TIMEOUT_SEC)
    wait_until(lambda: following.next(0.1))
    client.count_publishers = lambda _name: 0  # the discovery of a death takes DDS 20 s
    with pytest.raises(NodeError, match='the node is gone'):
        for _ in range(100):
            following.next(0.1)
    bench.generator.may_answer.set()


def test_a_node_that_was_never_heard_of_is_looked_for_elsewhere(context):
    client = CommanderClient(context=context)
    with pytest.raises(NodeError) as raised:
        client.wait_until_active(0.1)
    client.destroy_node()
    for part in ('never heard of it', 'is /nl_commander running', '__ns:=/',
                 f'ROS_DOMAIN_ID ({context.get_domain_id()} here)'):
        assert part in str(raised.value)


def test_two_clients_follow_their_own(bench, robot, client):
    bench.generator.answer = SIREN
    other = CommanderClient(context=bench.context)
    bench.add(other)
    other.wait_until_active(TIMEOUT_SEC)
    answers = []
    threads = [threading.Thread(target=lambda c=c, s=s: answers.append(c.ask(s, TIMEOUT_SEC)))
               for c, s in ((client, 'one'), (other, 'two'))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.instruction for answer in answers} == {'one', 'two'}
    assert client.overhear() or other.overhear()
