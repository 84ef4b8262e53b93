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
A sentence and a robot in, a command or a reason out.

Every answer is parsed and checked against the robot description, whatever the model wrote; what
does not pass is a decline with its reason, never a command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import logging
import math
import time

from ros2_nl_commander.language.command import Command
from ros2_nl_commander.language.context import RobotContext
from ros2_nl_commander.language.errors import GrammarViolationError, ModelError
from ros2_nl_commander.language.generation import (
    Generation, GeneratorSettings, StopCheck, TextListener)
from ros2_nl_commander.language.instruction import check_instruction
from ros2_nl_commander.language.names import excerpt
from ros2_nl_commander.language.robot import EMPTY_ROBOT, RobotDescription
from ros2_nl_commander.language.said.likely_values import likely_values
from ros2_nl_commander.language.verdict import command_or_reason
from ros2_nl_commander.model.backbone import Backbone, load_backbone, load_shape
from ros2_nl_commander.model.cache import first_line
from ros2_nl_commander.model.checkpoint import find_prompt, load_prompt, TrainedPrompt
from ros2_nl_commander.model.constraint import token_tables
from ros2_nl_commander.model.decode import decode_likeliest, Decoded, Ending, SEARCH_FORWARDS
from ros2_nl_commander.model.drafts import Drafter, Precedent, REMEMBERED
from ros2_nl_commander.model.fetch import fetch_model, find_model, warn_of_another_model
from ros2_nl_commander.model.interface_judge import InterfaceJudge, Judged
from ros2_nl_commander.model.prepared import RobotPreparation
from ros2_nl_commander.model.prompts import check_fits
from ros2_nl_commander.model.relevance import relevance_for, RelevanceModel
from ros2_nl_commander.model.runner import runner_for
from ros2_nl_commander.model.sequence import end_ids_of, LAYOUTS, SequenceEncoder
from ros2_nl_commander.model.shipped import load_shipped
from ros2_nl_commander.model.tokenizer import load_tokenizer

_logger = logging.getLogger(__name__)


def load_generator(settings: GeneratorSettings) -> CommandGenerator:
    """
    Build the generator that settings ask for, fetching the model if need be.

    :raises ModelError: if the model cannot be had or run
    :raises CheckpointError: if the prompt is missing, damaged or made for another model
    """
    # Before the model, which takes a while: a name may be misspelt.
    named = load_prompt(find_prompt(settings.prompt)) if settings.prompt else None
    folder = fetch_model(settings.model, _logger.info)
    prompt = named or load_shipped(load_shape(folder))
    warn_of_another_model('the prompt', prompt.card.base_model, folder)
    relevance = relevance_for(settings)
    backbone = load_backbone(folder, device=settings.device, dtype=settings.dtype,
                             device_map=settings.device_map, quantize=settings.quantize)
    return CommandGenerator(backbone, prompt, settings, relevance)


def load_tables(settings: GeneratorSettings) -> None:
    """
    Build ahead what keeps all of a process waiting while it is built, for ``load_generator``.

    That is what native libraries make of the tokenizer, 2 s in all, and what Python makes of the
    model's classes; a model that is not here yet has none.

    :raises ModelError: if the model cannot be run
    """
    encoder = find_model(settings.encoder)
    if encoder is not None:
        load_tokenizer(encoder)
    folder = find_model(settings.model)
    if folder is None:
        return
    tokenizer, shape = load_tokenizer(folder), load_shape(folder)
    if settings.constrain:
        token_tables(tokenizer, shape.vocabulary, end_ids_of(tokenizer))


