"""What a connector and the one who makes its calls say to each other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from records import Document

from ..intake import Settings
from ..sources import Source
from . import answers

if TYPE_CHECKING:
    from .keeper import Keeper

PAGES = 5
"""of one list read in one poll"""
CALLS = 40
"""made for one source in one poll; what is left then is asked for at the next"""


@dataclass(frozen=True, slots=True)
class Post:
    """One published post or comment. `author` is the platform's own id of whoever wrote it; it ends at the keeper."""

    key: str
    url: str
    text: str
    title: str = ""
    author: str = ""
    published_at: datetime | None = None
    reach: int | None = None
    own: bool = True
    """published by the watched account itself"""
    names: tuple[str, ...] = ()
    """what else it is recognised by, wherever it is read"""


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to where a list was dealt with: a state the platform gives (a count, a time of change), and the newest moment."""

    state: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer brought. `marks` are kept once its posts are; `gone`: keys of what is no longer there."""

    posts: tuple[Post, ...] = ()
    calls: tuple[Call, ...] = ()
    marks: Mapping[str, Mark] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    following: Call | None = None
    """the next page of the same list, asked before all else"""


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `keyed`: headers of which nothing may be logged or follow a redirect."""

    url: str
    read: Callable[[Any], Reading] = field(repr=False)
    keyed: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    """sent by POST where there is one"""
    bucket: str = ""
    """of the quota it takes a unit from"""
    parse: Callable[[bytes], Any] = field(default=answers.parse, repr=False)
    about: str = ""
    """key of the one document it looks at: an answer that it is gone is then an answer"""
    conditional: bool = False
    """a list that is asked for with the validators of its last reading"""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an answer is none. `trouble`: a code of records.TROUBLES."""

    trouble: str
    text: str
    """for an operator: what is wrong, and what to do"""
    rest: float = 0.0
    """seconds for which nothing more is asked of this source"""
    skip: bool = False
    """this call only; the source goes on"""
    used_up: bool = False
    """the bucket of the call is empty until its reset"""
    forget: str = ""
    """name of the kept credential that is no longer good"""


@dataclass(slots=True, eq=False)
class Visit:
    """One source's turn: what is still to be asked, and what became of it."""

    source: Source
    settings: Settings
    now: datetime
    keeper: Keeper
    calls: deque[Call] = field(default_factory=deque)
    asked: int = 0
    rest: float = 0.0
    unread: list[str] = field(default_factory=list)
    """lists of which pages were left out that may hold something new"""


@dataclass(frozen=True, slots=True)
class Walk:
    """A list being read page by page, the newest first, until what is known is reached."""

    name: str
    most: int = PAGES
    late: timedelta = timedelta(0)
    """how far entries may appear behind newer ones"""
    state: str = ""
    page: int = 1
    newest: datetime | None = None

    def on(self, visit: Visit, moments: Sequence[datetime | None], more: bool) -> tuple[Walk | None, dict[str, Mark]]:
        """After a page: the walk as it goes on and no marks yet, or None and the marks to keep. `moments`: of its entries;
        `more`: whether there is a further page."""
        known, stated = visit.keeper.mark(visit.source, self.name).until, [moment for moment in moments if moment]
        newest = max([*stated, *([self.newest] if self.newest else [])], default=None)
        reached = known is not None and bool(stated) and min(stated) < known - self.late
        if more and not reached and self.page < self.most:
            return replace(self, page=self.page + 1, newest=newest), {}
        if more and not reached and known is not None:
            visit.unread.append(self.name)
        ends = [min(newest, visit.now)] if newest else []  # a time ahead of ours must not hide what comes until then
        return None, {self.name: Mark(self.state, max([*ends, *([known] if known else [])], default=None))}


class NoKey(Exception):
    """A connector has not been given what it needs; args: what to do, in Vietnamese."""


class Connector(Protocol):
    """What a module of this folder offers. Pure but for what it asks the visit's keeper."""

    def start(self, visit: Visit) -> Sequence[Call]:
        """The first calls of a poll. Raises NoKey."""

    def again(self, visit: Visit, documents: Sequence[Document]) -> Sequence[Call]:
        """Calls that look at stored documents by their id; those that cannot be looked at are left out. Raises NoKey."""

    def fault(self, status: int, answer: Any, headers: Mapping[str, str]) -> Fault | None:
        """What an answer complains of; None: it can be read. `answer` None: it is no JSON. `headers`: lower-case names."""

    def problems(self, source: Source) -> Sequence[tuple[str, str]]:
        """What is wrong with a row of the list of sources: (key, reason)."""
