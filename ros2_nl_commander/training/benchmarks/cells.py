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
One cell of the comparison of prompts: trained on a small sample, scored on robots it never met.

A finished cell is one line of a file, so a sweep of hours can be broken off and taken up again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
import hashlib
import json
from pathlib import Path
import platform
import random
import tempfile
from typing import Any

from accelerate import Accelerator
from ros2_nl_commander.language.errors import DatasetError, ModelError
from ros2_nl_commander.language.generation import GeneratorSettings
from ros2_nl_commander.language.resources import share_file
from ros2_nl_commander.model.backbone import Backbone, load_backbone
from ros2_nl_commander.model.checkpoint import PromptCard, TrainedPrompt
from ros2_nl_commander.model.fetch import model_identity
from ros2_nl_commander.model.generator import CommandGenerator
from ros2_nl_commander.training.evaluate import score_examples, summarise
from ros2_nl_commander.training.examples import by_robot, load_examples
from ros2_nl_commander.training.lessons import Lessons
from ros2_nl_commander.training.settings import TrainingSettings
from ros2_nl_commander.training.train import Trainer
import torch

#: Robots to learn from, sentences to each; and sentences to each robot that is held out.
ROBOTS, SENTENCES, HELD_OUT = 12, 20, 5
#: A prompt that learned nothing writes to the end.
MAX_NEW_TOKENS = 64

Record = Mapping[str, Any]


def draw_sample() -> Lessons:
    """Draw the sentences of every cell: some robots to learn from, all those held out."""
    source = random.Random('prompts')
    known = by_robot(load_examples(share_file('data', 'general_train.jsonl')))
    unseen = by_robot(load_examples(share_file('data', 'general_heldout.jsonl')))
    return Lessons(
        [example for robot in source.sample(known, ROBOTS)
         for example in source.sample(robot, SENTENCES)],
        [example for robot in unseen for example in source.sample(robot, HELD_OUT)])


@dataclass(frozen=True, slots=True)
class Workbench:
    """
    Everything that the cells of a sweep have in common.

    :param model: its name and hash
    """

    backbone: Backbone
    model: Mapping[str, str]
    sample: Lessons

    @property
    def dtype(self) -> str:
        """Name the number format of the weights."""
        return str(self.backbone.dtype).removeprefix('torch.')

    def identity(self, settings: TrainingSettings) -> Record:
        """Return what makes a cell the same as one that was finished before."""
        text = [[example.robot.robot, example.instruction, example.answer]
                for example in (*self.sample.examples, *self.sample.judged_by)]
        return {'settings': asdict(settings), 'model': dict(self.model),
                'dtype': self.dtype,
                'sample': hashlib.sha256(json.dumps(text).encode()).hexdigest()}

    def train(self, settings: TrainingSettings) -> Record | None:
        """
        Train and score one prompt.

        :returns: its figures, or why it failed; None if Ctrl-C broke it off
        """
        accelerator = Accelerator(cpu=self.backbone.device.type == 'cpu')
        with tempfile.TemporaryDirectory() as folder:
            trainer = Trainer(
                self.backbone, self.sample, settings, Path(folder), '', accelerator)
            try:
                outcome = trainer.run(lambda prompt, history: None)
            except ModelError as error:
                return {'error': str(error)}
        if not outcome.finished:
            return None
        history = outcome.history
        with torch.no_grad():
            folded = trainer.encoder.fold()
        return {
            'steps': history.step, 'seconds': round(history.seconds, 4),
            'curve': history.held_out,
            'trained': sum(p.numel() for p in trainer.encoder.parameters()),
            'kept': sum(tensor.numel() for tensor in folded.tensors().values()),
            **self._scored(TrainedPrompt(folded, PromptCard(settings.kind, settings.layout))),
            'sentences': len(self.sample.examples), 'torch': torch.__version__,
            'machine': f'{platform.machine()}, {torch.get_num_threads()} threads, '
                       f'{self.backbone.device.type}',
        }

    def _scored(self, prompt: TrainedPrompt) -> dict[str, int]:
        generator = CommandGenerator(self.backbone, prompt, GeneratorSettings(
            self.model['name'], '', max_new_tokens=MAX_NEW_TOKENS))
        summary = summarise(list(score_examples(generator, self.sample.judged_by)))
        return {'right': summary['right']['count'], 'of': summary['right']['of'],
                'interface': summary['right_interface']['count'],
                'commands': summary['right_interface']['of']}


def open_workbench(folder: Path, device: str, dtype: str) -> Workbench:
    """Load the model once, and draw the sample."""
    sample = draw_sample()
    return Workbench(load_backbone(folder, device=device, dtype=dtype, for_training=True),
                     model_identity(folder), sample)


class CellFile:
    """
    The finished cells of a sweep, one JSON object a line.

    :param path: read if it is there, and appended to
    :raises DatasetError: if it is not such a file
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._records: list[Record] = []
        if not path.exists():
            return
        for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
            try:
                self._records.append(json.loads(line))
            except json.JSONDecodeError as error:
                raise DatasetError(f'{path}:{number}: not a finished cell: delete the line '
                                   f'({error})') from error

    def find(self, identity: Record) -> Record | None:
        """Return the finished cell of this identity."""
        for record in self._records:
            if identity.items() <= record.items():
                return record
        return None

    def add(self, identity: Record, figures: Record) -> None:
        """Append a cell, on the disk before this returns."""
        record = json.loads(json.dumps({**identity, **figures}))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with open(self._path, 'a', encoding='utf-8') as handle:
            handle.write(json.dumps(record) + '\n')
        self._records.append(record)
