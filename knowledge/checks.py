"""Builds the Knowledge from its files and refuses what does not fit together: doubles, gaps between versions of the
law, names of facts, topics, units, provinces or acts that do not exist.
"""

from __future__ import annotations

import typing
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from knowledge import entries as e
from knowledge.loader import File
from records import Clause

if TYPE_CHECKING:
    from knowledge import Knowledge

TABLES = {
    "law": ("version", "clause", "basis"),
    "facts": ("fact",),
    "acts": ("act",),
    "topics": ("topic",),
    "provinces": ("province", "ambiguous"),
    "units": ("unit",),
    "channels": ("channel",),
    "deadlines": ("deadline",),
    "holidays": ("holiday",),
    "campaigns": ("campaign",),
    "indicators": ("indicator", "measure"),
}


def check(version: str, files: dict[str, File]) -> Knowledge:
    """Raises BadKnowledge beginning with FILE:LINE."""
    from knowledge import Knowledge

    for name, tables in TABLES.items():
        files[name].only(*tables)
    known = Knowledge(
        version=version,
        law=files["law"].entries("version", e.LawVersion, lambda x: x.id),
        clauses=files["law"].entries("clause", e.LawClause, lambda x: (x.version, x.number)),
        bases=files["law"].entries("basis", e.Basis, lambda x: x.id),
        facts=files["facts"].entries("fact", e.Fact, lambda x: x.id),
        acts=files["acts"].entries("act", e.ActInfo, lambda x: x.clause),
        topics=files["topics"].entries("topic", e.Topic, lambda x: x.id),
        provinces=files["provinces"].entries("province", e.Province, lambda x: x.name),
        ambiguous=files["provinces"].entries("ambiguous", e.AmbiguousName, lambda x: x.word.lower()),
        units=files["units"].entries("unit", e.OfficeUnit, lambda x: x.id),
        channels=files["channels"].entries("channel", e.Channel, lambda x: x.value.lower()),
        deadlines=files["deadlines"].entries("deadline", e.Deadline, lambda x: x.id),
        holidays=files["holidays"].entries("holiday", e.Holiday, lambda x: x.day),
        campaigns=files["campaigns"].entries("campaign", e.Campaign, lambda x: x.id),
        indicators=files["indicators"].entries("indicator", e.KnownFake, lambda x: (x.kind, x.value.lower())),
        measures=files["indicators"].entries("measure", e.Measure, lambda x: x.id),
    )
    _measures(known, files["indicators"])
    _law(known, files["law"])
    _acts(known, files["acts"])
    _references(known, files)
    _provinces(known, files["provinces"])
    _numbers(known, files["facts"])
    return known


def _measures(known: Knowledge, file: File) -> None:
    for index, measure in enumerate(known.measures):
        for key, ids in (("part", measure.part), ("whole", measure.whole)):
            if any(not all(one.partition("/")[::2]) for one in ids) or (key == "part" and not ids):
                raise file.bad("measure", index, f"{key} phải gồm các số liệu dạng “nhóm/nhãn”", key)


def _law(known: Knowledge, file: File) -> None:
    if not known.law:
        raise file.bad("version", 0, "chưa có phiên bản luật nào")
    for index, (before, after) in enumerate(zip(known.law, known.law[1:], strict=False), 1):
        if before.valid_to is None or after.valid_from != before.valid_to + timedelta(days=1):
            raise file.bad("version", index, f"phiên bản {after.id} không nối liền sau {before.id}", "valid_from")
    versions = {version.id for version in known.law}
    seen: set[tuple[str, Clause]] = set()
    for index, clause in enumerate(known.clauses):
        _exists(file, "clause", index, "version", [clause.version], versions)
        for code in clause.codes:
            if (clause.version, code) in seen:
                raise file.bad("clause", index, f"mã {code} đã có trong {clause.version}", "codes")
            seen.add((clause.version, code))


def _acts(known: Knowledge, file: File) -> None:
    missing = set(typing.get_args(Clause)) - {act.clause for act in known.acts}
    if missing:
        raise file.bad("act", 0, f"thiếu mã hành vi {', '.join(sorted(missing))}")


def _references(known: Knowledge, files: dict[str, File]) -> None:
    facts, topics, units = ({x.id for x in xs} for xs in (known.facts, known.topics, known.units))
    wanted: tuple[tuple[str, str, tuple[Any, ...], str, set[str]], ...] = (
        ("facts", "fact", known.facts, "topic", topics),
        ("topics", "topic", known.topics, "facts", facts),
        ("topics", "topic", known.topics, "units", units),
        ("units", "unit", known.units, "topics", topics),
        ("indicators", "indicator", known.indicators, "fact", facts),
    )
    for name, table, rows, key, targets in wanted:
        for index, row in enumerate(rows):
            value = getattr(row, key)
            _exists(files[name], table, index, key, [value] if isinstance(value, str) else value or (), targets)


def _provinces(known: Knowledge, file: File) -> None:
    names = {province.name for province in known.provinces}
    owner: dict[str, str] = {}
    for index, province in enumerate(known.provinces):
        for former in province.former:
            if owner.setdefault(former, province.name) != province.name:
                raise file.bad("province", index, f"{former!r} đã thuộc {owner[former]}", "former")
        if province.centre not in province.former:
            raise file.bad("province", index, f"centre {province.centre!r} không có trong former", "centre")
    for index, word in enumerate(known.ambiguous):
        _exists(file, "ambiguous", index, "candidates", word.candidates, names)


def _numbers(known: Knowledge, file: File) -> None:
    for index, fact in enumerate(known.facts):
        if not fact.about or not all(fact.about):
            raise file.bad("fact", index, f"{fact.id}: about phải có ít nhất một nhóm từ, không nhóm nào rỗng", "about")
        for number in fact.numbers:
            if number.value in number.wrong:
                raise file.bad("fact", index, f"{fact.id}: {number.name} vừa đúng vừa sai: {number.value}", "numbers")


def _exists(file: File, table: str, index: int, key: str, values: Iterable[str], known: Collection[str]) -> None:
    for value in values:
        if value not in known:
            raise file.bad(table, index, f"{key}: không có {value!r}", key)
