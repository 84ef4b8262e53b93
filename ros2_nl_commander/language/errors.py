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

"""Every error this package raises on purpose; each message says what is wrong and what to do."""


class NlCommanderError(Exception):
    """Anything that went wrong here; its text is one line for a person."""


class CommandSyntaxError(NlCommanderError):
    """A text is not one of the ``ros2`` commands of this package, or a value cannot be written."""


class InstructionError(NlCommanderError):
    """An instruction that must not reach the model: empty, too long, or not plain text."""


class RobotDescriptionError(NlCommanderError):
    """A robot description that cannot be read; names the file and the key."""


class NotOfferedError(NlCommanderError):
    """A well-formed command that this robot does not accept: unknown name, other kind or type."""


class LimitError(NlCommanderError):
    """A value outside the limits or choices of the robot description."""


class UnknownTypeError(NlCommanderError):
    """A type that is neither installed here nor defined by the robot description."""


class FieldError(NlCommanderError):
    """A field that its message does not have or cannot hold; says path, expected and got."""


class UnsaidError(NlCommanderError):
    """A command with something in it that the sentence did not say, in place of what it said."""


class ModelError(NlCommanderError):
    """The language model cannot be fetched, loaded or run."""


class GrammarViolationError(NlCommanderError):
    """Decoding left the grammar, or the grammar cannot be used: no answer is better than that."""


class CheckpointError(NlCommanderError):
    """A prompt artefact that is damaged or does not fit the model; says expected and got."""


class DatasetError(NlCommanderError):
    """Training data that cannot be used; names every bad line as ``file:line: reason``."""


class ParameterError(NlCommanderError):
    """A parameter of the node or of training with a value that cannot work."""


class PolicyError(NlCommanderError):
    """A policy file that cannot be used; names the file, the line and the key."""


class NodeError(NlCommanderError):
    """The node does not answer, or says that it cannot work."""
