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


"""Random fields for a message schema: right ones, and ones with exactly one mistake."""

from hypothesis import strategies as st
from language_strategies import NO_SURROGATES

from ros2_nl_commander.language.interfaces import (
    ArrayType, BoolType, ByteType, FloatType, IntegerType, MessageSchema, TextType)

#: A name that no definition can give a field.
UNKNOWN = 'no_such_'


def right_values(kind):
    """Generate values that a field of this type can hold."""
    if isinstance(kind, MessageSchema):
        return right_fields(kind)
    if isinstance(kind, ArrayType):
        if isinstance(kind.item, ByteType):
            return st.just([])
        most = kind.at_least + 2 if kind.at_most is None else kind.at_most
        return st.lists(right_values(kind.item), min_size=kind.at_least,
                        max_size=min(most, kind.at_least + 2))
    return _right_scalars(kind)


def _is_fixed_bytes(kind):
    """Tell the type that no value can be spelt for."""
    return isinstance(kind, ArrayType) and isinstance(kind.item, ByteType) and kind.at_least


def _right_scalars(kind):
    if isinstance(kind, BoolType):
        return st.booleans()
    if isinstance(kind, ByteType):
        return st.integers(0, 255).map(lambda value: [value])
    if isinstance(kind, IntegerType):
        return st.sampled_from((kind.lowest, kind.highest)) | st.integers(
            kind.lowest, kind.highest)
    if isinstance(kind, FloatType):
        return st.integers(-1000, 1000) | st.floats(
            width=kind.bits, allow_nan=False, allow_infinity=False).filter(
                lambda value: abs(value) <= kind.highest)
    letters = st.text(NO_SURROGATES, max_size=5).map(lambda text: text.replace('\0', ''))
    # A letter takes at most four bytes, or two units of UTF-16.
    return letters if kind.bound is None or kind.bound >= 20 else st.text(
        'ab', max_size=kind.bound)


@st.composite
def right_fields(draw, schema):
    """Generate fields that fit a message; a few, for messages nest deeply."""
    # Hypothesis hashes what it samples from: names are short, schemas are not.
    types = {field.name: field.type for field in schema.fields
             if not _is_fixed_bytes(field.type)}
    if not types:
        return {}
    chosen = draw(st.lists(st.sampled_from(sorted(types)), max_size=3, unique=True))
    return {name: draw(right_values(types[name])) for name in chosen}


def wrong_values(kind):
    """Generate values that a field of this type cannot hold."""
    if isinstance(kind, MessageSchema):
        return wrong_fields(kind) | st.sampled_from(([], [1], 'now', 'auto', 1, 1.5, True))
    if isinstance(kind, ArrayType):
        return _wrong_lists(kind)
    return _wrong_scalars(kind)


@st.composite
def wrong_fields(draw, schema):
    """Generate fields that do not fit a message: a field too many, or a wrong value."""
    fields = draw(right_fields(schema))
    if not schema.fields or draw(st.booleans()):
        return {**fields, UNKNOWN + draw(st.sampled_from('abc')): draw(st.integers())}
    types = {field.name: field.type for field in schema.fields}
    name = draw(st.sampled_from(sorted(types)))
    return {**fields, name: draw(wrong_values(types[name]))}


def _wrong_lists(kind):
    no_lists = st.sampled_from(({}, {'a': 1}, '', 'text', 1, 1.5, True))
    if isinstance(kind.item, ByteType):
        return no_lists | st.just([[1]] * max(1, kind.at_least))
    one_wrong = st.tuples(
        right_values(kind.item), wrong_values(kind.item), st.integers(0, 1)).map(
        lambda drawn: _one_wrong(*drawn, length=max(1, kind.at_least)))
    if kind.at_most is None:
        return no_lists | one_wrong
    lengths = {kind.at_least - 1, kind.at_most + 1} - {-1}
    return no_lists | one_wrong | st.tuples(
        right_values(kind.item), st.sampled_from(sorted(lengths))).map(
        lambda drawn: [drawn[0]] * drawn[1])


def _one_wrong(right, wrong, at_the_end, length):
    rest = [right] * (length - 1)
    return [*rest, wrong] if at_the_end else [wrong, *rest]


def _wrong_scalars(kind):
    shapes = st.sampled_from(({}, {'a': 1}, [], ['a'], [1.5], [256]))
    if isinstance(kind, BoolType):
        return shapes | st.sampled_from((0, 1, 1.0, 'true', ''))
    if isinstance(kind, ByteType):
        return shapes | st.sampled_from((0, 2, True, 'a', [-1], [True], [1, 2]))
    if isinstance(kind, IntegerType):
        return shapes | st.sampled_from(
            (True, False, 1.0, 0.5, '1', kind.lowest - 1, kind.highest + 1))
    if isinstance(kind, FloatType):
        return shapes | st.sampled_from(
            (True, '1.5', float('inf'), float('nan'), 10 ** 400,
             *((3.5e38, -1e300) if kind.bits == 32 else ())))
    assert isinstance(kind, TextType)
    return shapes | st.sampled_from(
        (1, 1.5, True, *(() if kind.wide else ('a\0b',)),
         *(() if kind.bound is None else ('a' * (kind.bound + 1),))))
