"""Signed tokens: what was signed comes back, and nothing else does."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import signing

SECRET = b"0123456789abcdef"
NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=7)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=10), JSON, max_size=4))
def test_a_payload_comes_back(payload: dict[str, object]) -> None:
    token = signing.sign(payload, SECRET, LATER)
    assert signing.verify(token, SECRET, NOW) == payload
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", token)


@given(st.data())
def test_any_changed_character_is_refused(data: st.DataObject) -> None:
    token = signing.sign({"làm": "xác nhận", "key": "abc"}, SECRET, LATER)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters().filter(lambda c: c != token[at]))
    with pytest.raises(signing.BadToken):
        signing.verify(token[:at] + other + token[at + 1 :], SECRET, NOW)


def test_expiry_is_exact() -> None:
    token = signing.sign({"a": 1}, SECRET, LATER)
    assert signing.verify(token, SECRET, LATER - timedelta(seconds=1)) == {"a": 1}
    with pytest.raises(signing.BadToken, match="hết hạn"):
        signing.verify(token, SECRET, LATER)


def test_another_secret_is_refused() -> None:
    token = signing.sign({"a": 1}, SECRET, LATER)
    with pytest.raises(signing.BadToken, match="chữ ký"):
        signing.verify(token, b"another secret 123", NOW)


@given(st.text(max_size=300))
def test_noise_is_refused(noise: str) -> None:
    with pytest.raises(signing.BadToken):
        signing.verify(noise, SECRET, NOW)


@pytest.mark.parametrize("token", ["", ".", "a.b", "a" * 10_000, "." * 5000, "W10.", "é.é"])
def test_odd_tokens_are_refused(token: str) -> None:
    with pytest.raises(signing.BadToken):
        signing.verify(token, SECRET, NOW)


def test_wrong_use_is_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="16 byte"):
        signing.sign({}, b"short", LATER)
    with pytest.raises(ValueError, match="múi giờ"):
        signing.sign({}, SECRET, datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="tối đa"):
        signing.sign({"a": "x" * 5000}, SECRET, LATER)
