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
The seam between the layers: what the node asks of a generator, and what it gets back.

``ros`` depends on this and never on ``model``; ``model`` implements it and never sees a message.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ros2_nl_commander.language.command import Command
from ros2_nl_commander.language.robot import RobotDescription

#: The model that the shipped prompt was trained on.
DEFAULT_MODEL = 'Qwen/Qwen2.5-Coder-1.5B-Instruct'

#: The small model that has a say in which interface a sentence means.
DEFAULT_ENCODER = 'sentence-transformers/all-MiniLM-L6-v2'

#: Bits of a weight: as suits the machine, as the model has them, or rounded to 8 or 4.
QUANTIZATIONS = ('auto', 'none', 'int8', 'int4')

#: Asked between tokens; True abandons the sentence.
StopCheck = Callable[[], bool]

#: Told the answer as it forms, whole each time: a draft that nobody has checked, no command.
TextListener = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class GeneratorSettings:
    """
    Everything that decides which generator is built.

    :param model: hub id, folder, or ``.gguf`` file
    :param prompt: folder of a trained prompt, or empty for the prompt that ships
    :param device: ``auto``, ``cpu``, ``cuda``, ``cuda:1``, ...
    :param dtype: ``auto``, ``bfloat16``, ``float16`` or ``float32``
    :param device_map: passed to transformers; empty places the whole model on ``device``
    :param max_new_tokens: longest answer, tokens
    :param constrain: hold answers to what the robot accepts; False is for comparisons
    :param quantize: ``auto``, ``none``, ``int8`` or ``int4``: round the weights to so many bits
    :param search: look for the likeliest answer; False takes the likeliest token each time
    :param encoder: hub id or folder of the sentence encoder; empty leaves names to the model alone
    """

    model: str
    prompt: str
    device: str = 'auto'
    dtype: str = 'auto'
    device_map: str = ''
    max_new_tokens: int = 128
    constrain: bool = True
    quantize: str = 'auto'
    search: bool = True
    encoder: str = DEFAULT_ENCODER


@dataclass(frozen=True, slots=True)
class Generation:
    """
    The answer to one instruction: a command, or the reason why there is none.

    :param instruction: the sentence as it was asked
    :param command: the command, or None where the instruction was declined
    :param reason: why it was declined; None with a command
    :param seconds: time this sentence took, without loading [s]
    :param tokens: tokens generated
    :param forwards: runs of the model that they took
    :param forced: tokens that had no alternative
    :param probability: of this answer among all that the robot accepts, 0 to 1; it tells well how
        often such answers are right
    """

    instruction: str
    command: Command | None
    reason: str | None
    seconds: float
    tokens: int = 0
    forwards: int = 0
    forced: int = 0
    probability: float = 1.0


class Generator(Protocol):
    """Turns a sentence into a command for one robot."""

    def use_robot(self, robot: RobotDescription) -> None:
        """
        Prepare for sentences to this robot; sentences that start later are answered for it.

        May run beside ``generate``, which goes on for the robot before.
        """

    def generate(
        self, instruction: str, should_stop: StopCheck, on_text: TextListener | None = None
    ) -> Generation:
        """
        Answer one instruction; a decline is an answer, not an error.

        :param instruction: the sentence
        :param should_stop: asked between tokens; True ends the work with a decline
        :param on_text: told the text so far whenever there is more of it; None costs nothing
        :raises InstructionError: if the sentence must not reach the model
        :raises ModelError: if the model fails
        """

    def describe(self) -> dict[str, str]:
        """Name model, prompt, device and memory for diagnostics, in words."""


GeneratorFactory = Callable[[GeneratorSettings], Generator]
