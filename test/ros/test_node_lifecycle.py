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


"""The node's lifecycle and parameters over real DDS: it stays up, answers, and says why."""

from __future__ import annotations

import pytest

pytest.importorskip('rclpy')

from lifecycle_msgs.msg import Transition  # noqa: E402,I100
from lifecycle_msgs.srv import ChangeState, GetState  # noqa: E402
from rcl_interfaces.msg import SetParametersResult  # noqa: E402
from rcl_interfaces.srv import DescribeParameters, GetParameters, SetParameters  # noqa: E402
from rclpy.context import Context  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402
from ros2_nl_commander.language.errors import CheckpointError, ModelError  # noqa: E402
from ros2_nl_commander.language.generation import GeneratorSettings  # noqa: E402
from ros2_nl_commander.ros.node import NlCommander  # noqa: E402
from ros2_nl_commander.ros.parameters import PARAMETERS, read_parameters  # noqa: E402
from ros_bench import Bench, FakeGenerator, ROBOT_FILE, value, wait_until  # noqa: E402
from std_srvs.srv import Trigger  # noqa: E402

NODE = '/nl_commander'


def change_state(bench: Bench, transition: int) -> bool:
    """Ask for a transition; tell whether it succeeded."""
    request = ChangeState.Request(transition=Transition(id=transition))
    return bool(bench.call(ChangeState, f'{NODE}/change_state', request).success)


def set_parameter(bench: Bench, name: str, new: object) -> SetParametersResult:
    """Set a parameter as ``ros2 param set`` does."""
    message = Parameter(name, value=new).to_parameter_msg()
    request = SetParameters.Request(parameters=[message])
    return bench.call(SetParameters, f'{NODE}/set_parameters', request).results[0]


def get_parameter(bench: Bench, name: str) -> object:
    """Read a parameter as ``ros2 param get`` does."""
    response = bench.call(
        GetParameters, f'{NODE}/get_parameters', GetParameters.Request(names=[name]))
    return Parameter.from_parameter_msg(
        Parameter(name).to_parameter_msg().__class__(name=name, value=response.values[0])).value


def reason_not_active(bench: Bench, text: str = 'siren on') -> str:
    """Send an instruction to a node that is not active; give the reason of its decline."""
    bench.send(text)
    status = bench.end_of(text)
    assert (bench.stages(text), bench.commands) == (['received', 'declined'], [])
    return value(status, 'reason')


def test_model_is_built_as_the_parameters_say(bench: Bench, generator: FakeGenerator) -> None:
    """The factory gets the settings, the generator the robot."""
    bench.start(model='a/model', prompt='/p', device='cpu', dtype='float32',
                device_map='auto', max_new_tokens=64, quantize='int8')
    settings = generator.settings
    assert settings is not None and generator.robot is not None
    assert (settings.model, settings.prompt, settings.device) == ('a/model', '/p', 'cpu')
    assert (settings.dtype, settings.device_map, settings.max_new_tokens) == (
        'float32', 'auto', 64)
    assert settings.quantize == 'int8'
    assert generator.robot.robot == 'porter'


def test_without_autostart_it_waits(bench: Bench) -> None:
    """Each state declines with its own reason, and the whole cycle can be gone through twice."""
    bench.start(autostart=False, wait='unconfigured')
    assert reason_not_active(bench, 'one') == 'not active: unconfigured'
    for round_ in ('first', 'second'):
        assert change_state(bench, Transition.TRANSITION_CONFIGURE)
        assert reason_not_active(bench, f'two {round_}') == (
            'not active: configured, not activated')
        assert change_state(bench, Transition.TRANSITION_ACTIVATE)
        bench.send(f'three {round_}')
        assert bench.end_of(f'three {round_}').message == 'generated'
        bench.commands.clear()
        assert change_state(bench, Transition.TRANSITION_DEACTIVATE)
        assert reason_not_active(bench, f'four {round_}') == 'not active: deactivated'
        assert change_state(bench, Transition.TRANSITION_CLEANUP)
        assert reason_not_active(bench, f'five {round_}') == 'not active: unconfigured'
    assert change_state(bench, Transition.TRANSITION_UNCONFIGURED_SHUTDOWN)
    assert reason_not_active(bench, 'six') == 'not active: the node is shut down'


