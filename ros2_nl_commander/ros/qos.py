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


"""Every QoS profile of the node, by name, with its reason."""

from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy


def _reliable(depth: int) -> QoSProfile:
    # Volatile everywhere: an instruction, a command or a status that is replayed to somebody who
    # joins later would speak of a moment that has passed, and a replayed command would be obeyed.
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST,
        depth=depth,
        reliability=ReliabilityPolicy.RELIABLE,
        durability=DurabilityPolicy.VOLATILE,
    )


#: Deep: each instruction gets an answer, even out of a burst; the node's own queue decides.
INSTRUCTION = _reliable(100)

#: Deep: while the model loads, a library may hold the interpreter for a second, and no stop that
#: is called meanwhile may be lost.
STOP = _reliable(100)

#: A lost command is worse than a late one.
COMMAND = _reliable(10)

#: Deep: several stages of each instruction of a burst, and none may be missing.
STATUS = _reliable(100)

#: As diagnostic_updater and diagnostic_aggregator have it.
DIAGNOSTICS = _reliable(10)

#: Only the newest is of use, and nobody waits for it: a slow listener costs nothing.
FORMING = QoSProfile(
    history=HistoryPolicy.KEEP_LAST,
    depth=1,
    reliability=ReliabilityPolicy.BEST_EFFORT,
    durability=DurabilityPolicy.VOLATILE,
)
