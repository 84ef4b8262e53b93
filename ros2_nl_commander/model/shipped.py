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

"""The prompts that ship, one for each size of the model."""

from __future__ import annotations

from ros2_nl_commander.language.errors import CheckpointError
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.model.checkpoint import load_prompt, TrainedPrompt
from ros2_nl_commander.model.prompts import check_fits
from ros2_nl_commander.model.shape import ModelShape

#: Where they lie: the one of the 1.5B model, then the one of the 0.5B.
SHIPPED = (('prompts', 'general'), ('prompts', 'small'))


def load_shipped(shape: ModelShape) -> TrainedPrompt:
    """
    Read the prompt that ships for a model.

    :raises CheckpointError: if there is none for one of these sizes, or it is damaged
    """
    models = []
    for parts in SHIPPED:
        prompt = load_prompt(share_file(*parts))
        try:
            check_fits(prompt.folded, shape)
        except CheckpointError:
            models.append(str(prompt.card.base_model.get('id')))
        else:
            return prompt
    raise CheckpointError(f'No prompt ships for this model, only for {" and ".join(models)}: '
                          'name one of its own, as train makes it')
