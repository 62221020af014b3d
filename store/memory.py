"""The store itself: the nouns side by side on one database. One public method is one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from records import Assessment, Document, Figures, Indicator, Message, Placement, Reason, StoreDamaged
from store import audit as auditing
from store import backup as backups
from store import figures as counting
from store import latency, schema, settling
from store import search as searching
from store.cases import Cases
from store.catalogue import Catalogue
from store.corrections import Corrections
from store.credentials import Credentials
from store.database import Database
from store.documents import Documents
from store.edits import Edits
from store.evidence import Evidence
from store.factors import Factors
from store.intakes import Intakes
from store.items import Spoken
from store.judged import JudgedDocuments
from store.labels import Labels
from store.leases import Leases
from store.listing import Listings
from store.lists import Lists
from store.models import Models
from store.officers import Officers
from store.outbox import Outbox
from store.people import Roster, Silences, Wishes
from store.press import Press
from store.queues import Queues
from store.quotas import Quotas
from store.recipients import Recipients
from store.reports import Reports
from store.requests import Requests
from store.runs import Runs
from store.searches import Searches
from store.sessions import Sessions
from store.sources import Sources
from store.stories import Stories
from store.subjects import Subjects
from store.tallies import Tallies
from store.telling import Tellings
from store.tokens import Tokens
from store.vault import Vault


class Store:
    """Open it with store.open. Safe for threads and for many processes; a process opens its own after a fork."""

    def __init__(self, database: Database, vault_key: bytes | None = None) -> None:
        self._database, self._vault = database, Vault(vault_key)
        self._opened = database.identity()
        self.documents = Documents(database, self._vault)
        self.judged = JudgedDocuments(database)
        self.stories = Stories(database)
        self.outbox = Outbox(database)
        self.tellings = Tellings(database)
        self.silences = Silences(database)
        self.roster = Roster(database)
        self.wishes = Wishes(database)
        self.labels = Labels(database)
        self.queues = Queues(database)
        self.cases = Cases(database, self._vault)
        self.press = Press(database)
        self.officers = Officers(database)
        self.sessions = Sessions(database)
        self.subjects = Subjects(database, self._vault)
        self.factors = Factors(database, self._vault)
        self.requests = Requests(database)
        self.sources = Sources(database)
        self.lists = Lists(database)
        self.quotas = Quotas(database)
        self.credentials = Credentials(database, self._vault)
        self.catalogue = Catalogue(database)
        self.listings = Listings(database)
        self.runs = Runs(database)
        self.leases = Leases(database)
        self.reports = Reports(database)
        self.tokens = Tokens(database)
        self.tallies = Tallies(database)
        self.searches = Searches(database)
        self.recipients = Recipients(database)
        self.intakes = Intakes(database)
        self.edits = Edits(database)
        self.corrections = Corrections(database)
        self.models = Models(database)
        self.evidence = Evidence(database, self._vault)

    @property
    def name(self) -> str:
        """Its address, without a password."""
        return self._database.name

    def settle(
        self,
        document: Document,
        assessment: Assessment,
        placement: Placement | None,
        reason: Reason,
        messages: Sequence[Message],
        at: datetime,
        indicators: Sequence[Indicator] = (),
    ) -> bool:
        """The one write of a judged document, all or nothing: answer, story (made, extended, merged), reason, case,
        mails.

        `document`: as it was judged. False, and nothing is changed: this model's answer for these words is there
        already, or the document was changed or removed in the meantime (`documents.unassessed` then gives it again)."""
        return settling.settle(
            self._database, self._vault, document, assessment, placement, reason, messages, at, indicators
        )

    def search(self, query: str, limit: int = 20, offset: int = 0) -> list[searching.Hit]:
        """Documents with all the words ("a phrase", -word), newest first; case and accents folded; abbreviations and
        their long forms are one. The same on both databases. A query without a wanted word finds nothing."""
        return searching.search(self._database, query, limit, offset)

    def figures(
        self,
        week_start: datetime,
        week_end: datetime,
        as_of: datetime,
        expected: Mapping[str, tuple[str, int]],
        before: datetime | None = None,
        name: str | None = None,
        spoken: Spoken | None = None,
    ) -> Figures:
        """All figures of a period as known at `as_of`: the human's answer where one existed then, else the machine's
        last one. `expected`: source -> (outlet, fewest items a day; 0 = unknown). `before`: where the period it is
        compared with begins; `name`: that of the period (None: the ISO week); `spoken`: which campaign messages a
        document tells. The same as-of time gives the same figures."""
        return counting.figures(self._database, week_start, week_end, as_of, expected, before, name, spoken)

    def latencies(self, since: datetime) -> list[latency.Latency]:
        """How long each source's news since then took to be listed, fetched and judged."""
        return latency.latencies(self._database, since)

    def audit(self, who: str, what: str, subject: str, at: datetime, detail: str = "") -> None:
        """Add a line to the log."""
        with self._database.write() as connection:
            auditing.write(connection, auditing.AuditLine(who, what, subject, at, detail))

    def audit_log(
        self, limit: int = 100, offset: int = 0, who: str | None = None, subject: str | None = None
    ) -> list[auditing.AuditLine]:
        """The log, newest first; of one person, or about one subject, where named."""
        return auditing.lines(self._database, limit, offset, who, subject)

    def audit_chain(self) -> auditing.Chain:
        """Reads the whole log: how many lines, the hash of the last, and whether none was changed or taken out."""
        return auditing.check(self._database)

    def audit_intact(self) -> bool:
        """Whether no line of the log was changed or taken out, the last ones included."""
        return self.audit_chain().intact

    def backup(self, target: Path) -> None:
        """Write a verified backup while work goes on; `target` must not exist. Raises StoreError kinds, BadInput."""
        backups.backup(self._database, target)

    def check(self) -> None:
        """Raises what `open` would: StoreUnreachable, StoreOutdated, StoreDamaged; and where the file opened then is no
        longer the one of that name."""
        schema.check(self._database)
        if self._database.identity() != self._opened:
            raise StoreDamaged(
                f"{self.name}: tệp cơ sở dữ liệu đã bị thay khi chương trình đang chạy; dừng chương trình, đặt lại tệp cũ"
            )

    def check_writing(self) -> None:
        """Raises StoreError where nothing could be written now. Waits while somebody else writes."""
        with self._database.write():
            pass

    def close(self) -> None:
        self._database.close()


def open_store(url: str, vault_key: bytes | None = None) -> Store:
    """The store at a SQLAlchemy address. Raises StoreUnreachable, StoreOutdated, StoreDamaged.

    `vault_key`: any secret bytes; scam indicators are kept encrypted under it, without it only masked."""
    database = Database(url)
    try:
        schema.check(database)
    except BaseException:
        database.close()
        raise
    return Store(database, vault_key)
