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

"""What may reach the model as an instruction: one line of text that a person would write."""

from __future__ import annotations

import unicodedata

from ros2_nl_commander.language.errors import InstructionError
from ros2_nl_commander.language.names import excerpt

#: Unicode categories of control characters and line separators.
_UNPRINTABLE = ('Cc', 'Zl', 'Zp')


def check_instruction(text: str, max_length: int = 500) -> str:
    """
    Check an instruction before the model sees it.

    :param text: the sentence as it came in
    :param max_length: longest sentence, characters, without surrounding blanks
    :returns: the sentence without surrounding blanks
    :raises InstructionError: if it is empty, too long or not plain text
    """
    text = text.strip()
    if not text:
        raise InstructionError('the instruction is empty')
    if len(text) > max_length:
        raise InstructionError(
            f'the instruction has {len(text)} characters; at most {max_length} are accepted')
    for character in text:
        category = unicodedata.category(character)
        if category == 'Cs' or character == '\ufffd':  # what a decoder makes of broken bytes
            raise InstructionError('the instruction is not valid UTF-8')
        if category in _UNPRINTABLE:
            raise InstructionError(
                f'the instruction holds the control character {excerpt(character)}')
    return text
