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

"""Random commands and hostile texts, for the property tests of the language layer."""

from hypothesis import strategies as st

from ros2_nl_commander.language.command import ActionGoal, ServiceCall, TopicPublication

#: Words that YAML 1.1 or a shell would read as something else than text.
TRICKY = (
    '', ' ', 'off', 'Yes', 'NO', 'true', 'null', '~', '=', '<<', '1e3', '1.0e+3', '0x1F', '010',
    '0b1', '1_000', '12:30:45', '1:2.5', '2001-01-01', '2001-01-01 10:00:00', '.inf', '-.INF',
    '.nan', '-', '- a', '?', ':', 'a: b', 'a #b', '#', '&a', '*a', '!a', '!!str a', '%', '@', '`',
    '{', '}', '[', ']', ',', 'a,b', '|', '>', "it's", 'say "hi"', '$HOME', '$(date)', '\\', '\\n',
    'a!', '!!', 'line\nbreak', 'tab\t', '\r\n', '\x00', '\x07', '\x1b[0m', '\x7f', '\x85', '\xa0',
    '\u2028', '\u202e', '\ufeff', '\ufffe', 'grüße', '日本', '🤖', '👩‍🚀', 'hello', 'base_link',
    'ward 3', ' a', 'a ', 'a  b', "'", '"', "''", '---', '...', '/map', '-1', '+1', 'y', 'n',
)
NO_SURROGATES = st.characters(exclude_categories=['Cs'])

texts = st.one_of(st.sampled_from(TRICKY), st.text(NO_SURROGATES, max_size=30))
integers = st.one_of(
    st.integers(-100, 100), st.integers(-2 ** 63, 2 ** 64 - 1),
    st.sampled_from((-2 ** 63, 2 ** 64 - 1)))
floats = st.one_of(
    st.floats(-2.0, 2.0), st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from((1e22, 1e16, 1e-5, -0.0, 5e-324, 1.7976931348623157e308)))
scalars = st.one_of(st.booleans(), integers, floats, texts)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12)
fields = st.dictionaries(texts, values, max_size=5)

tokens = st.from_regex(r'[A-Za-z][A-Za-z0-9]{0,8}', fullmatch=True)
names = st.lists(tokens, min_size=1, max_size=3).map(lambda parts: '/' + '/'.join(parts))
packages = st.sampled_from(('std_msgs', 'nav2_msgs', 'p2'))


def types(folder):
    """Generate types of one kind."""
    words = st.sampled_from(('Twist', 'SetBool', 'NavigateToPose'))
    return st.builds(lambda package, word: f'{package}/{folder}/{word}', packages, words)


rates = st.one_of(
    st.none(), st.integers(1, 100).map(float),
    st.floats(0, exclude_min=True, allow_nan=False, allow_infinity=False))
commands = st.one_of(
    st.builds(TopicPublication, names, types('msg'), fields,
              st.none() | st.integers(1, 1_000_000), rates),
    st.builds(ServiceCall, names, types('srv'), fields),
    st.builds(ActionGoal, names, types('action'), fields, st.booleans()))
