"""The answers in force about a document: the human's where one exists, else the machine's. Pure.

How a human answer is written (records.Label.new): relevance "0" | "1" | "2"; sentiment, target, feedback: the label;
topics and provinces: ids or names joined by ";", the main one first; acts: "1a:commits;3b:reports", empty for none, each
with the place of its quotation where a person marked one ("3c:commits:text:12:40": field, start, end in code points).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from records import Assessment


@dataclass(frozen=True, slots=True)
class Answers:
    relevance: int
    sentiment: str | None
    target: str | None
    topics: tuple[str, ...]
    feedback: str
    provinces: tuple[str, ...]
    unsure: bool
    acts: tuple[tuple[str, str], ...]
    """(clause, mode), each once"""
    contradicted: bool
    spam: bool

    @property
    def commits(self) -> bool:
        return any(mode == "commits" for _, mode in self.acts)


def in_force(assessment: Assessment, labels: Mapping[str, str]) -> Answers:
    acts: list[tuple[str, str]] = [(act.clause, act.mode) for act in assessment.acts]
    if "acts" in labels:
        acts = acts_of(labels["acts"])
    relevance = labels.get("relevance", "")
    provinces = listed(labels["provinces"]) if "provinces" in labels else assessment.provinces
    return Answers(
        relevance=int(relevance) if relevance in ("0", "1", "2") else assessment.relevance,
        sentiment=labels.get("sentiment") or assessment.sentiment,
        target=labels.get("target") or assessment.target,
        topics=listed(labels["topics"]) if "topics" in labels else assessment.topics,
        feedback=labels.get("feedback") or assessment.feedback,
        provinces=provinces,
        unsure=bool(assessment.provinces_unsure) and "provinces" not in labels,
        acts=tuple(dict.fromkeys(acts)),
        contradicted=any(claim.verdict == "contradicted" for claim in assessment.claims),
        spam=assessment.spam,
    )


def acts_of(text: str) -> list[tuple[str, str]]:
    """(clause, mode) of each act of an answer, without their places."""
    parts = [each.split(":") for each in listed(text)]
    return [(each[0], each[1]) for each in parts if len(each) > 1 and each[1]]


def comparable(task: str, text: str) -> str:
    """The form in which two people's answers are compared: of topics the main one, of provinces and acts which they are."""
    if task == "topics":
        return text.split(";")[0].strip()
    if task == "acts":
        return ";".join(sorted({f"{clause}:{mode}" for clause, mode in acts_of(text)}))
    return ";".join(sorted(listed(text)))


def listed(text: str) -> tuple[str, ...]:
    """The parts of an answer that is a list, each once."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))


def columns(answers: Answers) -> dict[str, Any]:
    """The columns of `judged` that hold answers."""
    names = ("relevance", "sentiment", "target", "feedback", "spam", "commits", "contradicted")
    return {name: getattr(answers, name) for name in names}


def tags(answers: Answers) -> list[tuple[str, str]]:
    """(task, value) rows of `tags`."""
    found = [("topic", topic) for topic in answers.topics] + [("province", name) for name in answers.provinces]
    found += [("unsure", "yes")] if answers.unsure else []
    found += [("correction", "yes")] if answers.contradicted else []
    for clause, mode in answers.acts:
        found += [("act", f"{clause}:{mode}"), ("clause", clause), ("mode", mode)]
    return list(dict.fromkeys(found))
