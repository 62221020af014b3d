"""The second factor: turned on after a code was right, asked for at every sign-in, each code good once; one's own account."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import create_engine, text
from starlette.testclient import TestClient

import config
import onetime
import passwords
import signing
import store
from desk.pages.signin import throttle
from desk.throttle import FAILURES
from records import Officer
from tests.desk_support import NOW, PASSWORD, Rig, rig, token

SHOWN = re.compile(r"gõ khóa: <code>([A-Z2-7 ]+)</code>")
CODE = re.compile(r"<code>((?:[a-z2-9]{4}-){5}[a-z2-9]{4})</code>")


@pytest.fixture
def desk(tmp_path: Path) -> Rig:
    throttle._failures.clear()
    return rig(tmp_path)


def now_code(desk: Rig, secret: str, later: int = 0) -> str:
    return pyotp.TOTP(secret).at(desk.now[0] + timedelta(seconds=later))


def turned_on(desk: Rig, login: str = "viewer") -> tuple[TestClient, str, list[str]]:
    """(the browser it was done in, the secret, the recovery codes); a step later."""
    client = desk.client(login)
    form = {"token": token(client.get("/toi").text)}
    page = client.post("/toi/ma", data=form | {"password": PASSWORD}).text
    found = SHOWN.search(page)
    assert found and "<svg" in page
    secret = found[1].replace(" ", "")
    answer = client.post("/toi/ma/xac-nhan", data=form | {"code": now_code(desk, secret)})
    assert answer.status_code == 200
    desk.now[0] += timedelta(seconds=onetime.STEP * 3)
    return client, secret, CODE.findall(answer.text)


def asked(desk: Rig, login: str = "viewer", password: str = PASSWORD) -> tuple[TestClient, str]:
    """A new browser after the right password: (browser, ticket)."""
    client = desk.client()
    answer = client.post("/dang-nhap", data={"login": login, "password": password})
    assert answer.status_code == 200 and "set-cookie" not in answer.headers
    found = re.search(r'name="ticket" value="([^"]+)"', answer.text)
    assert found
    return client, found[1]


def enter(client: TestClient, ticket: str, code: str) -> int:
    return client.post("/dang-nhap/ma", data={"ticket": ticket, "code": code}).status_code


def audited(desk: Rig, what: str) -> list[tuple[str, str]]:
    return [(line.who, line.subject) for line in desk.store.audit_log(200) if line.what == what]


def test_the_password_alone_opens_nothing_any_more(desk: Rig) -> None:
    _, secret, codes = turned_on(desk)
    client, ticket = asked(desk)
    assert client.get("/").status_code == 303, "between password and code nobody is signed in"
    assert enter(client, ticket, "000000") == 401 and client.get("/").status_code == 303
    assert enter(client, ticket, now_code(desk, secret)) == 303 and client.get("/").status_code == 200
    assert len(set(codes)) == onetime.CODES
    assert audited(desk, "bật mã xác thực") == [("viewer", "viewer")]
    assert audited(desk, "mã xác thực sai") == [("bàn làm việc", "viewer")]


def test_it_is_not_on_before_a_code_was_right(desk: Rig) -> None:
    client = desk.client("viewer")
    form = {"token": token(client.get("/toi").text)}
    assert client.post("/toi/ma", data=form | {"password": "sai"}).status_code == 403
    assert desk.store.factors.get("viewer") is None
    client.post("/toi/ma", data=form | {"password": PASSWORD})
    assert client.post("/toi/ma/xac-nhan", data=form | {"code": "000000"}).status_code == 422
    assert not desk.store.factors.on("viewer") and desk.client("viewer").get("/").status_code == 200


def test_a_code_is_good_once(desk: Rig) -> None:
    _, secret, _ = turned_on(desk)
    code = now_code(desk, secret)
    assert enter(*asked(desk), code) == 303
    assert enter(*asked(desk), code) == 401, "the same code again"
    earlier = now_code(desk, secret, -onetime.STEP)
    assert enter(*asked(desk), earlier) == 401, "an earlier one, though its time is not over"
    assert enter(*asked(desk), now_code(desk, secret, onetime.STEP)) == 303


@pytest.mark.parametrize("seconds", [-3 * onetime.STEP, 3 * onetime.STEP, 3600])
def test_a_code_of_another_time_is_refused(desk: Rig, seconds: int) -> None:
    _, secret, _ = turned_on(desk)
    assert enter(*asked(desk), now_code(desk, secret, seconds)) == 401


@pytest.mark.parametrize("code", ["", "12345", "1234567", "٠١٢٣٤٥", "abcdef", "0' OR 1=1", "\x00" * 6])
def test_what_is_no_code_is_refused(desk: Rig, code: str) -> None:
    turned_on(desk)
    assert enter(*asked(desk), code) in {401, 422}


def test_guessing_codes_is_slowed(desk: Rig) -> None:
    """Also when every guess comes with a new ticket, and the right code does not help then."""
    _, secret, _ = turned_on(desk)
    for _ in range(FAILURES["login"]):
        assert enter(*asked(desk), "000000") == 401
    assert enter(*asked(desk), now_code(desk, secret)) == 429
    desk.now[0] += timedelta(minutes=16)
    assert enter(*asked(desk), now_code(desk, secret)) == 303


def test_a_recovery_code_is_good_once_however_it_is_typed(desk: Rig) -> None:
    _, _, codes = turned_on(desk)
    assert enter(*asked(desk), codes[0].upper().replace("-", " ")) == 303
    assert enter(*asked(desk), codes[0]) == 401
    assert enter(*asked(desk), codes[1]) == 303
    assert audited(desk, "dùng mã dự phòng") == [("viewer", "viewer")] * 2
    factor = desk.store.factors.get("viewer")
    assert factor and factor.left == onetime.CODES - 2


def test_other_recovery_codes_void_the_first(desk: Rig) -> None:
    client, _, codes = turned_on(desk)
    page = client.post("/toi/ma/du-phong", data={"token": token(client.get("/toi").text), "password": PASSWORD}).text
    others = CODE.findall(page)
    assert len(others) == onetime.CODES and not set(others) & set(codes)
    assert enter(*asked(desk), codes[0]) == 401 and enter(*asked(desk), others[0]) == 303


def test_another_officers_code_opens_nothing(desk: Rig) -> None:
    _, _, codes = turned_on(desk, "analyst")
    turned_on(desk, "viewer")
    assert enter(*asked(desk, "viewer"), codes[0]) == 401


@pytest.mark.parametrize("change", ["forged", "old", "of a mail", "of a changed password", "of a locked account"])
def test_a_ticket_that_is_not_fresh_is_refused(desk: Rig, change: str) -> None:
    _, secret, _ = turned_on(desk)
    client, ticket = asked(desk)
    if change == "forged":
        ticket = ticket[:-4] + ("AAAA" if ticket[-4:] != "AAAA" else "BBBB")
    elif change == "old":
        desk.now[0] += timedelta(minutes=6)
    elif change == "of a mail":
        said = {"for": "preferences", "recipient": "x@y.vn", "login": "viewer"}
        ticket = signing.sign(said, b"d" * 40, desk.now[0] + timedelta(hours=1))
    elif change == "of a changed password":
        desk.store.officers.set_password("viewer", passwords.make("một mật khẩu hoàn toàn khác"))
    else:
        desk.store.officers.disable("viewer")
    assert enter(client, ticket, now_code(desk, secret)) == 403 and client.get("/").status_code == 303


def test_the_administrator_takes_a_lost_one_away(desk: Rig) -> None:
    mine, _, _ = turned_on(desk)
    admin = desk.client("admin")
    form = {"token": token(admin.get("/tai-khoan").text)}
    assert admin.post("/tai-khoan/viewer/ma", data=form).status_code == 303
    assert mine.get("/").status_code == 303, "the sessions end"
    assert audited(desk, "bỏ mã xác thực") == [("admin", "viewer")]
    assert desk.client("viewer").get("/").status_code == 200
    assert admin.post("/tai-khoan/viewer/ma", data=form).status_code == 422
    turned_on(desk, "leader")
    assert admin.post("/tai-khoan/admin/ma", data=form).status_code == 422, "not one's own"


def test_turning_it_off_needs_the_password_and_ends_other_sessions(desk: Rig) -> None:
    client, secret, _ = turned_on(desk)
    other, ticket = asked(desk)
    assert enter(other, ticket, now_code(desk, secret)) == 303
    form = {"token": token(client.get("/toi").text)}
    assert client.post("/toi/ma/tat", data=form | {"password": "sai"}).status_code == 403
    assert desk.store.factors.on("viewer")
    assert client.post("/toi/ma/tat", data=form | {"password": PASSWORD}).status_code == 303
    assert not desk.store.factors.on("viewer")
    assert other.get("/").status_code == 303 and client.get("/").status_code == 200


def obliged(desk: Rig, *roles: str) -> Rig:
    """The desk with `desk.totp_roles`."""
    wired = desk.app.state.desk
    section = wired.settings.desk.model_copy(update={"totp_roles": roles})
    desk.app.state.desk = replace(wired, settings=wired.settings.model_copy(update={"desk": section}))
    return desk


def test_a_role_that_must_have_one_reaches_only_its_own_account(desk: Rig) -> None:
    client = obliged(desk, "admin").client("admin")
    for address in ("/", "/tai-khoan", "/nhat-ky", "/xuat/csv"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers.get("location")) == (303, "/toi"), address
    form = {"token": token(client.get("/toi").text)}
    assert client.post("/viec", data=form | {"kind": "train"}).status_code == 403
    assert desk.client("viewer").get("/").status_code == 200, "others need none"
    secret = SHOWN.search(client.post("/toi/ma", data=form | {"password": PASSWORD}).text)
    assert secret
    client.post("/toi/ma/xac-nhan", data=form | {"code": now_code(desk, secret[1].replace(" ", ""))})
    assert client.get("/tai-khoan").status_code == 200
    assert client.post("/toi/ma/tat", data=form | {"password": PASSWORD}).status_code == 403
    assert desk.store.factors.on("admin")


def test_the_setting_names_roles_that_exist() -> None:
    assert config.Desk(totp_roles=("admin", "leader")).totp_roles == ("admin", "leader")
    with pytest.raises(ValueError, match="totp_roles"):
        config.Desk(totp_roles=("chu-tich",))  # type: ignore[arg-type]


def test_neither_secret_nor_codes_are_in_the_database(desk: Rig, tmp_path: Path) -> None:
    _, secret, codes = turned_on(desk)
    engine = create_engine(desk.store._database.url)
    with engine.connect() as connection:
        rows = str([list(connection.execute(text(f"SELECT * FROM {name}"))) for name in
                    ("second_factors", "recovery_codes", "audit_log")])  # fmt: skip
    engine.dispose()
    assert secret not in rows and not any(code in rows for code in codes)


# ---------------------------------------------------------------- the password and the sessions


def test_a_password_is_changed_with_the_old_one_and_every_session_ends(desk: Rig) -> None:
    client, other = desk.client("viewer"), desk.client("viewer")
    form = {"token": token(client.get("/toi").text), "new": "một câu mới rất dài", "again": "một câu mới rất dài"}
    assert client.post("/toi/mat-khau", data=form | {"password": "sai"}).status_code == 403
    assert client.post("/toi/mat-khau", data=form | {"password": PASSWORD, "again": "khác"}).status_code == 422
    assert (
        client.post("/toi/mat-khau", data=form | {"password": PASSWORD, "new": "ngắn", "again": "ngắn"}).status_code
        == 422
    )
    assert other.get("/").status_code == 200
    old = str(client.cookies.get("langnghe"))
    assert client.post("/toi/mat-khau", data=form | {"password": PASSWORD}).status_code == 303
    assert other.get("/").status_code == 303 and client.get("/toi").status_code == 200
    assert client.cookies.get("langnghe") != old
    answer = desk.client().post("/dang-nhap", data={"login": "viewer", "password": PASSWORD})
    assert answer.status_code == 401 and audited(desk, "đổi mật khẩu") == [("viewer", "viewer")]


def test_guessing_the_password_from_a_stolen_session_is_slowed(desk: Rig) -> None:
    client = desk.client("viewer")
    form = {"token": token(client.get("/toi").text), "new": "một câu mới rất dài", "again": "một câu mới rất dài"}
    for _ in range(FAILURES["login"]):
        assert client.post("/toi/mat-khau", data=form | {"password": "sai"}).status_code == 403
    assert client.post("/toi/mat-khau", data=form | {"password": PASSWORD}).status_code == 429


def test_one_sees_and_ends_ones_other_sessions(desk: Rig) -> None:
    client, other, stranger = desk.client("viewer"), desk.client("viewer"), desk.client("leader")
    page = client.get("/toi").text
    assert page.count("dùng gần nhất") == 2 and "Phiên này" in page
    form = {"token": token(page)}
    assert client.post("/toi/phien", data=form | {"password": "sai"}).status_code == 403
    assert client.post("/toi/phien", data=form | {"password": PASSWORD}).status_code == 303
    assert client.get("/").status_code == 200 and other.get("/").status_code == 303
    assert stranger.get("/").status_code == 200


# ---------------------------------------------------------------- the store, on both databases


def test_a_step_is_spent_once_by_whoever_comes_first(kept: store.Store) -> None:
    kept.officers.add(Officer("an", "An", "", ("viewer",)), "hash")
    kept.factors.begin("an", "A" * 32, NOW)
    assert not kept.factors.spend("an", 5), "not in force yet"
    assert kept.factors.confirm("an", 10, ["một", "hai"], NOW) and not kept.factors.confirm("an", 11, [], NOW)
    with ThreadPoolExecutor(4) as pool:
        spent = list(pool.map(lambda _: kept.factors.spend("an", 12), range(8)))
        used = list(pool.map(lambda _: kept.factors.recover("an", "một", NOW), range(8)))
    assert sum(spent) == 1 and sum(used) == 1
    assert not kept.factors.spend("an", 11) and kept.factors.logins() == {"an"}
    factor = kept.factors.get("an")
    assert factor and (factor.secret, factor.left) == ("A" * 32, 1)
    assert kept.factors.reset("an", "quản trị", NOW) and kept.factors.get("an") is None
    assert not kept.factors.recover("an", "hai", NOW)


STEPS: list[Callable[[str], str]] = [lambda code: code, lambda code: f" {code[:3]} {code[3:]} "]


@pytest.mark.parametrize("typed", STEPS)
def test_the_codes_are_those_of_the_standard(typed: Callable[[str], str]) -> None:
    """RFC 6238, appendix B, SHA-1, the last six digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for second, code in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        assert onetime.step(secret, typed(code), datetime.fromtimestamp(second, UTC)) == second // 30
