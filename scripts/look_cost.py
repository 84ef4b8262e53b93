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
Measure what looking at the graph costs the node that follows a live robot.

``. scripts/env.sh && python scripts/look_cost.py``
"""

from __future__ import annotations

from collections.abc import Callable
import time

import rclpy
from rclpy.context import Context
from rclpy.node import Node
from ros2_nl_commander.ros.introspection import describe_graph, read_traces
from ros2_nl_commander.ros.live_robot import LOOK_PERIOD_SEC
from ros2_nl_commander.ros.selection import Selection
from std_msgs.msg import Float64
from std_srvs.srv import SetBool

NODES, TOPICS, SERVICES = 30, 300, 300
TIMES = 40
TIMEOUT_SEC = 60.0


def cpu_ms(look: Callable[[], object]) -> float:
    """Give the CPU time of this thread for one look [ms]."""
    look()
    begin = time.thread_time()
    for _ in range(TIMES):
        look()
    return (time.thread_time() - begin) / TIMES * 1000


def main() -> None:
    """Look from a participant of its own, as the node does."""
    robot, ours = Context(), Context()
    rclpy.init(context=robot)
    rclpy.init(context=ours)
    nodes = [Node(f'part_{number}', context=robot) for number in range(NODES)]
    for number in range(TOPICS):
        nodes[number % NODES].create_subscription(Float64, f'/robot/topic_{number}', print, 10)
    for number in range(SERVICES):
        nodes[number % NODES].create_service(SetBool, f'/robot/service_{number}', print)
    node = Node('nl_commander', context=ours)
    deadline = time.monotonic() + TIMEOUT_SEC
    found = 0
    while found < TOPICS + SERVICES:
        if time.monotonic() > deadline:
            raise SystemExit(f'only {found} of {TOPICS + SERVICES} interfaces were discovered')
        time.sleep(LOOK_PERIOD_SEC)
        seen = describe_graph(node, Selection())
        found = len(seen.topics) + len(seen.services)
    idle = cpu_ms(lambda: read_traces(node))
    changed = cpu_ms(lambda: describe_graph(node, Selection()))
    print(f'{TOPICS} topics, {SERVICES} services, {NODES} nodes: {idle:.1f} ms for a look '
          f'({idle / LOOK_PERIOD_SEC / 10:.1f} % of a core), {changed:.1f} ms more after a change')
    for context in (robot, ours):
        context.shutdown()


if __name__ == '__main__':
    main()
