"""What the platforms' interfaces need kept: units of a day's quota, and tokens that change by use."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import store
from records import BadInput

from .store_support import KEY, NOW

TOKEN = "khoa-lam-moi-bi-mat"


def test_no_more_units_are_spent_than_there_are(kept: store.Store, store_url: str) -> None:
    assert kept.quotas.spend("youtube", "2026-11-26", 7, 10)
    assert not kept.quotas.spend("youtube", "2026-11-26", 4, 10)
    assert kept.quotas.spend("youtube", "2026-11-26", 3, 10)
    again = store.open(store_url, KEY)
    assert again.quotas.used("youtube", "2026-11-26") == 10 and not again.quotas.spend("youtube", "2026-11-26", 1, 10)
    assert again.quotas.spend("youtube", "2026-11-27", 1, 10), "another day"
    assert again.quotas.spend("tim", "2026-11-26", 1, 10), "another bucket"
    again.close()


def test_units_are_counted_once_by_many(kept: store.Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: kept.quotas.spend("youtube", "d", 1, 25), range(60)))
    assert sum(got) == 25 == kept.quotas.used("youtube", "d")


def test_a_bucket_the_platform_calls_empty_is_empty(kept: store.Store) -> None:
    kept.quotas.spend("youtube", "d", 1, 10)
    kept.quotas.close("youtube", "d", 10)
    assert not kept.quotas.spend("youtube", "d", 1, 10)
    kept.quotas.close("youtube", "d", 5)
    assert kept.quotas.used("youtube", "d") == 10, "and never fuller again that day"


def test_a_token_is_kept_encrypted_and_replaced(kept: store.Store, store_url: str) -> None:
    assert kept.credentials.get("zalo") is None and kept.credentials.can_keep
    kept.credentials.put("zalo", "cũ", NOW)
    kept.credentials.put("zalo", TOKEN, NOW)
    assert kept.credentials.get("zalo") == TOKEN
    other = store.open(store_url, b"another key of the tests")
    assert other.credentials.get("zalo") is None, "another key opens nothing"
    other.close()
    kept.credentials.drop("zalo")
    assert kept.credentials.get("zalo") is None


def test_the_file_never_holds_it_in_clear(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    store.create(url)
    kept = store.open(url, KEY)
    kept.credentials.put("zalo", TOKEN, NOW)
    kept.close()
    assert all(TOKEN.encode() not in file.read_bytes() for file in tmp_path.iterdir())


def test_without_a_key_nothing_is_kept(store_url: str) -> None:
    bare = store.open(store_url)
    assert not bare.credentials.can_keep
    with pytest.raises(BadInput, match="vault_key"):
        bare.credentials.put("zalo", TOKEN, NOW)
    assert bare.credentials.get("zalo") is None
    bare.close()
