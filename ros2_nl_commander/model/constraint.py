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
Which tokens may come next: a grammar, matched token by token.

A thin seam around llguidance, so that every call that can fail is checked in one place: its error
state would allow the end of the text, and a broken run would look like a whole answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from functools import lru_cache
import json
from typing import Any

import numpy as np
from ros2_nl_commander.language.errors import GrammarViolationError, ModelError
from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.convert import drop_fillers, FILLER_START
from ros2_nl_commander.model.matching import Masks, Ranking
from ros2_nl_commander.model.tokenizer import KEPT
from transformers import PreTrainedTokenizerBase

#: Character class of quoted text: free text is masked through precomputed slices, 80 times faster.
_TEXT = r'[^"\\\x00-\x1F\x7F]'
_SLICES = [_TEXT + '{1,10}', _TEXT + '{1,30}', _TEXT + '+']
#: llguidance stops at 2,000 alternatives in a row by default; a plant has more interfaces.
_LIMITS = {'max_items_in_row': 200_000, 'initial_lexer_fuel': 50_000_000,
           'step_lexer_fuel': 5_000_000, 'step_max_items': 500_000}

#: Copies share the states of their lexer, which add up until it gives up: then a fresh one serves.
COPIES = 200


class GrammarEngine:
    """
    Compiles grammars for the vocabulary of one model; its tables are made once in a process.

    :param backbone: whose tokenizer, width of the output layer and end tokens count
    :param end_ids: tokens that end an answer
    :raises ModelError: if llguidance is not installed or cannot read the tokenizer
    """

    def __init__(self, backbone: Backbone, end_ids: Set[int]) -> None:
        self._library = _llguidance()
        self._end_ids = frozenset(end_ids)
        self._width = backbone.shape.vocabulary
        self._tokenizer = token_tables(backbone.tokenizer, self._width, self._end_ids)

    def compile(self, lark: str) -> Constraint:  # noqa: A003
        """
        Compile a grammar.

        :param lark: as ``language.lark`` writes it
        :raises GrammarViolationError: if llguidance does not take it
        """
        def make() -> Any:
            matcher = self._library.LLMatcher(
                self._tokenizer, self._library.LLMatcher.grammar_from_lark(lark), log_level=0,
                limits=self._library.LLParserLimits(**_LIMITS))
            if matcher.is_error():
                raise GrammarViolationError(f'The grammar cannot be used: {matcher.get_error()}')
            return matcher

        return Constraint(make, self._width, self._end_ids)


class Constraint:
    """A compiled grammar; ``start`` begins an answer and costs microseconds."""

    def __init__(
        self, make: Callable[[], Any], width: int, end_ids: frozenset[int]
    ) -> None:
        self._make = make
        self._pristine = make()
        self._answers = 0
        self._width = width
        self._end_ids = end_ids

    def start(self) -> GrammarMatching:
        """Begin an answer."""
        self._answers += 1
        if self._answers % COPIES == 0:
            self._pristine = self._make()
        return GrammarMatching(self._pristine.deep_copy(), self._width, self._end_ids)


class GrammarMatching:
    """An answer that follows a grammar; every failure is a GrammarViolationError."""

    def __init__(self, matcher: Any, width: int, end_ids: frozenset[int]) -> None:
        self._matcher = matcher
        self.end_ids = end_ids
        self._has_ended = False
        self._words = (width + 31) // 32

    @property
    def is_over(self) -> bool:
        """Tell whether the answer is whole and nothing can follow it."""
        if not (self._has_ended or self._matcher.is_stopped()):
            return False
        if self._matcher.is_error() or not self._matcher.is_accepting():
            raise GrammarViolationError(f'The answer broke off: {self._matcher.get_error()}')
        return True

    def forced(self) -> list[int]:
        """Write and return the tokens that have no alternative."""
        if self._has_ended:
            return []
        tokens = list(self._matcher.compute_ff_tokens())
        if self._matcher.is_error() or (tokens and not self._matcher.consume_tokens(tokens)):
            raise self._error()
        return tokens

    def masks(self, guess: Sequence[int]) -> Masks:
        """Tell what may follow now, and after each token of a guess."""
        rows = np.zeros((len(guess) + 1, self._words), dtype=np.int32)
        written = 0
        self._write_mask(rows[0])
        for token in guess:
            if token in self.end_ids:
                break
            if not self._matcher.consume_token(token):
                raise self._error()
            written += 1
            if self._matcher.is_stopped():
                break
            self._write_mask(rows[written])
        is_whole = self._matcher.is_stopped()
        if written and not self._matcher.rollback(written):
            raise self._error()
        return rows[:written + (not is_whole)]

    def _write_mask(self, row: Masks) -> None:
        if self._matcher.is_error():
            raise self._error()
        self._matcher.unsafe_compute_mask_ptr(row.ctypes.data, row.nbytes)
        if self._matcher.is_error() or not row.any():
            raise self._error()

    def accept(self, token: int) -> None:
        """Write a token that was chosen; an end token ends the answer."""
        if token in self.end_ids:
            if not self._matcher.is_accepting():
                raise GrammarViolationError('The answer ends where it is not whole')
            self._has_ended = True
        elif not self._matcher.consume_token(token):
            raise self._error()

    def viable(self, tokens: Sequence[int]) -> int:
        """Return how many of these tokens could be written one after the other."""
        return int(self._matcher.validate_tokens(list(tokens)))

    def weighed(self, ranking: Ranking) -> Ranking:
        """Return it as it is."""
        return ranking

    def _error(self) -> GrammarViolationError:
        return GrammarViolationError(
            f'The answer left the grammar: {self._matcher.get_error() or "no token may follow"}')


@lru_cache(maxsize=KEPT)
def token_tables(
    tokenizer: PreTrainedTokenizerBase, width: int, end_ids: frozenset[int]
) -> Any:
    """
    Build llguidance's tables of all tokens: a second that the library holds the interpreter.

    :param width: of the output layer
    :raises ModelError: if llguidance is not installed or cannot read the tokenizer
    """
    try:
        return _llguidance().LLTokenizer(
            _clean_tokenizer_json(tokenizer), n_vocab=width, eos_token=sorted(end_ids),
            slices=_SLICES)
    except ValueError as error:
        raise ModelError(f'This model cannot be constrained: {error}; '
                         'set constrain to false to run it without') from error


def _clean_tokenizer_json(tokenizer: PreTrainedTokenizerBase) -> str:
    """Write a tokenizer down without the fillers of GGUF, which free text could contain."""
    text: str = tokenizer.backend_tokenizer.to_str()
    if FILLER_START not in text:
        return text  # at the start of the node this saves half a second
    content: dict[str, Any] = json.loads(text)
    drop_fillers(content)
    return json.dumps(content)


def _llguidance() -> Any:
    """Import the library late: it has no rosdep key, so robots may lack it."""
    try:
        import llguidance
    except ImportError as error:
        raise ModelError('llguidance is missing, which holds answers to what the robot can do: '
                         'pip install llguidance, or set constrain to false') from error
    return llguidance