def test_what_would_keep_a_stop_waiting_is_built_before_one_can_be_called(
        context: Context) -> None:
    asked: list[str] = []

    def build_ahead(settings: GeneratorSettings) -> None:
        services = [name for name, _ in probe.get_service_names_and_types()]
        asked.extend([settings.model, *(name for name in services if name.endswith('/stop'))])

    probe = Node('probe', context=context)
    node = NlCommander(
        FakeGenerator().load, build_ahead=build_ahead, context=context, parameter_overrides=[
            Parameter('model', value='mine'), Parameter('autostart', value=False)])
    wait_until(lambda: '/nl_commander/stop' in dict(probe.get_service_names_and_types()))
    assert asked == ['mine']
    node.destroy_node()
    probe.destroy_node()


def test_deactivation_cancels(bench: Bench, generator: FakeGenerator) -> None:
    """What runs and what waits ends with the reason; cleaning up waits for the model to let go."""
    generator.may_answer.clear()
    bench.start()
    bench.send('running', 'waiting')
    wait_until(lambda: generator.asked and bench.stages('waiting'))
    assert change_state(bench, Transition.TRANSITION_DEACTIVATE)
    for text in ('running', 'waiting'):
        assert bench.end_of(text).message == 'canceled'
        assert value(bench.end_of(text), 'reason') == 'the node was deactivated'
    assert change_state(bench, Transition.TRANSITION_CLEANUP)


def test_it_answers_while_the_model_loads(bench: Bench, generator: FakeGenerator) -> None:
    """Parameters, stop, state and instructions are served while configuring takes its time."""
    generator.may_load.clear()
    bench.start(wait='configuring')
    assert get_parameter(bench, 'queue_depth') == 10
    assert bench.call(Trigger, f'{NODE}/stop').success
    state = bench.call(GetState, f'{NODE}/get_state').current_state
    assert state.label == 'configuring'
    assert reason_not_active(bench) == 'not active: the model is loading'
    assert not set_parameter(bench, 'model', 'another').successful
    assert not change_state(bench, Transition.TRANSITION_CONFIGURE)
    generator.may_load.set()
    bench.wait_for_state(bench.node, 'active')


def test_it_answers_while_a_transition_service_loads(
    bench: Bench, generator: FakeGenerator,
) -> None:
    """The same where a lifecycle manager configures the node, not the node itself."""
    generator.may_load.clear()
    bench.start(autostart=False, wait='unconfigured')
    client = bench.user.create_client(ChangeState, f'{NODE}/change_state')
    client.wait_for_service()
    future = client.call_async(ChangeState.Request(
        transition=Transition(id=Transition.TRANSITION_CONFIGURE)))
    bench.wait_for_state(bench.node, 'configuring')
    assert get_parameter(bench, 'queue_depth') == 10
    assert bench.call(Trigger, f'{NODE}/stop').success
    assert bench.call(GetState, f'{NODE}/get_state').current_state.label == 'configuring'
    generator.may_load.set()
    wait_until(future.done)
    assert future.result().success


def test_parameters_answer_while_generating(bench: Bench, generator: FakeGenerator) -> None:
    """A busy model holds up neither reading nor setting a parameter."""
    generator.may_answer.clear()
    bench.start()
    bench.send('siren on')
    wait_until(lambda: generator.asked)
    assert get_parameter(bench, 'deadline_sec') == 60.0
    assert set_parameter(bench, 'deadline_sec', 30.0).successful
    assert set_parameter(bench, 'queue_depth', 1).successful
    bench.send('oldest', 'newest')
    assert bench.end_of('oldest').message == 'canceled'
    generator.may_answer.set()
    assert bench.end_of('newest').message == 'generated'


