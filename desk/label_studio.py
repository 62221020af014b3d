"""Labels to and from the JSON of Label Studio: a task a document, a choice a task of ours. Pure: nothing is kept here.

The template beside: `<Text name="text" value="$text"/>` with `<Choices name="sentiment" toName="text">` and so on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from records import BadInput, Judged, Label

TASKS = ("relevance", "sentiment", "target", "feedback", "topics", "provinces")
MANY = {"topics", "provinces"}


@dataclass(frozen=True, slots=True)
class Answer:
    key: str
    task: str
    values: tuple[str, ...]


def tasks(judged: Mapping[str, Judged], labels: Iterable[Label]) -> list[dict[str, Any]]:
    """The labelled documents as Label Studio imports them: the answers in force; what the machine said is a prediction."""
    given: dict[str, dict[str, Label]] = {}
    for label in labels:
        if label.task in TASKS and label.document in judged and label.origin != "second":
            given.setdefault(label.document, {})[label.task] = label
    return [_task(judged[key], found) for key, found in given.items()]


def _task(judged: Judged, labels: Mapping[str, Label]) -> dict[str, Any]:
    document, assessment = judged.document, judged.assessment
    machine = {task: _values(getattr(assessment, task)) for task in TASKS}
    return {
        "data": {"key": document.key, "title": document.title or "", "text": document.text},
        "annotations": [
            {
                "completed_by": label.by,
                "created_at": label.at.isoformat(),
                "result": [_choice(task, label.new.split(";"))],
            }
            for task, label in labels.items()
        ],
        "predictions": [
            {
                "model_version": assessment.model,
                "result": [_choice(task, values) for task, values in machine.items() if values],
            }
        ],
    }


def _values(answer: Any) -> list[str]:
    return list(answer) if isinstance(answer, tuple) else [] if answer is None else [str(answer)]


def _choice(task: str, values: list[str]) -> dict[str, Any]:
    chosen = {"choices": [value for value in values if value]}
    return {"from_name": task, "to_name": "text", "type": "choices", "value": chosen}


def answers(found: Any) -> Iterator[Answer]:
    """The answers of an export of Label Studio, in order. Raises BadInput for what is no such export."""
    if not isinstance(found, list):
        raise BadInput("tệp phải là danh sách các task của Label Studio (JSON)")
    for number, task in enumerate(found, 1):
        try:
            key = task["data"]["key"]
            results = [one for annotation in task["annotations"] for one in annotation["result"]]
            chosen = [(one["from_name"], one["value"]["choices"]) for one in results if one["type"] == "choices"]
        except (TypeError, KeyError, IndexError):
            raise BadInput(f"task thứ {number}: thiếu data.key hoặc annotations[].result[]") from None
        for name, values in chosen:
            if not isinstance(key, str) or name not in TASKS or not _texts(values):
                raise BadInput(f"task thứ {number}: không biết câu trả lời {str(name)[:40]!r}")
            yield Answer(key, name, tuple(values))


def _texts(values: Any) -> bool:
    return isinstance(values, list) and bool(values) and all(isinstance(one, str) for one in values)
