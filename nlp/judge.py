"""The judgement of a text, from cheap to dear: gate, relevance, and for what is relevant all the rest.

No network, no database, no clock. A text is read by the learned half up to a bounded length; the rules read it whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from knowledge import Knowledge
from nlp import acts, beliefs, claims, explain, margins, places, relevance, spam, topics, votes, weights
from nlp.beliefs import Beliefs
from nlp.votes import Second, Vote
from records import Assessment, Feedback, Sentiment, Target, Text

Scores = Mapping[str, float]
Floats = NDArray[np.float32]
CHOICES = {"sentiment": "sentiment", "target": "target", "feedback": "feedback", "topic": "topics"}
"""head that chooses one label -> the task it answers"""


def load(knowledge: Knowledge, models: Path | None = None, second: Second | None = None, digest: str = "") -> Judge:
    """A judge with the weights in `models` (of this digest, where one is named), by default those shipped. Raises BadInput
    where they cannot be read."""
    return Judge(knowledge, weights.load(models, digest), beliefs.load(models), second)


class Judge:
    """Judges texts in batches; the same text gives the same answer in any batch."""

    def __init__(
        self, knowledge: Knowledge, model: weights.Model, voice: Beliefs, second: Second | None = None
    ) -> None:
        """`voice`: the learned half of the claim check, from the same directory as the model. `second`: who is asked again
        where the heads are unsure; nobody by default. Raises BadInput where it speaks of other labels."""
        if second:
            votes.fit(second.reader, model.heads)
        self._voice, self._second = voice, second
        self.knowledge, self.model = knowledge, model
        self.version = votes.named(model.version, second.reader.version, second.bound) if second else model.version
        names = list(model.heads)
        widths = np.cumsum([0] + [len(model.heads[name].task.labels) for name in names])
        self._columns = {name: slice(widths[i], widths[i + 1]) for i, name in enumerate(names)}
        self._weights = np.hstack([model.heads[name].weights for name in names])
        self._bias = np.concatenate([model.heads[name].bias for name in names])

    def assess(self, texts: Sequence[Text]) -> list[Assessment]:
        """One answer a text, in the same order."""
        found = [Assessment(text.id, self.version, 0, 0.0) for text in texts]
        passed = [i for i, text in enumerate(texts) if relevance.passes(text)]
        rows = self.model.features.matrix([texts[i] for i in passed])
        logits = rows @ self._weights + self._bias
        for row, i in enumerate(passed):
            text = texts[i]
            name = relevance.head_for(text)
            answer, score = relevance.decide(self._scores(name, logits[row]), self.model.thresholds[name])
            sure = {"relevance": round(abs(score - self.model.thresholds[name]), 3)}
            if answer:
                values = dict(zip(rows[row].indices.tolist(), rows[row].data.tolist(), strict=True))
                found[i] = self._whole(text, answer, score, logits[row], values, sure)
            else:
                found[i] = Assessment(text.id, self.version, 0, score, margins=sure)
        return found

    def _scores(self, task: str, logits: Floats) -> dict[str, float]:
        head = self.model.heads[task]
        return dict(
            zip(head.task.labels, head.probabilities(logits[None, self._columns[task]])[0].tolist(), strict=True)
        )

    def _votes(self, text: Text, logits: Floats) -> Mapping[str, Vote]:
        """The answers that choose one label, by task."""
        heads = self.model.heads
        said = {task: Vote(heads[task].task.labels, logits[self._columns[task]], heads[task].lean) for task in CHOICES}
        return self._second.again(text, said) if self._second else said

    def _whole(
        self,
        text: Text,
        relevant: Literal[1, 2],
        score: float,
        logits: Floats,
        values: Mapping[int, float],
        sure: Scores,
    ) -> Assessment:
        """`sure`: the margin of the relevance."""
        said = {task: (vote.scores, vote.choice) for task, vote in self._votes(text, logits).items()}
        about = topics.decide(said["topic"][1], self._scores("topics", logits))
        feeling, tone = said["sentiment"]
        doing = self._scores("acts", logits)
        provinces, unsure = places.find(text, self.knowledge)
        checked = claims.check(text, self.knowledge, self._voice)
        return Assessment(
            id=text.id,
            model=self.version,
            relevance=relevant,
            relevance_score=score,
            sentiment=cast(Sentiment, tone),
            sentiment_scores=feeling,
            target=cast(Target, said["target"][1]),
            topics=about,
            feedback=cast(Feedback, said["feedback"][1]),
            provinces=provinces,
            provinces_unsure=unsure,
            acts=acts.find(text, relevant, self.knowledge, doing, checked),
            claims=checked,
            spans=explain.spans(text, self.model, (("sentiment", tone), ("topic", about[0])), values),
            spam=spam.stuffed(text),
            margins={**sure, **margins.of({CHOICES[task]: one for task, one in said.items()}, doing, bool(unsure))},
        )
