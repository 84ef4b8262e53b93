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

"""What a training run does: every hyper-parameter, its default, and the notebook's recipe."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from ros2_nl_commander.language.errors import ParameterError
from ros2_nl_commander.model.checkpoint import KINDS, TrainedPrompt
from ros2_nl_commander.model.prompts import ACTIVATIONS
from ros2_nl_commander.model.sequence import LAYOUTS


#: What a prompt may start as.
INITIALS = ('random', 'embeddings', 'text')


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """
    Hyper-parameters of one run.

    :param kind: prompt kind, ``soft``, ``mlp`` or ``deep``
    :param n_tokens: virtual tokens
    :param mlp_layers: linear layers of the encoder; None is the kind's own (mlp 2, deep 0)
    :param activation: between the linear layers
    :param initial: what a prompt starts as: ``random``, ``embeddings`` (of tokens drawn from the
        vocabulary), ``text`` (of a task description); None is the kind's own (soft embeddings,
        others random)
    :param layout: how the sequence is laid out, ``chat`` or ``plain``
    :param epochs: passes over the data
    :param batch_size: sentences in one forward of one process
    :param accumulate: forwards of every process in one step
    :param learning_rate: peak of the schedule
    :param warmup: share of the steps that the learning rate rises in
    :param schedule: after the warm-up, ``cosine`` to zero or ``constant``
    :param weight_decay: of AdamW
    :param clip: largest norm of the gradient
    :param held_out: share of the data kept out to choose the best checkpoint by; 0 keeps the last
    :param evaluations: how often the held-out loss is measured in one epoch
    :param rehearsal: sentences of the training data that ships in every epoch, other ones each
        time, for each of the run's own: what the prompt knew is not lost; 0 none
    :param patience: evaluations without a better loss before the run stops early; 0 never
    :param seed: of the start values, the split and the order
    """

    kind: str = 'mlp'
    n_tokens: int = 20
    mlp_layers: int | None = None
    activation: str = 'tanh'
    initial: str | None = None
    layout: str = 'chat'
    epochs: int = 8
    batch_size: int = 4
    accumulate: int = 1
    learning_rate: float = 2e-3
    warmup: float = 0.05
    schedule: str = 'cosine'
    weight_decay: float = 0.01
    clip: float = 1.0
    held_out: float = 0.1
    evaluations: int = 1
    rehearsal: float = 0.0
    patience: int = 3
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        options: dict[str, tuple[str | None, ...]] = {
            'kind': KINDS, 'activation': tuple(ACTIVATIONS), 'layout': tuple(LAYOUTS),
            'schedule': ('cosine', 'constant'), 'initial': (None, *INITIALS)}
        for name, allowed in options.items():
            if getattr(self, name) not in allowed:
                raise ParameterError(f'{name} must be one of {", ".join(filter(None, allowed))}, '
                                     f'got {getattr(self, name)!r}')
        for name in ('n_tokens', 'epochs', 'batch_size', 'accumulate', 'evaluations',
                     'learning_rate', 'clip'):
            if not getattr(self, name) > 0:
                raise ParameterError(f'{name} must be above 0, got {getattr(self, name)}')
        for name in ('patience', 'weight_decay', 'rehearsal'):
            if not getattr(self, name) >= 0:
                raise ParameterError(f'{name} must be at least 0, got {getattr(self, name)}')
        for name in ('held_out', 'warmup'):
            if not 0 <= getattr(self, name) < 1:
                raise ParameterError(f'{name} must be at least 0 and below 1, '
                                     f'got {getattr(self, name)}')
        self._check_mlp_layers()

    def _check_mlp_layers(self) -> None:
        if self.mlp_layers is not None and self.kind == 'soft':
            raise ParameterError('mlp_layers: a soft prompt has no MLP')
        lowest = 1 if self.kind == 'mlp' else 0
        if self.encoder_layers < lowest:
            raise ParameterError(f'mlp_layers must be at least {lowest}, got {self.mlp_layers}')

    @property
    def start_values(self) -> str:
        """Return what the prompt starts as."""
        return self.initial or ('embeddings' if self.kind == 'soft' else 'random')

    @property
    def encoder_layers(self) -> int:
        """Return the linear layers of the encoder."""
        default = {'soft': 0, 'mlp': 2, 'deep': 0}[self.kind]
        return default if self.mlp_layers is None else self.mlp_layers


#: The notebook's recipe; it has neither schedule nor held-out data.
NOTEBOOK = TrainingSettings(
    kind='mlp', n_tokens=20, layout='plain', epochs=50, batch_size=1, learning_rate=1e-4,
    warmup=0.0, schedule='constant', clip=1.0, held_out=0.0, patience=0)

#: A few phrases of one's own, added to what a prompt of the kind ``deep`` knows, at a third of the
#: rate that it was trained at. None is held out: a word that is left out is not learned.
TEACH = TrainingSettings(
    kind='deep', epochs=24, batch_size=4, accumulate=2, learning_rate=1e-2, warmup=0.1,
    held_out=0.0, rehearsal=2.0, patience=3)

PRESETS = {'default': TrainingSettings(), 'notebook': NOTEBOOK, 'teach': TEACH}


def settings_from_start(settings: TrainingSettings, start: TrainedPrompt) -> TrainingSettings:
    """
    Fit settings to a trained prompt that a run goes on from.

    What a prompt keeps has no MLP any more, so one of the kind ``mlp`` goes on as ``soft``.
    """
    kind = 'deep' if start.folded.key_values is not None else 'soft'
    return replace(settings, kind=kind, n_tokens=start.folded.length, mlp_layers=None,
                   initial=None, layout=start.card.layout)


def with_overrides(settings: TrainingSettings, **values: object) -> TrainingSettings:
    """Replace what is given; None keeps what the preset says."""
    names = {field.name for field in fields(settings)}
    given = {name: value for name, value in values.items()
             if name in names and value is not None}
    return replace(settings, **given)  # type: ignore[arg-type]
