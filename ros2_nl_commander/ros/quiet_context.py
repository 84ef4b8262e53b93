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

"""A ROS context where nobody else is, for measurements that must not tell a robot to move."""

from __future__ import annotations

import os
import random
import time

import rclpy
from rclpy.context import Context
from rclpy.node import Node
from ros2_nl_commander.language.errors import NodeError

#: The domains to choose from, which nobody takes who counts from zero, and which keep clear of the
#: ports that Linux gives away; and how long to look into one [s].
DOMAINS, LOOK_SEC = range(215, 232), 1.5


def quiet_context() -> Context:
    """
    Find a domain in which nobody is: whoever else listens there would be told to move.

    :raises NodeError: if there are nodes in all of them
    """
    for domain in random.Random(os.getpid()).sample(DOMAINS, len(DOMAINS)):
        context = Context()
        rclpy.init(args=[], context=context, domain_id=domain)
        looker = Node('looker', context=context)
        time.sleep(LOOK_SEC)
        names = looker.get_node_names()
        looker.destroy_node()
        if names == ['looker']:
            return context
        context.try_shutdown()
    raise NodeError(f'there are nodes in each of {len(DOMAINS)} domains: end some of them')
