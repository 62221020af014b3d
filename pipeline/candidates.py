"""A candidate on the scales, beside the model in force: the whole of what was learnt, and where that would lose something head
by head: a head joins only where nothing is lost with it, the others stay as they judge now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import nlp.judge
from nlp import beliefs, examples, promotion, weights
from nlp.examples import Example
from nlp.judge import Judge
from nlp.promotion import Answered, Verdict
from nlp.weights import Model
from pipeline import judging, second
from pipeline.doors import Rooms
from pipeline.lessons import Lessons
from records import Assessment


class Scales:
    """The random sample and the challenge set, with the answers of the model in force; `place`: where the candidate is made."""

    def __init__(self, rooms: Rooms, found: Lessons, place: Path) -> None:
        again = second.in_force(rooms.settings)
        before = judging.judge(rooms.weights, rooms.current.edits, again)
        self._knowledge, self._reader, self._place = before.knowledge, judging.reader(again), place
        self._sample, self._stand = found.sample, found.stand
        self._challenge = examples.read(promotion.CHALLENGE, "challenge")
        self._before = [_answers(before, texts) for texts in (self._sample, self._challenge)]
        self.current = before.model

    def weigh(self, model: Model | None = None) -> tuple[Verdict, list[Answered]]:
        """What is to be said of a model, by default the one saved in the candidate's place, and its answers to the sample."""
        if model is None:
            judge = nlp.judge.load(self._knowledge, self._place, self._reader)
        else:
            judge = Judge(self._knowledge, model, beliefs.load(self._place), self._reader)
        after = [_answers(judge, texts) for texts in (self._sample, self._challenge)]
        sample = list(map(Answered, self._sample, self._before[0], after[0], self._stand))
        return promotion.weigh(sample, list(map(Answered, self._challenge, self._before[1], after[1]))), sample

    def harmless(self, learnt: Model, changed: Mapping[str, int]) -> tuple[Model, dict[str, int], dict[str, str]]:
        """The model in force with those of the changed heads that lose nothing: it, the heads that were taken with the number
        of their answers, and the others with the reason."""
        model, taken, left = self.current, dict[str, int](), dict[str, str]()
        for task, count in changed.items():
            tried = replace(model, heads={**model.heads, task: learnt.heads[task]})
            verdict, _ = self.weigh(tried)
            if verdict.state == "aside":
                left[task] = verdict.reason.removeprefix(promotion.KEEP)
            else:
                model, taken[task] = tried, count
        return model, taken, left


def save(model: Model, place: Path, about: Mapping[str, object]) -> str:
    """Writes a candidate beside the beliefs that lie in `place` already; gives its version."""
    return weights.save(place, model.features, list(model.heads.values()), model.thresholds, about, (beliefs.NAME,))


def _answers(judge: Judge, labelled: Sequence[Example]) -> list[Assessment]:
    return judge.assess([one.text for one in labelled])
