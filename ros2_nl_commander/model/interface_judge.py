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
Which of a robot's interfaces a sentence means, judged without the language model.

Two judges that err in different places are added: words that sentence and interface share, or
that people say for one another (``language/shortlist.py``), and what both mean (``relevance.py``).
Of very many interfaces this decides which are read; of those that are read, it has a say in the
name. The second also knows what fits none of them; why else something is to be declined, because
a place is not known or a value is missing, is left to the language model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ros2_nl_commander.language.context import context_line
from ros2_nl_commander.language.robot import RobotDescription
from ros2_nl_commander.language.short_form import DECLINES, entrances, REASONS
from ros2_nl_commander.language.shortlist import InterfaceIndex
from ros2_nl_commander.model.drafts import Precedent
from ros2_nl_commander.model.matching import Matching
from ros2_nl_commander.model.preference import NamePreference, PreferringMatching
from ros2_nl_commander.model.relevance import RelevanceModel
from ros2_nl_commander.model.sequence import SequenceEncoder
import torch

#: What shared words count beside meaning, and what both count beside the language model.
WORDS, SHARE = 0.5, 1.0
#: What shared words add to the score of no interface at all, since they add to that of all others.
NONE_BY_WORDS = 1.0
#: The least weight of declining [nats]: where the place is not known or the value is missing, an
#: interface fits, and the answer is no. The reasons that say that none does have no such least.
LEAST_OF_DECLINING, NONE_FITS = -1.0, ('cannot do that', 'not a request')
#: Of very many interfaces those are read that have this chance together: what is read costs time.
ENOUGH = 0.99


@dataclass(frozen=True, slots=True)
class Judged:
    """
    What is read for a sentence, and has a say in its answer.

    :param robot: with the interfaces that it may mean
    :param preference: of these; None without a relevance model
    """

    robot: RobotDescription
    preference: NamePreference | None = None

    def precedents(self, ids: Sequence[int], sequence: SequenceEncoder) -> list[Precedent]:
        """
        Guess how the answer begins; nothing where nobody knows.

        :param ids: the tokens of the instruction
        """
        if self.preference is None:
            return []
        name = sequence.answer_ids(self.preference.first())[:-1]
        return [Precedent(tuple(ids), tuple(name))]

    def start(
        self, start: Callable[[], Matching], text_of: Callable[[list[int]], str]
    ) -> Callable[[], Matching]:
        """
        Let the preference have its say.

        :param start: begins an answer
        :param text_of: reads tokens
        """
        preference = self.preference
        if preference is None:
            return start
        return lambda: PreferringMatching(start(), preference, text_of)


class InterfaceJudge:
    """
    Judges sentences to one robot.

    :param robot: the robot
    :param relevance: None to go by words alone, and to leave names to the language model
    :raises RobotDescriptionError: if the definition of a type cannot be read
    """

    def __init__(self, robot: RobotDescription, relevance: RelevanceModel | None) -> None:
        self.index = InterfaceIndex(robot)
        self._relevance = relevance
        self._entrances = list(entrances(robot))
        if relevance is not None and self._entrances:
            self._vectors = relevance.read(
                [context_line(entrance, robot) for entrance in self._entrances])

    def judge(self, sentence: str) -> Judged:
        """Choose what is read for a sentence, and say which of it is preferred."""
        if self._relevance is None or not self._entrances:
            return Judged(self.index.shortlist(sentence))
        worths = self.index.worths(sentence)
        scores = self._relevance.scores(sentence, self._vectors) + WORDS * torch.tensor(worths)
        robot = self.index.shortlist(sentence, scores.tolist(), _enough(scores))
        by_name = {(entrance.noun, entrance.name): score
                   for entrance, score in zip(self._entrances, scores)}
        offered = list(entrances(robot))
        chances = torch.stack([torch.tensor(self._relevance.none + NONE_BY_WORDS), *(
            by_name[entrance.noun, entrance.name] for entrance in offered)]).log_softmax(0)
        of_none, *of_names = (SHARE * chances).tolist()
        return Judged(robot, NamePreference(
            {entrance.label: weight for entrance, weight in zip(offered, of_names)},
            {f'{DECLINES}{reason}': of_none if reason in NONE_FITS else max(
                of_none, LEAST_OF_DECLINING) for reason in REASONS}))


def _enough(scores: torch.Tensor) -> int:
    """Count the likeliest interfaces that the one that is meant is among, if any is."""
    chances = scores.softmax(0).sort(descending=True).values.cumsum(0)
    return 1 + int((chances < ENOUGH).sum())
