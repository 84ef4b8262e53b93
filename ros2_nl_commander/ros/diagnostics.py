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
Reports as messages and back; the only place that builds a ``DiagnosticStatus``.

Knows neither publishers nor timers.
"""

from __future__ import annotations

from collections.abc import Mapping

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue

from ros2_nl_commander.language.errors import NodeError
from ros2_nl_commander.ros.status import Stage, StatusReport

LEVELS: Mapping[Stage, bytes] = {
    Stage.DECLINED: DiagnosticStatus.WARN,
    Stage.CANCELED: DiagnosticStatus.WARN,
    Stage.REJECTED: DiagnosticStatus.WARN,
    Stage.EXPIRED: DiagnosticStatus.WARN,
    Stage.FAILED: DiagnosticStatus.ERROR,
}


def status_message(report: StatusReport) -> DiagnosticStatus:
    """Write a report as the message of ``~/status``; the set of values is always the same."""
    return _message(
        name=report.request_id,
        level=LEVELS.get(report.stage, DiagnosticStatus.OK),
        message=report.stage.value,
        values={
            'instruction': report.instruction,
            'command': report.command,
            'reason': report.reason,
            'seconds': f'{report.seconds:.3f}',
            'probability': '' if report.probability is None else f'{report.probability:.3f}',
        },
    )


def report_from_message(message: DiagnosticStatus) -> StatusReport:
    """
    Read a message of ``~/status``, as whoever listens to it does.

    :raises NodeError: if it is none
    """
    values = {pair.key: pair.value for pair in message.values}
    try:
        return StatusReport(
            message.name, Stage(message.message), values['instruction'], values['command'],
            values['reason'], float(values['seconds']),
            float(values['probability']) if values['probability'] else None)
    except (KeyError, ValueError) as error:
        raise NodeError(f'{message.name!r} is no status of an instruction: {error}') from error


def node_message(
    node: str, why_inactive: str, has_failed: bool, values: Mapping[str, str],
) -> DiagnosticStatus:
    """
    Write the state of a node as one entry of ``/diagnostics``.

    :param node: its full name
    :param why_inactive: empty while it is active
    :param has_failed: whether somebody has to put something right
    :param values: what else there is to say
    """
    level = DiagnosticStatus.WARN if why_inactive else DiagnosticStatus.OK
    return _message(
        name=f'{node}: instructions to commands',
        level=DiagnosticStatus.ERROR if has_failed else level,
        message=why_inactive or 'active',
        values=values,
    )


def _message(
    name: str, level: bytes, message: str, values: Mapping[str, str],
) -> DiagnosticStatus:
    return DiagnosticStatus(
        name=name,
        level=level,
        message=message,
        values=[KeyValue(key=key, value=value) for key, value in values.items()],
    )
