"""What people's answers teach and what measures, out of the store: only what a person answered, an answer that reached many
copies once. The random sample measures and never teaches, and neither does anything told in one of its stories.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nlp import examples
from nlp.examples import Example
from pipeline import judging
from pipeline.doors import Rooms
from records import Label
from store.answers import acts_of, listed

MOST = 20_000
"""labelled items that teach, the last answered ones"""
CHUNK = 500
MEASURE = ("random", "decision")
"""origins of the answers that measure: given without seeing the machine's, or settling two such; a later correction of an item
that chance chose changes no measure"""


@dataclass(frozen=True, slots=True)
class Lessons:
    taught: tuple[Example, ...]
    sample: tuple[Example, ...]
    """the random sample"""
    stand: tuple[float, ...] = ()
    """for how many items of the stream each of the sample stands"""
    answered: tuple[Example, ...] = ()
    """all that was answered, whatever stories it tells today: two stories that become one are no news of people"""

    def digest(self, *beside: str) -> str:
        """Stands for everything people answered, how it is weighed, and for what is named beside it."""
        told = [[e.text.id, e.text.title, e.text.text, dict(e.answers)] for e in self.answered]
        sampled = [e.text.id for e in self.sample]
        said = json.dumps([*beside, *told, sampled, self.stand], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


def gather(rooms: Rooms) -> Lessons:
    """The lessons of all answers in force."""
    labels = [label for label in rooms.store.labels.all() if label.origin != "second"]
    sampled = {label.document for label in labels if label.origin == "random"}
    answers = _answers([label for label in labels if label.document not in sampled or label.origin in MEASURE])
    last = [key for key in answers if key not in sampled][-MOST:]
    found = list(_examples(rooms, [*sampled, *last], answers))
    groups = examples.stories(found, {example.text.id: example.story for example in found})
    held = {group for example, group in zip(found, groups, strict=True) if example.text.id in sampled}
    taught: dict[str, Example] = {}
    for example, group in zip(found, groups, strict=True):
        if group not in held:
            name = json.dumps([group, example.answers], sort_keys=True)
            taught.setdefault(name, replace(example, story=str(group)))
    sample, drawn = [example for example in found if example.text.id in sampled], rooms.store.queues.stand_for()
    return Lessons(
        tuple(taught.values()), tuple(sample), tuple(drawn.get(e.text.id, 1.0) for e in sample), tuple(found)
    )


def _answers(labels: Sequence[Label]) -> dict[str, dict[str, str]]:
    """Document -> task -> the answer in force, the document answered last at the end."""
    found: dict[str, dict[str, str]] = {}
    for label in labels:
        found[label.document] = found.pop(label.document, {}) | {label.task: label.new}
    return found


def _examples(rooms: Rooms, keys: Sequence[str], answers: Mapping[str, Mapping[str, str]]) -> Iterator[Example]:
    """Items with the answers given about them, the earliest item first; those whose text is gone are left out."""
    found = [
        one
        for start in range(0, len(keys), CHUNK)
        for one in rooms.store.judged.many(keys[start : start + CHUNK]).values()
    ]
    for judged in sorted(found, key=lambda one: (one.document.first_seen, one.document.key)):
        text, given = judging.reading(judged.document), read(answers[judged.document.key])
        if given and text.text.strip():
            yield Example(text, given, "desk", judged.story.id if judged.story else "")


def read(labels: Mapping[str, str]) -> dict[str, Any]:
    """Task -> label as a person wrote it, as the answers of an Example. What is not about the field has no other answer."""
    given: dict[str, Any] = {}
    if labels.get("relevance") in ("0", "1", "2"):
        given["relevance"] = int(labels["relevance"])
    if given.get("relevance") == 0:
        return given | {"acts": (), "clauses": ()}
    given |= {task: labels[task] for task in ("sentiment", "target", "feedback") if labels.get(task)}
    if labels.get("topics"):
        given["topics"] = listed(labels["topics"])
    if "acts" in labels:
        clauses = tuple(acts_of(labels["acts"]))
        given |= {"clauses": clauses, "acts": tuple(sorted({part for act in clauses for part in act}))}
    return given
