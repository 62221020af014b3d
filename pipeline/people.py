"""Who receives what: active officers by role, and the addresses named in the settings."""

from __future__ import annotations

from collections.abc import Sequence

import store
from records import Role


def recipients(kept: store.Store, role: Role, named: Sequence[str]) -> list[str]:
    """Each address once: those named in the settings first, then the officers who hold the role."""
    officers = [officer.email for officer in kept.officers.with_role(role) if officer.email]
    return list(dict.fromkeys([*named, *officers]))