@pytest.mark.parametrize('error', [
    ModelError('no such model: fetch it'),
    CheckpointError('the prompt has 20 x 896 weights, the model needs 20 x 1536'),
    OSError('disk\nfull'),
])
def test_failed_configuration_leaves_the_node_up(
    bench: Bench, generator: FakeGenerator, error: Exception,
) -> None:
    """It says what is wrong, and can be configured once that is put right."""
    generator.load_error = error
    node = bench.start(wait='')
    wait_until(lambda: generator.settings)
    bench.wait_for_state(node, 'unconfigured')
    text = ' '.join(str(error).split())
    assert text in reason_not_active(bench)
    assert not change_state(bench, Transition.TRANSITION_CONFIGURE)
    generator.load_error = None
    assert set_parameter(bench, 'model', 'another').successful
    assert change_state(bench, Transition.TRANSITION_CONFIGURE)
    assert change_state(bench, Transition.TRANSITION_ACTIVATE)
    bench.send('again')
    assert bench.end_of('again').message == 'generated'
    assert generator.settings is not None and generator.settings.model == 'another'


@pytest.mark.parametrize('robot, part', [
    ('/no/such/robot.yaml', '/no/such/robot.yaml'),
    ('package://no_such_package/robot.yaml', "package 'no_such_package' is not"),
    ('package://ros2_nl_commander/config/no.yaml', 'config/no.yaml'),
])
def test_robot_that_cannot_be_read(bench: Bench, robot: str, part: str) -> None:
    """A missing robot is named in the reason; naming one that exists puts it right."""
    node = bench.start(robot=robot, wait='')
    wait_until(lambda: 'failed' in node._why_inactive)
    assert part in reason_not_active(bench)
    bench.wait_for_state(node, 'unconfigured')
    assert set_parameter(bench, 'robot', str(ROBOT_FILE)).successful
    assert change_state(bench, Transition.TRANSITION_CONFIGURE)


@pytest.mark.parametrize('name, start, part, good', [
    ('execute', 'auto', 'policy is empty', 'never'),
    ('execute', 'always', 'never, confirm, auto', 'never'),
    ('queue_depth', 0, 'queue_depth', 3),
    ('deadline_sec', 'soon', 'deadline_sec', 3.0),
    ('deadline_sec', float('nan'), 'deadline_sec', 3.0),
    ('deadline_sec', True, 'deadline_sec: True is not a number', 3),
    ('confirm_below', 2, 'confirm_below: 2 is not in the range from 0 to 1', 0),
    ('prompt', 3, "'3' of type 'INTEGER', expecting type 'STRING'", ''),
    ('dtype', 'int4', 'bfloat16', 'auto'),
    ('exclude', '*/debug camera/*', "exclude: 'camera/*' matches no name", '*/debug /camera/*'),
])
def test_bad_start_value_leaves_the_node_up(
    bench: Bench, name: str, start: object, part: str, good: object,
) -> None:
    """A start value that cannot work is not replaced in silence: it has to be put right."""
    node = bench.start(wait='', **{name: start})
    wait_until(lambda: 'failed' in node._why_inactive)
    assert part in reason_not_active(bench)
    bench.wait_for_state(node, 'unconfigured')
    assert not change_state(bench, Transition.TRANSITION_CONFIGURE)
    assert set_parameter(bench, name, good).successful
    assert change_state(bench, Transition.TRANSITION_CONFIGURE)


