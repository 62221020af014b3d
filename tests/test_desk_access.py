"""Sessions, forms, sign-in; who reaches which route stands in test_desk_routes.py."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import APIRouter
from hypothesis import given
from hypothesis import strategies as st

import passwords
from desk import access
from desk.pages.signin import local, throttle
from desk.throttle import FAILURES, Throttle
from tests.desk_support import NOW, PASSWORD, Rig, rig, token


@pytest.fixture
def desk(tmp_path: Path) -> Rig:
    throttle._failures.clear()
    return rig(tmp_path)


def test_a_route_that_names_nothing_is_refused_at_start() -> None:
    router = APIRouter()
    router.get("/hở")(lambda: "ai cũng vào")
    with pytest.raises(ValueError, match="no permission"):
        access.check_routes(router.routes)  # type: ignore[arg-type]


def test_a_form_needs_its_token_and_its_origin(desk: Rig) -> None:
    client, other = desk.client("admin"), desk.client("admin")
    form = {"kind": "train", "token": token(client.get("/viec").text)}
    foreign = token(other.get("/viec").text)
    assert client.post("/viec", data=form | {"token": ""}).status_code == 403
    assert client.post("/viec", data=form | {"token": foreign}).status_code == 403
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/viec", data=form, headers=headers).status_code == 403
    assert desk.store.requests.take(NOW) is None
    assert client.post("/viec", data=form, headers={"Origin": "http://desk.test"}).status_code == 303


def test_a_session_is_new_at_sign_in_and_dead_after_leaving(desk: Rig) -> None:
    client = desk.client()
    client.cookies.set("langnghe", "cho-san")
    answer = client.post("/dang-nhap", data={"login": "viewer", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie.replace("Lax", "lax") and "cho-san" not in cookie
    kept = client.cookies.get("langnghe", domain="desk.test") or client.cookies.get("langnghe")
    page = client.get("/").text
    client.post("/dang-xuat", data={"token": token(page)})
    replay = desk.client()
    replay.cookies.set("langnghe", str(kept))
    assert replay.get("/").status_code == 303


def test_sessions_end_by_idleness_and_by_age(desk: Rig) -> None:
    client = desk.client("viewer")
    for _ in range(13):
        desk.now[0] += timedelta(minutes=54)
        assert client.get("/").status_code == 200, "work keeps a session alive beyond the idle hour"
    desk.now[0] += timedelta(minutes=54)
    assert client.get("/").status_code == 303, "twelve hours are the longest"
    client = desk.client("viewer")
    desk.now[0] += timedelta(minutes=61)
    assert client.get("/").status_code == 303


def test_a_wrong_password_is_refused_and_guessing_is_slowed(desk: Rig) -> None:
    client = desk.client()
    for _ in range(FAILURES["login"]):
        assert client.post("/dang-nhap", data={"login": "viewer", "password": "sai"}).status_code == 401
    assert client.post("/dang-nhap", data={"login": "viewer", "password": PASSWORD}).status_code == 429
    desk.now[0] += timedelta(minutes=16)
    assert client.post("/dang-nhap", data={"login": "viewer", "password": PASSWORD}).status_code == 303


def test_the_throttle_remembers_a_bounded_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.throttle.MOST", 10)
    guard = Throttle()
    for number in range(100):
        guard.failed(f"ai-{number}", f"10.0.0.{number}", NOW)
    assert len(guard._failures) <= 10


def test_security_headers_are_on_every_answer(desk: Rig) -> None:
    client = desk.client("viewer")
    for address in ("/", "/dang-nhap", "/khong-co", "/tinh/desk.css"):
        headers = client.get(address).headers
        assert (
            "default-src 'none'" in headers["Content-Security-Policy"]
            and "unsafe-inline" not in headers["Content-Security-Policy"]
        )
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY"


def test_large_bodies_and_many_headers_are_refused(desk: Rig) -> None:
    client = desk.client("admin")
    assert client.post("/dang-nhap", data={"login": "x", "password": "y" * 600_000}).status_code == 413
    assert client.post("/dang-nhap", content=iter([b"a" * 100_000] * 8)).status_code in {413, 422}
    assert client.get("/", headers={f"X-{n}": "1" for n in range(200)}).status_code == 431


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "https:evil",
        "javascript:alert(1)",
        "\t//x",
        "/a\nb",
        "",
    ],
)
def test_sign_in_never_leads_elsewhere(target: str) -> None:
    assert local(target) == "/"


def test_sign_in_leads_back_to_a_page_of_the_desk() -> None:
    assert local("/tin/0123456789abcdef?x=1") == "/tin/0123456789abcdef?x=1"


@given(st.text(max_size=60))
def test_whatever_comes_sign_in_stays_here(target: str) -> None:
    found = local(target)
    assert found.startswith("/") and not found.startswith("//") and "\\" not in found


def test_passwords_are_hashed_by_the_row_of_the_standard() -> None:
    hashed = passwords.make("mật khẩu đủ dài")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (
        passwords.right(hashed, "mật khẩu đủ dài")
        and not passwords.right(hashed, "khác")
        and not passwords.right(None, "khác")
    )
    assert not passwords.outdated(hashed)
    with pytest.raises(ValueError, match="12"):
        passwords.make("ngắn")
