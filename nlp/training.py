"""From labelled texts to weights: one recipe, the same result every time; and the honest figures of that recipe.

The shipped weights have seen every label, so what they score on the labels says nothing. `cross_validate` answers each
text by weights made without its story; those figures go into the model card.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import knowledge
from knowledge import Knowledge
from nlp import belief_training, beliefs, features, feedback, heads, relevance, sentiment, stories, topics, weights
from nlp import examples as reading
from nlp.examples import Example
from nlp.features import Names
from nlp.heads import Head, Task
from nlp.judge import Judge
from vietnamese import fold

ACTS = Task("acts", (), "wtq", balance=0.5, many=True)
FOLDS = 5


def train(
    data: Path, out: Path, corpus: Path = reading.CORPUS, hold_out: tuple[date, date] | None = None
) -> dict[str, Any]:
    """Make the weights from the labels in `data` and the written texts in `corpus`, and save them in directory `out`:
    those of the heads and those of the claim check.

    `hold_out`: leave out real texts dated from the first day up to, not including, the second. Gives version and
    counts ("apart": labels whose texts are not kept with them; how many of them taught stands under "examples").
    Raises BadInput where a file cannot be read.
    """
    found = reading.gather(data, corpus, hold_out)
    groups = reading.stories(found, reading.told(data))
    vocabulary, made = fit(found, read(found), groups)
    about = {
        "examples": _counts(found),
        "apart": reading.kept_apart(),
        "hold_out": [day.isoformat() for day in hold_out or ()],
    }
    written = [data / reading.CONTRAST, *sorted(corpus.glob("*.jsonl"))]
    out.mkdir(parents=True, exist_ok=True)
    belief_training.save(belief_training.fit(belief_training.read(written), knowledge.load()), out)
    version = weights.save(out, vocabulary, made, thresholds(), about, beside=(beliefs.NAME,))
    return {"version": version, **about}


def thresholds() -> dict[str, float]:
    return {relevance.PRESS.name: 0.45, relevance.POST.name: 0.35}


def read(found: Sequence[Example]) -> list[Names]:
    """The feature names of every text, as it is, then of every text as typed without marks."""
    texts = [example.text for example in found]
    return [features.names(text) for text in (*texts, *features.stripped(texts))]


def fit(
    found: Sequence[Example], names: Sequence[Names], groups: Sequence[int]
) -> tuple[features.Features, list[Head]]:
    """Vocabulary and heads from examples, their `names` (see `read`) and the number of the story of each."""
    spoken = np.array([e.origin != "stream" for e in found] * 2)
    own = np.array([e.origin != "near" for e in found] * 2)
    vocabulary = features.fit([read for read, said in zip(names, spoken, strict=True) if said])
    x = vocabulary.rows(names)
    familiar = x[spoken & own].getnnz(axis=0) >= features.COMMON
    made = []
    for task, which, answers in _lessons(found):
        rows, columns = np.concatenate([which, which + len(found)]), vocabulary.of(task.blocks)
        if own[rows].all():  # a word of texts near the field alone would only tell its few examples apart
            columns = columns[familiar[columns]]
        lesson = heads.Lesson(
            heads.one_hot([*answers, *answers], task.labels),
            np.array([*groups, *groups])[rows],
            np.repeat(np.array([1, task.bare], np.float32), len(which)),
            own[rows],
        )
        made.append(heads.fit(task, x[rows], columns, lesson))
    return vocabulary, made


def _lessons(found: Sequence[Example]) -> Iterator[tuple[Task, NDArray[np.int64], list[tuple[str, ...]]]]:
    """Each task with the examples that teach it (their indices) and what they answer."""
    relevant = [i for i, e in enumerate(found) if e.answers["relevance"]]
    toned = [i for i, e in enumerate(found) if e.answers["relevance"] or e.origin == "near"]
    posts = [i for i, e in enumerate(found) if relevance.is_post(e.text)]
    press = [i for i, e in enumerate(found) if not relevance.is_post(e.text) and e.origin != "near"]

    def lesson(task: Task, which: list[int], key: str) -> tuple[Task, NDArray[np.int64], list[tuple[str, ...]]]:
        answers = [answer(found[i], key) for i in which]
        labels = task.labels or tuple(sorted({label for answer in answers for label in answer}))
        return replace(task, labels=labels), np.array(which), answers

    yield lesson(relevance.PRESS, press, "relevance")
    yield lesson(relevance.POST, posts, "relevance")
    yield lesson(sentiment.SENTIMENT, toned, "sentiment")
    yield lesson(sentiment.TARGET, toned, "target")
    yield lesson(topics.MAIN, relevant, "topic")
    yield lesson(topics.ALL, relevant, "topics")
    yield lesson(feedback.TASK, toned, "feedback")
    # press read for its tone teaches nothing of acts and unsettles their few examples
    yield lesson(ACTS, [i for i in relevant if found[i].origin != "apart"], "acts")


def answer(example: Example, task: str) -> tuple[str, ...]:
    """The right labels of a text for the head of a task."""
    if task == topics.MAIN.name:
        return (example.answers["topics"] or (topics.OTHER,))[:1]
    found = example.answers["relevance" if task == relevance.POST.name else task]
    return found if isinstance(found, tuple) else (str(found),)


def cross_validate(
    data: Path, known: Knowledge, corpus: Path = reading.CORPUS, folds: int = FOLDS
) -> Iterator[tuple[list[Example], Judge]]:
    """Judges made without some stories, each with the labelled texts of those stories (none silent, none of the corpus).

    Labels kept apart only teach: the folds are drawn without them, and what may tell a story of the fold is left out.
    """
    from sklearn.model_selection import GroupKFold

    found = reading.gather(data, corpus)
    names, size = read(found), len(found)
    voice = belief_training.fit(belief_training.read(sorted(corpus.glob("*.jsonl"))), known)
    groups = reading.stories(found, reading.told(data))
    lent = [i for i, e in enumerate(found) if e.lent]
    drawn = np.array([i for i, e in enumerate(found) if not e.lent])
    tellings = told(found, groups)
    for train_part, test_part in GroupKFold(folds, shuffle=True, random_state=0).split(
        drawn, groups=[groups[i] for i in drawn]
    ):
        test_rows = drawn[test_part]
        tested = set().union(*(tellings[i] for i in test_rows if found[i].origin != "stream"))
        train_rows = np.array([*drawn[train_part], *(i for i in lent if not tellings[i] & tested)])
        seen = [found[i] for i in train_rows]
        seen_names = [names[i] for i in (*train_rows, *(train_rows + size))]
        vocabulary, made = fit(seen, seen_names, [groups[i] for i in train_rows])
        model = weights.Model("cross-validation", vocabulary, {h.task.name: h for h in made}, thresholds(), {})
        yield [found[i] for i in test_rows if found[i].origin not in ("stream", "corpus")], Judge(known, model, voice)


def told(found: Sequence[Example], groups: Sequence[int]) -> list[set[str]]:
    """What each text may have in common with reports of the same story: its group, headline and event."""
    tellings = [{f"group {group}"} for group in groups]
    press = [i for i, e in enumerate(found) if e.text.title and (e.real or e.lent) and e.origin != "stream"]
    for i, (_, event, _) in zip(press, stories.cluster([found[i].text for i in press]), strict=True):
        tellings[i] |= {f"event {event}", f"headline {fold(found[i].text.title or '')}"}
    return tellings


def _counts(found: Sequence[Example]) -> dict[str, int]:
    origins = [example.origin for example in found]
    return {origin: origins.count(origin) for origin in sorted(set(origins))}
