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
The grammar of everything that a robot accepts, for decoding: exactly what ``short_form`` reads.

A number out of a field's range may be spelt too, and then nothing else: reading it refuses it by
name, where a model held to numbers in range would silently spell another one.
"""

from __future__ import annotations

from ros2_nl_commander.language.forms.fields import FieldsForm
from ros2_nl_commander.language.forms.interface import body_form, BodyForm
from ros2_nl_commander.language.forms.motion import MotionForm
from ros2_nl_commander.language.forms.repetition import repetition_node
from ros2_nl_commander.language.forms.rule_book import NOTHING, RuleBook
from ros2_nl_commander.language.grammar_rules import Choice, Grammar, Literal, Node, Sequence
from ros2_nl_commander.language.line_grammar import line_grammar
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.short_form import (
    DECLINES, Entrance, entrances, needs_fields, REASONS)


def grammar_from_robot(robot: RobotDescription) -> Grammar:
    """
    Build the grammar of a robot's answers; of an empty one, of every well-formed command line.

    :raises RobotDescriptionError: if the definition of a type cannot be read
    """
    if robot.is_empty:
        return line_grammar()
    rules = RuleBook()
    declines = Sequence((Literal(DECLINES), Choice(tuple(map(Literal, REASONS)))))
    interfaces = tuple(_interface(entrance, robot, rules) for entrance in entrances(robot))
    return rules.grammar(Choice((declines, *interfaces)))


def _interface(entrance: Entrance, robot: RobotDescription, rules: RuleBook) -> Node:
    form = body_form(entrance.name, entrance.noun, robot)
    end = repetition_node(rules) if entrance.noun == 'topic' else NOTHING
    if isinstance(form, FieldsForm) and not form.entries:
        return Sequence((Literal(entrance.label), end))
    body = Sequence((Literal(' '), _body(form, end, rules)))
    if needs_fields(form, entrance.noun):
        return Sequence((Literal(entrance.label), body))
    return Sequence((Literal(entrance.label), Choice((body, NOTHING))))


def _body(form: BodyForm, end: Node, rules: RuleBook) -> Node:
    if isinstance(form, MotionForm):
        return form.node(rules)
    if isinstance(form, FieldsForm):
        return rules.rule((form, end), lambda: form.node(rules, end, stops=True))
    return Sequence((form.node(rules), end))
