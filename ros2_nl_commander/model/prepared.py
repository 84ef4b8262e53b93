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
Everything that depends on the robot and not on the sentence, made once and kept.

Making it takes a forward for each line that was never read before, and a few milliseconds for the
grammar. Prepared robots are values: a sentence that runs keeps the one that it began with.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from ros2_nl_commander.language.context import context_from_robot, RobotContext
from ros2_nl_commander.language.grammar import grammar_from_robot
from ros2_nl_commander.language.lark import lark_from_grammar
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.short_form import entrances
from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.constraint import GrammarEngine
from ros2_nl_commander.model.contexts import ContextReader
from ros2_nl_commander.model.drafts import Precedent
from ros2_nl_commander.model.forward import read_prefix
from ros2_nl_commander.model.key_values import KeyValues
from ros2_nl_commander.model.matching import FreeMatching, Matching
from ros2_nl_commander.model.prompts import FoldedPrompt
from ros2_nl_commander.model.sequence import SequenceEncoder

#: Robots, or selections of their interfaces, that are kept; each takes a copy of its context.
KEPT = 4


@dataclass(frozen=True, slots=True)
class PreparedRobot:
    """
    A robot that sentences can be answered for.

    :param robot: what it offers
    :param context: the text that stands before an instruction
    :param prefix: keys and values of context and prompt, and of ``opening``
    :param opening: the tokens that instructions begin with, as far as they are read
    :param start: begins an answer
    :param precedents: a sentence like the line of an interface may begin with its name
    """

    robot: RobotDescription
    context: RobotContext
    prefix: KeyValues
    opening: tuple[int, ...]
    start: Callable[[], Matching]
    precedents: tuple[Precedent, ...]


class RobotPreparation:
    """
    Prepares robots; may be used by several threads.

    :param backbone: the model
    :param sequence: turns texts into tokens
    :param prompt: stands behind every context
    :param constrain: hold answers to the robot's grammar
    :raises ModelError: if they are to be held and llguidance is not installed
    """

    def __init__(
        self, backbone: Backbone, sequence: SequenceEncoder, prompt: FoldedPrompt,
        constrain: bool,
    ) -> None:
        self._backbone = backbone
        self._sequence = sequence
        self._prompt = prompt
        self._reader = ContextReader(backbone, sequence)
        self._engine = GrammarEngine(backbone, sequence.end_ids) if constrain else None
        self._kept: OrderedDict[str, PreparedRobot] = OrderedDict()
        self._lock = Lock()

    def prepare(
        self, robot: RobotDescription, before: RobotContext = RobotContext(), *,
        opened: bool = False,
    ) -> PreparedRobot:
        """
        Prepare a robot, or find it prepared.

        :param before: a context that was read; of what the robot has in common with it, as much
            as can be is not read again
        :param opened: read what every instruction begins with, too: it pays for many sentences,
            and one alone reads it as fast with its own words
        :raises RobotDescriptionError: if the definition of a type cannot be read
        :raises GrammarViolationError: if its grammar cannot be used
        """
        key = repr(robot)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        prepared = self._make(robot, before, opened)
        with self._lock:
            self._kept[key] = prepared
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return prepared

    def _make(
        self, robot: RobotDescription, before: RobotContext, opened: bool
    ) -> PreparedRobot:
        offered, lines = list(entrances(robot)), context_from_robot(robot)
        context = lines.continuing(before)
        opening = self._sequence.opening_ids(
            behind_context=not context.is_empty) if opened else []
        prefix = read_prefix(self._backbone, self._reader.read(context), self._prompt, opening)
        precedents = tuple(
            Precedent(tuple(self._sequence.line_ids(line)),
                      tuple(self._sequence.answer_ids(entrance.label)[:-1]))
            # The line of places, which comes last, is no interface's.
            for entrance, line in zip(offered, lines.blocks[:len(offered)], strict=True))
        return PreparedRobot(
            robot, context, prefix, tuple(opening), self._matching(robot), precedents)

    def _matching(self, robot: RobotDescription) -> Callable[[], Matching]:
        if self._engine is None:
            end_ids, vocabulary = self._sequence.end_ids, len(self._backbone.tokenizer)
            return lambda: FreeMatching(end_ids, vocabulary)
        return self._engine.compile(lark_from_grammar(grammar_from_robot(robot))).start
