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

"""The variants of held-out suites: the same sentences to the same robots, made harder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
import re

from ros2_nl_commander.language.errors import ParameterError
from ros2_nl_commander.training.distractors import add_distractors
from ros2_nl_commander.training.examples import Example
from ros2_nl_commander.training.renaming import rename_examples
from ros2_nl_commander.training.synthesis.crowds import (
    Extras, hide_examples, other_robots, own_devices)
from ros2_nl_commander.training.unexplained import without_explanations

Variant = Callable[[Sequence[Example]], list[Example]]

_VARIANTS: Mapping[str, Variant] = {
    'plain': list, 'renamed': rename_examples, 'distractors': add_distractors,
    'unexplained': without_explanations}
#: Up to so many interfaces are added.
_CROWDS: Mapping[str, Extras] = {'crowd': other_robots, 'devices': own_devices}
_CROWD = re.compile(rf'({"|".join(_CROWDS)})=([1-9][0-9]{{0,4}})')
#: What can be asked for, for people.
CHOICES = f'{", ".join(_VARIANTS)}, {" or ".join(f"{name}=N" for name in _CROWDS)}'


def variant_from_text(text: str) -> Variant:
    """
    Give a variant by its name.

    :param text: one of ``CHOICES``
    :raises ParameterError: if there is no such variant
    """
    if text in _VARIANTS:
        return _VARIANTS[text]
    crowd = _CROWD.fullmatch(text)
    if crowd is None:
        raise ParameterError(f'unknown variant {text!r}: expected {CHOICES}')
    extras, count = _CROWDS[crowd[1]], int(crowd[2])
    return lambda examples: hide_examples(examples, count, extras)
