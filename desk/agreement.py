"""How far two people agree, as the page shows it: a task, each two people, each label. The arithmetic is reports.agreement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import vietnamese
from desk import answering, questions, wiring
from reports import agreement
from store import Pair

SINCE = timedelta(days=365)
NOT_ENOUGH = "không đủ dữ liệu"
ONE_LABEL = "chỉ có một câu trả lời, không tính được"


@dataclass(frozen=True, slots=True)
class Row:
    """What is measured, on how many questions, and the coefficient in words."""

    name: str
    number: int
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """A task: alpha of everybody, kappa of each two people, alpha of each label by itself."""

    name: str
    whole: Row
    people: list[Row]
    labels: list[Row]


def lines(desk: wiring.Desk, pairs: Iterable[Pair]) -> Iterator[Line]:
    found: dict[str, list[Pair]] = {task: [] for task in answering.EVERY}
    for pair in pairs:
        found.setdefault(pair.task, []).append(pair)
    for task, some in found.items():
        given = [(pair.first, pair.second) for pair in some]
        name = questions.TASK_NAMES.get(task, task)
        labels = sorted({label for both in given for label in both})
        yield Line(
            name, _alpha(name, given, len(given)), list(_people(desk, some)),
            [_alpha(questions.value_text(desk, task, one), agreement.of_label(given, one), _used(given, one)) for one in labels],
        )  # fmt: skip


def _used(given: agreement.Answers, label: str) -> int:
    return sum(label in both for both in given)


def _alpha(name: str, given: agreement.Answers, number: int) -> Row:
    found = agreement.alpha(given)
    return Row(name, number, _silent(given) if found is None else _text(found))


def _people(desk: wiring.Desk, pairs: list[Pair]) -> Iterator[Row]:
    """Each two people, in the order of their names whoever answered first."""
    by_two: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for pair in pairs:
        forward = pair.first_by <= pair.second_by
        two = (pair.first_by, pair.second_by) if forward else (pair.second_by, pair.first_by)
        by_two.setdefault(two, []).append((pair.first, pair.second) if forward else (pair.second, pair.first))
    names = {officer.login: officer.name for officer in desk.store.officers.all()} if by_two else {}
    for two, given in sorted(by_two.items()):
        found = agreement.kappa(given)
        value = _silent(given)
        if found:
            value = f"{_text(found.value)}, từ {_number(found.low)} đến {_number(found.high)}"
        yield Row(" và ".join(names.get(login, login) for login in two), len(given), value)


def _silent(given: agreement.Answers) -> str:
    return f"{NOT_ENOUGH} ({len(given)}/{agreement.FEW})" if len(given) < agreement.FEW else ONE_LABEL


def _text(value: float) -> str:
    return f"{_number(value)} ({agreement.said(value)})"


def _number(value: float) -> str:
    return vietnamese.number_text(round(value, 2))
