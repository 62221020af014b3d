"""Memory: everything the product knows, in SQLite (default) or PostgreSQL. One public method, one transaction.

`create` makes the database, `open` gives the Store, `upgrade` migrates, `restore` brings a backup back. It judges
nothing, sends nothing, reads no clock and no setting; no connection leaves this folder.
"""

from store.audit import AuditLine
from store.backup import restore
from store.documents import Kept
from store.judged import Filter
from store.memory import Store
from store.memory import open_store as open
from store.reports import Issued
from store.rows import short_id
from store.runs import Problem, Run
from store.schema import create, upgrade
from store.search import Hit, found_in
from store.sources import SourceState

__all__ = [
    "AuditLine",
    "Filter",
    "Hit",
    "Issued",
    "Kept",
    "Problem",
    "Run",
    "SourceState",
    "Store",
    "create",
    "found_in",
    "open",
    "restore",
    "short_id",
    "upgrade",
]