class CommandGenerator:
    """
    The real generator: a frozen model, a trained prompt, and the robot at hand.

    One sentence at a time; another thread may change the robot meanwhile.
    """

    def __init__(
        self, backbone: Backbone, prompt: TrainedPrompt, settings: GeneratorSettings,
        relevance: RelevanceModel | None = None,
    ) -> None:
        """
        Put the parts together and prepare for no robot in particular.

        :param relevance: has a say in which interface is meant; None leaves that to the model
        :raises CheckpointError: if the prompt does not fit the model
        :raises ModelError: if answers are to be constrained and llguidance is not installed
        """
        check_fits(prompt.folded, backbone.shape)
        self._backbone = backbone
        self._prompt = prompt
        self._settings = settings
        self._relevance = relevance
        self._sequence = SequenceEncoder(backbone.tokenizer, LAYOUTS[prompt.card.layout])
        self._preparation = RobotPreparation(
            backbone, self._sequence, prompt.folded, settings.constrain)
        with _model_errors():
            self._runner = runner_for(backbone)
        self._precedents: tuple[Precedent, ...] = ()
        self._robot, self._context = '', RobotContext()
        self.use_robot(EMPTY_ROBOT)

    def use_robot(self, robot: RobotDescription) -> None:
        """
        Read the robot's interfaces once; every sentence that starts later stands behind them.

        Of a robot with many interfaces only the ones that a sentence may mean are read, with it.

        :raises RobotDescriptionError: if the definition of a type cannot be read
        :raises GrammarViolationError: if the robot's grammar cannot be used
        :raises ModelError: if the model fails, for example out of memory
        """
        # Another robot may have a line in common by chance: that says nothing about its order.
        is_same = robot.robot == self._robot
        with _model_errors():
            judge = InterfaceJudge(robot, self._relevance)
            always = self._preparation.prepare(
                judge.index.always(), self._context if is_same else RobotContext(), opened=True)
        self._judge, self._robot, self._context = judge, robot.robot, always.context

    def generate(
        self, instruction: str, should_stop: StopCheck = lambda: False,
        on_text: TextListener | None = None,
    ) -> Generation:
        """
        Answer one instruction.

        :param instruction: the sentence
        :param should_stop: asked before every forward; True ends the work with a decline
        :param on_text: told the text so far after every forward; None costs nothing
        :returns: a command that this robot accepts, or the reason why there is none
        :raises InstructionError: if the sentence must not reach the model
        :raises ModelError: if the model fails, for example out of memory
        """
        sentence = check_instruction(instruction)
        judge = self._judge
        start = time.perf_counter()
        try:
            with _model_errors():
                judged = judge.judge(sentence)
            decoded = self._decode(sentence, judged, should_stop, on_text)
            command, reason = self._command_or_reason(sentence, decoded, judged.robot)
        except GrammarViolationError as error:
            _logger.warning('%s', error)
            decoded = Decoded([], Ending.STOPPED, log_probability=-math.inf)
            command, reason = None, str(error)
        return Generation(instruction, command, reason, time.perf_counter() - start,
                          len(decoded.ids), decoded.forwards, decoded.forced,
                          math.exp(decoded.log_probability))

    def describe(self) -> dict[str, str]:
        """Name what is running, for people."""
        card = self._prompt.card
        return {
            'model': self._settings.model,
            'prompt': f'{self._settings.prompt or "shipped"} ({card.kind}, '
                      f'{self._prompt.folded.length} tokens)',
            'encoder': self._settings.encoder if self._relevance is not None else 'none',
            'device': self._backbone.describe(),
            'memory': f'{self._backbone.memory_bytes() / 1e6:.0f} MB of weights',
        }

    def _decode(
        self, sentence: str, judged: Judged, should_stop: StopCheck,
        on_text: TextListener | None,
    ) -> Decoded:
        with _model_errors():
            prepared = self._preparation.prepare(judged.robot, self._context)
            ids = self._sequence.instruction_ids(
                sentence, behind_context=not prepared.context.is_empty)
            # The oldest: what was answered to the same sentence is guessed before a likely name.
            likely = judged.precedents(ids, self._sequence)
            drafter = Drafter(ids, (*likely, *prepared.precedents, *self._precedents),
                              self._sequence.value_ids(likely_values(sentence)))
            limit = self._settings.max_new_tokens
            with self._runner.behind(prepared.prefix, len(ids) + limit) as run:
                decoded = decode_likeliest(
                    run, ids[len(prepared.opening):], drafter=drafter, max_new_tokens=limit,
                    should_stop=should_stop,
                    start=judged.start(prepared.start, self._sequence.answer_text),
                    search_forwards=SEARCH_FORWARDS if self._settings.search else 0,
                    on_answer=None if on_text is None else self._tell(on_text))
        if decoded.ending is Ending.WHOLE:
            precedent = Precedent(tuple(ids), (*decoded.ids, self._sequence.end_id))
            self._precedents = (*self._precedents, precedent)[-REMEMBERED:]
        return decoded

    def _tell(self, on_text: TextListener) -> Callable[[list[int]], None]:
        # A character of several tokens that is not whole yet reads as a replacement character.
        return lambda ids: on_text(self._sequence.answer_text(ids).rstrip('\ufffd').strip())

    def _command_or_reason(
        self, sentence: str, decoded: Decoded, robot: RobotDescription
    ) -> tuple[Command | None, str | None]:
        text = self._sequence.answer_text(decoded.ids).strip()
        if decoded.ending is Ending.STOPPED:
            return None, 'stopped before the answer was whole'
        if decoded.ending is Ending.LENGTH:
            return None, f'no end within {len(decoded.ids)} tokens: {excerpt(text)}'
        return command_or_reason(sentence, text, robot)


@contextmanager
def _model_errors() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:  # torch's own, out of memory among them
        raise ModelError(f'The model failed: {first_line(error)}') from error
