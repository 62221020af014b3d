"""Who receives what: active officers by role, the addresses of the settings and of the desk's lists."""

from __future__ import annotations

from collections.abc import Sequence

import store
from records import Role


def recipients(kept: store.Store, role: Role, named: Sequence[str], listed: store.MailList | None = None) -> list[str]:
    """Each address once: those named in the settings first, then those of the desk's list, then the officers who hold the
    role."""
    beside = kept.recipients.of(listed) if listed else []
    officers = [officer.email for officer in kept.officers.with_role(role) if officer.email]
    return list(dict.fromkeys([*named, *beside, *officers]))
