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


"""Amounts that are said in two units: "1 kg 50 g" is one amount, 1.05 kg or 1050 g."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from ros2_nl_commander.language.quantities import convert
from ros2_nl_commander.language.said.quantities import Quantity


def sums_of(said: Sequence[Quantity]) -> Iterator[tuple[tuple[Quantity, ...], Quantity]]:
    """
    Give the amounts that neighbours make, each with its parts.

    Of one dimension, in ever smaller units, and less than one of the larger unit: else "2 m, then
    300 cm" would be one.
    """
    for start, first in enumerate(said):
        total, last = first, first
        for end in range(start + 1, len(said)):
            if not _continues(last, said[end]):
                break
            last = said[end]
            total = Quantity(total.number + _in_unit_of(last, total), total.unit)
            yield tuple(said[start:end + 1]), total


def stands_among(
    one: Quantity, said: Sequence[Quantity], spelt: Sequence[Quantity]
) -> bool:
    """
    Tell whether an answer has what was said, in whichever unit, alone or in a sum.

    Ten metres are no ten seconds; but a number without a unit may be either.

    :param one: a part of what was said
    :param said: all of it, in its order
    :param spelt: what the answer has
    """
    wholes = (one, *(total for parts, total in sums_of(said) if one in parts))
    return any(whole.is_same(other) for whole in wholes for other in spelt
               if whole.unit is None or other.unit is None
               or whole.unit.dimension == other.unit.dimension)


def _continues(larger: Quantity, smaller: Quantity) -> bool:
    if larger.unit is None or smaller.unit is None or (
            larger.unit.dimension != smaller.unit.dimension):
        return False
    return smaller.unit.factor < larger.unit.factor and _in_unit_of(smaller, larger) < 1


def _in_unit_of(quantity: Quantity, other: Quantity) -> float:
    if quantity.unit is None or other.unit is None:
        return quantity.number
    return float(convert(Fraction(quantity.number), quantity.unit, other.unit))
