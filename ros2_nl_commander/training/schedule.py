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


"""The learning rate over a run. Knows no optimizer."""

from __future__ import annotations

import math

from ros2_nl_commander.training.settings import TrainingSettings


def learning_rate(settings: TrainingSettings, step: int, total_steps: int) -> float:
    """
    Return the learning rate of a step: a linear warm-up, then constant or half a cosine to zero.

    :param step: from 0 on
    :param total_steps: of the whole run
    """
    rising = settings.warmup * total_steps
    if step < rising:
        return settings.learning_rate * (step + 1) / (rising + 1)
    if settings.schedule == 'constant':
        return settings.learning_rate
    progress = (step - rising) / (total_steps - rising)
    return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * progress))
