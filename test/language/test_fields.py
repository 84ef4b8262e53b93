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


"""Which fields fit a message, and what is said about the others."""

from array import array
import os

from field_strategies import right_fields, wrong_fields
from hypothesis import given, settings, strategies as st
import pytest

from ros2_nl_commander.language.command import TopicPublication
from ros2_nl_commander.language.definition_text import interface_schema
from ros2_nl_commander.language.errors import FieldError, RobotDescriptionError
from ros2_nl_commander.language.fields import check_fields
from ros2_nl_commander.language.interfaces import (
    ArrayType, FieldSchema, MessageSchema, SCALAR_TYPES, TextType)
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.validation import check_command

# Before any message is imported: they look once, and check nothing otherwise.
os.environ.setdefault('ROS_PYTHON_CHECK_FIELDS', '1')

POINT = MessageSchema('a/msg/Point', tuple(
    FieldSchema(name, SCALAR_TYPES['float64']) for name in ('x', 'y')), ())
EVERYTHING = MessageSchema('a/msg/Everything', (
    *(FieldSchema(f'a_{name}', kind) for name, kind in SCALAR_TYPES.items()),
    FieldSchema('short', TextType(bound=4)),
    FieldSchema('wide', TextType(wide=True, bound=2)),
    FieldSchema('point', POINT),
    FieldSchema('points', ArrayType(POINT)),
    FieldSchema('three', ArrayType(SCALAR_TYPES['int8'], 3, 3)),
    FieldSchema('few', ArrayType(SCALAR_TYPES['bool'], 0, 2)),
    FieldSchema('bytes', ArrayType(SCALAR_TYPES['byte'])),
), ())
NOTHING = MessageSchema('a/msg/Nothing', (), ())
REAL_TYPES = (
    'diagnostic_msgs/msg/DiagnosticStatus', 'geometry_msgs/msg/PoseWithCovarianceStamped',
    'geometry_msgs/msg/Twist', 'nav_msgs/msg/Path', 'sensor_msgs/msg/CameraInfo',
    'sensor_msgs/msg/Image', 'sensor_msgs/msg/JointState', 'std_msgs/msg/Empty',
    'std_srvs/srv/SetBool', 'test_msgs/action/Fibonacci', 'test_msgs/action/NestedMessage',
    'test_msgs/msg/Arrays', 'test_msgs/msg/BasicTypes', 'test_msgs/msg/BoundedPlainSequences',
    'test_msgs/msg/BoundedSequences', 'test_msgs/msg/Defaults', 'test_msgs/msg/MultiNested',
    'test_msgs/msg/Nested', 'test_msgs/msg/Strings', 'test_msgs/msg/UnboundedSequences',
    'test_msgs/msg/WStrings', 'test_msgs/srv/Arrays', 'test_msgs/srv/BasicTypes',
)


@pytest.mark.parametrize('fields', [
    {}, {'a_bool': True}, {'a_byte': [255]}, {'a_char': 255}, {'a_int8': -128},
    {'a_uint64': 2 ** 64 - 1}, {'a_float32': 1}, {'a_float32': -3.4e38}, {'a_float64': 2 ** 64},
    {'a_float64': 1e300}, {'a_string': ''}, {'a_wstring': 'a\0b'}, {'short': 'éé'},
    {'wide': '🤖'}, {'point': {}}, {'point': {'x': 1, 'y': 2.5}}, {'points': []},
    {'points': [{}, {'x': 1}]}, {'three': [1, 2, 3]}, {'few': [True, False]}, {'bytes': []},
])
def test_fields_that_fit(fields):
    check_fields(fields, EVERYTHING)


@pytest.mark.parametrize(('fields', 'message'), [
    ({'a_strin': 'a'}, "no field 'a_strin': the closest in a/msg/Everything is a_string"),
    ({'point': {'X': 1}}, "no field 'point.X': the closest in a/msg/Point is x"),
    ({'a_bool': 1}, 'a_bool must be bool (true or false), not 1'),
    ({'a_bool': 'true'}, "a_bool must be bool (true or false), not 'true'"),
    ({'a_byte': 2}, 'a_byte must be byte (a list of one whole number from 0 to 255, such as [2]), '
                    'not 2'),
    ({'a_char': 'a'}, "a_char must be uint8 (a whole number from 0 to 255), not 'a'"),
    ({'a_uint8': 256}, 'a_uint8 must be uint8 (a whole number from 0 to 255), not 256'),
    ({'a_int16': 1.0}, 'a_int16 must be int16 (a whole number from -32768 to 32767), not 1.0'),
    ({'a_int8': True}, 'a_int8 must be int8 (a whole number from -128 to 127), not True'),
    ({'a_float64': '1.5'}, "a_float64 must be float64 (a number up to 1.8e+308), not '1.5'"),
    ({'a_float32': 3.5e38}, 'a_float32 must be float32 (a number up to 3.4e+38), not 3.5e+38'),
    ({'a_string': 5}, 'a_string must be string (text without NUL characters), not 5'),
    ({'short': 'ééé'}, 'short must be string<=4 (text of at most 4 bytes without NUL '
                       "characters), not 'ééé'"),
    ({'wide': '🤖🤖'}, "wide must be wstring<=2 (text of at most 2 UTF-16 units), not '🤖🤖'"),
    ({'point': [1, 2]}, 'point must be a/msg/Point (a mapping of fields to values), not [1, 2]'),
    ({'points': {'x': 1}}, "points must be a/msg/Point[] (a list), not {'x': 1}"),
    ({'points': [{}, {'x': 'b'}]},
     "points[1].x must be float64 (a number up to 1.8e+308), not 'b'"),
    ({'three': [1, 2]}, 'three must be int8[3] (a list of exactly 3 items), not 2 items'),
    ({'few': [True] * 3}, 'few must be bool[<=2] (a list of at most 2 items), not 3 items'),
    ({'bytes': [[1]]},
     'bytes is byte[]: ros2 has no spelling for the values of such a list'),
])
def test_fields_that_do_not_fit(fields, message):
    with pytest.raises(FieldError) as raised:
        check_fields(fields, EVERYTHING)
    assert str(raised.value) == message


