"""Zalo Official Account: articles of one's own account, and a refresh token that works once and is never lost."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import store
from crawlers import social
from crawlers.social import zalo
from crawlers.sources import Source

from .crawlers_support import NOW
from .social_support import Platform, bare_visit, hostile, look_again, platform, poll, settings
from .store_support import KEY as VAULT

FIRST, SECRET = "khoa-lam-moi-0", "bi-mat-cua-ung-dung"


def account(**more: Any) -> Source:
    values: dict[str, Any] = {"id": "oa", "name": "OA Thử", "homepage": "https://zalo.me/thu", "account": "123456"}
    return Source(**{**values, "kind": "official", "connector": "zalo", **more})


def keys(found: Platform, **more: Any) -> Any:
    return settings(found, **{"zalo_app_id": "42", "zalo_app_secret": SECRET, "zalo_refresh_token": FIRST, **more})


class Zalo:
    """An account: its articles, newest first, and its tokens, each of which works as Zalo says."""

    def __init__(self, found: Platform) -> None:
        self.found, self.articles = found, dict[str, dict[str, Any]]()
        self.refresh, self.access, self.renewals = FIRST, "", 0
        found.ways["/v4/oa/access_token"] = self.renew
        found.ways["/v2.0/article/getslice"] = self.slice
        found.ways["/v2.0/article/getdetail"] = self.detail

    def add(self, number: int, text: str = "<p>Nội dung</p>", day: int = 20, **more: Any) -> None:
        stamp = int(datetime(2026, 11, day, tzinfo=UTC).timestamp() * 1000)
        listed = {
            "id": f"a{number}",
            "link_view": f"https://zalo.me/s/{number}",
            "create_date": stamp,
            "update_date": stamp,
            "total_view": 5,
        }
        body = [{"type": "image", "url": "x"}, {"type": "text", "content": text}]
        said = {
            "id": f"a{number}",
            "title": f"Bài {number}",
            "author": "Nguyễn Văn Thợ",
            "status": "show",
            "body": body,
            "description": "Mở đầu",
        }
        self.articles[f"a{number}"] = {"listed": listed, "detail": said | more}

    def renew(self, form: dict[str, str]) -> tuple[int, Any]:
        assert self.found.headers[-1]["secret_key"] == SECRET and form["app_id"] == "42"
        if form["refresh_token"] != self.refresh:
            return 200, {
                "error": -14014,
                "error_name": "Invalid refresh token",
                "error_description": f"bad {form['refresh_token']}",
            }
        self.renewals += 1
        self.refresh, self.access = f"khoa-lam-moi-{self.renewals}", f"khoa-truy-cap-{self.renewals}"
        return 200, {"access_token": self.access, "refresh_token": self.refresh, "expires_in": "90000"}

    def known(self) -> bool:
        return bool(self.access) and self.found.headers[-1].get("access_token") == self.access

    def slice(self, asked: dict[str, str]) -> tuple[int, Any]:
        if not self.known():
            return 200, {"error": -216, "message": "Access token is invalid"}
        rows = sorted((one["listed"] for one in self.articles.values()), key=lambda row: -row["create_date"])
        at = int(asked["offset"])
        return 200, {"error": 0, "message": "Success", "data": {"total": len(rows), "medias": rows[at : at + 10]}}

    def detail(self, asked: dict[str, str]) -> tuple[int, Any]:
        if asked["id"] not in self.articles:
            return 200, {"error": -213, "message": "Article not found"}
        return 200, {"error": 0, "message": "Success", "data": self.articles[asked["id"]]["detail"]}


@pytest.fixture
def url(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path / 'a.db'}"
    store.create(address)
    return address


@pytest.fixture
def kept(url: str) -> Iterator[store.Store]:
    opened = store.open(url, VAULT)
    yield opened
    opened.close()


def test_articles_are_read_once_and_again_when_they_change(kept: store.Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with platform() as found:
        one = Zalo(found)
        for number in range(1, 13):
            one.add(number, day=number)
        assert poll(kept, keys(found), account())[0].new == 12
        found.asked.clear()
        one.articles["a12"]["listed"]["update_date"] += 1
        one.articles["a12"]["detail"]["title"] = "Bài 12 (sửa)"
        result = poll(kept, keys(found), account(), now=NOW + timedelta(hours=1))[0]
        assert (result.ok, result.new, result.error) == (True, 0, "")
        assert found.paths("/v2.0/article/getdetail") == ["/v2.0/article/getdetail"] and one.renewals == 1
        assert SECRET not in repr(found.asked) and one.access not in repr(
            [asked for path, asked in found.asked if "v4" not in path]
        )
    document = kept.documents.get("zalo:article-a12")
    assert document is not None and (document.title, document.body) == ("Bài 12 (sửa)", "Mở đầu\n\nNội dung")
    assert (document.kind, document.url, document.reach, document.author) == (
        "official",
        "https://zalo.me/s/12",
        5,
        None,
    )
    assert document.published_at == datetime(2026, 11, 12, tzinfo=UTC)
    for secret in (SECRET, FIRST, one.access, one.refresh):
        assert secret not in caplog.text


def test_the_refresh_token_rotates_and_survives_restarts_encrypted(url: str, tmp_path: Path) -> None:
    with platform() as found:
        one = Zalo(found)
        one.add(1)
        for day in range(3):
            kept = store.open(url, VAULT)
            assert poll(kept, keys(found), account(), now=NOW + timedelta(days=2 * day))[0].ok
            kept.close()
            assert one.renewals == day + 1
        for file in tmp_path.iterdir():
            raw = file.read_bytes()
            assert one.refresh.encode() not in raw and one.access.encode() not in raw and b"khoa-lam-moi" not in raw


def test_an_access_token_that_is_refused_is_renewed_at_the_next_poll(kept: store.Store) -> None:
    with platform() as found:
        one = Zalo(found)
        one.add(1)
        poll(kept, keys(found), account())
        one.access = "da-doi"
        wrong = poll(kept, keys(found), account(), now=NOW + timedelta(hours=1))[0]
        assert wrong.trouble == "token" and "làm mới" in wrong.error
        assert poll(kept, keys(found), account(), now=NOW + timedelta(hours=2))[0].ok and one.renewals == 2


def test_a_dead_refresh_token_is_told_and_a_new_one_is_taken(kept: store.Store) -> None:
    with platform() as found:
        one = Zalo(found)
        one.add(1)
        poll(kept, keys(found), account())
        one.refresh, later = "cap-lai", NOW + timedelta(days=3)
        result = poll(kept, keys(found), account(), now=later)[0]
        assert result.trouble == "token" and "LANGNGHE_SOCIAL__ZALO_REFRESH_TOKEN" in result.error
        assert "khoa-lam-moi" not in result.error, "Zalo repeats the token in its complaint"
        assert poll(kept, keys(found, zalo_refresh_token="cap-lai"), account(), now=later)[0].ok


def test_a_token_that_could_not_be_kept_is_not_used(url: str) -> None:
    bare = store.open(url)
    with platform() as found:
        one = Zalo(found)
        result = poll(bare, keys(found), account())[0]
        assert result.trouble == "token" and one.renewals == 0 and found.asked == []
    bare.close()


@pytest.mark.parametrize("missing", [{"zalo_app_id": ""}, {"zalo_app_secret": None}, {"zalo_refresh_token": None}])
def test_without_its_keys_the_operator_is_told_what_to_set(kept: store.Store, missing: dict[str, Any]) -> None:
    with platform() as found:
        result = poll(kept, keys(found, **missing), account())[0]
    assert result.trouble == "token" and "LANGNGHE_SOCIAL__ZALO_APP_SECRET" in result.error


def test_deletions_and_hidden_articles_are_marked(kept: store.Store) -> None:
    with platform() as found:
        one = Zalo(found)
        for number in (1, 2, 3, 4):
            one.add(number, day=number)
        poll(kept, keys(found), account())
        del one.articles["a1"]
        one.articles["a2"]["detail"]["status"] = "hide"
        documents = [kept.documents.get(f"zalo:article-a{number}") for number in (1, 2, 3)]
        outcomes = look_again(kept, keys(found), account(), documents=documents)
        one.articles["a4"]["listed"]["update_date"] += 1
        one.articles["a4"]["detail"]["status"] = "hide"
        poll(kept, keys(found), account(), now=NOW + timedelta(hours=1))
    assert [outcomes[f"zalo:article-a{number}"] for number in (1, 2, 3)] == ["gone", "gone", "same"]
    assert kept.documents.gone("zalo:article-a4") and not kept.documents.gone("zalo:article-a3")


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ((200, {"error": -32, "message": "limit"}), "wait"),
        ((200, b"x"), "content"),
        ((500, {}), "wait"),
        ((200, {"access_token": 7}), "content"),
    ],
)
def test_a_bad_answer_is_told(kept: store.Store, answer: Any, trouble: str) -> None:
    with platform() as found:
        Zalo(found)
        found.ways["/v4/oa/access_token"] = lambda asked: answer
        result = poll(kept, keys(found), account())[0]
    assert (result.ok, result.trouble) == (False, trouble)


WORDS = (
    "error message error_name error_description data medias id create_date update_date link_view body content type status"
    " title access_token refresh_token expires_in"
)


@given(hostile(WORDS), st.integers(200, 599))
def test_no_answer_breaks_the_reading(answer: Any, status: int) -> None:
    visit = bare_visit(account(), zalo_app_id="1", zalo_app_secret="s" * 9, zalo_refresh_token="r" * 9)
    zalo.fault(status, answer, {})
    zalo._listed(visit, "t", zalo.LIST, 0, answer)
    zalo._read("a", answer, {}, answer)


@pytest.mark.parametrize("row", [{"account": ""}, {"account": "ten"}, {"query": "x"}])
def test_a_wrong_row_is_refused(row: dict[str, Any]) -> None:
    assert list(social.problems(account(**row)))


def test_an_article_that_is_listed_and_gone_hides_no_other(kept: store.Store) -> None:
    with platform() as found:
        one = Zalo(found)
        for number in (1, 2, 3):
            one.add(number, day=number)
        detail = found.ways["/v2.0/article/getdetail"]
        found.ways["/v2.0/article/getdetail"] = lambda asked: (
            (200, {"error": -213, "message": "Article not found"}) if asked["id"] == "a3" else detail(asked)
        )
        result = poll(kept, keys(found), account())[0]
    assert (result.ok, result.new, result.error) == (True, 2, "")
