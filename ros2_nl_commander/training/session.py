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

"""One training session: data and model in, a prompt folder with its card and figures out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
import hashlib
import json
import os
from pathlib import Path
import platform
from typing import Any

from accelerate import Accelerator
from ros2_nl_commander.language.errors import CheckpointError, DatasetError
from ros2_nl_commander.language.robot import EMPTY_ROBOT, load_robot
from ros2_nl_commander.model.backbone import Backbone
from ros2_nl_commander.model.checkpoint import (
    ENCODER_FILE, PromptCard, save_encoder, save_prompt, TrainedPrompt)
from ros2_nl_commander.model.prompts import FoldedPrompt, PromptEncoder
from ros2_nl_commander.training.examples import Example, hash_file, load_examples
from ros2_nl_commander.training.history import find_state, History, STATE_FILE, write_report
from ros2_nl_commander.training.lessons import known_files, Lessons, with_rehearsal
from ros2_nl_commander.training.settings import TrainingSettings
from ros2_nl_commander.training.train import Outcome, Trainer
import torch


@dataclass(frozen=True, slots=True)
class Session:
    """
    What is trained, on what, and where it goes.

    :param settings: hyper-parameters
    :param data: JSON Lines files
    :param output: the prompt folder to write
    :param base_model: id and hash of the model, for the card
    :param start: trained prompt to go on from, if any
    :param resume: take up the run that was left in the output folder
    :param keep_encoder: also keep the trainable module, as it is at the end
    :param robot: description of the robot of lines that name none
    """

    settings: TrainingSettings
    data: Sequence[Path]
    output: Path
    base_model: dict[str, str]
    start: TrainedPrompt | None = None
    resume: bool = False
    keep_encoder: bool = False
    robot: Path | None = None

    def load_examples(self) -> list[Example]:
        """Read every file; name every bad line of all of them in one error."""
        robot = load_robot(self.robot) if self.robot else EMPTY_ROBOT
        examples: list[Example] = []
        errors: list[str] = []
        for path in self.data:
            try:
                examples += load_examples(path, robot)
            except DatasetError as error:
                errors.append(str(error))
        if errors:
            raise DatasetError('\n'.join(errors))
        return examples

    def load_lessons(self) -> Lessons:
        """Read every file, and what is to be rehearsed."""
        examples = self.load_examples()
        if not self.settings.rehearsal:
            return Lessons(examples)
        return with_rehearsal(examples, self.settings)

    def make_output(self) -> None:
        """
        Make the output folder, or see that a run was left in it.

        :raises CheckpointError: if it cannot be made, or there is nothing to resume
        """
        if self.resume:
            find_state(self.output)
        try:
            self.output.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CheckpointError(f'Cannot write to {self.output}: {error.strerror}') from error

    def data_card(self) -> dict[str, Any]:
        """Name the data files, below the folder they share, with their hashes."""
        paths = [path.resolve() for path in self.data]
        root = os.path.commonpath([path.parent for path in paths])
        card = {'files': {str(path.relative_to(root)): hash_file(path) for path in paths}}
        if self.robot:
            card['robot'] = {self.robot.name: hash_file(self.robot)}
        if self.settings.rehearsal:
            card['rehearsed'] = {path.name: hash_file(path) for path in known_files()}
        return card

    def fingerprint(
        self, processes: int, data: Mapping[str, Any], examples: Sequence[Example] = ()
    ) -> str:
        """
        Identify settings, data and model: only the same run can be resumed.

        :param processes: that share a step; as many times more accumulation is the same run
        :param data: what ``data_card`` gives
        :param examples: as they were read; the files of their robots may have changed
        """
        settings = replace(self.settings, accumulate=self.settings.accumulate * processes)
        start = None if self.start is None else asdict(self.start.card)
        robots = sorted({repr(example.robot) for example in examples})
        text = json.dumps([asdict(settings), data, self.base_model, start, robots])
        return hashlib.sha256(text.encode()).hexdigest()


def run_session(session: Session, backbone: Backbone, accelerator: Accelerator) -> Outcome:
    """
    Train and write the prompt folder; the best prompt so far is there at any time.

    :raises DatasetError: if the data cannot be used
    :raises CheckpointError: if there is nothing to resume, or the folder cannot be written
    """
    session.make_output()
    lessons = session.load_lessons()
    data = session.data_card()  # of what was read: the files may change meanwhile
    fingerprint = session.fingerprint(accelerator.num_processes, data, lessons.examples)
    trainer = Trainer(
        backbone, lessons, session.settings, session.output, fingerprint, accelerator,
        None if session.start is None else session.start.folded)
    if session.resume:
        trainer.resume()

    def save(prompt: FoldedPrompt, history: History) -> None:
        save_prompt(session.output, TrainedPrompt(
            prompt, _card(session, history, backbone,
                          data | {'examples': len(lessons.examples)}, accelerator)))

    outcome = trainer.run(save)
    if outcome.finished and accelerator.is_main_process:
        _finish(session, outcome.history, trainer.encoder)
    return outcome


def _card(
    session: Session, history: History, backbone: Backbone, data: Mapping[str, Any],
    accelerator: Accelerator,
) -> PromptCard:
    settings = session.settings
    training = asdict(settings) | {
        'steps': history.step, 'seconds': round(history.seconds, 1),
        'processes': accelerator.num_processes, 'device': backbone.device.type,
        'dtype': str(backbone.dtype).removeprefix('torch.'), 'torch': torch.__version__,
        'machine': f'{platform.machine()}, {torch.get_num_threads()} threads',
    }
    if session.start is not None:
        training['started_from'] = {'data': session.start.card.data}
    metrics = {'training_loss': round(history.training[-1][1], 5)}
    if history.held_out:
        judged = 'rehearsing_loss' if settings.rehearsal else 'held_out_loss'
        metrics[judged] = round(history.best_loss, 5)
    return PromptCard(settings.kind, settings.layout, session.base_model, data, training, metrics)


def _finish(session: Session, history: History, encoder: PromptEncoder) -> None:
    summary = {
        'parameters_trained': sum(p.numel() for p in encoder.parameters()),
        'parameters_kept': sum(t.numel() for t in encoder.fold().tensors().values()),
    }
    write_report(session.output, history, summary)
    (session.output / ENCODER_FILE).unlink(missing_ok=True)  # an earlier run's does not belong
    if session.keep_encoder:
        save_encoder(session.output, encoder)
    (session.output / STATE_FILE).unlink(missing_ok=True)