def test_a_message_without_fields():
    check_fields({}, NOTHING)
    with pytest.raises(FieldError, match="no field 'data': a/msg/Nothing has none"):
        check_fields({'data': 1}, NOTHING)


@given(st.data())
def test_an_error_is_one_short_line(data):
    with pytest.raises(FieldError) as raised:
        check_fields(data.draw(wrong_fields(EVERYTHING)), EVERYTHING)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 400


@given(st.data())
def test_right_fields_pass(data):
    check_fields(data.draw(right_fields(EVERYTHING)), EVERYTHING)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_right_fields_make_the_real_message(data):
    serialization = pytest.importorskip('rclpy.serialization', reason='needs ROS 2')
    schema = real_schema(data.draw(st.sampled_from(REAL_TYPES)))
    fields = data.draw(right_fields(schema))
    check_fields(fields, schema)
    message = filled(real_class(schema.type_name)(), fields)
    sent = serialization.serialize_message(message)
    assert serialization.deserialize_message(sent, type(message)) == message


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_one_mistake_is_refused(data):
    schema = real_schema(data.draw(st.sampled_from(REAL_TYPES)))
    with pytest.raises(FieldError):
        check_fields(data.draw(wrong_fields(schema)), schema)


def test_a_command_is_checked_where_the_type_is_defined():
    pytest.importorskip('rosidl_adapter', reason='needs ROS 2')
    robot = RobotDescription(topics={'/grip': 'arm_msgs/msg/Grip'}, definitions={
        'arm_msgs/msg/Grip': 'uint8 force\nFinger[<=2] fingers\n',
        'arm_msgs/msg/Finger': 'float32 angle\n'})
    check_command(grip(force=3, fingers=[{'angle': 1}]), robot)
    with pytest.raises(FieldError, match=r'fingers\[0\].angle must be float32'):
        check_command(grip(force=3, fingers=[{'angle': 'open'}]), robot)


def test_a_command_of_an_unknown_type_is_accepted():
    check_command(grip(anything=['goes', 1]), RobotDescription(topics={
        '/grip': 'arm_msgs/msg/Grip'}))


def test_a_definition_that_is_none_is_said():
    pytest.importorskip('rosidl_adapter', reason='needs ROS 2')
    robot = RobotDescription(topics={'/grip': 'arm_msgs/msg/Grip'},
                             definitions={'arm_msgs/msg/Grip': 'uint8\n'})
    with pytest.raises(RobotDescriptionError, match='definitions: arm_msgs/msg/Grip: no defin'):
        check_command(grip(), robot)


def grip(**fields):
    """Make a publication on the topic of these robots."""
    return TopicPublication('/grip', 'arm_msgs/msg/Grip', fields)


def real_schema(type_name):
    """Read an installed type, or skip."""
    pytest.importorskip(type_name.partition('/')[0], reason='needs ROS 2')
    return interface_schema(type_name)


def real_class(type_name):
    """Import the class that a command of this type fills."""
    package, folder, name = type_name.split('/')
    found = getattr(pytest.importorskip(f'{package}.{folder}', reason='needs ROS 2'), name)
    return getattr(found, {'srv': 'Request', 'action': 'Goal'}.get(folder, ''), found)


def filled(message, fields):
    """Fill a message as ``ros2`` does, with its own code where that is installed."""
    try:
        from rosidl_runtime_py.set_message import set_message_fields
    except ImportError:
        set_message_fields = set_as_ros2_does
    set_message_fields(message, fields)
    return message


def set_as_ros2_does(message, fields):
    """Cast each value with the type of the field's default; the setters then check it."""
    slots = dict(zip(message.get_fields_and_field_types(), message.SLOT_TYPES))
    for name, value in fields.items():
        default = getattr(message, name)
        if isinstance(default, array):
            value = array(default.typecode, value)
        elif hasattr(default, 'dtype'):
            value = pytest.importorskip('numpy').array(value, dtype=default.dtype)
        elif hasattr(default, 'SLOT_TYPES'):
            value = filled(type(default)(), value)
        elif hasattr(getattr(slots[name], 'value_type', None), 'namespaces'):
            item = real_class('/'.join(slots[name].value_type.namespaced_name()))
            value = [filled(item(), one) for one in value]
        else:
            value = type(default)(value)
        setattr(message, name, value)
