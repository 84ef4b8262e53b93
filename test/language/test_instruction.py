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

"""Which sentences may reach the model."""

import pytest

from ros2_nl_commander.language.errors import InstructionError
from ros2_nl_commander.language.instruction import check_instruction


@pytest.mark.parametrize('text', [
    'go to ward 3', '  go to ward 3\r\n', 'fahr zur Küche', '前进两米', 'dance 👩‍🚀!', 'é', 'a' * 500,
    ' ' * 600 + 'stop',
])
def test_sentences_pass_without_surrounding_blanks(text):
    assert check_instruction(text) == text.strip()


@pytest.mark.parametrize(('text', 'reason'), [
    ('', 'empty'),
    (' \t\n\u3000', 'empty'),
    ('a' * 501, '501 characters; at most 500'),
    ('go\nto', r"control character '\\n'"),
    ('go\tto', 'control character'),
    ('go \x00 to', 'control character'),
    ('go \x1b[0m to', 'control character'),
    ('go \x85 to', 'control character'),
    ('go \u2028 to', 'control character'),
    ('go \ud800 to', 'UTF-8'),
    ('caf\ufffd', 'UTF-8'),
])
def test_refused_sentences(text, reason):
    with pytest.raises(InstructionError, match=reason):
        check_instruction(text)


def test_the_longest_length_can_be_chosen():
    assert check_instruction('stop', max_length=4) == 'stop'
    with pytest.raises(InstructionError):
        check_instruction('stop!', max_length=4)
