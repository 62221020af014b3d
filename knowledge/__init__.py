"""What the Centre knows: the law with its dates, policy facts, act codes, topics, provinces, units, channels, time
limits, holidays, campaign messages and known fakes, read from the .toml files beside this one.

`load()` gives one frozen, picklable `Knowledge`; a wrong file raises records.BadKnowledge beginning with FILE:LINE.
What this package does *not* do: read texts, judge, or keep the edits people make (the store does; `load` joins them).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path

from knowledge import days
from knowledge.edits import Current, Edit
from knowledge.entries import (
    ActInfo,
    AmbiguousName,
    Basis,
    Campaign,
    Channel,
    Deadline,
    Fact,
    Holiday,
    KnownFake,
    LawClause,
    LawVersion,
    Measure,
    Number,
    OfficeUnit,
    Province,
    Topic,
)
from records import BadKnowledge, Clause
from vietnamese import fold, normalize_tones

__all__ = [
    "ActInfo", "AmbiguousName", "Basis", "Campaign", "Channel", "Current", "Deadline", "Edit", "Fact", "Holiday", "Knowledge", "KnownFake",
    "LawClause", "LawVersion", "Measure", "Number", "OfficeUnit", "Province", "Topic", "load",
]  # fmt: skip

HERE = Path(__file__).parent
FILES = (
    "law", "facts", "acts", "topics", "provinces", "units", "channels", "deadlines", "holidays", "campaigns",
    "indicators",
)  # fmt: skip


@dataclass(frozen=True)
class Knowledge:
    """All of it. Look things up with the methods; the tuples keep the order of the files."""

    version: str
    """hash of the files: the same text, the same version"""
    law: tuple[LawVersion, ...]
    clauses: tuple[LawClause, ...]
    bases: tuple[Basis, ...]
    facts: tuple[Fact, ...]
    acts: tuple[ActInfo, ...]
    topics: tuple[Topic, ...]
    provinces: tuple[Province, ...]
    ambiguous: tuple[AmbiguousName, ...]
    units: tuple[OfficeUnit, ...]
    channels: tuple[Channel, ...]
    deadlines: tuple[Deadline, ...]
    holidays: tuple[Holiday, ...]
    campaigns: tuple[Campaign, ...]
    indicators: tuple[KnownFake, ...]
    measures: tuple[Measure, ...] = ()

    # ------------------------------------------------------------ law

    def law_on(self, day: date) -> LawVersion:
        """The version in force on the day of publication; before the first version, the first."""
        return next((version for version in reversed(self.law) if version.valid_from <= day), self.law[0])

    def law_version(self, version_id: str) -> LawVersion:
        """The version with this id; KeyError where there is none."""
        return self._law[version_id]

    def clause(self, version_id: str, code: Clause) -> LawClause | None:
        """The full text behind an act code in a version; None while that text is not in the system."""
        return next((c for c in self.clauses if c.version == version_id and code in c.codes), None)

    def bases_on(self, day: date, code: Clause) -> tuple[Basis, ...]:
        """The other legal bases in force on a day for an act code."""
        return tuple(b for b in self.bases if code in b.clauses and _in_force(b.valid_from, b.valid_to, day))

    def reference(self, code: Clause, day: date) -> str:
        """Where the act stands in the law on a day, for print: "khoản 1 Điều 11 Luật …", or what is missing."""
        version = self.law_on(day)
        clause = self.clause(version.id, code)
        if clause is None:
            return f"{version.name} ({version.note})" if version.note else version.name
        return f"{clause.number} {version.article} {version.name}"

    def act(self, clause: Clause) -> ActInfo:
        """The act behind a code; KeyError for an unknown code."""
        return self._acts[clause]

    # ------------------------------------------------------------ facts and words

    def fact(self, fact_id: str) -> Fact:
        """KeyError for an unknown id."""
        return self._facts[fact_id]

    def facts_on(self, day: date) -> tuple[Fact, ...]:
        """Facts in force on a day. Their numbers may have dates of their own: see `numbers_on`."""
        return tuple(fact for fact in self.facts if _in_force(fact.valid_from, fact.valid_to, day))

    @staticmethod
    def numbers_on(fact: Fact, day: date) -> tuple[Number, ...]:
        """The numbers of a fact that hold on a day."""
        return tuple(number for number in fact.numbers if _in_force(number.valid_from, number.valid_to, day))

    def topic(self, topic_id: str) -> Topic:
        """KeyError for an unknown id."""
        return self._topics[topic_id]

    def unit(self, unit_id: str) -> OfficeUnit:
        """KeyError for an unknown id."""
        return self._units[unit_id]

    # ------------------------------------------------------------ places and channels

    def province(self, name: str) -> Province | None:
        """The province of today behind its own, a former or another sure name, accents or not; None where unsure."""
        return self._provinces.get(_place(name))

    @cached_property
    def official_domains(self) -> frozenset[str]:
        """Domains and page addresses ("zalo.me/bhxhvietnam") in lower case; sub-domains belong to them."""
        return frozenset(c.value.lower() for c in self.channels if c.kind in ("domain", "page"))

    @cached_property
    def official_numbers(self) -> frozenset[str]:
        """The digits of hotlines and telephones."""
        return frozenset(re.sub(r"\D", "", c.value) for c in self.channels if c.kind in ("hotline", "phone"))

    def working_day(self, day: date) -> bool:
        """Whether offices work: neither a weekend nor a day off, or a day worked in exchange."""
        return days.works(day, self._holidays)

    def day_off(self, day: date) -> str:
        """The name of the public holiday on that day, empty where there is none."""
        return days.off(day, self._holidays)

    def deadline(self, deadline_id: str) -> Deadline:
        """KeyError for an unknown id."""
        return self._deadlines[deadline_id]

    def due(self, deadline_id: str, start: datetime) -> datetime:
        """When the time limit that a person started at `start` (aware) ends. KeyError for an unknown id."""
        return days.due(self._deadlines[deadline_id], start, self._holidays)

    @cached_property
    def _law(self) -> dict[str, LawVersion]:
        return {version.id: version for version in self.law}

    @cached_property
    def _acts(self) -> dict[Clause, ActInfo]:
        return {act.clause: act for act in self.acts}

    @cached_property
    def _facts(self) -> dict[str, Fact]:
        return {fact.id: fact for fact in self.facts}

    @cached_property
    def _topics(self) -> dict[str, Topic]:
        return {topic.id: topic for topic in self.topics}

    @cached_property
    def _units(self) -> dict[str, OfficeUnit]:
        return {unit.id: unit for unit in self.units}

    @cached_property
    def _deadlines(self) -> dict[str, Deadline]:
        return {deadline.id: deadline for deadline in self.deadlines}

    @cached_property
    def _holidays(self) -> dict[date, Holiday]:
        return {holiday.day: holiday for holiday in self.holidays}

    @cached_property
    def _provinces(self) -> dict[str, Province]:
        unsure = {_place(name.word) for name in self.ambiguous if len(name.candidates) > 1}
        names = {_place(name): p for p in self.provinces for name in (*p.aliases, *p.former, p.name, p.office)}
        return {name: province for name, province in names.items() if name not in unsure}


def load(directory: Path | None = None, edits: Sequence[Edit] = ()) -> Knowledge:
    """The knowledge in `directory` (None: the one shipped) with the edits. Unchanged files are not parsed again.

    Raises BadKnowledge beginning with FILE:LINE.
    """
    directory = directory or HERE
    contents: list[tuple[str, bytes]] = []
    for name in FILES:
        path = directory / f"{name}.toml"
        try:
            contents.append((name, path.read_bytes()))
        except OSError as error:
            raise BadKnowledge(f"{path}:1: không đọc được tệp: {error.strerror}") from error
    return _parse(directory, tuple(contents), tuple(edits))


@lru_cache(maxsize=4)
def _parse(directory: Path, contents: tuple[tuple[str, bytes], ...], edits: tuple[Edit, ...]) -> Knowledge:
    from knowledge.checks import check
    from knowledge.edits import merged
    from knowledge.loader import File

    files = {name: File.read(directory / f"{name}.toml", content) for name, content in contents}
    said = [name.encode() + b"\0" + content for name, content in contents]
    said += [f"{kind}\0{content}".encode() for kind, content in edits]
    digest = hashlib.sha256(b"".join(said)).hexdigest()
    return check(digest[:12], merged(files, edits) if edits else files)


def _in_force(start: date | None, end: date | None, day: date) -> bool:
    return (start is None or start <= day) and (end is None or day <= end)


def _place(name: str) -> str:
    plain = re.sub(r"[\W_]+", " ", fold(normalize_tones(name))).strip()
    return re.sub(r"^(?:tinh|thanh pho|tp|bhxh (?:tinh|thanh pho|tp)|bhxh) (?=\w)", "", plain)
