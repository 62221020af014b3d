"""Memory: everything the product knows, in SQLite (default) or PostgreSQL. One public method, one transaction.

`create` makes the database, `open` gives the Store, `upgrade` migrates, `restore` brings a backup back. It judges
nothing, sends nothing, reads no clock and no setting; no connection leaves this folder.
"""

from store.answers import comparable
from store.audit import AuditLine, Chain
from store.backup import restore
from store.catalogue import Entry, Standing, Switch, Trial, is_read, standing
from store.documents import REJUDGED, Kept, Rejudging
from store.edits import Edit
from store.factors import Factor
from store.intakes import Intake
from store.judged import OPEN, Filter
from store.labels import Given
from store.listing import Brief, Finding, Hour, Listing
from store.lists import List
from store.memory import Store
from store.memory import open_store as open
from store.models import Model
from store.queues import COUNTED, Draw, Pair
from store.recipients import MailList, Recipient
from store.reports import Issued, ReportEdit, ReportLine, Step
from store.rows import fingerprint, short_id
from store.runs import Problem, Run
from store.schema import create, upgrade
from store.search import Hit, found_in
from store.searches import SavedSearch
from store.sessions import Seen
from store.sources import Pace, SourceState
from store.subjects import About, SubjectRequest
from store.tokens import Token

__all__ = [
    "COUNTED",
    "OPEN",
    "REJUDGED",
    "About",
    "AuditLine",
    "Brief",
    "Chain",
    "Draw",
    "Edit",
    "Entry",
    "Factor",
    "Filter",
    "Finding",
    "Given",
    "Hit",
    "Hour",
    "Intake",
    "Issued",
    "Kept",
    "List",
    "Listing",
    "MailList",
    "Model",
    "Pace",
    "Pair",
    "Problem",
    "Recipient",
    "Rejudging",
    "ReportEdit",
    "ReportLine",
    "Run",
    "SavedSearch",
    "Seen",
    "SourceState",
    "Standing",
    "Step",
    "Store",
    "SubjectRequest",
    "Switch",
    "Token",
    "Trial",
    "comparable",
    "create",
    "fingerprint",
    "found_in",
    "is_read",
    "open",
    "restore",
    "short_id",
    "standing",
    "upgrade",
]
