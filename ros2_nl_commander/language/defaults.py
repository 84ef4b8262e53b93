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

"""What a message holds where a command leaves a field out: the value that its definition names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from ros2_nl_commander.language.command import Fields, Value
from ros2_nl_commander.language.interfaces import ArrayType, FieldType, MessageSchema

Path: TypeAlias = tuple[str, ...]


def with_defaults(
    fields: Fields, schema: MessageSchema, is_wanted: Callable[[Path], bool], path: Path = ()
) -> dict[str, Value]:
    """
    Add the fields that are left out and are sent as something else than zero, false or empty.

    :param fields: what is said; fits the schema, or is left as it is where it does not
    :param is_wanted: tells by its path whether a field is to be added
    :param path: where the fields are
    """
    completed = dict(fields)
    for field in schema.fields:
        below = (*path, field.name)
        if field.name in fields:
            completed[field.name] = _within(fields[field.name], field.type, is_wanted, below)
        elif field.default is not None:
            if is_wanted(below):
                completed[field.name] = _plain(field.default)
        elif isinstance(field.type, MessageSchema):
            inner = with_defaults({}, field.type, is_wanted, below)
            if inner:
                completed[field.name] = inner
    return completed


def _within(
    value: Value, kind: FieldType, is_wanted: Callable[[Path], bool], path: Path
) -> Value:
    """Complete the messages in a value."""
    if isinstance(kind, ArrayType) and isinstance(value, (list, tuple)):
        return [_within(item, kind.item, is_wanted, path) for item in value]
    if isinstance(kind, MessageSchema) and isinstance(value, Mapping):
        return with_defaults(value, kind, is_wanted, path)
    return value


def _plain(default: Value) -> Value:
    return list(default) if isinstance(default, tuple) else default
