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

"""Arguments as real shells see them: whatever we accept, they must split in the same way."""

import os
import shutil
import subprocess

from hypothesis import example, given, settings, strategies as st
from language_strategies import commands, TRICKY
import pytest

from ros2_nl_commander.language.codec import format_command
from ros2_nl_commander.language.errors import CommandSyntaxError
from ros2_nl_commander.language.shell import quote_argument, split_arguments

SHELLS = [shell for shell in ('bash', 'dash') if shutil.which(shell)]
# The only thing that a tested text can run is this function: it prints its arguments.
ECHO = "ros2() { [ $# -eq 0 ] || printf '%s\\0' \"$@\"; }\n"
# Whatever has a meaning to some shell, and letters that match a file of the working folder.
ALPHABET = 'ab {},.~=!^%@+-:/\\\'"$`*?[]()<>|&;#\t\n\r\xe9🤖'
# Mostly quoted, so that most texts are accepted.
texts = st.lists(st.one_of(
    st.sampled_from((' ', '\t', '{}', 'a', '--a=b', ',', '@', '%')),
    st.text(ALPHABET.replace("'", ''), max_size=6).map("'{}'".format),
    st.text(ALPHABET.replace('"', ''), max_size=3).map('"{}"'.format),
    st.sampled_from(ALPHABET).map('\\{}'.format),
    st.sampled_from(ALPHABET),
), max_size=5).map(''.join)


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """Return a folder with files that a pattern could match."""
    folder = tmp_path_factory.mktemp('shell')
    for name in ('a', 'b', 'ab'):
        (folder / name).touch()
    return folder


def arguments_in(shell, text, folder):
    """Let a shell split a text; it finds no programs, and bash may not write files either."""
    options = ['--norc', '--noprofile', '-r'] if shell == 'bash' else []
    done = subprocess.run(
        [shutil.which(shell), *options, '-c', ECHO + text], cwd=folder, timeout=20,
        capture_output=True, env={'PATH': '', 'HOME': '/home/a', 'LANG': 'C.UTF-8'})
    assert (done.returncode, done.stderr) == (0, b''), (shell, text, done)
    return [os.fsdecode(argument) for argument in done.stdout.split(b'\0')[:-1]]


@pytest.mark.parametrize('shell', SHELLS)
@settings(deadline=None, max_examples=60)
@given(command=commands)
def test_a_written_command_reaches_a_real_shell_unchanged(shell, folder, command):
    text = format_command(command)
    assert ['ros2', *arguments_in(shell, text, folder)] == split_arguments(text)


@pytest.mark.parametrize('shell', SHELLS)
@settings(deadline=None, max_examples=150)
@given(text=texts)
@example('{}')
@example('a{}')
@example('{a,b}')
@example('~')
@example('a=~')
@example('"\\$\\`\\"\\\\\\a!"')
@example("a\\ b'c'\"d\"")
def test_accepted_text_means_the_same_to_a_real_shell(shell, folder, text):
    try:
        expected = split_arguments('ros2 ' + text)
    except CommandSyntaxError:
        return
    assert ['ros2', *arguments_in(shell, 'ros2 ' + text, folder)] == expected


@pytest.mark.parametrize('argument', [
    text for text in TRICKY if '\n' not in text and len(text.splitlines()) < 2])
def test_quoted_arguments_split_back(argument):
    try:
        assert split_arguments(quote_argument(argument)) == [argument]
    except CommandSyntaxError as error:
        assert 'control character' in str(error) or 'one line' in str(error)


@pytest.mark.parametrize(('argument', 'quoted'), [
    ('{data: 1}', '"{data: 1}"'),
    ("{data: 'a'}", '"{data: \'a\'}"'),
    ('{data: "a"}', "'{data: \"a\"}'"),
    ('hey!', "'hey!'"),
])
def test_double_quotes_are_preferred(argument, quoted):
    assert quote_argument(argument) == quoted
