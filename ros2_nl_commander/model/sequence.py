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
The order of what the model sees: context, prompt, instruction, answer, end.

The context depends on the robot only, so it comes first and is read once. Its header and blocks,
the instruction and the answer are turned into tokens apart, in training as at run time, so both
see the same tokens.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from ros2_nl_commander.language.context import RobotContext
from ros2_nl_commander.language.errors import ModelError
from transformers import PreTrainedTokenizerBase

END_OF_TURN = '<|im_end|>'
END_OF_TEXT = '<|endoftext|>'

#: How special tokens are read is a setting of the tokenizer, which all of a process share: another
#: thread must not change it before the text is read.
_READING = Lock()


@dataclass(frozen=True, slots=True)
class Layout:
    """
    The fixed text around context, instruction and answer.

    :param name: how prompt.json names it
    :param opening: before the context
    :param closing: behind context and prompt; both are left out where the context is empty
    :param instruction: with ``{}`` for the instruction, between prompt and answer
    """

    name: str
    opening: str
    closing: str
    instruction: str


#: ``plain`` is the notebook's: nothing but the texts. ``chat`` is what the model was tuned on.
LAYOUTS = {
    'plain': Layout('plain', '', '\n', '{}'),
    'chat': Layout('chat', '<|im_start|>system\n', '<|im_end|>\n',
                   '<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n'),
}


class SequenceEncoder:
    """Turns texts into the token ids of each part of the sequence."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, layout: Layout) -> None:
        """
        Bind a tokenizer to a layout.

        :raises ModelError: if the tokenizer lacks an end token
        """
        self._tokenizer = tokenizer
        self._layout = layout
        self.end_id = _id_of(tokenizer, END_OF_TURN)
        self.end_ids = end_ids_of(tokenizer)

    def context_ids(self, context: RobotContext) -> list[int]:
        """Return the tokens before the prompt, each line apart; none for an empty context."""
        if context.is_empty:
            return []
        ids = [*self._fixed(self._layout.opening), *self._plain(context.header)]
        for block in context.blocks:
            ids += self._plain(block)
        return ids

    def line_ids(self, line: str) -> list[int]:
        """Return the tokens of one line of a context."""
        return self._plain(line)

    def opening_ids(self, *, behind_context: bool) -> list[int]:
        """Return the tokens that stand behind the prompt whatever the instruction is."""
        closing = self._fixed(self._layout.closing) if behind_context else []
        before, _ = self._layout.instruction.split('{}')
        return closing + self._fixed(before)

    def instruction_ids(self, instruction: str, *, behind_context: bool) -> list[int]:
        """Return the tokens between prompt and answer."""
        _, after = self._layout.instruction.split('{}')
        return [*self.opening_ids(behind_context=behind_context), *self._plain(instruction),
                *self._fixed(after)]

    def answer_ids(self, answer: str) -> list[int]:
        """Return the tokens of an answer, with its end."""
        return [*self._plain(answer), self.end_id]

    def value_ids(self, values: Iterable[str]) -> list[list[int]]:
        """Return the tokens of values that may end an answer: with a space before, and without."""
        return [self.answer_ids(text) for value in values for text in (f' {value}', value)]

    def answer_text(self, ids: list[int]) -> str:
        """Return the text of an answer without its end."""
        kept = [token for token in ids if token not in self.end_ids]
        return str(self._tokenizer.decode(kept, clean_up_tokenization_spaces=False))

    def _fixed(self, text: str) -> list[int]:
        with _READING:
            return list(self._tokenizer.encode(text, add_special_tokens=False))

    def _plain(self, text: str) -> list[int]:
        # A special token that somebody types stays text: it must not end a turn.
        with _READING:
            return list(self._tokenizer.encode(
                text, add_special_tokens=False, split_special_tokens=True))


def end_ids_of(tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """
    Give the tokens that end an answer.

    :raises ModelError: if the tokenizer lacks one
    """
    return frozenset({_id_of(tokenizer, END_OF_TURN), _id_of(tokenizer, END_OF_TEXT)})


def _id_of(tokenizer: PreTrainedTokenizerBase, token: str) -> int:
    identifier = tokenizer.convert_tokens_to_ids(token)
    # A tokenizer with an unknown token gives that one for every name it lacks.
    if not isinstance(identifier, int) or tokenizer.convert_ids_to_tokens(identifier) != token:
        raise ModelError(f'The tokenizer of this model has no token {token}')
    return identifier
