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
The life of one instruction, as values: its stages and what is reported at each of them.

Knows neither threads nor messages (``diagnostics`` turns a report into one).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Stage(str, Enum):
    """Where an instruction is; the value is the text on ``~/status``."""

    RECEIVED = 'received'
    GENERATING = 'generating'
    GENERATED = 'generated'
    DECLINED = 'declined'
    AWAITING_APPROVAL = 'awaiting_approval'
    EXECUTING = 'executing'
    SUCCEEDED = 'succeeded'
    FAILED = 'failed'
    CANCELED = 'canceled'
    REJECTED = 'rejected'
    EXPIRED = 'expired'

    @property
    def is_terminal(self) -> bool:
        """Tell whether an instruction ends here; nothing is executed, so GENERATED does."""
        return self in TERMINAL_STAGES


TERMINAL_STAGES = frozenset({
    Stage.GENERATED, Stage.DECLINED, Stage.SUCCEEDED, Stage.FAILED,
    Stage.CANCELED, Stage.REJECTED, Stage.EXPIRED,
})


@dataclass(frozen=True, slots=True)
class StatusReport:
    """
    One step in the life of an instruction.

    :param request_id: which instruction, unique for this node
    :param stage: the stage it entered
    :param instruction: the sentence
    :param command: the command, or empty
    :param reason: why there is no command, or empty
    :param seconds: time since the instruction was received [s]
    :param probability: how likely the model finds its answer, 0 to 1; None before there is one
    """

    request_id: str
    stage: Stage
    instruction: str
    command: str = ''
    reason: str = ''
    seconds: float = 0.0
    probability: float | None = None
