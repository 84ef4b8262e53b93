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
A process that loads a model and answers two sentences, timing itself; started by ``startup``.

Arguments: when it was started, by the clock that all processes share; settings as JSON. Prints a
JSON list of part and seconds. Imports nothing heavy before its clock runs: that is measured too.
"""

from __future__ import annotations

import json
from pathlib import Path
import sys
import time

IMPORTS, OTHERS = 'interpreter and imports', 'others'
WEIGHTS, PACKING, TOKENIZER = 'weights', 'packing the weights', 'tokenizer'
ENCODER = 'sentence encoder'
TABLES, ROBOT = 'grammar tables', 'preparing for the robot'
FIRST, SECOND = 'first sentence', 'second sentence'
PARTS = (IMPORTS, WEIGHTS, PACKING, TOKENIZER, ENCODER, TABLES, ROBOT, OTHERS, FIRST, SECOND)


def measure(
    began: float, model: str, device: str, dtype: str, robot_file: str, sentences: list[str]
) -> list[tuple[str, float]]:
    """
    Load, prepare and answer.

    :param began: when the process was started
    :param model: a folder
    :returns: laps that add up to the time since then
    """
    from ros2_nl_commander.language.generation import GeneratorSettings
    from ros2_nl_commander.language.robot import load_robot
    from ros2_nl_commander.model import backbone, generator
    from ros2_nl_commander.model.constraint import GrammarEngine
    from ros2_nl_commander.training.benchmarks.stopwatch import Place, Stopwatch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
    # transformers would import the model's own classes on the way: here it is an import as well.
    AutoModelForCausalLM._model_mapping[type(AutoConfig.from_pretrained(model))]
    now = time.monotonic()
    stopwatch = Stopwatch()
    places = (
        Place(AutoModelForCausalLM, 'from_pretrained', WEIGHTS),
        Place(backbone, '_packed', PACKING),
        Place(AutoTokenizer, 'from_pretrained', TOKENIZER),
        Place(GrammarEngine, '__init__', TABLES),
        Place(generator, 'relevance_for', ENCODER),
        Place(generator.CommandGenerator, 'use_robot', ROBOT),
    )
    with stopwatch.at(places), stopwatch.part(OTHERS):
        loaded = generator.load_generator(GeneratorSettings(model, '', device, dtype))
        loaded.use_robot(load_robot(Path(robot_file)))
        for part, sentence in zip((FIRST, SECOND), sentences):
            with stopwatch.part(part):
                loaded.generate(sentence)
    return [(IMPORTS, now - began), *((lap.part, lap.seconds) for lap in stopwatch.laps)]


def main() -> None:
    """Measure, and print the laps."""
    print(json.dumps(measure(float(sys.argv[1]), **json.loads(sys.argv[2]))))


if __name__ == '__main__':
    main()