@pytest.mark.parametrize('name, new, part', [
    ('execute', 'always', 'never, confirm, auto'),
    ('queue_depth', 0, 'range'),
    ('queue_depth', 'many', 'type'),
    ('deadline_sec', -1.0, 'range'),
    ('deadline_sec', float('nan'), ''),
    ('deadline_sec', 0, 'range'),
    ('deadline_sec', 'soon', "deadline_sec: 'soon' is not a number"),
    ('deadline_sec', False, 'not a number'),
    ('deadline_sec', [1.0], 'not a number'),
    ('deadline_sec', None, 'cannot be deleted'),
    ('include', '/a,/b', 'spaces stand between several'),
    ('exclude', 'camera/*', 'begins with / or *'),
    ('max_instruction_length', 0, 'range'),
    ('max_new_tokens', 5000, 'range'),
    ('model', ' ', 'hub id'),
    ('device', 'the fast one', 'cuda:1'),
    ('dtype', 'float64', 'bfloat16'),
    ('quantize', 'int2', 'auto, none, int8, int4'),
    ('autostart', False, 'read-only'),
    ('diagnostics_period_sec', 2.0, 'read-only'),
])
def test_bad_value_is_refused_with_its_reason(
    bench: Bench, name: str, new: object, part: str,
) -> None:
    """Nothing changes where a value cannot work."""
    bench.start(autostart=False, wait='unconfigured')
    before = get_parameter(bench, name)
    result = set_parameter(bench, name, new)
    assert not result.successful
    assert part in result.reason
    assert get_parameter(bench, name) == before


@pytest.mark.parametrize('ros_arguments', [[
    '--ros-args', '-p', 'confirm_below:=0', '-p', 'deadline_sec:=60', '-p',
    'diagnostics_period_sec:=1']])
def test_whole_numbers_will_do_where_a_fraction_may_stand(bench: Bench) -> None:
    """Nobody has to know that rclpy tells 60 from 60.0."""
    node = bench.start()
    parameters = read_parameters(node)
    read = (parameters.confirm_below, parameters.deadline_sec, parameters.diagnostics_period_sec)
    assert read == (0.0, 60.0, 1.0) and {type(number) for number in read} == {float}
    for new in (30, 29.5):
        assert set_parameter(bench, 'deadline_sec', new).successful
        assert repr(read_parameters(node).deadline_sec) == repr(float(new))


@pytest.mark.parametrize('name, new', [
    ('model', 'another'), ('prompt', '/p'), ('robot', '/r.yaml'), ('device', 'cuda:1'),
    ('dtype', 'float16'), ('device_map', 'auto'), ('quantize', 'int8'),
    ('max_new_tokens', 5),
])
def test_model_and_robot_are_fixed_while_configured(bench: Bench, name: str, new: object) -> None:
    """What the model was built from cannot change under it; unconfigured it can."""
    bench.start()
    result = set_parameter(bench, name, new)
    assert not result.successful
    assert 'unconfigured' in result.reason
    assert change_state(bench, Transition.TRANSITION_DEACTIVATE)
    assert change_state(bench, Transition.TRANSITION_CLEANUP)
    assert set_parameter(bench, name, new).successful


def test_every_parameter_is_described(bench: Bench) -> None:
    """``ros2 param describe`` has a sentence, and a range for every number."""
    bench.start(autostart=False, wait='unconfigured')
    names = [spec.name for spec in PARAMETERS]
    descriptors = bench.call(
        DescribeParameters, f'{NODE}/describe_parameters',
        DescribeParameters.Request(names=names)).descriptors
    assert [descriptor.name for descriptor in descriptors] == names
    for descriptor, spec in zip(descriptors, PARAMETERS):
        assert descriptor.description
        is_number = isinstance(spec.default, (int, float)) and not isinstance(spec.default, bool)
        has_range = bool(descriptor.integer_range or descriptor.floating_point_range)
        assert has_range == is_number
    read_only = {d.name for d in descriptors if d.read_only}
    assert read_only == {'autostart', 'diagnostics_period_sec'}


def test_a_destroyed_node_leaves_the_graph_though_somebody_holds_it(
    bench: Bench, context: Context
) -> None:
    node = NlCommander(FakeGenerator().load, context=context, namespace='held')
    names = bench.user.get_node_names_and_namespaces
    wait_until(lambda: ('nl_commander', '/held') in names())
    node.destroy_node()
    wait_until(lambda: ('nl_commander', '/held') not in names())
    node.destroy_node()
    assert node.why_inactive == 'the node is shut down'
